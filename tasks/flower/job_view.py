"""What the page of one job shows: its row of the Crawls tab, what ended last and what went wrong where."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from tasks.flower.next_runs import NextRuns
from tasks.flower.overview import jobs_of, runs_of
from worker.store.crawls import RUNNING, standings_of_jobs
from worker.store.database import clock
from worker.store.failures import ENDS, Which, heaps
from worker.store.recent import ended_lately, tried_again_next
from worker.store.totals import Totals, living, oldest_due_s, totals
from worker.urls import masked

SHOWN = 50  # URLs of a list
HEAPS_SHOWN = 30  # lines of causes and hosts
LOOKED_AT = 20_000  # URLs without an article that are sorted by host: 50 ms


def job_view(connection: Connection, name: str, next_runs: NextRuns) -> dict[str, Any] | None:
    """Return what is known of job *name*, None when nobody ever saw it.

    What the Crawls tab has of it, and: *recent*, the URLs that ended last, *unstored* those of them without an article
    (both newest first, at most 50); *again*, those that are tried again next; *hosts*, how many without an article there are
    of each cause and host, among *hosts_of* that were looked at (at most 20,000), *hosts_more* in lines that are left out.
    """
    now = clock(connection)
    counts, standings = totals(connection)[1].get(name), standings_of_jobs(connection)
    if counts is None and name not in standings and name not in next_runs.jobs():
        return None
    workers = living(connection, now=now)
    job, *_ = jobs_of(connection, {name: counts or Totals()}, {name: standings.get(name, RUNNING)}, now=now)
    oldest_s = job.oldest_due_s
    if oldest_s is None and job.due:
        oldest_s = oldest_due_s(connection, now=now, job=name)
    found = heaps(connection, Which(cause=None, host=None, job=name, since=None).ended(), among=LOOKED_AT)
    shown = [asdict(heap) for heap in found[:HEAPS_SHOWN]]
    return {
        "at": now,
        "name": name,
        "workers": workers,
        **job.as_json(*runs_of(connection, [job], next_runs, now=now)[name], workers=workers, now=now),
        "oldest_due_s": round(oldest_s, 1) if oldest_s is not None else None,
        "recent": _listed(ended_lately(connection, job=name, limit=SHOWN)),
        "unstored": _listed(ended_lately(connection, job=name, states=ENDS, limit=SHOWN)),
        "again": _listed(tried_again_next(connection, job=name, now=now, limit=SHOWN)),
        "hosts": shown,
        "hosts_of": sum(heap.urls for heap in found),
        "hosts_more": sum(heap.urls for heap in found[HEAPS_SHOWN:]),
    }


def _listed(found: Iterable[Any]) -> list[dict[str, Any]]:
    """Return dataclasses of URLs as values for JSON, secrets in their addresses masked."""
    return [asdict(one) | {"url": masked(one.url)} for one in found]

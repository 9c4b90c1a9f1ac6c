"""What the Crawls tab shows: `status --json`, with the standing and the runs of each job."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection

from tasks.flower.next_runs import NextRuns
from worker.models import State
from worker.store import activity
from worker.store.crawls import PAUSED, RUNNING, Run, last_runs, standings_of_jobs
from worker.store.database import clock
from worker.store.totals import Totals, living, oldest_due_s, per_minute, totals
from worker.store.totals_json import counts_json, pace_json

SHOWN_JOBS = 200  # more is no overview, and a phone draws them in 50 ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """All that is known of one job; *due* of its pending URLs may start now, the next of the others at *next_at*."""

    name: str
    totals: Totals
    standing: str
    rate: float
    due: int
    oldest_due_s: float | None
    next_at: float | None
    waiting: dict[str, int]
    active_at: float

    def as_json(self, run: Run | None, next_run: float | None, *, workers: int, now: float) -> dict[str, Any]:
        """Return it as `status JOB --json` does, with its *run* and when the next is."""
        return {
            **counts_json(self.totals),
            "oldest_due_s": round(self.oldest_due_s, 1) if self.oldest_due_s is not None else None,
            **pace_json(self.totals, rate=self.rate, due=self.due, next_at=self.next_at, workers=workers, now=now),
            "waiting": dict(sorted(self.waiting.items())),
            "standing": self.standing,
            "last_run": asdict(run) if run else None,
            "next_run": next_run,
        }


def overview(connection: Connection, next_runs: NextRuns) -> dict[str, Any]:
    """Return what `status --json` says, with *at* (epoch seconds), *order* (the names of `jobs` as they are to stand) and *left_out*.

    Jobs at work come first, then those that were active last; of more than 200 the rest is only counted, in *left_out*.
    Each job has besides its `standing`, its `last_run` and when its `next_run` is (epoch seconds; null for a plain batch).
    Its `oldest_due_s` is null also while 10,000 URLs of others have been due for longer.
    """
    now = clock(connection)
    everything, by_job = totals(connection)
    workers = living(connection, now=now)
    jobs = jobs_of(connection, by_job, standings_of_jobs(connection), now=now)
    shown = sorted(jobs, key=lambda job: (-job.active_at, job.name))[:SHOWN_JOBS]
    runs = runs_of(connection, shown, next_runs, now=now)
    waits = [job.next_at for job in jobs if job.next_at is not None]
    oldest_s = oldest_due_s(connection, now=now) if everything.states[State.PENDING] else None
    return {
        **counts_json(everything),
        "oldest_due_s": round(oldest_s, 1) if oldest_s is not None else None,
        **pace_json(
            everything,
            rate=per_minute(connection, now=now),
            due=sum(job.due for job in jobs),
            next_at=min(waits, default=None),
            workers=workers,
            now=now,
        ),
        "waiting": dict(sorted(sum((Counter(job.waiting) for job in jobs), Counter[str]()).items())),
        "workers": workers,
        "at": now,
        "jobs": {job.name: job.as_json(*runs[job.name], workers=workers, now=now) for job in shown},
        "order": [job.name for job in shown],
        "left_out": len(jobs) - len(shown),
    }


def runs_of(
    connection: Connection, jobs: list[Job], next_runs: NextRuns, *, now: float
) -> dict[str, tuple[Run | None, float | None]]:
    """Return the last run of each of *jobs*, and when the next is."""
    last, in_file = last_runs(connection, [job.name for job in jobs]), next_runs.jobs()
    found = {}
    for job in jobs:
        run, listed = last.get(job.name), in_file.get(job.name)
        at = None
        if listed is not None and job.standing == RUNNING:
            at = next_runs.of(listed, now=now, last_slot=run.slot if run else None)
        found[job.name] = (run, at)
    return found


def jobs_of(connection: Connection, by_job: Mapping[str, Totals], standings: Mapping[str, str], *, now: float) -> list[Job]:
    """Return the jobs of *by_job* and *standings*: those that ever accepted a URL, and that a clock or an operator has seen."""
    paces = activity.pace_of_jobs(connection, now=now)
    later = activity.later_of_jobs(connection, now=now)
    latest = activity.latest_of_jobs(connection)
    oldest = activity.oldest_due_of_jobs(connection, now=now)
    jobs = []
    for name in {*by_job, *standings}:
        counts, standing = by_job.get(name, Totals()), standings.get(name, RUNNING)
        waits = later.get(name)
        due = 0 if standing == PAUSED else max(0, counts.states[State.PENDING] - (waits.urls if waits else 0))
        at_work = due + counts.states[State.IN_FLIGHT] > 0
        jobs.append(
            Job(
                name=name,
                totals=counts,
                standing=standing,
                rate=paces.get(name, 0.0),
                due=due,
                oldest_due_s=oldest.get(name) if due else None,
                next_at=waits.next_at if waits else None,
                waiting=waits.causes if waits else {},
                active_at=now if at_work else latest.get(name, 0.0),
            )
        )
    return jobs

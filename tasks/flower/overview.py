"""What the Crawls tab shows: `status --json`, with the standing and the runs of each job."""

import asyncio
import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Engine

from tasks.flower.next_runs import NextRuns
from worker.models import State
from worker.store import activity
from worker.store.crawls import PAUSED, RUNNING, Run, last_runs, standings_of_jobs
from worker.store.database import clock
from worker.store.library import snapshot
from worker.store.totals import Totals, living, oldest_due_s, per_minute, totals
from worker.store.totals_json import counts_json, pace_json

SHOWN_JOBS = 200  # more is no overview, and a phone draws them in 50 ms
FRESH_S = 1.0  # all who look within it share one reading; the page asks every 2 s


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """All that is known of one job; *due* of its pending URLs may start now, the next of the others at *next_at*."""

    name: str
    totals: Totals
    standing: str
    rate: float
    due: int
    next_at: float | None
    waiting: dict[str, int]
    active_at: float

    def as_json(self, run: Run | None, next_run: float | None, *, workers: int, now: float) -> dict[str, Any]:
        return {
            **counts_json(self.totals),
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
    """
    now = clock(connection)
    everything, by_job = totals(connection)
    workers = living(connection, now=now)
    jobs = _jobs(connection, by_job, now=now)
    shown = sorted(jobs, key=lambda job: (-job.active_at, job.name))[:SHOWN_JOBS]
    runs = _runs(connection, shown, next_runs, now=now)
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


def _runs(
    connection: Connection, jobs: list[_Job], next_runs: NextRuns, *, now: float
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


def _jobs(connection: Connection, by_job: dict[str, Totals], *, now: float) -> list[_Job]:
    """Return every job that ever accepted a URL, or that a clock or an operator has seen."""
    standings = standings_of_jobs(connection)
    paces = activity.pace_of_jobs(connection, now=now)
    later = activity.later_of_jobs(connection, now=now)
    latest = activity.latest_of_jobs(connection)
    jobs = []
    for name in {*by_job, *standings}:
        counts, standing = by_job.get(name, Totals()), standings.get(name, RUNNING)
        waits = later.get(name)
        due = 0 if standing == PAUSED else max(0, counts.states[State.PENDING] - (waits.urls if waits else 0))
        at_work = due + counts.states[State.IN_FLIGHT] > 0
        jobs.append(
            _Job(
                name=name,
                totals=counts,
                standing=standing,
                rate=paces.get(name, 0.0),
                due=due,
                next_at=waits.next_at if waits else None,
                waiting=waits.causes if waits else {},
                active_at=now if at_work else latest.get(name, 0.0),
            )
        )
    return jobs


class Live:
    """The overview as JSON for however many viewers: read in a thread of its own, at most once a second."""

    def __init__(self, engine: Engine, next_runs: NextRuns) -> None:
        self._engine, self._next_runs = engine, next_runs
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="overview")
        self._reading: asyncio.Future[bytes] | None = None
        self._began = 0.0

    async def json(self) -> bytes:
        """Return the overview as it was at most a second ago. Raises OwnTrouble while the database cannot be reached."""
        now = time.monotonic()
        if self._reading is None or (self._reading.done() and now - self._began >= FRESH_S):
            self._began = now
            self._reading = asyncio.get_running_loop().run_in_executor(self._thread, self._read)
        return await asyncio.shield(self._reading)

    def _read(self) -> bytes:
        with snapshot(self._engine) as connection:
            return json.dumps(overview(connection, self._next_runs)).encode()

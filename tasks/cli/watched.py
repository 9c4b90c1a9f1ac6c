"""What `newsmill status --watch` shows, as it is read: the ledger's totals, who works, and which hosts are held."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine

from config.settings import Settings
from tasks.broker import redis_url
from tasks.cli.crawl_page import last_run
from tasks.cli.disk_use import DiskUse
from tasks.cli.holds import holds_of
from tasks.flower.next_runs import NextRuns
from tasks.flower.overview import overview
from worker.fetch.held import Held
from worker.store.activity import hosts_that_wait, living_by_role
from worker.store.crawls import last_runs
from worker.store.database import clock
from worker.store.library import snapshot
from worker.store.totals import Totals, totals
from worker.store.totals_json import totals_json

HOSTS = 50  # that wait, asked about: more would not be read
ASK_AGAIN_S = 5.0  # between questions to Redis, which may take two seconds to stay without an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One reading: *total* and each of *jobs*, those at work first, as `status --json` has them, *left_out* more jobs.

    *roles* are the worker processes alive, *held* the hosts that nobody asks now, each with how many URLs wait for it.
    *redis* says whether Redis answered; *disk* is what `DiskUse` has, *ran* how the last run of the one crawl job went.
    """

    at: float
    name: str
    total: Mapping[str, Any]
    jobs: Mapping[str, Mapping[str, Any]]
    left_out: int = 0
    roles: Mapping[str, int] = field(default_factory=dict)
    held: Mapping[str, tuple[Held, int]] = field(default_factory=dict)
    redis: bool = True
    disk: Mapping[str, int | None] = field(default_factory=dict)
    ran: str | None = None


class Watched:
    """Reads what is to be seen of everything, or of *job* alone."""

    def __init__(self, chosen: Settings, engine: Engine, job: str | None) -> None:
        self._chosen, self._engine, self._job = chosen, engine, job
        self._disk = DiskUse(chosen)
        self._next_runs = NextRuns(chosen.sources)
        self._held: dict[str, Held] | None = {}
        self._asked_at = -ASK_AGAIN_S

    def view(self) -> View:
        """Return how it stands now. Raises OwnTrouble when the database cannot be reached."""
        with snapshot(self._engine) as connection:
            now = clock(connection)
            waits = hosts_that_wait(connection, now=now, limit=HOSTS)
            said = self._of_all(connection) if self._job is None else self._of_one(connection, self._job, now)
            roles: Counter[str] = living_by_role(connection, now=now)
            disk = self._disk.values(connection)
        self._ask(waits)
        held = {host: (one, waits[host]) for host, one in (self._held or {}).items() if one.seconds and host in waits}
        return View(at=time.time(), roles=roles, disk=disk, held=held, redis=self._held is not None or not roles, **said)

    def _of_all(self, connection: Connection) -> dict[str, Any]:
        values = overview(connection, self._next_runs)
        jobs = {name: values["jobs"][name] for name in values["order"]}
        return {"name": "all jobs", "total": values, "jobs": jobs, "left_out": values["left_out"]}

    def _of_one(self, connection: Connection, job: str, now: float) -> dict[str, Any]:
        values = totals_json(connection, totals(connection)[1].get(job, Totals()), now=now, job=job)
        run = last_runs(connection, [job]).get(job)
        return {"name": job, "total": values, "jobs": {job: values}, "ran": last_run(run, now) if run else None}

    def _ask(self, hosts: Mapping[str, int]) -> None:
        """Ask Redis about *hosts*, unless it was asked just now."""
        if time.monotonic() - self._asked_at >= ASK_AGAIN_S:
            self._held = holds_of(self._chosen.cache_url or redis_url(self._chosen), hosts)
            self._asked_at = time.monotonic()

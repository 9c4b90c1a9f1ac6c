"""Starts worker processes, watches and restarts them for ever, and runs the reconciler."""

import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from redis import Redis

from config.broker import ARTICLES, CONTROL, IMAGES, LISTINGS, SUSPECTS
from config.settings import Settings
from tasks.child import Child, Role
from tasks.publish import Publisher
from tasks.reconciler import Reconciler
from worker.errors import OwnTrouble
from worker.store.database import open_database

log = logging.getLogger(__name__)

TICK_S = 0.5
RESTART_S = (0.5, 10.0)  # from here, doubling while it keeps dying young, to there
YOUNG_S = 10.0  # a process that dies before this was never well
HOPELESS = 3  # deaths in a row before the first heartbeat: it is the set-up, not the moment
REMIND_S = 60.0  # a trouble that lasts is logged again
REDIS_TIMEOUT_S = 4.0


@dataclass(slots=True)
class Place:
    """A place that always has a process; *failures* in a row stretch the pause before the next."""

    role: Role
    child: Child | None = None
    failures: int = 0
    start_at: float = 0.0
    leaving: list[Child] = field(default_factory=list)


class Supervisor:
    """Keeps one process in each place. `run` blocks until *stopping* is set, which may be at any time, in any thread.

    *keep_redis* starts Redis again if that is ours to do, and returns its URL, which may have become another one.
    """

    def __init__(
        self,
        s: Settings,
        *,
        redis_url: str,
        environment: Mapping[str, str],
        name: str,
        keep_redis: Callable[[], str],
        stopping: threading.Event,
    ) -> None:
        self._environment = dict(environment)
        self._redis_url = redis_url
        self._keep_redis = keep_redis
        self._stopping = stopping
        self._name = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:6]}"
        prefix = f"{name}-" if name else ""
        articles = [
            Role(name=f"{prefix}articles-{n}", role=ARTICLES, queues=(ARTICLES, IMAGES, LISTINGS), concurrency=s.concurrency)
            for n in range(1, s.processes + 1)
        ]
        control = Role(name=f"{prefix}control", role=CONTROL, queues=(CONTROL, SUSPECTS), concurrency=1)
        self._places = [Place(role) for role in (*articles, control)]
        engine = open_database(s.database)
        self._reconciler = Reconciler(
            engine, _redis(redis_url), Publisher(redis_url), owner=self._name, host_interval_s=s.host_interval
        )
        self._hurried = False
        self._dead: list[str] = []
        self._trouble: str | None = None
        self._told_at = 0.0

    @property
    def trouble(self) -> str | None:
        """What keeps everything from going forward at the moment, in a sentence; None when nothing does."""
        places = [place for place in self._places if place.role.role == ARTICLES]
        if all(place.failures >= HOPELESS for place in places):
            return "worker processes end as soon as they start; `newsmill doctor` and the log above may say why"
        return self._trouble

    def run(self) -> None:
        """Keep every place filled until told to stop; then end the processes, within 25 s."""
        reconciling = threading.Thread(target=self._reconcile, name="reconciler", daemon=True)
        reconciling.start()
        while not self._stopping.is_set():
            for place in self._places:
                self._look_after(place)
            self._stopping.wait(TICK_S / 5)
        self._end_all()
        reconciling.join(timeout=REDIS_TIMEOUT_S)
        self._guarded(self._mourn)  # those that had to be killed just now

    def hurry(self) -> None:
        """Kill at the end what would take its time; what it held runs again, alone. Safe in a signal handler."""
        self._hurried = True

    # ------------------------------------------------------------ processes

    def _look_after(self, place: Place) -> None:
        now = time.monotonic()
        place.leaving = self._still_here(place.leaving)
        child = place.child
        if child is None:
            if now >= place.start_at:
                self._fill(place, now)
            return
        child.hear(now)
        if child.beat_at is not None and now - child.started_at >= YOUNG_S:
            place.failures = 0
        if child.process.poll() is not None:
            self._bury(child)
            self._pause(place, now)
        elif child.silent(now):
            log.error("process_silent", extra={"worker": child.role.name, "pid": child.process.pid})
            child.process.kill()
            child.process.wait()
        elif child.bloated() or child.redis_url != self._redis_url:
            log.warning("process_recycled", extra={"worker": child.role.name, "pid": child.process.pid})
            child.terminate()
            place.leaving.append(child)
            place.child = None

    def _fill(self, place: Place, now: float) -> None:
        try:
            place.child = Child.start(place.role, supervisor=self._name, environment=self._environment, redis_url=self._redis_url)
        except OSError as error:  # no process, no memory or no file descriptor to be had: not for ever
            log.error("process_not_started", extra={"worker": place.role.name, "why": error.strerror})
            self._pause(place, now)

    @staticmethod
    def _pause(place: Place, now: float) -> None:
        """Empty a place, and wait the longer the oftener its processes died young."""
        child = place.child
        place.failures = place.failures + 1 if child is None or now - child.started_at < YOUNG_S else 0
        low, high = RESTART_S
        place.child, place.start_at = None, now + min(low * 2**place.failures, high)

    def _still_here(self, leaving: list[Child]) -> list[Child]:
        """Return those of *leaving* that have not left yet; bury the others."""
        staying = []
        for child in leaving:
            if child.left(time.monotonic()):
                self._bury(child)
            else:
                staying.append(child)
        return staying

    def _bury(self, child: Child) -> None:
        child.lifeline.close()
        if child.process.returncode != 0:
            self._dead.append(child.owner)
            level = logging.WARNING if child.terminated_at is None else logging.INFO  # told to, while it was starting
            log.log(level, "process_ended", extra={"worker": child.role.name, "code": child.process.returncode})

    def _end_all(self) -> None:
        leaving = [child for place in self._places for child in (*place.leaving, place.child) if child is not None]
        for child in leaving:
            child.terminate()
        while leaving := self._still_here(leaving):
            if self._hurried:
                for child in leaving:
                    child.process.kill()
            time.sleep(0.05)

    # ------------------------------------------------------------ the ledger

    def _reconcile(self) -> None:
        while not self._stopping.is_set():
            self._tell(self._guarded(self._pass))
            self._stopping.wait(TICK_S)
        self._guarded(self._reconciler.resign)

    def _pass(self) -> None:
        self._mourn()
        url = self._keep_redis()
        if url != self._redis_url:
            self._reconciler.move(_redis(url), Publisher(url))
            self._redis_url = url  # the processes, which know the former one, are replaced
        self._reconciler.tick()

    def _mourn(self) -> None:
        """End the leases of the processes that died."""
        while self._dead:
            self._reconciler.crashed(self._dead[0])
            self._dead.pop(0)

    @staticmethod
    def _guarded(step: Callable[[], object]) -> str | None:
        """Do a step; return what kept it from being done, in a sentence."""
        try:
            step()
        except OwnTrouble as trouble:
            return trouble.detail
        except Exception as bug:  # without this loop nothing is published ever again: it must live, and say so
            log.exception("reconciler_failed")
            return f"the reconciler failed: {type(bug).__name__}"
        return None

    def _tell(self, trouble: str | None) -> None:
        """Log a trouble when it begins, again while it lasts, and when it is over."""
        now = time.monotonic()
        if trouble is None and self._trouble is not None:
            log.warning("reconciler_goes_on")
        elif trouble is not None and (self._trouble is None or now - self._told_at > REMIND_S):
            log.warning("reconciler_waits", extra={"why": trouble})
            self._told_at = now
        self._trouble = trouble


def _redis(url: str) -> Redis:
    """Return a client for the Redis at *url*, which is not asked anything yet."""
    return Redis.from_url(url, socket_timeout=REDIS_TIMEOUT_S, socket_connect_timeout=REDIS_TIMEOUT_S)

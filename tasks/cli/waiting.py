"""Waiting for URLs in the foreground: a bar, workers of our own where nobody else works, and no waiting without a word."""

import logging.config
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType

import click
from sqlalchemy import Engine

from config.broker import ARTICLES
from config.logs import log_settings
from config.settings import Settings
from tasks.broker import Broker
from tasks.child import KILL_AFTER_S
from tasks.cli.foreground import ending_signals, say
from tasks.cli.holds import lift_holds
from tasks.cli.progress import IngestProgress
from tasks.supervisor import Supervisor
from worker.errors import OwnTrouble
from worker.models import State
from worker.store.database import clock, own_trouble, reading
from worker.store.following import Standing, anybody_works, standings
from worker.store.transaction import transaction

QUIET = "ERROR"  # the log's level: the bar and the summary say what people want to know
POLL_S = 0.25
PATIENCE_S = 30.0  # with a trouble of our own parts: a restart of Redis or a database takes less
STALLED_S = 300.0  # twice an article's deadline: even the slowest has ended by then
LOOK_S = 2.0  # between looks for workers of others, who may stop at any time


class Waiting:
    """Waits for URLs, with a supervisor of our own as soon as nobody else works."""

    def __init__(self, settings: Settings, engine: Engine, broker: Broker, wait_s: float) -> None:
        self._settings = settings
        self._engine = engine
        self._broker = broker
        self._wait_s = wait_s
        self._stopping = threading.Event()
        self._supervisor: Supervisor | None = None
        self._thread: threading.Thread | None = None
        self._look_at = 0.0
        self._trouble: str | None = None
        self._troubled_at = 0.0
        self._seen = ""
        self._moved_at = time.monotonic()
        self._asked: frozenset[int] = frozenset()
        self._interrupted = False

    def lift_holds(self, hosts: Iterable[str]) -> None:
        """Let *hosts*, which a person asks for now, be asked although they have failed lately."""
        lift_holds(self._settings.cache_url or self._broker.url, hosts)

    def until_done(self, asked: Collection[int], *, what: str) -> dict[int, Standing]:
        """Return where each URL stands once it has ended or is due too far ahead; *what* they are is said beside the bar.

        A trouble of our own parts is told at once, and ends the waiting when it lasts.
        """
        found: dict[int, Standing] = {}
        self._asked, open_ids = frozenset(asked), set(asked)
        with IngestProgress(len(asked), what=what) as bar:
            while True:
                self._see_that_somebody_works()
                with own_trouble(), reading(self._engine).begin() as connection:
                    now = clock(connection)
                    found |= standings(connection, open_ids)
                    open_ids = {i for i in open_ids if not self._settled(found[i], now)}
                images = sum(s.images_stored for s in found.values())
                wanted = sum(s.images_wanted for s in found.values())
                bar.show(len(asked) - len(open_ids), images=images, wanted=wanted, note=_note(found.values()))
                if not open_ids or self._is_hopeless(f"{images} {Counter(s.state for s in found.values())}"):
                    return found
                time.sleep(POLL_S if len(open_ids) < 1_000 else 4 * POLL_S)

    def stop(self) -> None:
        """Stop what was started; say so if somebody waits for it. Idempotent."""
        if self._interrupted and not self._stopping.is_set():
            say(f"Stopping in order, within {KILL_AFTER_S:.0f} s; what was accepted is safe. Once more to hurry.")
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def hear(self, number: int, _frame: FrameType | None) -> None:
        """End the command in order, as a signal handler; what ends already is hurried by another signal."""
        if self._interrupted or self._stopping.is_set():
            if self._supervisor is not None and number != signal.SIGHUP:  # of which kernel and shell send one each
                self._supervisor.hurry()
            return
        self._interrupted = True
        sys.exit(128 + number)  # what shells return, 130 for Ctrl-C

    def tell_how_far(self) -> None:
        """Say how many of the URLs that were waited for are done, and how many wait; nothing unless it was interrupted."""
        if not self._interrupted:
            return
        if not self._asked:
            say("Stopped; what was accepted is safe: `newsmill up` goes on with it.")
            return
        try:
            with own_trouble(), reading(self._engine).begin() as connection:
                done = sum(standing.ended for standing in standings(connection, self._asked).values())
        except OwnTrouble as trouble:
            say(f"Stopped; how far it came cannot be told: {trouble.detail}.")
            return
        left = len(self._asked) - done
        goes_on = "; `newsmill up` goes on with what waits" if left else ""
        say(f"Stopped: {done:,} done, {left:,} {'waits' if left == 1 else 'wait'}{goes_on}.")

    def _settled(self, standing: Standing, now: float) -> bool:
        if standing.next_at is None:
            return standing.ended or standing.paused
        return standing.state != State.IN_FLIGHT and standing.next_at > now + self._wait_s

    def _see_that_somebody_works(self) -> None:
        if self._supervisor is not None or time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + LOOK_S
        with transaction(self._engine) as tx:
            if anybody_works(tx, role=ARTICLES):
                return
        self._supervisor = Supervisor(
            self._settings,
            redis_url=self._broker.url,
            environment=self._broker.environment(os.environ | {"NEWSMILL_LOG_LEVEL": self._settings.log_level or QUIET}),
            name=f"run{os.getpid()}",
            keep_redis=self._broker.keep,
            stopping=self._stopping,
        )
        self._thread = threading.Thread(target=self._supervisor.run, name="supervisor")
        self._thread.start()

    def _is_hopeless(self, seen: str) -> bool:
        """Return whether waiting longer is of no use; say on stderr what is wrong as soon as it is known."""
        now = time.monotonic()
        if seen != self._seen:
            self._seen, self._moved_at = seen, now
        trouble = self._supervisor.trouble if self._supervisor is not None else None
        if self._thread is not None and not self._thread.is_alive():
            trouble = "the supervisor has ended unexpectedly"
        elif trouble is None and now - self._moved_at > STALLED_S:
            trouble = f"nothing has moved for {STALLED_S:.0f} s; `newsmill doctor` may say why"
        if trouble is None:
            self._trouble = None
            return False
        if self._trouble is None:
            self._trouble, self._troubled_at = trouble, now
            click.echo(f"Waiting: {trouble}", err=True)
        return now - max(self._troubled_at, self._moved_at) > PATIENCE_S


@contextmanager
def waiting(settings: Settings, engine: Engine, *, wait_s: float) -> Iterator[Waiting]:
    """Wait in the block; what was started for it is stopped at its end, also on Ctrl-C, TERM and a closed terminal, which end the command."""
    logging.config.dictConfig(log_settings(level=settings.log_level or QUIET, terminal=sys.stderr.isatty()))
    broker = Broker(settings)
    one = Waiting(settings, engine, broker, wait_s)
    before = [(number, signal.signal(number, one.hear)) for number in ending_signals()]
    try:
        with broker:
            try:
                yield one
            finally:
                one.stop()
    finally:
        one.tell_how_far()
        for number, handler in before:
            signal.signal(number, handler)


def _note(found: Iterable[Standing]) -> str:
    found = list(found)
    if all(standing.state == State.PENDING for standing in found):
        return "starting workers"
    stand = Counter(standing.state.value for standing in found if standing.state != State.PENDING)
    return "  ".join(f"{state.replace('_', ' ')} {n:,}" for state, n in sorted(stand.items()))

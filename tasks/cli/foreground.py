"""What the commands share that keep workers running in the foreground: `newsmill worker` and `newsmill up`."""

import logging.config
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType

import click

from config.logs import log_settings
from config.settings import Settings
from tasks.broker import Broker
from tasks.companion import POLL_S, Companion
from tasks.endpoint import health_endpoint
from tasks.seat import seat
from tasks.supervisor import Supervisor
from worker.errors import OwnTrouble

LOOK_S = 0.2  # between looks after the companions


def chosen(settings: Settings, **given: int | None) -> Settings:
    """Return *settings* with those options that were given."""
    return settings.model_copy(update={name: value for name, value in given.items() if value is not None})


def log_to_stderr(settings: Settings) -> None:
    """Log as a service does: from INFO unless set otherwise."""
    logging.config.dictConfig(log_settings(level=settings.log_level or "INFO", terminal=sys.stderr.isatty()))


def ending_signals() -> tuple[signal.Signals, ...]:
    """Return what tells a command to end: TERM, Ctrl-C, and that its terminal is closed, unless `nohup` lets it outlive that."""
    outlives = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    return (signal.SIGTERM, signal.SIGINT) if outlives else (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Told:
    """What the operator has said: an ending signal once to stop, once more to hurry. Hears from its making on."""

    def __init__(self) -> None:
        self.to_stop = threading.Event()
        self.to_hurry = threading.Event()
        self._signals = ending_signals()
        for number in self._signals:
            signal.signal(number, self._hear)

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        if self.to_stop.is_set() and number != signal.SIGHUP:  # of which kernel and shell send one each
            self.to_hurry.set()
        self.to_stop.set()

    def no_more(self) -> None:
        """Hear nothing from now on: what is left to do takes a moment, and is not to be torn off."""
        for number in self._signals:
            signal.signal(number, signal.SIG_IGN)


def keep_running(settings: Settings, told: Told, companions: Sequence[Companion]) -> None:
    """Run Redis, if that is ours, worker processes and *companions* until told to stop; stop the companions first, Redis last.

    Raises OwnTrouble when Redis cannot be started, the port for `/health` is taken, or the supervisor breaks.
    """
    stopping = threading.Event()
    with seat() as name, Broker(settings) as broker, health_endpoint(settings):
        supervisor = Supervisor(
            settings,
            redis_url=broker.url,
            environment=broker.environment(os.environ),
            name=name,
            keep_redis=broker.keep,
            stopping=stopping,
        )
        thread = threading.Thread(target=supervisor.run, name="supervisor")
        thread.start()
        try:
            while thread.is_alive() and not told.to_stop.wait(LOOK_S):
                for companion in companions:
                    companion.look_after(broker.environment(os.environ))
        finally:
            if told.to_stop.is_set():
                say("Ending in order, within 30 s; once more to hurry.")
            for companion in companions:
                _end(companion, told)
            stopping.set()
            _join(thread, supervisor, told)
    told.no_more()
    if not told.to_stop.is_set():
        raise OwnTrouble("the supervisor has ended unexpectedly; the log above says why")


def _end(companion: Companion, told: Told) -> None:
    while not companion.end(hurried=told.to_hurry.is_set()):
        time.sleep(POLL_S)


def _join(thread: threading.Thread, supervisor: Supervisor, told: Told) -> None:
    while thread.is_alive():
        thread.join(LOOK_S)
        if told.to_hurry.is_set():
            supervisor.hurry()


def say(*lines: str) -> None:
    """Tell the person at the terminal, if it is still there; data are the standard output's."""
    with suppress(OSError):  # closed, or `| tee` has died of the same Ctrl-C: no reason to leave anything running
        for line in lines:
            click.echo(line, err=True)

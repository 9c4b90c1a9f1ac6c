"""The clock: Celery beat, which only says that it is time. What is due stands in the database, so any number may tick."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from celery import Celery
from celery.beat import ScheduleEntry, Scheduler, Service
from kombu import Connection, Producer
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from config.broker import CONTROL
from tasks.broker import Broker
from tasks.celery import app
from tasks.health import beat_file
from worker.errors import OwnTrouble

log = logging.getLogger(__name__)

LOOP_S = 0.5  # between looks at the schedule: the clock can be stopped that often
KEEP_S = 2.0  # between looks after an embedded Redis
LEAVE_S = 0.5  # for a message under way; a Redis that hangs is not waited for
ENOUGH = 100  # messages waiting for the control process: nobody works, and it will not need them all


class Outage:
    """Logs that *part* is in trouble once when it begins, and once when it is over."""

    def __init__(self, part: str) -> None:
        self._part = part
        self._on = False

    def tell(self, trouble: str | None) -> None:
        """Note the *trouble* of the moment, None when there is none."""
        if trouble is not None and not self._on:
            log.warning("clock_waits", extra={"part": self._part, "why": trouble})
        elif trouble is None and self._on:
            log.warning("clock_goes_on", extra={"part": self._part})
        self._on = trouble is not None


class Ticks(Scheduler):
    """Celery's scheduler without a schedule file, on the Redis at *redis_url()*, which may become another one.

    A message that cannot be sent is left out: the next one says the same. *pulse* is touched when one was sent.
    """

    # Celery's own would wait here for Redis to come back, without end.
    producer: Any = None

    def __init__(self, *, redis_url: Callable[[], str], pulse: Path, **options: Any) -> None:
        self._redis_url = redis_url
        self._pulse = pulse
        self._url = ""
        self._connection: Connection | None = None
        self._redis, self._home = Outage("redis"), Outage("home")
        super().__init__(**options)

    def apply_entry(self, entry: ScheduleEntry, producer: Producer | None = None) -> None:
        """Send the message of *entry*."""
        try:
            self._send(entry)
        except (KombuError, RedisError, OSError) as error:
            self._redis.tell(f"Redis takes no messages: {' '.join(str(error).split()) or type(error).__name__}")
            self.close()
        else:
            self._redis.tell(None)
            self._touch()

    def close(self) -> None:
        """Drop the connection; the next message opens another. Idempotent."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.release()

    def _send(self, entry: ScheduleEntry) -> None:
        if self._url != self._redis_url():
            self.close()
        if self._connection is None:
            self._url = self._redis_url()
            self._connection = self.app.connection_for_write(self._url)
        channel: Any = self._connection.default_channel
        if channel.queue_declare(queue=CONTROL).message_count < ENOUGH:
            producer = self.app.amqp.Producer(channel)
            self.app.send_task(str(entry.task), producer=producer, retry=False, **(entry.options or {}))

    def _touch(self) -> None:
        try:
            self._pulse.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._pulse.touch()
        except OSError as error:
            self._home.tell(f"{self._pulse}: {error.strerror}")
        else:
            self._home.tell(None)


class Clock(Service):
    """Celery's beat, with `Ticks` as its scheduler; *options* are those of `Ticks`."""

    def __init__(self, app: Celery, **options: Any) -> None:
        super().__init__(app)
        self._options = options

    def get_scheduler(self, lazy: bool = False, extension_namespace: str = "") -> Ticks:
        """Return the scheduler."""
        return Ticks(app=self.app, lazy=lazy, **self._options)


def run_clock(broker: Broker, home: Path, stopping: threading.Event) -> None:
    """Tick until told to stop, and keep Redis if that is ours to do; end at once, whatever Redis does.

    Raises OwnTrouble when the clock has ended by itself.
    """
    app.conf.update(
        task_send_sent_event=False,  # a tick every few seconds: Flower would show little else
        beat_max_loop_interval=LOOP_S,
        beat_enable_remote_control=False,
    )
    clock = Clock(app, redis_url=lambda: broker.url, pulse=beat_file(home))
    beat = threading.Thread(target=clock.start, name="beat", daemon=True)
    keeper = threading.Thread(target=_keep, args=(broker, stopping), name="keeper", daemon=True)
    beat.start()
    keeper.start()
    while beat.is_alive() and not stopping.wait(LOOP_S):
        pass
    clock.stop()
    beat.join(LEAVE_S)
    if not stopping.is_set():
        raise OwnTrouble("the clock has ended unexpectedly; the log above says why")


def _keep(broker: Broker, stopping: threading.Event) -> None:
    outage = Outage("embedded redis")
    while not stopping.wait(KEEP_S):
        try:
            broker.keep()
        except OwnTrouble as trouble:
            outage.tell(trouble.detail)
        else:
            outage.tell(None)

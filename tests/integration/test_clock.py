"""The clock over a real Valkey: it says that it is time, whatever becomes of Redis, and never more than is of use."""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from redis import Redis

from config.broker import BEAT, CONTROL, celery_settings
from tasks.scheduler import ENOUGH, Clock
from tests.parts import ValkeyServer, wait_until

OFTEN_S = 0.05  # instead of every few seconds


def application(url: str) -> Celery:
    """Return an application with the clock's own messages, which are due all the time."""
    app = Celery("clock", set_as_current=False, autofinalize=True)
    often = {name: entry | {"schedule": OFTEN_S} for name, entry in BEAT.items()}
    app.conf.update(
        celery_settings(url) | {"beat_schedule": often, "beat_max_loop_interval": 0.05, "task_send_sent_event": False}
    )
    return app


@contextmanager
def ticking(redis_url: Callable[[], str], pulse: Path) -> Iterator[Clock]:
    clock = Clock(application(redis_url()), redis_url=redis_url, pulse=pulse)
    thread = threading.Thread(target=clock.start, daemon=True)
    thread.start()
    try:
        yield clock
    finally:
        clock.stop()
        thread.join(20)
        assert not thread.is_alive()


def waiting(url: str) -> list[dict[str, Any]]:
    """Return the messages that wait for the control process."""
    with Redis.from_url(url) as redis:
        return [json.loads(message) for message in redis.lrange(CONTROL, 0, -1)]  # type: ignore[union-attr]


def flushed(url: str) -> None:
    with Redis.from_url(url) as redis:
        redis.flushall()


@pytest.fixture
def pulse(tmp_path: Path) -> Path:
    return tmp_path / "run" / "scheduler.beat"


def test_each_message_is_sent_again_and_again_and_none_outlives_its_use(redis_url: str, pulse: Path) -> None:
    with ticking(lambda: redis_url, pulse):
        wait_until(lambda: len(waiting(redis_url)) > 3 * len(BEAT), "messages")
    headers = [message["headers"] for message in waiting(redis_url)]
    options = {entry["task"]: entry.get("options", {}) for entry in BEAT.values()}
    assert {header["task"] for header in headers} == {entry["task"] for entry in BEAT.values()}
    assert all((header["expires"] is None) == ("expires" not in options[header["task"]]) for header in headers)
    assert pulse.exists()


def test_nobody_hears_events_of_the_clock(redis_url: str, pulse: Path) -> None:
    with Redis.from_url(redis_url) as redis, redis.pubsub(ignore_subscribe_messages=True) as listener:
        listener.psubscribe("*")
        with ticking(lambda: redis_url, pulse):
            wait_until(lambda: len(waiting(redis_url)) > len(BEAT), "messages")
        heard = [message for _ in range(20) if (message := listener.get_message(timeout=0.01)) is not None]
    assert [message["channel"] for message in heard if b"ev" in message["channel"]] == []


def test_messages_do_not_pile_up_while_nobody_works(redis_url: str, pulse: Path) -> None:
    with Redis.from_url(redis_url) as redis:
        redis.rpush(CONTROL, *["{}"] * (ENOUGH - 1))
        with ticking(lambda: redis_url, pulse):
            wait_until(lambda: redis.llen(CONTROL) == ENOUGH, "the queue to be full")
            pulse.unlink(missing_ok=True)
            wait_until(pulse.exists, "the clock to be well all the same")
            assert redis.llen(CONTROL) == ENOUGH
            redis.delete(CONTROL)
            wait_until(lambda: redis.llen(CONTROL) > 0, "messages as soon as there is room")


def test_a_redis_that_dies_and_comes_back_is_told_once_and_used_again(
    own_valkey: ValkeyServer, pulse: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def told() -> list[str]:
        return [record.getMessage() for record in caplog.records if record.name == "tasks.scheduler"]

    with caplog.at_level(logging.WARNING), ticking(lambda: own_valkey.url, pulse):
        wait_until(lambda: bool(waiting(own_valkey.url)), "messages")
        own_valkey.kill()
        wait_until(lambda: told() == ["clock_waits"], "the trouble to be told")
        begun, tries = time.monotonic(), 10
        wait_until(lambda: time.monotonic() - begun > tries * OFTEN_S, "some more tries")
        own_valkey.start()
        own_valkey.flush()
        wait_until(lambda: bool(waiting(own_valkey.url)), "messages again")
        wait_until(lambda: told() == ["clock_waits", "clock_goes_on"], "the end of the trouble to be told")


def test_another_redis_is_used_from_the_next_message_on(redis_url: str, own_valkey: ValkeyServer, pulse: Path) -> None:
    where = [redis_url]
    with ticking(lambda: where[0], pulse):
        wait_until(lambda: bool(waiting(redis_url)), "messages")
        where[0] = own_valkey.url
        wait_until(lambda: len(waiting(own_valkey.url)) > len(BEAT), "messages at the other")
        flushed(redis_url)
        wait_until(lambda: len(waiting(own_valkey.url)) > 3 * len(BEAT), "more messages")
        assert waiting(redis_url) == []


def test_a_home_that_cannot_be_written_does_not_stop_the_clock(
    redis_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "run").write_text("in the way")
    with caplog.at_level(logging.WARNING), ticking(lambda: redis_url, tmp_path / "run" / "scheduler.beat"):
        wait_until(lambda: len(waiting(redis_url)) > 3 * len(BEAT), "messages")
    assert [vars(record)["part"] for record in caplog.records if record.name == "tasks.scheduler"] == ["home"]

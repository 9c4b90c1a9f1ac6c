"""The health endpoint answers by the last verdict, in time, whatever hangs and whoever asks."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from config.settings import Settings
from tasks import endpoint as module
from tasks.endpoint import Endpoint, health_endpoint
from tasks.health import Health
from tests.parts import free_port, wait_until
from worker.errors import OwnTrouble

ADDRESS = "127.0.0.1"


class Judge:
    """Comes to the verdict it is told; hangs, or fails, when it is told to."""

    def __init__(self) -> None:
        self.health = Health(well=True, said="all is well")
        self.bug: Exception | None = None
        self.free = threading.Event()
        self.free.set()

    def __call__(self) -> Health:
        self.free.wait()
        if self.bug:
            raise self.bug
        return self.health


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Iterator[Judge]:
    """What judges, oftener than in service."""
    monkeypatch.setattr(module, "JUDGE_S", 0.01)
    judge = Judge()
    yield judge
    judge.free.set()


@pytest.fixture
def port(judge: Judge) -> Iterator[int]:
    """The port of an endpoint that asks *judge*."""
    port = free_port()
    with Endpoint(ADDRESS, port, judge):
        yield port


def asked(port: int, method: str = "GET", path: str = "/health") -> tuple[int, str]:
    """Return status and body of the answer to one request."""
    with closing(http.client.HTTPConnection(ADDRESS, port, timeout=10)) as connection:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_who_is_well_answers_200_and_who_is_not_503_with_the_reason(judge: Judge, port: int) -> None:
    wait_until(lambda: asked(port)[0] == 200, "a first verdict")
    assert json.loads(asked(port)[1]) == {"well": True, "said": "all is well"}
    judge.health = Health(well=False, said="nothing moves")
    wait_until(lambda: asked(port)[0] == 503, "the other verdict")
    assert json.loads(asked(port)[1]) == {"well": False, "said": "nothing moves"}


def test_a_judgement_that_hangs_is_no_health(judge: Judge, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    wait_until(lambda: asked(port)[0] == 200, "a first verdict")
    judge.free.clear()
    monkeypatch.setattr(module, "STALE_S", 0.2)
    wait_until(lambda: asked(port)[0] == 503, "the verdict to be too old")
    assert "has not answered" in asked(port)[1]
    judge.free.set()
    wait_until(lambda: asked(port)[0] == 200, "a fresh verdict")


def test_a_judgement_that_fails_is_no_health_and_passes(judge: Judge, port: int, caplog: pytest.LogCaptureFixture) -> None:
    judge.bug = ZeroDivisionError()
    wait_until(lambda: "failed" in asked(port)[1], "the failure to be told")
    assert asked(port)[0] == 503
    assert "health_failed" in caplog.text
    judge.bug = None
    wait_until(lambda: asked(port)[0] == 200, "a fresh verdict")


def test_who_sends_half_a_request_keeps_nobody_waiting(port: int) -> None:
    slow = [socket.create_connection((ADDRESS, port)) for _ in range(50)]
    try:
        for one in slow:
            one.sendall(b"GET /health HTTP/1.1\r\nX-Slow: ")
        wait_until(lambda: asked(port)[0] == 200, "an answer beside them")
    finally:
        for one in slow:
            one.close()


def test_who_sends_half_a_request_is_hung_up_on(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REQUEST_S", 0.2)
    port = free_port()
    with Endpoint(ADDRESS, port, judge), socket.create_connection((ADDRESS, port), timeout=10) as slow:
        slow.sendall(b"GET /health HTTP/1.1\r\nX-Slow: ")
        assert slow.recv(1) == b""


@pytest.mark.parametrize(("method", "path", "status"), [("POST", "/health", 405), ("GET", "/", 404), ("HEAD", "/health", 200)])
def test_nothing_else_is_to_be_had(judge: Judge, port: int, method: str, path: str, status: int) -> None:
    wait_until(lambda: asked(port)[0] == 200, "a first verdict")
    assert asked(port, method, path)[0] == status


def test_a_port_that_is_taken_is_named(judge: Judge) -> None:
    with socket.create_server((ADDRESS, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OwnTrouble, match=f"NEWSMILL_HEALTH_PORT={port}"), Endpoint(ADDRESS, port, judge):
            pass


def test_nothing_is_served_unless_a_port_is_named(tmp_path: Path) -> None:
    threads = threading.active_count()
    with health_endpoint(Settings(home=tmp_path)):
        assert threading.active_count() == threads


def test_the_endpoint_says_what_the_command_says(tmp_path: Path) -> None:
    port = free_port()
    with health_endpoint(Settings(home=tmp_path, health_port=port)):
        wait_until(lambda: "no database yet" in asked(port)[1], "the verdict on an empty home")

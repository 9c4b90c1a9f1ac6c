"""Companions of `newsmill up` are there as long as it is: restarted when they end, replaced when Redis moved, ended in time."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence

import pytest

from tasks import companion as module
from tasks import lifeline
from tasks.companion import Companion
from tests.parts import wait_until

WELL = "import time\nprint('ready', flush=True)\ntime.sleep(60)"
STUBBORN = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('ready', flush=True)\ntime.sleep(60)"
Started = tuple[subprocess.Popen[bytes], socket.socket]


class Stage:
    """Starts *program* in place of the command, and keeps the environments it was started with."""

    def __init__(self, program: str) -> None:
        self.program = program
        self.started: list[dict[str, str]] = []
        self.refuse = False
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, command: Sequence[str], environment: Mapping[str, str]) -> Started:
        assert command[-4:] == ["tasks.cli", "scheduler", "--port", str(len(self.started))]
        if self.refuse:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        self.started.append(dict(environment))
        ours, theirs = socket.socketpair()
        theirs.close()
        process = subprocess.Popen([sys.executable, "-c", self.program], stdout=subprocess.PIPE)
        assert process.stdout is not None
        if self.program in (WELL, STUBBORN):
            process.stdout.readline()
        process.stdout.close()
        self.processes.append(process)
        return process, ours


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    stage = Stage(WELL)
    monkeypatch.setattr(lifeline, "start", stage.start)
    monkeypatch.setattr(module, "RESTART_S", (0.01, 0.05))
    yield stage
    for process in stage.processes:
        process.kill()
        process.wait()


@pytest.fixture
def companion(stage: Stage) -> Iterator[Companion]:
    companion = Companion("scheduler", lambda: ("--port", str(len(stage.started))))
    yield companion
    wait_until(lambda: companion.end(hurried=True), "the companion to end")


def looked_after(companion: Companion, environment: Mapping[str, str], true: Callable[[], bool]) -> Callable[[], bool]:
    """Look after *companion* until *true*."""

    def look() -> bool:
        companion.look_after(environment)
        return true()

    return look


def test_a_companion_that_ends_is_started_again(stage: Stage, companion: Companion) -> None:
    stage.program = "raise SystemExit(3)"
    wait_until(looked_after(companion, {}, lambda: len(stage.started) >= 4), "a fourth start")


def test_the_pause_grows_while_it_dies_young_and_no_further_than_its_limit(
    stage: Stage, companion: Companion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RESTART_S", (0.01, 0.1))
    stage.program = "raise SystemExit(3)"
    pauses: list[float] = []
    pause = Companion._pause

    def noted(self: Companion, *, young: bool, now: float) -> None:
        pause(self, young=young, now=now)
        pauses.append(round(self.start_at - now, 3))

    monkeypatch.setattr(Companion, "_pause", noted)
    wait_until(looked_after(companion, {}, lambda: len(pauses) >= 5), "a fifth pause")
    assert pauses[:5] == [0.02, 0.04, 0.08, 0.1, 0.1]


def test_one_that_had_been_well_is_started_again_soon(
    stage: Stage, companion: Companion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "YOUNG_S", 0.0)
    companion.failures = 7
    companion.look_after({})
    stage.processes[0].kill()
    wait_until(looked_after(companion, {}, lambda: len(stage.started) == 2), "the second start")
    assert companion.failures == 0


def test_a_companion_that_cannot_be_started_is_tried_again(
    stage: Stage, companion: Companion, caplog: pytest.LogCaptureFixture
) -> None:
    stage.refuse = True
    companion.look_after({})
    assert "companion_not_started" in caplog.text
    stage.refuse = False
    wait_until(looked_after(companion, {}, lambda: len(stage.started) == 1), "the start")


def test_when_redis_is_elsewhere_it_is_replaced(stage: Stage, companion: Companion) -> None:
    companion.look_after({"NEWSMILL_REDIS_URL": "redis://127.0.0.1:1/0"})
    moved = {"NEWSMILL_REDIS_URL": "redis://127.0.0.1:2/0"}
    wait_until(looked_after(companion, moved, lambda: len(stage.started) == 2), "the second start")
    assert stage.started[1] == moved
    assert stage.processes[0].returncode == -signal.SIGTERM
    assert companion.failures == 0, "it did not die of itself"


def test_one_that_stays_is_killed_when_its_time_is_over(
    stage: Stage, companion: Companion, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.program = STUBBORN
    companion.look_after({})
    assert not companion.end(hurried=False)
    monkeypatch.setattr(module, "KILL_AFTER_S", 0.0)
    wait_until(lambda: companion.end(hurried=False), "the end")
    assert stage.processes[0].returncode == -signal.SIGKILL


def test_in_a_hurry_it_is_killed_at_once(stage: Stage, companion: Companion) -> None:
    stage.program = STUBBORN
    companion.look_after({})
    wait_until(lambda: companion.end(hurried=True), "the end")
    assert stage.processes[0].returncode == -signal.SIGKILL


def test_one_that_never_ran_has_ended() -> None:
    assert Companion("flower").end(hurried=False)


def test_what_is_started_on_a_lifeline_ends_with_it() -> None:
    program = "import time\nfrom tasks.lifeline import Lifeline\nLifeline.inherited()\ntime.sleep(60)"
    process, line = lifeline.start([sys.executable, "-c", program], os.environ)
    line.close()
    assert process.wait(timeout=20) == -signal.SIGTERM

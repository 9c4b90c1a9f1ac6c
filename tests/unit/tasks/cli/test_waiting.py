"""`newsmill run` never waits for ever without a word: what keeps it waiting is told, and ends the waiting when it lasts."""

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import create_engine

from config.settings import Settings
from tasks.cli import run as module
from tasks.cli.run import PATIENCE_S, STALLED_S, _Waiting


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def waiting(tmp_path: Path, clock: Clock) -> _Waiting:
    engine = create_engine("sqlite://")
    waiting = _Waiting(Settings(home=tmp_path), engine, 60.0)
    engine.dispose()
    return waiting


def supervised(waiting: _Waiting, trouble: str | None, *, alive: bool = True) -> Any:
    supervisor: Any = SimpleNamespace(trouble=trouble)
    waiting._supervisor = supervisor
    thread: Any = SimpleNamespace(is_alive=lambda: alive)
    waiting._thread = thread
    return supervisor


def test_a_trouble_is_told_at_once_and_ends_the_waiting_when_it_lasts(
    waiting: _Waiting, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    supervised(waiting, "Redis does not answer")
    assert not waiting._is_hopeless("pending")
    assert capsys.readouterr().err == "Waiting: Redis does not answer\n"
    clock.now += PATIENCE_S - 1
    assert not waiting._is_hopeless("pending")
    clock.now += 2
    assert waiting._is_hopeless("pending")
    assert capsys.readouterr().err == ""


def test_a_trouble_that_passes_is_forgotten(waiting: _Waiting, clock: Clock) -> None:
    supervisor = supervised(waiting, "database: locked")
    assert not waiting._is_hopeless("pending")
    supervisor.trouble = None
    clock.now += PATIENCE_S
    assert not waiting._is_hopeless("pending")
    supervisor.trouble = "database: locked"
    clock.now += 1
    assert not waiting._is_hopeless("pending")


def test_a_supervisor_that_has_ended_is_a_trouble(waiting: _Waiting, clock: Clock) -> None:
    supervised(waiting, None, alive=False)
    assert not waiting._is_hopeless("pending")
    clock.now += PATIENCE_S + 1
    assert waiting._is_hopeless("pending")


def test_workers_of_others_that_move_nothing_are_not_waited_for_for_ever(
    waiting: _Waiting, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(20):
        clock.now += STALLED_S - 1
        assert not waiting._is_hopeless(str(clock.now)), "as long as something moves"
    clock.now += STALLED_S + 1
    assert not waiting._is_hopeless("nothing new")
    clock.now += STALLED_S + 1
    assert not waiting._is_hopeless("nothing new")
    assert "nothing has moved" in capsys.readouterr().err
    clock.now += PATIENCE_S + 1
    assert waiting._is_hopeless("nothing new")


def test_what_was_started_is_told_to_stop(waiting: _Waiting) -> None:
    ended = threading.Thread(target=waiting._stopping.wait)
    ended.start()
    waiting._thread = ended
    waiting._stop()
    assert not ended.is_alive()

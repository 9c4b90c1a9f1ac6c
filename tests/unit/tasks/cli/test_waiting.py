"""`newsmill run` never waits for ever without a word: what keeps it waiting is told, and ends the waiting when it lasts."""

import signal
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import create_engine

from config.settings import Settings
from tasks.broker import Broker
from tasks.cli import waiting as module
from tasks.cli.waiting import PATIENCE_S, STALLED_S, Waiting


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
def waiting(tmp_path: Path, clock: Clock) -> Waiting:
    engine, settings = create_engine("sqlite://"), Settings(home=tmp_path)
    waiting = Waiting(settings, engine, Broker(settings), 60.0)
    engine.dispose()
    return waiting


def supervised(waiting: Waiting, trouble: str | None, *, alive: bool = True) -> Any:
    supervisor: Any = SimpleNamespace(trouble=trouble)
    waiting._supervisor = supervisor
    thread: Any = SimpleNamespace(is_alive=lambda: alive)
    waiting._thread = thread
    return supervisor


def test_a_trouble_is_told_at_once_and_ends_the_waiting_when_it_lasts(
    waiting: Waiting, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    supervised(waiting, "Redis does not answer")
    assert not waiting._is_hopeless("pending")
    assert capsys.readouterr().err == "Waiting: Redis does not answer\n"
    clock.now += PATIENCE_S - 1
    assert not waiting._is_hopeless("pending")
    clock.now += 2
    assert waiting._is_hopeless("pending")
    assert capsys.readouterr().err == ""


def test_a_trouble_that_passes_is_forgotten(waiting: Waiting, clock: Clock) -> None:
    supervisor = supervised(waiting, "database: locked")
    assert not waiting._is_hopeless("pending")
    supervisor.trouble = None
    clock.now += PATIENCE_S
    assert not waiting._is_hopeless("pending")
    supervisor.trouble = "database: locked"
    clock.now += 1
    assert not waiting._is_hopeless("pending")


def test_a_supervisor_that_has_ended_is_a_trouble(waiting: Waiting, clock: Clock) -> None:
    supervised(waiting, None, alive=False)
    assert not waiting._is_hopeless("pending")
    clock.now += PATIENCE_S + 1
    assert waiting._is_hopeless("pending")


def test_workers_of_others_that_move_nothing_are_not_waited_for_for_ever(
    waiting: Waiting, clock: Clock, capsys: pytest.CaptureFixture[str]
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


def test_what_was_started_is_told_to_stop(waiting: Waiting) -> None:
    ended = threading.Thread(target=waiting._stopping.wait)
    ended.start()
    waiting._thread = ended
    waiting.stop()
    assert not ended.is_alive()


def test_a_first_word_ends_the_command_and_another_hurries_what_ends_already(
    waiting: Waiting, capsys: pytest.CaptureFixture[str]
) -> None:
    hurried: list[bool] = []
    supervisor: Any = SimpleNamespace(hurry=lambda: hurried.append(True))
    waiting._supervisor = supervisor
    with pytest.raises(SystemExit) as ended:
        waiting.hear(signal.SIGINT, None)
    assert (ended.value.code, hurried) == (130, [])
    waiting.stop()
    assert "Stopping in order, within 25 s; what was accepted is safe." in capsys.readouterr().err
    waiting.hear(signal.SIGHUP, None)  # kernel and shell send one each when a terminal is closed
    assert hurried == []
    waiting.hear(signal.SIGINT, None)
    assert hurried == [True]


def test_a_word_before_anything_was_asked_for_says_that_nothing_is_lost(
    waiting: Waiting, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        waiting.hear(signal.SIGTERM, None)
    waiting.tell_how_far()
    assert (ended.value.code, capsys.readouterr().err.startswith("Stopped; what was accepted is safe")) == (143, True)


def test_a_word_at_the_very_end_does_not_tear_the_end_off(waiting: Waiting, capsys: pytest.CaptureFixture[str]) -> None:
    waiting.stop()
    waiting.hear(signal.SIGINT, None)
    waiting.tell_how_far()
    assert capsys.readouterr().err == ""

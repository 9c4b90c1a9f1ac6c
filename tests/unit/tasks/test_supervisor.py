"""The supervisor lives through everything: bugs in a pass, processes that cannot start or die young, a Redis that moved."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from tasks import child as child_module
from tasks import supervisor as module
from tasks.supervisor import HOPELESS, Supervisor
from tests.parts import wait_until
from worker.errors import OwnTrouble
from worker.store.database import open_database
from worker.store.migrate import migrate


class Reconciler:
    """Stands for the ledger's side; does as it is told."""

    def __init__(self) -> None:
        self.failures: list[Exception] = []
        self.ticks = 0
        self.dead: list[str] = []
        self.moves = 0
        self.resigned = False

    def tick(self) -> int:
        self.ticks += 1
        if self.failures:
            raise self.failures.pop(0)
        return 0

    def crashed(self, owner: str) -> None:
        self.dead.append(owner)

    def move(self, _redis: object, _publisher: object) -> None:
        self.moves += 1

    def resign(self) -> None:
        self.resigned = True


class Stage:
    """A supervisor whose processes run *program* in place of Celery."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
        self.url = "redis://127.0.0.1:1/0"
        self.stopping = threading.Event()
        self.started: list[dict[str, str]] = []
        self.reconciler = Reconciler()
        self.refuse = False
        popen = subprocess.Popen

        def start(_command: list[str], **options: Any) -> subprocess.Popen[bytes]:
            if self.refuse:
                raise BlockingIOError(11, "Resource temporarily unavailable")
            self.started.append(options["env"])
            return popen([sys.executable, "-c", program], **options)

        monkeypatch.setattr(subprocess, "Popen", start)
        monkeypatch.setattr(module, "TICK_S", 0.05)
        monkeypatch.setattr(module, "RESTART_S", (0.05, 0.1))
        settings = Settings(home=home, processes=1)
        migrate(open_database(settings.database))
        self.supervisor = Supervisor(
            settings, redis_url=self.url, environment={}, name="", keep_redis=lambda: self.url, stopping=self.stopping
        )
        fake: Any = self.reconciler
        self.supervisor._reconciler = fake
        self.thread = threading.Thread(target=self.supervisor.run)
        self.thread.start()

    def end(self) -> None:
        self.stopping.set()
        self.thread.join(timeout=40)
        assert not self.thread.is_alive()


WELL = "import os,socket,time\ns=socket.socket(fileno=int(os.environ['NEWSMILL_LIFELINE']))\nwhile True: s.send(b'.'); time.sleep(.05)"
STUBBORN = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + WELL


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Stage]:
    stage = Stage(tmp_path, monkeypatch, getattr(request, "param", WELL))
    yield stage
    stage.end()


def test_a_bug_in_a_pass_is_told_and_does_not_end_the_loop(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    stage.reconciler.failures = [KeyError("what now"), OwnTrouble("database: gone")]
    wait_until(lambda: stage.reconciler.ticks >= 5, "the loop to go on")
    assert "reconciler_failed" in caplog.text
    assert "reconciler_goes_on" in caplog.text
    assert stage.supervisor.trouble is None


def test_a_trouble_is_told_once_and_not_at_each_pass(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    stage.reconciler.failures = [OwnTrouble("database: gone") for _ in range(1_000)]
    wait_until(lambda: stage.supervisor.trouble == "database: gone", "the trouble to be known")
    seen = stage.reconciler.ticks
    wait_until(lambda: stage.reconciler.ticks >= seen + 5, "some more passes")
    assert caplog.text.count("reconciler_waits") == 1


def test_a_process_that_cannot_be_started_is_tried_again(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    wait_until(lambda: all(place.child for place in stage.supervisor._places), "both processes")
    stage.refuse = True
    for place in stage.supervisor._places:
        assert place.child is not None
        place.child.process.kill()
    wait_until(lambda: "process_not_started" in caplog.text, "the refusal")
    stage.refuse = False
    wait_until(lambda: len(stage.started) >= 4, "both processes again")
    wait_until(lambda: len(stage.reconciler.dead) >= 2, "the dead to be mourned")


@pytest.mark.parametrize("stage", ["raise SystemExit(1)"], indirect=True)
def test_processes_that_never_come_to_life_are_a_trouble_that_is_named(stage: Stage) -> None:
    wait_until(lambda: stage.supervisor.trouble is not None, "the trouble to be known")
    assert "worker processes end as soon as they start" in (stage.supervisor.trouble or "")
    assert len(stage.started) >= 2 * HOPELESS


def test_when_redis_comes_back_elsewhere_every_process_is_replaced(stage: Stage) -> None:
    wait_until(lambda: len(stage.started) == 2, "both processes")
    stage.url = "redis://127.0.0.1:2/0"
    wait_until(lambda: len(stage.started) == 4, "both processes to be replaced")
    assert [words["NEWSMILL_REDIS_URL"][-3:] for words in stage.started] == ["1/0", "1/0", "2/0", "2/0"]
    assert stage.reconciler.moves == 1


@pytest.mark.parametrize("stage", [STUBBORN], indirect=True)
def test_a_process_that_has_to_be_killed_at_the_end_is_mourned(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "KILL_AFTER_S", 0.2)
    wait_until(lambda: all(p.child is not None and p.child.beat_at for p in stage.supervisor._places), "both processes to beat")
    stage.end()
    assert len(stage.reconciler.dead) == 2
    assert stage.reconciler.resigned


@pytest.mark.parametrize("stage", [STUBBORN], indirect=True)
def test_in_a_hurry_processes_are_killed_at_once_and_mourned(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "KILL_AFTER_S", 1_000.0)
    wait_until(lambda: all(p.child is not None and p.child.beat_at for p in stage.supervisor._places), "both processes to beat")
    stage.supervisor.hurry()
    stage.end()
    assert len(stage.reconciler.dead) == 2

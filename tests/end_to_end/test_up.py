"""`newsmill up`: everything is there, comes back when it dies, and goes in order; nothing outlives it."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from config.settings import Settings
from tasks import health
from tasks.valkey import EmbeddedValkey
from tests.end_to_end.conftest import NEWSMILL, Shell
from tests.parts import free_port, wait_until
from tests.site.server import Site

FERRY = "/2026/03/02/harbour-ferry-electric.html"
READY_S = 60.0  # for all parts on a machine under load; five seconds on an idle one
END_S = 40.0


def processes(home: Path) -> dict[int, str]:
    """Return the Python processes that work in *home*, as process id → command line."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"NEWSMILL_HOME={home}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if "python" in line:
                    found[int(folder.name)] = line
        except OSError:
            continue
    return found


def part(home: Path, name: str) -> int | None:
    """Return the process that runs companion *name* in *home*, if one does."""
    return next((pid for pid, line in processes(home).items() if f"-m tasks.cli {name}" in line), None)


class Up:
    """A running `newsmill up`."""

    def __init__(self, shell: Shell, *words: str) -> None:
        self.shell = shell
        self.port = free_port()
        log = shell.home.with_suffix(".log")
        command = [NEWSMILL, "up", "--port", str(self.port), *words]
        self._log = log.open("w+")
        self.process = subprocess.Popen(command, env=shell.environment, stderr=self._log)

    def workers_live(self) -> bool:
        return health.worker(Settings(home=self.shell.home)).well

    def clock_ticks(self) -> bool:
        return health.scheduler(health.beat_file(self.shell.home)).well

    def flower_answers(self) -> bool:
        return health.flower(self.port).well

    def urls(self, state: str, *, suspect: bool = False) -> int:
        """Return how many URLs of the ledger are in *state*, suspects or all."""
        query = "SELECT count(*) FROM url WHERE state = ? AND suspect >= ?"
        with sqlite3.connect(self.shell.home / "newsmill.db") as database:
            (n,) = database.execute(query, (state, suspect)).fetchone()
        database.close()
        return int(n)

    def said(self) -> str:
        self._log.seek(0)
        return self._log.read()

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=END_S)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._log.close()


@pytest.fixture
def up(shell: Shell) -> Iterator[Up]:
    up = Up(shell)
    yield up
    up.close()


@pytest.mark.timeout(240)
def test_everything_is_there_and_goes_in_order(up: Up, site: Site) -> None:
    wait_until(up.workers_live, "the workers", READY_S)
    wait_until(up.clock_ticks, "the scheduler", READY_S)
    wait_until(up.flower_answers, "Flower", READY_S)
    assert up.shell.run("enqueue", site.url(FERRY)).returncode == 0
    wait_until(lambda: up.urls("stored") == 1, "the article", READY_S)
    assert up.end() == 0, up.said()
    assert processes(up.shell.home) == {}
    assert EmbeddedValkey(up.shell.home).running() is None
    assert f"http://127.0.0.1:{up.port}/" in up.said()
    assert "Traceback" not in up.said()


@pytest.mark.timeout(240)
def test_what_dies_comes_back_and_nothing_outlives_it(up: Up) -> None:
    home = up.shell.home
    wait_until(up.clock_ticks, "the scheduler", READY_S)
    killed = part(home, "scheduler")
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: part(home, "scheduler") not in (None, killed), "another scheduler", READY_S)
    assert "companion_ended" in up.said()
    up.process.kill()
    up.process.wait()
    wait_until(lambda: processes(home) == {}, f"the others to end: {processes(home)}", END_S)


@pytest.mark.timeout(240)
def test_once_more_ctrl_c_hurries_and_loses_nothing(shell: Shell) -> None:
    """What had to be killed is a suspect, which runs again alone; what had ended in order would be none."""
    up = Up(shell, "--no-flower", "--no-scheduler")
    try:
        with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the request and never answers
            assert shell.run("enqueue", f"http://127.0.0.1:{silent.getsockname()[1]}/n/1").returncode == 0
            wait_until(lambda: up.urls("in_flight") == 1, "the page under way", READY_S)
            up.process.send_signal(signal.SIGINT)
            wait_until(lambda: "once more to hurry." in up.said(), "the first to be heard", READY_S)
            up.process.send_signal(signal.SIGINT)
            assert up.process.wait(timeout=END_S) == 0, up.said()
        assert up.urls("pending") == up.urls("pending", suspect=True) == 1
        assert processes(shell.home) == {}
    finally:
        up.close()


@pytest.mark.timeout(240)
def test_a_terminal_that_closes_ends_it_in_order(shell: Shell) -> None:
    """Nobody reads any more what it says, and it is told twice: by the kernel and by the shell."""
    reading, writing = os.pipe()
    process = subprocess.Popen([NEWSMILL, "up", "--no-flower"], env=shell.environment, stderr=writing)
    os.close(writing)
    try:
        wait_until(lambda: EmbeddedValkey(shell.home).running() is not None, "Valkey", READY_S)
        wait_until(lambda: part(shell.home, "scheduler") is not None, "the scheduler", READY_S)
        os.close(reading)
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGHUP)
        assert process.wait(timeout=END_S) == 0
    finally:
        process.kill()
        process.wait()
    assert processes(shell.home) == {}
    assert EmbeddedValkey(shell.home).running() is None


def test_a_port_that_is_taken_is_said_before_anything_is_started(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = shell.run("up", "--port", str(port))
    assert done.returncode == 1
    assert f"port {port} is taken" in done.stderr
    assert not (shell.home / "valkey").exists()


def test_what_flower_would_refuse_is_said_before_anything_is_started(shell: Shell) -> None:
    for settings, sentence in (
        ({"NEWSMILL_FLOWER_AUTH": "ada"}, "NEWSMILL_FLOWER_AUTH: write it as user:password"),
        ({"FLOWER_ADDRESS": "0.0.0.0"}, "without a password Flower listens on this machine only"),
        ({"FLOWER_PORT": "many"}, "a FLOWER_… variable cannot be used"),
    ):
        done = shell.run("up", **settings)
        assert (done.returncode, sentence in done.stderr) == (2, True), done.stderr
    assert not (shell.home / "valkey").exists()


def test_flowers_own_variable_chooses_the_port_too(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = shell.run("up", FLOWER_PORT=str(port))
    assert (done.returncode, f"port {port} is taken" in done.stderr) == (1, True), done.stderr


@pytest.mark.timeout(240)
def test_two_on_one_machine_have_names_and_ports_of_their_own(shell: Shell, tmp_path: Path) -> None:
    """Without --port, the second takes the next that is free."""
    first, second = (shell.start("up", "--no-scheduler", NEWSMILL_HOME=str(tmp_path / name)) for name in ("one", "two"))
    homes = (tmp_path / "one", tmp_path / "two")
    try:
        wait_until(lambda: len(ports(homes)) == 2, "both Flowers, on ports of their own", READY_S)
        wait_until(lambda: all(len(workers(home)) == 2 for home in homes), "all workers", READY_S)
        names = {name for home in homes for name in workers(home)}
    finally:
        for started in (first, second):
            started.send_signal(signal.SIGTERM)
            started.communicate(timeout=END_S)
    assert (first.returncode, second.returncode) == (0, 0)
    assert len(names) == 4


def ports(homes: Iterable[Path]) -> set[str]:
    """Return the ports of the Flowers that run in *homes*."""
    lines = [line for home in homes for line in processes(home).values()]
    return {found[1] for line in lines if (found := re.search(r"tasks.cli flower --port (\d+)", line))}


def workers(home: Path) -> list[str]:
    """Return the names in Flower of the worker processes that work in *home*."""
    return [found[1] for line in processes(home).values() if (found := re.search(r"--hostname (\S+)", line))]

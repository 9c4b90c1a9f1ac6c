"""The embedded Valkey: one server a home, shared by its users, gone with the last of them."""

import fcntl
import importlib.util
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import kombu
import pytest
import redis

from tasks import valkey as valkey_module
from tasks import valkey_server
from tasks.valkey import EmbeddedValkey
from tests.parts import no_server_outlives, wait_until
from worker.errors import OwnTrouble

USER = """
import sys
from pathlib import Path
from tasks.valkey import EmbeddedValkey
valkey = EmbeddedValkey(Path(sys.argv[1]))
sys.stdin.readline()                       # all set out together
print(valkey.start(), flush=True)
sys.stdin.readline()                       # and leave when they are told
valkey.stop()
print("left", flush=True)
"""


@pytest.fixture
def home(newsmill_home: Path) -> Path:
    return newsmill_home


@pytest.fixture
def embedded(home: Path) -> Iterator[EmbeddedValkey]:
    embedded = EmbeddedValkey(home)
    yield embedded
    with suppress(OwnTrouble):
        embedded.stop()


class User:
    """Another process that uses the server."""

    def __init__(self, home: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )

    def go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@contextmanager
def users(home: Path, number: int) -> Iterator[list[User]]:
    made = [User(home) for _ in range(number)]
    try:
        yield made
    finally:
        for user in made:
            user.kill()


def pid_at(url: str) -> int:
    with redis.Redis.from_url(url) as client:
        return int(client.info("server")["process_id"])


def gone(pid: int) -> bool:
    """Say whether the process has ended; one that nobody has buried yet counts as ended."""
    shown = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return not shown.strip() or shown.startswith("Z")


def test_the_url_serves_redis_clients_and_celerys_transport_alike(embedded: EmbeddedValkey) -> None:
    url = embedded.start()
    with redis.Redis.from_url(url) as client:
        assert client.set("a", 1)
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("save") == {"save": ""}
    with kombu.Connection(url) as connection, connection.SimpleQueue("test") as queue:
        queue.put("hello")
        message = queue.get(timeout=5)
        assert message.payload == "hello"
        message.ack()


def test_start_and_stop_may_be_repeated(embedded: EmbeddedValkey) -> None:
    url = embedded.start()
    assert embedded.start() == url
    assert embedded.running() == url
    embedded.stop()
    assert embedded.running() is None
    embedded.stop()
    assert embedded.start() == url
    with EmbeddedValkey(embedded._folder.parent) as again:
        assert again.running() == url
    assert embedded.running() == url


def test_asking_whether_it_runs_leaves_no_trace(home: Path) -> None:
    assert EmbeddedValkey(home).running() is None
    EmbeddedValkey(home).stop()
    assert not home.exists()


def test_nobody_else_can_read_the_password(embedded: EmbeddedValkey, home: Path) -> None:
    url = embedded.start()
    password = url.partition("//:")[2].partition("@")[0]
    assert stat.S_IMODE((home / "valkey").stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "valkey/access.json").stat().st_mode) == 0o600
    shown = subprocess.run(["ps", "ewwww", "-p", str(pid_at(url))], capture_output=True, text=True, check=True).stdout
    assert "valkey" in shown
    assert password not in shown
    with redis.Redis.from_url(f"redis://{url.partition('@')[2]}") as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_twelve_processes_at_once_make_one_server(home: Path) -> None:
    with users(home, 12) as crowd:
        for user in crowd:
            user.go()
        urls = {user.hear() for user in crowd}
        assert len(urls) == 1
        (url,) = urls
        pid = pid_at(url)
        with redis.Redis.from_url(url) as client:
            assert client.info("server")["uptime_in_seconds"] < 60
        for user in crowd[1:]:
            user.go()
        assert [user.hear() for user in crowd[1:]] == ["left"] * 11
        assert not gone(pid)
        crowd[0].go()
        assert crowd[0].hear() == "left"
        assert gone(pid)
        assert EmbeddedValkey(home).running() is None


def test_a_killed_user_does_not_keep_the_server_alive(embedded: EmbeddedValkey, home: Path) -> None:
    url = embedded.start()
    pid = pid_at(url)
    with users(home, 1) as (other,):
        other.go()
        assert other.hear() == url
    embedded.stop()
    assert gone(pid)


def test_the_server_of_a_killed_run_is_found_again_and_then_stopped(embedded: EmbeddedValkey, home: Path) -> None:
    with users(home, 1) as (dead,):
        dead.go()
        url = dead.hear()
    pid = pid_at(url)
    assert embedded.start() == url
    assert pid_at(url) == pid
    embedded.stop()
    assert gone(pid)


def test_a_server_that_died_is_started_again_with_its_data(embedded: EmbeddedValkey) -> None:
    url = embedded.start()
    with redis.Redis.from_url(url) as client:
        client.rpush("list", *range(2_000))
    before = pid_at(url)
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: gone(before), "the server is dead")
    assert embedded.ensure() == url
    assert pid_at(url) != before
    with redis.Redis.from_url(url) as client:
        assert client.llen("list") == 2_000


def test_many_who_find_it_dead_start_one(home: Path, embedded: EmbeddedValkey) -> None:
    url = embedded.start()
    os.kill(pid_at(url), signal.SIGKILL)
    several = [EmbeddedValkey(home) for _ in range(6)]
    found: list[tuple[str, int]] = []

    def ensure(one: EmbeddedValkey) -> None:
        found.append((again := one.ensure(), pid_at(again)))

    threads = [threading.Thread(target=ensure, args=(one,)) for one in several]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert set(found) == {(url, pid_at(url))}


def test_a_server_that_hangs_is_replaced(embedded: EmbeddedValkey, monkeypatch: pytest.MonkeyPatch) -> None:
    url = embedded.start()
    before = pid_at(url)
    monkeypatch.setattr(valkey_module, "HUNG_S", 0.1)
    monkeypatch.setattr(valkey_server, "ANSWER_S", 0.1)
    os.kill(before, signal.SIGSTOP)
    assert embedded.running() is None
    assert embedded.ensure() == url
    assert gone(before)
    assert pid_at(url) != before


def test_a_hanging_server_is_stopped_by_force(embedded: EmbeddedValkey, monkeypatch: pytest.MonkeyPatch) -> None:
    pid = pid_at(embedded.start())
    monkeypatch.setattr(valkey_server, "STOP_S", 0.2)
    os.kill(pid, signal.SIGSTOP)
    embedded.stop()
    assert gone(pid)


@pytest.mark.parametrize("after_s", [0.0, 0.005, 0.01, 0.02, 0.03, 0.05])
def test_a_start_that_is_killed_midway_harms_nobody(home: Path, embedded: EmbeddedValkey, after_s: float) -> None:
    with users(home, 1) as (other,):
        wait_until(lambda: other.process.poll() is None, "the process runs")
        other.go()
        wait_until(lambda: (home / "valkey").exists(), "it has begun")
        threading.Event().wait(after_s)  # the moment of the kill is what varies
    url = embedded.start()
    with redis.Redis.from_url(url) as client:
        assert client.ping()
    pid = pid_at(url)
    embedded.stop()
    assert gone(pid)


def test_the_configuration_is_whole_before_the_server_begins(monkeypatch: pytest.MonkeyPatch, embedded: EmbeddedValkey) -> None:
    """A starter that is killed right after the fork must not leave a server without its password."""
    seen: list[bytes] = []
    run = subprocess.run

    def looking(*arguments: object, stdin: int, **options: object) -> object:
        seen.append(os.read(stdin, 4_096))
        return run(["true"], check=False)

    monkeypatch.setattr(subprocess, "run", looking)
    with pytest.raises(OwnTrouble):
        embedded.start()
    assert b"requirepass " in seen[0]
    assert seen[0].endswith(b"noeviction\n")


def test_a_living_server_holds_its_folder(embedded: EmbeddedValkey, home: Path) -> None:
    embedded.start()
    with (home / "valkey/server.lock").open() as lock, pytest.raises(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    embedded.stop()
    with (home / "valkey/server.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.parametrize("name", ["d" * 120, 'mit "Leer zeichen" # 新闻'])
def test_a_home_may_lie_deep_and_be_called_anything(tmp_path: Path, name: str) -> None:
    home = tmp_path / name / name
    with no_server_outlives(home), EmbeddedValkey(home) as embedded:
        assert pid_at(embedded.start())
        assert (home / "valkey/appendonlydir").exists()


def test_a_stranger_on_the_port_is_not_taken_for_the_server(embedded: EmbeddedValkey) -> None:
    url = embedded.start()
    port = int(url.rpartition(":")[2].partition("/")[0])
    embedded.stop()
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", port))
        stranger.listen()
        elsewhere = embedded.start()
        assert elsewhere != url
        assert embedded.ensure() == elsewhere
        assert pid_at(elsewhere)


@pytest.mark.parametrize("rubbish", ["", "{}", '{"port": "x"}', "[]"])
def test_an_unreadable_access_file_is_written_anew(embedded: EmbeddedValkey, home: Path, rubbish: str) -> None:
    pid = pid_at(embedded.start())
    (home / "valkey/access.json").write_text(rubbish)
    assert pid_at(embedded.ensure()) != pid
    assert gone(pid)


def test_an_unreadable_append_only_file_is_put_aside(embedded: EmbeddedValkey, home: Path) -> None:
    with redis.Redis.from_url(embedded.start()) as client:
        client.set("a", 1)
    embedded.stop()
    for path in (home / "valkey/appendonlydir").glob("*.incr.aof"):
        path.write_bytes(b"no such thing\r\n" * 10)
    with redis.Redis.from_url(embedded.start()) as client:
        assert client.dbsize() == 0
    assert (home / "valkey/appendonlydir.unreadable").exists()


def test_a_torn_append_only_file_loses_its_tail_alone(embedded: EmbeddedValkey, home: Path) -> None:
    with redis.Redis.from_url(embedded.start()) as client:
        client.set("a", 1)
        client.set("b", 2)
    embedded.stop()
    (path,) = (home / "valkey/appendonlydir").glob("*.incr.aof")
    path.write_bytes(path.read_bytes()[:-5])
    with redis.Redis.from_url(embedded.start()) as client:
        assert client.get("a") == b"1"
        assert client.get("b") is None


def test_a_server_that_does_not_start_says_why(embedded: EmbeddedValkey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "valkey-server"
    program.write_text("#!/bin/sh\necho 'this machine is too old' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(valkey_server, "find_server", lambda: str(program))
    started = time.monotonic()
    with pytest.raises(OwnTrouble, match="does not start; it says: this machine is too old"):
        embedded.start()
    assert time.monotonic() - started < 5


def test_without_the_wheel_the_path_is_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OwnTrouble, match="set NEWSMILL_REDIS_URL"):
        valkey_server.find_server()
    for name in ("redis-server", "valkey-server"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
        assert valkey_server.find_server() == str(tmp_path / name)


def test_a_home_that_cannot_be_written_is_our_own_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OwnTrouble, match="Not a directory"):
        EmbeddedValkey(tmp_path / "file").start()

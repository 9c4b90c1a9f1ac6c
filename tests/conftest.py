"""Fixtures that several floors share: real servers, databases, and the guard that keeps every test on this machine."""

import ipaddress
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.parts import PostgresServer, ValkeyServer, no_server_outlives

# A shell that runs the tests in the background has them, and what they start, ignore Ctrl-C, and `nohup` a closed terminal.
# Some tests send these signals to what they start, which must not inherit that; a handler is not inherited.
signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda *_: None)

# ---------------------------------------------------------------- the guard

_strayed: list[str] = []


def _on_this_machine(host: object) -> bool:
    """Say whether *host*, a name or an address, is this machine itself."""
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host).partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback or address.is_unspecified


def _stray(what: str) -> OSError:
    _strayed.append(what)
    return PermissionError(f"a test may not leave this machine: {what}")


def _guarded_connect(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _on_this_machine(address[0]):
            raise _stray(f"connect to {address[0]}")
        return connect(self, address)

    return guarded


def _guarded_lookup(lookup: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(host: Any, *arguments: Any, **options: Any) -> Any:
        if not _on_this_machine(host) and not _is_literal(host):
            raise _stray(f"look-up of {host}")
        return lookup(host, *arguments, **options)

    return guarded


def _is_literal(host: Any) -> bool:
    """Say whether *host* is an address, whose look-up asks no name server."""
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def _guard() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _guarded_connect(socket.socket.connect))
        patch.setattr(socket.socket, "connect_ex", _guarded_connect(socket.socket.connect_ex))
        patch.setattr(socket, "getaddrinfo", _guarded_lookup(socket.getaddrinfo))
        yield


@pytest.fixture(autouse=True)
def strayed() -> Iterator[list[str]]:
    """Fail the test that tried to leave this machine, even when the code under test swallowed the refusal."""
    _strayed.clear()
    yield _strayed
    if _strayed:
        pytest.fail(f"the test tried to leave this machine: {', '.join(_strayed)}", pytrace=False)


# ---------------------------------------------------------------- the log


@pytest.fixture(autouse=True)
def _log_left_as_it_was() -> Iterator[None]:
    """Undo what a command that is called in this process makes of the log, so that the next test can look at it."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield
    root.setLevel(level)
    for handler in [h for h in root.handlers if type(h) is logging.StreamHandler and h not in handlers]:
        root.removeHandler(handler)


# ---------------------------------------------------------------- Valkey


@pytest.fixture(scope="session")
def valkey() -> Iterator[ValkeyServer]:
    """The session's Valkey; a test that harms its server takes `own_valkey`."""
    server = ValkeyServer()
    yield server
    server.close()


@pytest.fixture
def redis_url(valkey: ValkeyServer) -> str:
    """A real, empty Valkey: `redis://:password@127.0.0.1:port/0`."""
    valkey.flush()
    return valkey.url


@pytest.fixture
def own_valkey() -> Iterator[ValkeyServer]:
    """A Valkey for one test alone, with `kill`, `restart`, `freeze` and `thaw`; it keeps its data over a kill."""
    server = ValkeyServer()
    yield server
    server.close()


@pytest.fixture
def newsmill_home(tmp_path: Path) -> Iterator[Path]:
    """A fresh NEWSMILL_HOME, not made yet; an embedded Valkey in it does not outlive the test."""
    home = tmp_path / "home"
    with no_server_outlives(home):
        yield home


# ---------------------------------------------------------------- databases


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The session's PostgreSQL; a test that harms its server takes `own_postgres`."""
    server = PostgresServer()
    yield server
    server.close()


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """A fresh, empty PostgreSQL database: `postgresql+psycopg://…`."""
    url = postgres.create()
    yield url
    postgres.drop(url)


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL for one test alone, with `create`, `kill`, `restart`, `freeze` and `thaw`."""
    server = PostgresServer()
    yield server
    server.close()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A fresh SQLite file: `sqlite:///…`."""
    return f"sqlite:///{tmp_path / 'newsmill.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, empty database of each kind that the product runs on."""
    return str(request.getfixturevalue(f"{request.param}_url"))

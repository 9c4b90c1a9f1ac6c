"""The databases and the Redis of the chaos tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.building import opened
from tests.chaos.scale import LONG
from tests.parts import PostgresServer, ValkeyServer


@pytest.fixture
def forgetful() -> Iterator[ValkeyServer]:
    """A Valkey of the test's own that keeps nothing over a kill."""
    server = ValkeyServer(persistent=False)
    yield server
    server.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A fresh NEWSMILL_HOME."""
    return tmp_path / "home"


@pytest.fixture(params=["sqlite", "postgres"] if LONG else ["sqlite"])
def database(request: pytest.FixtureRequest) -> str:
    """The database of the mill: SQLite, and under `make chaos` PostgreSQL too."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    """The mill's database, migrated."""
    with opened(database) as engine:
        yield engine


@pytest.fixture
def durable_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL for one test alone that keeps what it committed over an immediate restart."""
    server = PostgresServer(durable=True)
    yield server
    server.close()

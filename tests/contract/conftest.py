"""What the contract tests share: a database of each kind, at the current schema."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from worker.store import totals
from worker.store.database import open_database
from worker.store.migrate import migrate


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A fresh database of each kind, at the current schema; after each test the tally must say what a recount says."""
    engine = open_database(database_url)
    migrate(engine)
    yield engine
    with engine.connect() as connection:
        assert totals.recount(connection) == totals.tallied(connection)
    engine.dispose()


@pytest.fixture
def engines(database_url: str) -> Iterator[tuple[Engine, Engine]]:
    """Such a database as two processes open it."""
    both = open_database(database_url), open_database(database_url)
    migrate(both[0])
    yield both
    with both[0].connect() as connection:
        assert totals.recount(connection) == totals.tallied(connection)
    for engine in both:
        engine.dispose()

"""What the contract tests share: a database of each kind, at the current schema."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from worker.store.database import open_database
from worker.store.migrate import migrate


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A fresh database of each kind that the product runs on, at the current schema."""
    engine = open_database(database_url)
    migrate(engine)
    yield engine
    engine.dispose()

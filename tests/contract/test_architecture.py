"""The house as a whole: its names are ours, its migrations are complete, its sizes are kept."""

import importlib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from worker.store import migrate
from worker.store.database import open_database
from worker.store.schema import metadata

ROOT = Path(__file__).parents[2]
HOUSES = ("worker", "tasks", "config")
MAX_LINES = 400


@pytest.mark.parametrize("house", HOUSES)
def test_the_plain_names_of_our_packages_are_nobody_elses(house: str) -> None:
    found = importlib.import_module(house).__file__
    assert found is not None
    assert Path(found).parent == ROOT / house, f"another distribution's `{house}` shadows ours"
    assert packages_distributions().get(house, ["newsmill"]) == ["newsmill"]


def test_no_module_is_longer_than_a_reader_bears() -> None:
    folders = (*HOUSES, "tests")
    long = {str(p): n for f in folders for p in (ROOT / f).rglob("*.py") if (n := len(p.read_text().splitlines())) > MAX_LINES}
    assert not long


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_database(database_url)
    yield engine
    engine.dispose()


def test_the_migrations_build_the_schema_that_the_code_declares(engine: Engine) -> None:
    assert migrate.migrate(engine)
    assert not migrate.migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _declared})
        assert compare_metadata(context, metadata) == []
        assert inspect(connection).has_table("alembic_version")


def _declared(_thing: object, name: str | None, kind: str, reflected: bool, _other: object) -> bool:
    """Leave out what only one database has: the tables and index of its full-text search."""
    return not (reflected and name is not None and name.startswith(("article_search", "ix_article_words_search")))


def test_the_head_that_the_code_knows_is_the_newest_migration() -> None:
    script = ScriptDirectory(str(ROOT / "worker/store/migrations"))
    assert script.get_current_head() == migrate.HEAD

"""A home of its own for each test of a command, and a way to call `newsmill` in this process."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from config.settings import settings
from tasks.cli import newsmill
from tests.building import Stacks
from worker.store.archive import WarcArchive
from worker.store.database import open_database
from worker.store.migrate import migrate

Newsmill = Callable[..., Result]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty home, and a working directory without settings files."""
    home = tmp_path / "home"
    monkeypatch.setenv("NEWSMILL_HOME", str(home))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    yield home
    settings.cache_clear()


@pytest.fixture
def call() -> Newsmill:
    """Calls `newsmill` with arguments; an exception that a user would see as a traceback fails the test."""

    def call(*arguments: str, stdin: bytes | None = None) -> Result:
        settings.cache_clear()  # a test may have changed the environment
        result = CliRunner().invoke(newsmill, arguments, input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


@pytest.fixture
def engine(home: Path) -> Iterator[Engine]:
    opened = open_database(f"sqlite:///{home / 'newsmill.db'}")
    migrate(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def stacks(engine: Engine, home: Path) -> Iterator[Stacks]:
    """The home's database and archive, to be filled."""
    archive = WarcArchive(home / "archive", software="test")
    yield Stacks(engine, archive)
    archive.close()

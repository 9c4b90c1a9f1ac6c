"""What the commands open: settings, the database (migrated), the archive; an operator's mistake becomes one sentence."""

from importlib.metadata import version
from tomllib import TOMLDecodeError

import click
from pydantic import ValidationError
from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from config.settings import Settings, settings
from worker.store.archive import WarcArchive, open_archive
from worker.store.database import open_database
from worker.store.migrate import migrate

DRIVERS = ("sqlite", "postgresql+psycopg")
SHOWN_INPUT = 60  # characters of a refused value, so that the sentence stays one


class SettingsMistake(click.ClickException):
    """The settings cannot be used; the message names the NEWSMILL_ variable."""

    exit_code = 2


def load_settings() -> Settings:
    """Return the settings. Raises SettingsMistake."""
    try:
        return settings()
    except ValidationError as error:
        raise SettingsMistake("; ".join(_sentence(dict(line)) for line in error.errors())) from error
    except TOMLDecodeError as error:
        raise SettingsMistake(f"newsmill.toml: {error}") from error
    except UnicodeDecodeError as error:
        raise SettingsMistake("newsmill.toml or .env: not in UTF-8") from error


def open_engine(chosen: Settings) -> Engine:
    """Return the engine of the database, which may be in need of a migration. Raises SettingsMistake."""
    try:
        driver = make_url(chosen.database).drivername
    except (ArgumentError, ValueError):
        driver = None
    if driver not in DRIVERS:
        raise SettingsMistake(
            "NEWSMILL_DATABASE_URL: use postgresql+psycopg://user:password@host/name or sqlite:///path/to/a/file"
        )
    try:
        return open_database(chosen.database)
    except OSError as error:
        raise SettingsMistake(f"NEWSMILL_HOME: {error.filename}: {error.strerror}") from error


def open_ledger() -> tuple[Settings, Engine]:
    """Return the settings and the database, brought to the current schema.

    Raises SettingsMistake, and OwnTrouble when the database cannot be reached.
    """
    chosen = load_settings()
    engine = open_engine(chosen)
    migrate(engine)
    return chosen, engine


def archive_of(chosen: Settings) -> WarcArchive:
    """Return the archive; nothing is touched before its first use. Raises SettingsMistake."""
    try:
        return open_archive(chosen.archive, software=f"newsmill/{version('newsmill')}")
    except ValueError as error:
        raise SettingsMistake(str(error)) from error


def _sentence(line: dict[str, object]) -> str:
    """Return one of pydantic's complaints with the variable's name; values that may hold a secret are not repeated."""
    place = line["loc"]
    name = str(place[0]) if isinstance(place, tuple) and place else "?"
    value = str(line.get("input"))
    secret = name.endswith(("url", "auth")) or len(value) > SHOWN_INPUT
    return f"NEWSMILL_{name.upper()}: {str(line['msg']).removeprefix('Value error, ')}" + (
        "" if secret else f" (it is {value!r})"
    )

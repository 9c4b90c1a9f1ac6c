"""Bringing the database to the current schema, by itself and under a lock."""

import logging
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from worker.store.database import own_trouble, reading

HEAD = "0004"  # the newest file in migrations/versions; a test holds the two together
LOCK = 0x6E657773  # "news": our key among PostgreSQL's advisory locks


def migrate(engine: Engine) -> bool:
    """Bring the schema to HEAD and return whether anything was to do. Idempotent; any number may start at once.

    SQLite's BEGIN IMMEDIATE is the lock there; both databases run DDL inside the transaction, so a
    migration that fails leaves nothing behind. Raises OwnTrouble when the database cannot be reached.
    """
    with own_trouble(), reading(engine).begin() as connection:
        if _revision(connection) == HEAD:
            return False
    with own_trouble(), engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        if _revision(connection) == HEAD:
            return False  # another process was faster
        _upgrade(connection)
    return True


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return found


def _upgrade(connection: Connection) -> None:
    # Alembic takes a third of a second to import and is needed once in a database's life.
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it announces each of its plugins
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")

"""Opening the database, its clock, and its errors in our words."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from worker.errors import OwnTrouble
from worker.store.storable import storable_json

BUSY_TIMEOUT_S = 30  # a writer waits this long for SQLite's one write lock or PostgreSQL's of a row; held for milliseconds
CONNECT_TIMEOUT_S = 5  # of PostgreSQL: a dead server is noticed within a lease
DEADLOCKS = ("40P01", "40001")  # SQLSTATE deadlock_detected, serialization_failure
READ_ONLY = "25006"  # SQLSTATE read_only_sql_transaction: a fail-over has left us with a standby
# libpq's words for: a peer that is silent for 20 s is dead. Without them, a black-holed connection hangs for 15 minutes.
ALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 2, "tcp_user_timeout": 20_000}


def open_database(url: str) -> Engine:
    """Return an engine for *url* (`sqlite:///…` or `postgresql+psycopg://…`).

    SQLite: WAL, `synchronous=FULL` (a commit survives a power cut), and `BEGIN IMMEDIATE` unless the
    connection is `reading`, since a read that turns into a write cannot wait for the lock.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = create_engine(
            parsed,
            json_serializer=storable_json,
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=4,
            connect_args={"connect_timeout": CONNECT_TIMEOUT_S, **ALIVE},
        )
        event.listen(engine, "connect", _prepare_postgresql)
        return engine
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_engine(
        parsed,
        json_serializer=storable_json,
        hide_parameters=True,
        connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def reading(engine: Engine) -> Engine:
    """Return *engine* for transactions that only read; on SQLite they take no lock."""
    return engine.execution_options(reading=True)


def _prepare_postgresql(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:  # a forgotten session of somebody's must not lock us out for good
        cursor.execute(f"SET lock_timeout = '{BUSY_TIMEOUT_S}s'")
    connection.commit()


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # or the driver begins and commits by rules of its own
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def clock(connection: Connection) -> float:
    """Return the database's idea of now: PostgreSQL's clock, the machine's on SQLite (one machine, one clock)."""
    if connection.dialect.name == "sqlite":
        return time.time()
    return float(connection.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())


def insert_into(connection: Connection, table: Table) -> SqliteInsert | PostgresInsert:
    """Return an INSERT for the connection's dialect, which knows ON CONFLICT."""
    return sqlite_insert(table) if connection.dialect.name == "sqlite" else postgres_insert(table)


def is_trouble(error: BaseException) -> bool:
    """Return whether *error* is the database's (away, locked, full, a deadlock), and not a mistake of ours."""
    if isinstance(error, OperationalError | PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) == READ_ONLY


def is_deadlock(trouble: OwnTrouble) -> bool:
    """Return whether *trouble* is that two transactions were in each other's way: less at a time may get through."""
    return getattr(getattr(trouble.__cause__, "orig", None), "sqlstate", None) in DEADLOCKS


@contextmanager
def own_trouble() -> Iterator[None]:
    """Translate the failures of a database that cannot be reached or written into OwnTrouble."""
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        if not is_trouble(error):
            raise
        raise OwnTrouble(f"database: {str(getattr(error, 'orig', error)).splitlines()[0]}") from error

"""Our own database or disk is in trouble: no URL pays for it, and work goes on by itself."""

import sqlite3
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, make_url, select

from tests.chaos.counts import drained, exact
from tests.chaos.mill import accept_all, mill
from tests.chaos.scale import sized
from tests.origin import Origin
from tests.parts import PostgresServer, ValkeyServer, wait_until
from worker.store import schema, totals
from worker.store.database import open_database
from worker.store.migrate import migrate

URLS = sized(60, 1_000)
DOWN_S = sized(5.0, 60.0)
LOCKED_S = sized(5.0, 20.0)


@pytest.mark.timeout(300)
def test_a_database_that_is_down_costs_no_url_a_try(home: Path, forgetful: ValkeyServer, own_postgres: PostgresServer) -> None:
    url = own_postgres.create()
    engine = open_database(url)
    migrate(engine)
    with Origin(latency_s=0.3) as origin, mill(home, forgetful, database_url=url) as running:
        accept_all(engine, [f"{origin.url}/n/{n}" for n in range(URLS)])
        wait_until(lambda: _stored(engine) > 0, "the first article", within_s=60)
        own_postgres.kill()
        time.sleep(DOWN_S)  # the outage itself
        own_postgres.start()
        engine.dispose()
        drained(engine, within_s=150)
        assert running.supervisors[0].poll() is None
    exact(engine, f"database down {DOWN_S:.0f} s", stored=URLS)
    assert _charged(engine) == 0
    engine.dispose()


@pytest.mark.timeout(300)
def test_a_locked_sqlite_costs_no_url_a_try(home: Path, sqlite_url: str, forgetful: ValkeyServer) -> None:
    engine = open_database(sqlite_url)
    migrate(engine)
    with Origin(latency_s=0.3) as origin, mill(home, forgetful, database_url=sqlite_url):
        accept_all(engine, [f"{origin.url}/n/{n}" for n in range(URLS)])
        wait_until(lambda: _stored(engine) > 0, "the first article", within_s=60)
        holder = sqlite3.connect(make_url(sqlite_url).database or "", timeout=60, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        time.sleep(LOCKED_S)  # the lock itself
        holder.execute("ROLLBACK")
        holder.close()
        drained(engine, within_s=150)
    exact(engine, f"SQLite locked {LOCKED_S:.0f} s", stored=URLS)
    assert _charged(engine) == 0
    engine.dispose()


def _stored(engine: Engine) -> int:
    with engine.connect() as connection:
        return totals.totals(connection)[0].states["stored"]


def _charged(engine: Engine) -> int:
    """Return how many tries were charged to URLs."""
    with engine.connect() as connection:
        return int(connection.execute(select(func.sum(schema.url.c.attempts))).scalar_one() or 0)

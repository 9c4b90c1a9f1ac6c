"""Our own database or disk is in trouble: no URL pays for it, and work goes on by itself."""

import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, make_url, select

from tests.building import opened
from tests.chaos.counts import drained, exact, stored
from tests.chaos.mill import accept_all, mill
from tests.chaos.scale import sized
from tests.origin import Origin
from tests.parts import PostgresServer, ValkeyServer, absent, wait_until
from worker.store import schema
from worker.store.archive import open_archive
from worker.store.library import record_of

URLS = sized(60, 1_000)
DOWN_S = sized(5.0, 60.0)
LOCKED_S = sized(5.0, 20.0)
FULL_S = sized(5.0, 30.0)
DISK = "16m"  # the small disk of the archive
LARGEST = 1_000_000  # bytes of a page or picture here


@pytest.mark.timeout(300)
def test_a_database_that_is_down_costs_no_url_a_try(home: Path, forgetful: ValkeyServer, own_postgres: PostgresServer) -> None:
    url = own_postgres.create()
    with opened(url) as engine, Origin(latency_s=0.3) as origin, mill(home, forgetful, database_url=url) as running:
        accept_all(engine, [f"{origin.url}/n/{n}" for n in range(URLS)])
        wait_until(lambda: stored(engine) > 0, "the first article", within_s=60)
        own_postgres.kill()
        time.sleep(DOWN_S)  # the outage itself
        own_postgres.start()
        engine.dispose()
        drained(engine, within_s=150)
        assert running.supervisors[0].poll() is None
        running.stop()
        exact(engine, f"database down {DOWN_S:.0f} s", stored=URLS)
        assert _charged(engine) == 0


@pytest.mark.timeout(300)
def test_a_locked_sqlite_costs_no_url_a_try(home: Path, sqlite_url: str, forgetful: ValkeyServer) -> None:
    with opened(sqlite_url) as engine, Origin(latency_s=0.3) as origin, mill(home, forgetful, database_url=sqlite_url) as running:
        accept_all(engine, [f"{origin.url}/n/{n}" for n in range(URLS)])
        wait_until(lambda: stored(engine) > 0, "the first article", within_s=60)
        holder = sqlite3.connect(make_url(sqlite_url).database or "", timeout=60, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        time.sleep(LOCKED_S)  # the lock itself
        holder.execute("ROLLBACK")
        holder.close()
        drained(engine, within_s=150)
        running.stop()
        exact(engine, f"SQLite locked {LOCKED_S:.0f} s", stored=URLS)
        assert _charged(engine) == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own that is soon full."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "none", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        absent("a small disk", "mounting one takes root and a kernel that allows it")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.timeout(300)
def test_a_full_disk_costs_no_url_a_try_and_nothing_half_written_is_referenced(
    home: Path, engine: Engine, database: str, forgetful: ValkeyServer, small_disk: Path
) -> None:
    ballast = small_disk / "ballast"
    archived = small_disk / "archive"
    with (
        Origin(latency_s=0.3) as origin,
        mill(home, forgetful, database_url=database, NEWSMILL_ARCHIVE_URL=archived.as_uri()) as running,
    ):
        accept_all(engine, [f"{origin.url}/n/{n}" for n in range(URLS)])
        wait_until(lambda: stored(engine) > 0, "the first article", within_s=60)
        left = shutil.disk_usage(small_disk).free
        with ballast.open("wb") as file:
            file.write(bytes(left - left % 4096))  # the last page of a file can still be written to: a record is cut in two
        wait_until(lambda: _said(engine, "cannot be written") > 0, "the full disk to be met", within_s=60)
        time.sleep(FULL_S)  # the time of being full is what is tested
        ballast.unlink()
        drained(engine, within_s=200)
        assert running.supervisors[0].poll() is None
    exact(engine, f"archive's disk full {FULL_S:.0f} s", stored=URLS)
    assert _charged(engine) == 0
    archive = open_archive(archived.as_uri(), software="test")
    with engine.connect() as connection:
        records = [record_of(row) for row in connection.execute(select(schema.record))]
    read = [archive.read(record, max_bytes=LARGEST).status for record in records]
    print(f"{len(read)} records read back")
    assert set(read) == {200}
    assert len(read) >= 2 * URLS


def _said(engine: Engine, words: str) -> int:
    """Return how many rows have been told so."""
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).where(schema.url.c.detail.contains(words))).scalar_one())


def _charged(engine: Engine) -> int:
    """Return how many tries were charged to URLs."""
    with engine.connect() as connection:
        return int(connection.execute(select(func.sum(schema.url.c.attempts))).scalar_one() or 0)

"""SIGKILL of anything loses nothing: worker processes, the supervisor and Redis die under 200 URLs, several times over."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from tests.origin import Origin
from tests.parts import wait_until
from tests.values import candidate
from worker.store import schema, totals
from worker.store.accept import accept
from worker.store.database import open_database
from worker.store.migrate import migrate
from worker.store.transaction import transaction

URLS = 200
KILLS = ("worker", "worker", "supervisor", "redis", "worker", "worker", "redis", "supervisor", "worker", "worker")
BETWEEN_S = (0.8, 1.6)
DRAINED_S = 60.0  # after the last kill


class Mill:
    """A `newsmill worker` with an embedded Valkey in *home*, that can be killed in parts and started again."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = os.environ | {
            "NEWSMILL_HOME": str(home),
            "NEWSMILL_ALLOW_NETWORKS": "127.0.0.0/8",
            "NEWSMILL_ALLOW_PORTS": "*",
            "NEWSMILL_HOST_INTERVAL": "0",
            "NEWSMILL_HOST_CONCURRENCY": "32",
            "NEWSMILL_LOG_LEVEL": "WARNING",
        }
        self.log = (home / "worker.log").open("ab")
        self.supervisor = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        command = [str(Path(sys.executable).parent / "newsmill"), "worker", "--processes", "2", "--concurrency", "6"]
        return subprocess.Popen(command, env=self.environment, stderr=self.log, start_new_session=True)

    def workers(self) -> list[int]:
        """Return the process ids of the worker processes, orphans too."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "environ").read_bytes().split(b"\0")
                line = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if f"NEWSMILL_HOME={self.home}".encode() in words and b"--pool" in line:
                found.append(int(folder.name))
        return found

    def redis(self) -> int | None:
        """Return the process id of the embedded Valkey, while it lives."""
        try:
            pid = int((self.home / "valkey" / "server.pid").read_text())
            os.kill(pid, 0)
        except (OSError, ValueError):
            return None
        return pid

    def kill(self, what: str, rng: random.Random) -> None:
        if what == "supervisor":
            self.supervisor.kill()
            self.supervisor.wait()
            self.supervisor = self.start()
        elif what == "redis":
            wait_until(lambda: self.redis() is not None, "Redis to be back, to be killed again")
            os.kill(self.redis() or 0, signal.SIGKILL)
        else:
            wait_until(lambda: bool(self.workers()), "a worker process to kill")
            os.kill(rng.choice(self.workers()), signal.SIGKILL)

    def stop(self) -> int:
        self.supervisor.terminate()
        code = self.supervisor.wait(timeout=40)
        for pid in self.workers():
            os.kill(pid, signal.SIGKILL)
        self.log.close()
        return code


@contextmanager
def mill(home: Path) -> Iterator[Mill]:
    started = Mill(home)
    try:
        yield started
    finally:
        started.stop()


@pytest.fixture
def engine(newsmill_home: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{newsmill_home / 'newsmill.db'}")
    migrate(engine)
    yield engine
    engine.dispose()


def counted(engine: Engine) -> totals.Totals:
    with engine.connect() as connection:
        return totals.totals(connection)[0]


def at_rest(engine: Engine) -> bool:
    """Return whether all is done: an article is stored before an image whose fetch met an outage, which comes later."""
    now = counted(engine)
    return now.unfinished == 0 and now.images["pending"] == 0


def count(engine: Engine, query: object) -> int:
    with engine.connect() as connection:
        return connection.execute(query).scalar_one()  # type: ignore[call-overload,no-any-return]


@pytest.mark.timeout(240)
def test_kills_of_anything_lose_nothing_and_double_nothing(newsmill_home: Path, engine: Engine) -> None:
    rng = random.Random()
    with Origin(latency_s=0.3) as origin, mill(newsmill_home) as running:
        with transaction(engine) as tx:
            accept(tx, [candidate(f"{origin.url}/n/{n}") for n in range(URLS)], job="kills", urgent=False)
        wait_until(lambda: counted(engine).states["stored"] > 0, "the first article", within_s=60)
        for what in KILLS:
            time.sleep(rng.uniform(*BETWEEN_S))  # the moment of a kill is the one thing left to chance
            running.kill(what, rng)
        last_kill = time.monotonic()
        wait_until(lambda: at_rest(engine), "the ledger to drain, late images too", within_s=DRAINED_S)
        drained_s = time.monotonic() - last_kill
    final = counted(engine)
    images = count(engine, select(func.count()).where(schema.image.c.state == "stored"))
    print(f"\nkilled {len(KILLS)}, drained {drained_s:.0f} s after the last, requests {origin.pages}: {final.states}")
    assert final.accepted == final.states["stored"] == URLS
    assert final.states["dead"] == 0
    assert count(engine, select(func.count()).select_from(schema.article)) == URLS
    assert count(engine, select(func.count(func.distinct(schema.article.c.url_id)))) == URLS
    assert count(engine, select(func.count()).where(schema.article.c.version > 1)) == 0, "stored twice"
    assert images == URLS, "each article has one image, and all of them came"
    assert count(engine, select(func.count()).select_from(schema.picture)) == URLS
    with engine.connect() as connection:
        assert totals.recount(connection) == totals.tallied(connection)

"""The same with the parts that come along: an embedded Valkey, which its supervisor starts again. Runs in `make test`."""

import os
import random
import signal
import time
from pathlib import Path

import pytest

from tests.building import opened
from tests.chaos.counts import drained, exact, stored
from tests.chaos.mill import Mill, accept_all, mill
from tests.origin import Origin
from tests.parts import wait_until

URLS = 200
KILLS = ("worker", "worker", "supervisor", "redis", "worker", "worker", "redis", "supervisor", "worker", "worker")
BETWEEN_S = (0.8, 1.6)
DRAINED_S = 60.0  # after the last kill


def _embedded(home: Path) -> int | None:
    """Return the process id of the embedded Valkey, while it lives."""
    try:
        pid = int((home / "valkey" / "server.pid").read_text())
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    return pid


def _kill(what: str, running: Mill, rng: random.Random) -> None:
    if what == "supervisor":
        running.kill_supervisor(rng)
    elif what == "redis":
        wait_until(lambda: _embedded(running.home) is not None, "Redis to be back, to be killed again")
        os.kill(_embedded(running.home) or 0, signal.SIGKILL)
    else:
        running.kill_worker(rng)


@pytest.mark.timeout(240)
def test_kills_of_anything_lose_nothing_and_double_nothing(newsmill_home: Path) -> None:
    rng = random.Random()
    url = f"sqlite:///{newsmill_home / 'newsmill.db'}"
    with opened(url) as engine, Origin(latency_s=0.3) as origin, mill(newsmill_home, None, database_url=url) as running:
        accept_all(engine, [f"{origin.url}/n/{n}" for n in range(URLS)])
        wait_until(lambda: stored(engine) > 0, "the first article", within_s=60)
        for what in KILLS:
            time.sleep(rng.uniform(*BETWEEN_S))  # the moment of a kill is the one thing left to chance
            _kill(what, running, rng)
        last_kill = time.monotonic()
        drained(engine, within_s=DRAINED_S)
        drained_s = time.monotonic() - last_kill
        running.stop()
        found = exact(engine, f"{len(KILLS)} kills, drained {drained_s:.0f} s after the last", stored=URLS)
    assert found.images == URLS, "each article has one image, and all of them came"
    assert found.pictures == URLS

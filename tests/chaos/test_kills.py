"""SIGKILL of anything, over and over: nothing is lost, nothing is stored twice."""

import random
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.chaos.counts import drained, exact, unfinished
from tests.chaos.mill import accept_all, mill
from tests.chaos.scale import sized
from tests.origin import Origin
from tests.parts import ValkeyServer

URLS = sized(120, 1_000)
FAULTS = {
    "worker": sized(5, 45),
    "redis": sized(2, 20),
    "supervisor": sized(1, 15),
    "reconciler": sized(2, 15),
    "flush": sized(2, 10),
}
HARM_S = sized(14.0, 120.0)
LATENCY_S = sized(0.5, 1.2)  # of the origin, so that there is work left as long as there is harm
DRAINED_S = 100.0  # after the last fault


@pytest.mark.timeout(600)
def test_kills_of_everything_lose_nothing_and_double_nothing(
    home: Path, engine: Engine, database: str, forgetful: ValkeyServer
) -> None:
    rng = random.Random()
    faults = [fault for fault, n in FAULTS.items() for _ in range(n)]
    rng.shuffle(faults)
    with Origin(latency_s=LATENCY_S) as origin, mill(home, forgetful, database_url=database, supervisors=2) as running:
        accept_all(engine, [f"{origin.url}/n/{n}" for n in range(URLS)])
        harm = {
            "worker": lambda: running.kill_worker(rng),
            "redis": running.kill_redis,
            "supervisor": lambda: running.kill_supervisor(rng),
            "reconciler": lambda: running.kill_reconciler(engine, rng),
            "flush": forgetful.flush,
        }
        started = time.monotonic()
        for number, fault in enumerate(faults, 1):
            harm[fault]()
            time.sleep(
                max(0.0, started + number * HARM_S / len(faults) - time.monotonic())
            )  # the harm is paced, nothing is awaited
        harmed_s, left, last = time.monotonic() - started, unfinished(engine), time.monotonic()
        drained(engine, within_s=DRAINED_S)
        drained_s = time.monotonic() - last
    print(f"\n{FAULTS} in {harmed_s:.0f} s; {left} left then, drained in {drained_s:.0f} s; {origin.pages} page requests")
    assert left, "harm that comes after the work proves nothing"
    found = exact(engine, "kills", stored=URLS)
    assert found.images == found.pictures == URLS

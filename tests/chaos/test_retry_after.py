"""A host that asks for patience gets it, and the others go on."""

import time
from pathlib import Path

import pytest
import redis
from sqlalchemy import Engine

from tests.chaos.counts import drained, exact, stored
from tests.chaos.mill import accept_all, mill
from tests.chaos.scale import sized
from tests.origin import Origin
from tests.parts import ValkeyServer, wait_until

BUSY = sized(50, 500)
OTHERS = sized(30, 200)
RETRY_AFTER_S = sized(20.0, 60.0)
IN_FLIGHT = 2 * 6  # what the two processes had asked for before the first answer came
EARLY_S = 0.5  # of the clock between asking and answering


@pytest.mark.timeout(300)
def test_nobody_asks_a_host_before_the_time_it_named(home: Path, engine: Engine, database: str, forgetful: ValkeyServer) -> None:
    with (
        Origin(latency_s=0.05, busy_s=RETRY_AFTER_S) as busy, Origin(latency_s=0.05) as other,
        mill(home, forgetful, database_url=database),
    ):  # fmt: skip
        accept_all(engine, [f"{busy.url}/busy/{n}" for n in range(BUSY)])
        wait_until(lambda: bool(busy.busy_at), "the busy host to be asked", within_s=60)
        accept_all(engine, [f"{other.url}/n/{n}" for n in range(OTHERS)])
        wait_until(lambda: stored(engine) == OTHERS, "the other host's articles", within_s=60)
        others_s = time.monotonic() - busy.busy_at[0]
        with redis.Redis.from_url(forgetful.url) as client:
            held = client.hlen("unacked")
        drained(engine, within_s=RETRY_AFTER_S + 120)
    early = [at - busy.busy_at[0] for at in busy.busy_at[IN_FLIGHT:] if at - busy.busy_at[0] < RETRY_AFTER_S - EARLY_S]
    print(f"\nthe others done after {others_s:.0f} s, with {held} messages held; requests too early: {len(early)}")
    assert not early
    assert held <= IN_FLIGHT, "no message is kept for later in Redis"
    exact(engine, "503 with Retry-After", stored=BUSY + OTHERS)

"""TERM under load: gone in time, nothing charged, nothing left behind."""

import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from tests.chaos.counts import drained, exact
from tests.chaos.mill import accept_all, mill
from tests.chaos.scale import sized
from tests.origin import Origin
from tests.parts import ValkeyServer, wait_until
from worker.store import schema, totals

URLS = sized(60, 1_000)
GONE_S = 25.0


@pytest.mark.timeout(300)
@pytest.mark.parametrize("latency_s", sized([1.0], [1.0, 40.0]))
def test_term_under_load_hands_everything_back(
    latency_s: float, home: Path, engine: Engine, database: str, forgetful: ValkeyServer
) -> None:
    with Origin(latency_s=latency_s) as origin:
        with mill(home, forgetful, database_url=database, NEWSMILL_FETCH_DEADLINE="60") as running:
            accept_all(engine, [f"{origin.url}/n/{n}" for n in range(URLS)])
            wait_until(lambda: origin.pages > 0, "the first request", within_s=60)
            told = time.monotonic()
            codes = running.stop()
            gone_s = time.monotonic() - told
        with engine.connect() as connection:
            attempts = connection.execute(select(func.sum(schema.url.c.attempts))).scalar_one()
            states = totals.totals(connection)[0].states
        print(f"\ngone after {gone_s:.1f} s with {codes}: {states}")
        assert codes == [0]
        assert gone_s <= GONE_S
        assert not attempts, "no try is charged"
        assert states["in_flight"] == 0
        assert states["stored"] < URLS
        if latency_s < GONE_S:
            with mill(home / "next", forgetful, database_url=database):
                drained(engine, within_s=200)
            exact(engine, "TERM and another start", stored=URLS)

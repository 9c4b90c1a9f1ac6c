"""URLs that kill the process that reads them end as `dead`; those beside them are stored."""

import json
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from tests.chaos.counts import drained, exact, stored
from tests.chaos.mill import accept_all, mill
from tests.chaos.scale import sized
from tests.origin import Origin
from tests.parts import ValkeyServer, wait_until
from worker.store import schema

URLS = sized(60, 200)
INNOCENT_S = 60.0
MOST_CRASHES = 5


@pytest.mark.timeout(400)
@pytest.mark.parametrize("poison", sized([1], [1, 3]))
def test_poison_dies_alone(poison: int, home: Path, engine: Engine, database: str, forgetful: ValkeyServer) -> None:
    with Origin(latency_s=0.1) as origin, mill(home, forgetful, database_url=database) as running:
        urls = [f"{origin.url}/n/{n}" for n in range(URLS - poison)]
        for n in range(poison):
            urls.insert((n + 1) * len(urls) // (poison + 1), f"{origin.url}/poison/{n}")
        started = time.monotonic()
        accept_all(engine, urls)
        wait_until(lambda: stored(engine) == URLS - poison, "the innocent to be stored", within_s=INNOCENT_S + 10)
        innocent_s = time.monotonic() - started
        drained(engine, within_s=120)
        exact(engine, f"{poison} poison among {URLS}", stored=URLS - poison, dead=poison)
        failures = running.command("failures", "--json")
        told = failures.communicate(timeout=30)[0]
        assert told.count("/poison/") >= poison
        assert "dead" in told
        retry = running.command("retry", "--json")
        assert json.loads(retry.communicate(timeout=30)[0])
        drained(engine, within_s=120)
    print(
        f"\nthe innocent stored after {innocent_s:.0f} s; requests for poison {[n for path, n in origin.asked.items() if 'poison' in path]}"
    )
    assert innocent_s <= INNOCENT_S
    exact(engine, "after the retry", stored=URLS - poison, dead=poison)
    assert all(n <= 2 * MOST_CRASHES for path, n in origin.asked.items() if "poison" in path)
    with engine.connect() as connection:
        crashes = connection.execute(select(schema.url.c.crashes).where(schema.url.c.state == "dead")).scalars().all()
    assert set(crashes) == {3}

"""A process dies at each step of the story: what it was at is done again, and stored once."""

import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from tests.building import opened
from tests.chaos.counts import drained, exact
from tests.chaos.inject.sitecustomize import STEPS
from tests.chaos.mill import accept_all, mill
from tests.chaos.scale import LONG, sized
from tests.origin import Origin
from tests.parts import PostgresServer, ValkeyServer
from worker.store import schema

EACH = sized(1, 20)  # URLs a step
MOST_ATTEMPTS = 5
RESTARTS = 6  # of PostgreSQL, at once


def _die_at_every_step(home: Path, engine: Engine, database: str, valkey: ValkeyServer, server: PostgresServer | None) -> None:
    marks = home / "marks"
    marks.mkdir(parents=True)
    urls, deaths = EACH * len(STEPS), 0
    with (
        Origin(latency_s=0.05) as origin,
        mill(home, valkey, database_url=database, supervisors=2, CHAOS_STEPS=str(marks)) as running,
    ):
        accept_all(engine, [f"{origin.url}/n/{n}" for n in range(urls)])
        started = time.monotonic()
        restarts = [started + 10 + 5 * n for n in range(RESTARTS)] if server else []
        while len(list(marks.iterdir())) < urls and time.monotonic() < started + sized(100, 900):
            for which, supervisor in enumerate(running.supervisors):
                if supervisor.poll() is not None:
                    running.restart(which)
            if server and restarts and time.monotonic() >= restarts[0]:
                restarts.pop(0)
                server.restart()
            time.sleep(0.1)
        deaths = len(list(marks.iterdir()))
        for which, supervisor in enumerate(running.supervisors):
            if supervisor.poll() is not None:
                running.restart(which)
        drained(engine, within_s=100)
    print(f"\n{deaths} deaths at {len(STEPS)} steps in {time.monotonic() - started:.0f} s; {origin.pages} page requests")
    assert deaths == urls, "each URL has met its step"
    found = exact(engine, "deaths at every step", stored=urls)
    assert found.most_attempts <= MOST_ATTEMPTS
    with engine.connect() as connection:
        assert (connection.execute(select(func.max(schema.url.c.crashes))).scalar_one() or 0) <= 1, (
            "alone, each died once at most"
        )


@pytest.mark.timeout(1_200)
def test_a_death_at_any_step_is_made_good(home: Path, engine: Engine, database: str, forgetful: ValkeyServer) -> None:
    _die_at_every_step(home, engine, database, forgetful, None)


@pytest.mark.timeout(1_200)
@pytest.mark.skipif(not LONG, reason="runs under `make chaos`")
def test_a_death_at_any_step_and_a_database_that_restarts(
    home: Path, forgetful: ValkeyServer, durable_postgres: PostgresServer
) -> None:
    url = durable_postgres.create()
    with opened(url) as engine:
        _die_at_every_step(home, engine, url, forgetful, durable_postgres)

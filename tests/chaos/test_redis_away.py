"""Redis is silent, away, full, or another one: URLs are accepted, nothing is lost, and work goes on by itself."""

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
from tests.wire import Wire

URLS = sized(60, 1_000)
AT_WORK_AGAIN_S = 20.0
AWAY_S = sized(8.0, 300.0)
FULL_BYTES = 3_000_000  # an empty Valkey takes one


@pytest.mark.timeout(200)
def test_a_redis_whose_old_connections_are_dead_is_found_again(
    home: Path, engine: Engine, database: str, forgetful: ValkeyServer
) -> None:
    with Origin(latency_s=0.2) as origin, Wire(forgetful) as wire, mill(home, wire, database_url=database) as running:
        accept_all(engine, [f"{origin.url}/n/{n}" for n in range(URLS)])
        wait_until(lambda: stored(engine) > 0, "the first article", within_s=60)
        wire.black_hole()
        accept_all(engine, [f"{origin.url}/later/{n}" for n in range(10)])
        silent = time.monotonic()
        wait_until(lambda: any("/later/" in path for path in origin.asked), "work to go on", within_s=3 * AT_WORK_AGAIN_S)
        again_s = time.monotonic() - silent
        drained(engine, within_s=120)
        assert running.supervisors[0].poll() is None
    print(f"\nat work again after {again_s:.1f} s")
    exact(engine, "black hole", stored=URLS + 10)
    assert again_s <= AT_WORK_AGAIN_S


@pytest.mark.timeout(600)
def test_while_redis_is_away_urls_are_accepted_and_nothing_restarts_in_a_hurry(
    home: Path, engine: Engine, database: str, forgetful: ValkeyServer
) -> None:
    with Origin(latency_s=0.2) as origin, mill(home, forgetful, database_url=database) as running:
        accept_all(engine, [f"{origin.url}/n/{n}" for n in range(URLS)])
        wait_until(lambda: stored(engine) > 0, "the first article", within_s=60)
        forgetful.kill()
        away, processes = time.monotonic(), set(running.workers())
        command = running.command("enqueue", f"{origin.url}/meanwhile/1")
        told, _ = command.communicate(timeout=60)
        assert (command.returncode, told.split()[:2]) == (0, ["accepted", "1"])
        while time.monotonic() < away + AWAY_S:
            processes |= set(running.workers())
            time.sleep(0.2)
        forgetful.start()
        back = time.monotonic()
        wait_until(lambda: "/meanwhile/1" in origin.asked, "work to go on", within_s=60)
        drained(engine, within_s=120)
        again_s = time.monotonic() - back
    print(f"\naway for {AWAY_S:.0f} s: {len(processes)} processes seen; all done {again_s:.0f} s after it was back")
    exact(engine, "Redis away", stored=URLS + 1)
    assert len(processes) - 3 <= AWAY_S / 2, "no process is restarted more often than every two seconds"


@pytest.mark.timeout(300)
def test_a_full_redis_holds_up_and_loses_nothing(home: Path, engine: Engine, database: str) -> None:
    full = ValkeyServer(persistent=False, memory=FULL_BYTES)
    try:
        with Origin(latency_s=0.2) as origin, mill(home, full, database_url=database):
            accept_all(engine, [f"{origin.url}/n/{n}" for n in range(URLS)])
            wait_until(lambda: stored(engine) > 0, "the first article", within_s=60)
            with redis.Redis.from_url(full.url) as client:
                with pytest.raises(redis.ResponseError):
                    _fill(client)
                client.config_set("maxmemory", client.info("memory")["used_memory"])  # so that the smallest message is too much
                time.sleep(sized(5.0, 30.0))  # the time of being full is what is tested
                client.delete(*client.scan_iter("filler:*"))
                client.config_set("maxmemory", 0)
            drained(engine, within_s=150)
        exact(engine, "Redis full", stored=URLS)
    finally:
        full.close()


@pytest.mark.timeout(200)
def test_an_empty_redis_in_place_of_the_old_one_gets_all_messages_again(
    home: Path, engine: Engine, database: str, forgetful: ValkeyServer
) -> None:
    with Origin(latency_s=0.2) as origin, mill(home, forgetful, database_url=database):
        accept_all(engine, [f"{origin.url}/n/{n}" for n in range(URLS)])
        wait_until(lambda: stored(engine) > 0, "the first article", within_s=60)
        forgetful.restart()
        drained(engine, within_s=150)
    exact(engine, "an empty Redis", stored=URLS)


def _fill(client: redis.Redis) -> None:
    for n in range(10_000):
        client.set(f"filler:{n}", "x" * 10_000)

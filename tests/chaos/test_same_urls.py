"""The same URLs from many sides, in many forms: one row and one fetch each."""

import random
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.chaos.counts import drained, exact
from tests.chaos.mill import mill
from tests.chaos.scale import sized
from tests.origin import Origin
from tests.parts import ValkeyServer

URLS = sized(100, 1_000)
TIMES = sized(4, 10)
PROCESSES = sized(4, 8)
VARIANTS = 0.3  # of all lines


@pytest.mark.timeout(300)
def test_urls_enqueued_many_times_by_many_processes_are_fetched_once(
    home: Path, engine: Engine, database: str, forgetful: ValkeyServer
) -> None:
    rng = random.Random()
    with Origin(latency_s=0.0) as origin, mill(home, forgetful, database_url=database) as running:
        urls = [f"{origin.url}/n/{n}" for n in range(URLS)]
        for n in range(PROCESSES):
            lines = [_variant(url, rng) if rng.random() < VARIANTS else url for url in urls for _ in range(TIMES)][n::PROCESSES]
            rng.shuffle(lines)
            (home / f"{n}.txt").write_text("\n".join(lines), encoding="utf-8")
        commands = [running.command("enqueue", "--from", str(home / f"{n}.txt")) for n in range(PROCESSES)]
        assert [command.wait(timeout=120) for command in commands] == [0] * PROCESSES
        for command in commands:
            command.communicate()
        drained(engine, within_s=100)
    exact(engine, f"{URLS} URLs {TIMES} times by {PROCESSES} processes", stored=URLS)
    assert len(origin.asked) == URLS
    assert set(origin.asked.values()) == {1}, "each was fetched once"


def _variant(url: str, rng: random.Random) -> str:
    forms = (url.replace("http:", "HTTP:"), f"{url}#top", f"{url}?utm_source=x", url.replace("/n/", "/a/../n/"), f"  {url}?")
    return rng.choice(forms)

"""Messages that are none of ours: dropped, and the work goes on."""

import json
import random
import time
from pathlib import Path

import pytest
import redis
from kombu import Connection
from sqlalchemy import Engine

from tests.chaos.counts import drained, exact, stored
from tests.chaos.mill import accept_all, mill
from tests.chaos.scale import sized
from tests.origin import Origin
from tests.parts import ValkeyServer, wait_until

URLS = sized(60, 1_000)
EACH = 100  # messages of a kind
SERVING_S = 5.0
QUEUE = "articles"


@pytest.mark.timeout(300)
def test_a_broker_full_of_garbage_is_served_on(home: Path, engine: Engine, database: str, forgetful: ValkeyServer) -> None:
    rng = random.Random()
    with Origin(latency_s=0.1) as origin, mill(home, forgetful, database_url=database) as running:
        accept_all(engine, [f"{origin.url}/n/{n}" for n in range(URLS)])
        wait_until(lambda: stored(engine) > 0, "the first article", within_s=60)
        with redis.Redis.from_url(forgetful.url) as client:
            client.rpush(QUEUE, *(rng.randbytes(200) for _ in range(EACH)))  # no JSON at all: Celery's consumer dies of it
        _publish(forgetful.url)
        thrown = time.monotonic()
        before = origin.pages
        wait_until(lambda: origin.pages > before or stored(engine) == URLS, "articles to be fetched again", within_s=60)
        serving_s = time.monotonic() - thrown
        drained(engine, within_s=150)
        assert running.supervisors[0].poll() is None
    print(f"\nserving again after {serving_s:.1f} s")
    exact(engine, f"{4 * EACH} messages of garbage", stored=URLS)
    assert serving_s <= SERVING_S


def _publish(url: str) -> None:
    """Put pickles, unknown tasks and wrong signatures into the queue."""
    headers = {
        "lang": "py",
        "task": "tasks.article.ingest",
        "id": "x",
        "root_id": "x",
        "parent_id": None,
        "argsrepr": "",
        "kwargsrepr": "",
    }
    with Connection(url) as connection, connection.SimpleBuffer(QUEUE) as queue:
        for n in range(EACH):
            named = headers | {"id": f"garbage-{n}"}
            queue.put(b"\x80\x04.", content_type="application/x-python-serialize", headers=named)
            queue.put(
                json.dumps([[], {}, {}]),
                headers=named | {"task": "no.such.task"},
                content_type="application/json",
                content_encoding="utf-8",
            )
            queue.put([["a", "b", "c", "d"], {}, {}], headers=named)

"""The health endpoint tells workers that can do nothing from workers that are only busy."""

import http.client
import json
import os
import signal
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.chaos.counts import drained, exact
from tests.chaos.mill import Mill, accept_all, mill
from tests.origin import Origin
from tests.parts import ValkeyServer, free_port, wait_until

URLS = 60
SEEN_S = 45.0  # 30 s without a beat in the ledger, 5 s between judgements, and what a loaded machine adds
BACK_S = 60.0  # the process that was frozen is killed, and another starts


@pytest.mark.timeout(300)
def test_workers_that_stand_still_are_unwell_until_they_work_again(
    home: Path, engine: Engine, database: str, forgetful: ValkeyServer
) -> None:
    port = free_port()
    settings = {"NEWSMILL_HEALTH_PORT": str(port)}
    with Origin(latency_s=0.2) as origin, mill(home, forgetful, database_url=database, processes=1, **settings) as running:
        wait_until(lambda: _health(port)[0] == 200, "the workers to be well", within_s=BACK_S)
        accept_all(engine, [f"{origin.url}/n/{n}" for n in range(URLS)])
        since = time.monotonic()
        while _health(port)[0] == 200:  # each one anew: the supervisor replaces what stands still
            assert time.monotonic() - since < SEEN_S, "workers that stand still are still said to be well"
            _freeze(running)
            time.sleep(0.2)
        seen_s, said = time.monotonic() - since, _health(port)[1]
        for pid in running.workers():
            os.kill(pid, signal.SIGCONT)
        thawed = time.monotonic()
        wait_until(lambda: _health(port)[0] == 200, "the workers to be well again", within_s=BACK_S)
        back_s = time.monotonic() - thawed
        drained(engine, within_s=120)
    print(f"\nunwell after {seen_s:.0f} s ({said}); well again {back_s:.0f} s after the thaw")
    exact(engine, "frozen, by the endpoint", stored=URLS)
    assert "no process of this machine" in said


def _freeze(running: Mill) -> None:
    for pid in running.workers():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)


def _health(port: int) -> tuple[int, str]:
    """Return the status of the endpoint and what it says; (0, "") while nobody listens."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        try:
            connection.request("GET", "/health")
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())["said"]
        except ConnectionError:
            return 0, ""

"""A process that stands still: frozen beyond its leases and thawed, or stuck in a call that does not return."""

import os
import signal
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from tests.chaos.counts import drained, exact
from tests.chaos.mill import accept_all, mill
from tests.chaos.scale import sized
from tests.origin import Origin
from tests.parts import ValkeyServer, wait_until
from worker.store import schema

URLS = sized(60, 1_000)
LATENCY_S = 3.0  # so that a freeze catches articles in mid-fetch
NOTICED_S = 45.0  # 30 s of silence, and the time to be looked at and replaced


@pytest.mark.timeout(300)
def test_a_worker_frozen_beyond_its_leases_commits_nothing_when_it_thaws(
    home: Path, engine: Engine, database: str, forgetful: ValkeyServer
) -> None:
    with (
        Origin(latency_s=LATENCY_S) as origin,
        mill(home, forgetful, database_url=database, supervisors=2, processes=1) as running,
    ):
        accept_all(engine, [f"{origin.url}/n/{n}" for n in range(URLS)])
        wait_until(lambda: len(_owners(engine)) == 2, "both article processes to be at work", within_s=60)
        frozen, pid = _an_owner(engine, running.workers())
        supervisor = next(one.pid for one in running.supervisors if f":{one.pid}:" in frozen)
        for one in (supervisor, pid):  # its supervisor too, which would replace it
            os.kill(one, signal.SIGSTOP)
        wait_until(lambda: frozen not in _owners(engine), "its leases to run out", within_s=60)
        for one in (pid, supervisor):
            os.kill(one, signal.SIGCONT)
        drained(engine, within_s=150)
        fenced_out = running.log.count("fenced_out")
    print(f"\n{fenced_out} articles fenced out; {origin.pages} page requests")
    exact(engine, "frozen and thawed", stored=URLS)
    assert fenced_out >= 1, "who came too late says so"


@pytest.mark.timeout(300)
def test_a_stuck_event_loop_is_noticed_and_its_other_articles_finish_elsewhere(
    home: Path, engine: Engine, database: str, forgetful: ValkeyServer
) -> None:
    with Origin(latency_s=0.3) as origin, mill(home, forgetful, database_url=database, CHAOS_STALL=str(home)) as running:
        accept_all(engine, [f"{origin.url}/stall/0", *(f"{origin.url}/n/{n}" for n in range(URLS - 1))])
        wait_until(lambda: (home / "stalled").exists(), "a process to stand still", within_s=60)
        stuck = time.monotonic()
        wait_until(lambda: "process_silent" in running.log, "the supervisor to notice", within_s=NOTICED_S)
        noticed_s = time.monotonic() - stuck
        drained(engine, within_s=120)
    print(f"\nnoticed after {noticed_s:.0f} s")
    exact(engine, "a stuck loop", stored=URLS)


def _owners(engine: Engine) -> set[str]:
    """Return who holds leases now."""
    table = schema.url
    with engine.connect() as connection:
        return {
            owner for owner in connection.execute(select(table.c.owner).where(table.c.state == "in_flight")).scalars() if owner
        }


def _an_owner(engine: Engine, pids: list[int]) -> tuple[str, int]:
    """Return a process that holds leases: its name in the ledger and its process id."""
    owners = _owners(engine)
    for pid in pids:
        words = dict(word.partition(b"=")[::2] for word in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"))
        name = words.get(b"NEWSMILL_OWNER", b"").decode()
        if name in owners:
            return name, pid
    pytest.fail(f"none of {pids} is among {owners}")

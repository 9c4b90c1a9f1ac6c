"""`newsmill enqueue` is killed while it takes URLs in: what it said is accepted, is."""

import json
import random
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.chaos.counts import counted
from tests.chaos.mill import mill
from tests.chaos.scale import sized
from tests.parts import ValkeyServer

KILLS = sized(4, 25)
URLS = sized(3_000, 20_000)  # of one call: a good second of work
LONGEST_S = sized(2.0, 4.0)  # until a call is killed, at most


@pytest.mark.timeout(300)
def test_what_enqueue_printed_as_accepted_is_in_the_ledger(
    home: Path, engine: Engine, database: str, forgetful: ValkeyServer
) -> None:
    rng = random.Random()
    printed = finished = 0
    with mill(home, forgetful, database_url=database, supervisors=0) as running:
        for call in range(KILLS):
            lines = home / f"{call}.txt"
            lines.write_text("".join(f"https://news.example/{call}/{n}.html\n" for n in range(URLS)), encoding="utf-8")
            command = running.command("enqueue", "--json", "--from", str(lines))
            time.sleep(rng.uniform(0.4, LONGEST_S))  # the moment of the kill is left to chance
            command.kill()
            told, _ = command.communicate()
            if told.strip():
                finished += 1
                printed += json.loads(told)["accepted"]
    found = counted(engine)
    print(f"\n{KILLS} calls killed, {finished} of them after their answer; printed {printed}, in the ledger {found.accepted}")
    assert found.accepted >= printed, "printed as accepted, and missing"
    assert found.recounted

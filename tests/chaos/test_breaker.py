"""The breaker of a host, on real worker processes: it opens, lets one probe through, and closes or opens for longer."""

import asyncio
import time
from pathlib import Path

import pytest
import redis
from sqlalchemy import Engine, func, select, update

from tests.chaos.counts import stored
from tests.chaos.mill import accept_all, mill
from tests.chaos.street import Street, pass_time
from tests.integration.fetch.loopback import Asked, Origin, reply
from tests.origin import SENTENCE
from tests.parts import ValkeyServer, wait_until
from worker.models import State
from worker.store import schema
from worker.store.transaction import transaction

URLS, OTHERS = 40, 20
AT_ONCE = 2 * 6  # what two processes have under way when the breaker opens
OPENS_AFTER = 5  # failures in a row
FIRST_S, JITTER = 60.0, 0.2  # of the opening; a failed probe doubles it
PROBE_S = 0.7  # how long an answer takes, so that a second request beside it would be seen
QUIET_S = 3.0  # several passes of the reconciler without a request


class Moody(Origin):
    """Answers 500 while it is ill, else with articles, slowly.

    Since the latest of its `turns` it has *served* so many, and before the first of them *most_before_success* were asked
    for at once.
    """

    def __init__(self) -> None:
        super().__init__()
        self.ill = True
        self.under_way = self.failed = self.served = self.most_before_success = 0
        for n in range(URLS):
            self.answers[f"/n/{n}"] = self._page

    def turns(self, *, ill: bool) -> None:
        """Be *ill* from now on, or well, and forget what was."""
        self.ill, self.most_before_success, self.served = ill, 0, 0
        self.asked.clear()

    async def _page(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        self.under_way += 1
        if not self.served:
            self.most_before_success = max(self.most_before_success, self.under_way)
        await asyncio.sleep(PROBE_S)
        self.under_way -= 1
        self.failed += self.ill
        self.served += not self.ill
        text = "".join(f"<p>{part}. {SENTENCE.format(n=asked.target) * 2}</p>" for part in range(4))
        page = f"<html lang=en><title>{asked.target}</title><article><h1>{asked.target}</h1>{text}</article></html>"
        await (reply(500) if self.ill else reply(200, page.encode()))(asked, writer)


def bring_forward(engine: Engine, client: redis.Redis, host: str) -> None:
    """Let the breaker's opening and all waits of *host* be over now."""
    table = schema.url
    with transaction(engine) as tx:
        due = update(table).where(table.c.host == host, table.c.state == State.PENDING)
        tx.connection.execute(due.values(next_at=tx.now - 1, promised=False, published_at=None))
    pass_time(client, host)


def open_s(client: redis.Redis, host: str) -> float:
    """Return the seconds that the breaker of *host* stays open, 0 when it is not."""
    return max(0.0, float(client.hget(f"gov:{{{host}}}", "open") or 0) / 1000 - time.time())


def charged(engine: Engine) -> int:
    """Return how many tries all URLs together have been charged with."""
    with engine.connect() as connection:
        return int(connection.execute(select(func.sum(schema.url.c.attempts))).scalar_one())


def calm(origin: Origin) -> None:
    """Hold that *origin* is left in peace for a while."""
    before = len(origin.asked)
    time.sleep(QUIET_S)
    assert len(origin.asked) == before, "nobody asks a host whose breaker is open"


@pytest.mark.timeout(150)
def test_a_host_that_is_down_gets_one_probe_at_a_time(home: Path, engine: Engine, database: str, forgetful: ValkeyServer) -> None:
    with (
        Street(home.parent) as street, redis.Redis.from_url(forgetful.url) as client,
        mill(home, forgetful, database_url=database, NEWSMILL_OBEY_ROBOTS="false"),
    ):  # fmt: skip
        down, well = street.open(Moody()), street.open(Moody())
        well.ill = False
        accept_all(engine, [down.url(f"/n/{n}") for n in range(URLS)] + [well.url(f"/n/{n}") for n in range(OTHERS)])
        wait_until(lambda: open_s(client, down.host) > 0, "the breaker to open", within_s=30)
        first_s = open_s(client, down.host)
        wait_until(lambda: stored(engine) == OTHERS, "the other host's articles", within_s=30)
        calm(down)
        before_open = len(down.asked)

        down.turns(ill=True)
        bring_forward(engine, client, down.host)
        wait_until(lambda: open_s(client, down.host) > 0, "the failed probe to open it again", within_s=30)
        second_s = open_s(client, down.host)
        calm(down)
        probes, paid = len(down.asked), charged(engine)

        down.turns(ill=False)
        bring_forward(engine, client, down.host)
        wait_until(lambda: down.served > 0, "the probe to be served", within_s=30)
        bring_forward(engine, client, down.host)
        wait_until(lambda: stored(engine) == URLS + OTHERS, "all articles", within_s=60)
    print(
        f"\nopened after {before_open} requests for {first_s:.0f} s, the other host's {OTHERS} stored; one probe: {probes} request,"
        f" {second_s:.0f} s; then {down.most_before_success} at once before the first success, {URLS} stored; {paid} tries charged"
        f" for {down.failed} failures"
    )
    assert OPENS_AFTER <= before_open <= OPENS_AFTER + AT_ONCE
    assert FIRST_S * (1 - JITTER) - 3 <= first_s <= FIRST_S * (1 + JITTER)
    assert probes == 1
    assert 2 * FIRST_S * (1 - JITTER) - 3 <= second_s <= 2 * FIRST_S * (1 + JITTER)
    assert down.most_before_success == 1
    assert open_s(client, down.host) == 0
    assert paid == down.failed, "who was kept waiting has paid nothing"

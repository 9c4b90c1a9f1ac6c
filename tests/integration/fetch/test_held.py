"""What keeps a host from being asked, as people are told it."""

import pytest
from redis.asyncio import Redis

from tests.integration.fetch.fleet import HOST, Fleet
from worker.errors import OwnTrouble
from worker.fetch.governor import BREAKER_FAILURES
from worker.fetch.held import Held, held

pytestmark = pytest.mark.anyio

FREE = Held(asked_s=0.0, breaker_s=0.0, interval_s=None, failures=0)


async def test_a_host_nobody_has_heard_of_is_free(fleet: Fleet) -> None:
    fleet.governor(interval_s=0.0)
    assert await held(fleet.redis, ["unheard-of.example"]) == {"unheard-of.example": FREE}
    assert await held(fleet.redis, []) == {}


async def test_what_a_host_has_asked_for_is_told_apart_from_our_breaker(fleet: Fleet) -> None:
    governor = fleet.governor(interval_s=0.0)
    await governor.hold("busy.example", 100)
    await governor.pace("busy.example", 7)
    await governor.failed("weak.example")
    for _ in range(BREAKER_FAILURES):
        await governor.failed(HOST)
    found = await held(fleet.redis, ["busy.example", "weak.example", HOST])
    assert 99 < found["busy.example"].asked_s <= 100
    assert (found["busy.example"].breaker_s, found["busy.example"].interval_s) == (0.0, 7.0)
    assert (found["weak.example"].seconds, found["weak.example"].failures) == (0.0, 1)
    assert 45 < found[HOST].breaker_s <= 72
    assert found[HOST].seconds == found[HOST].breaker_s


async def test_a_redis_that_does_not_answer_is_trouble_of_our_own() -> None:
    async with Redis.from_url("redis://127.0.0.1:1/0") as nobody:
        with pytest.raises(OwnTrouble, match="Redis"):
            await held(nobody, [HOST])

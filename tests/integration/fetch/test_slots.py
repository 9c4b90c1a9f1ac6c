"""Places at a host over a real Valkey: shared, renewed, and given back by those that die."""

import asyncio
import time

import pytest

from tests.integration.fetch.fleet import HOST, Fleet
from worker.fetch import slots
from worker.fetch.slots import TTL_S

pytestmark = pytest.mark.anyio


async def test_no_more_than_so_many_requests_are_under_way_over_all_processes(fleet: Fleet) -> None:
    crew = [fleet.governor(concurrency=3) for _ in range(3)]
    under_way = most = done = 0

    async def request(number: int) -> None:
        nonlocal under_way, most, done
        async with crew[number % 3].slot(HOST):
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.005)
            under_way -= 1
        done += 1

    await asyncio.gather(*(request(number) for number in range(90)))
    assert (done, most) == (90, 3)


async def test_places_of_a_process_that_died_come_back(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "TTL_S", 0.4)
    dead, alive = fleet.governor(concurrency=1), fleet.governor(concurrency=1)
    place = dead.slot(HOST)
    await place.__aenter__()  # and never a word again: its renewals come every 5 s only
    before = time.monotonic()
    async with alive.slot(HOST):
        assert 0.3 < time.monotonic() - before < 1.5
    await place.__aexit__(None, None, None)


async def test_a_long_request_keeps_its_place(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "TTL_S", 0.5)
    monkeypatch.setattr(slots, "_RENEW_S", 0.1)
    holder, other = fleet.governor(concurrency=1), fleet.governor(concurrency=1)
    async with holder.slot(HOST):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.2), other.slot(HOST):
                pytest.fail("two at a place for one")
    async with asyncio.timeout(2.0), other.slot(HOST):
        pass


async def test_a_waiter_that_is_cancelled_takes_no_place_with_it(fleet: Fleet) -> None:
    governor = fleet.governor(concurrency=1)

    async def wait() -> None:
        async with governor.slot(HOST):
            await asyncio.Event().wait()

    for delay in (0.0, 0.001, 0.01, 0.1):
        tasks = [asyncio.create_task(wait()) for _ in range(5)]
        await asyncio.sleep(delay)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        async with asyncio.timeout(2.0), governor.slot(HOST):
            pass


async def test_closing_gives_every_place_back_at_once(fleet: Fleet) -> None:
    closing, other = fleet.governor(concurrency=1), fleet.governor(concurrency=1)
    place = closing.slot(HOST)
    await place.__aenter__()
    await closing.aclose()
    async with asyncio.timeout(TTL_S / 5), other.slot(HOST):
        pass

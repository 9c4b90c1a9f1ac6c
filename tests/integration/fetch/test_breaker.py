"""The breaker of a host over a real Valkey."""

import asyncio
import time

import pytest

from tests.integration.fetch.fleet import HOST, Fleet
from worker.errors import HostBusy
from worker.fetch.governor import BREAKER_FAILURES, RedisGovernor, lift

pytestmark = pytest.mark.anyio


async def test_failures_in_a_row_open_the_breaker_for_about_a_minute(fleet: Fleet) -> None:
    first, second = fleet.governor(), fleet.governor()
    for number in range(BREAKER_FAILURES):
        await (first, second)[number % 2].turn(HOST, str(number))
        await (first, second)[number % 2].failed(HOST)
    with pytest.raises(HostBusy) as busy:
        await second.turn(HOST, "next")
    assert 47.0 < busy.value.at - time.time() < 73.0


async def test_one_success_begins_the_count_anew(fleet: Fleet) -> None:
    governor = fleet.governor()
    for _ in range(BREAKER_FAILURES - 1):
        await governor.failed(HOST)
    await governor.succeeded(HOST)
    await governor.failed(HOST)
    await governor.turn(HOST, "a")


async def test_another_process_s_success_counts_once_it_has_seen_the_failures(fleet: Fleet) -> None:
    first, second = fleet.governor(), fleet.governor()
    for _ in range(BREAKER_FAILURES - 1):
        await first.failed(HOST)
    async with second.slot(HOST):
        await second.succeeded(HOST)
    await first.failed(HOST)
    await first.turn(HOST, "a")


async def opened(fleet: Fleet, governor: RedisGovernor) -> None:
    """Open the breaker and let its time pass, by setting the clock of the record back."""
    for _ in range(BREAKER_FAILURES):
        await governor.failed(HOST)
    await fleet.redis.hset(f"gov:{{{HOST}}}", "open", 1)  # type: ignore[misc]


async def test_half_open_one_probe_at_a_time_goes_and_its_success_lets_all_in(fleet: Fleet) -> None:
    governor = fleet.governor(concurrency=4)
    await opened(fleet, governor)
    async with governor.slot(HOST):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3), governor.slot(HOST):
                pytest.fail("a second probe")
        await governor.succeeded(HOST)
        async with asyncio.timeout(1.0), governor.slot(HOST), governor.slot(HOST), governor.slot(HOST):
            pass


async def test_a_failed_probe_opens_it_again_for_longer_and_turns_those_who_wait_away(fleet: Fleet) -> None:
    governor = fleet.governor(concurrency=4)
    await opened(fleet, governor)
    async with governor.slot(HOST):
        waiting = asyncio.create_task(governor.slot(HOST).__aenter__())
        await asyncio.sleep(0.05)
        await governor.failed(HOST)
    with pytest.raises(HostBusy) as busy:
        await waiting
    assert 95.0 < busy.value.at - time.time() < 145.0


async def test_stragglers_do_not_open_it_twice_and_it_never_opens_for_more_than_an_hour(fleet: Fleet) -> None:
    governor = fleet.governor()
    for _ in range(BREAKER_FAILURES + 10):
        await governor.failed(HOST)
    with pytest.raises(HostBusy) as busy:
        await governor.turn(HOST, "a")
    assert busy.value.at - time.time() < 73.0
    for _ in range(12):
        await opened(fleet, governor)
    await governor.failed(HOST)
    with pytest.raises(HostBusy) as busy:
        await governor.turn(HOST, "b")
    assert 2_700.0 < busy.value.at - time.time() <= 3_600.5


async def test_a_persons_word_lets_one_probe_go_at_once_and_gives_the_turns_out_anew(fleet: Fleet) -> None:
    governor = fleet.governor(interval_s=1.0, concurrency=4)
    for _ in range(BREAKER_FAILURES):
        await governor.failed(HOST)
    for ref in "abc":
        with pytest.raises(HostBusy):
            await governor.turn(HOST, ref)
    assert await lift(fleet.redis, [HOST, "unheard-of.example"]) == {}
    async with asyncio.timeout(2.0):
        await governor.turn(HOST, "d")
        await governor.turn(HOST, "a")
    async with governor.slot(HOST):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3), governor.slot(HOST):
                pytest.fail("a second probe")
        await governor.succeeded(HOST)


async def test_lifting_it_again_and_again_does_not_push_the_next_try_away(fleet: Fleet) -> None:
    governor = fleet.governor()
    for _ in range(BREAKER_FAILURES):
        await governor.failed(HOST)
    for _ in range(6):
        await lift(fleet.redis, [HOST])
        await governor.failed(HOST)
    with pytest.raises(HostBusy) as busy:
        await governor.turn(HOST, "a")
    assert 95.0 < busy.value.at - time.time() < 145.0


async def test_what_the_host_has_asked_for_itself_is_not_lifted(fleet: Fleet) -> None:
    governor = fleet.governor()
    for _ in range(BREAKER_FAILURES):
        await governor.failed(HOST)
    await governor.hold(HOST, 300.0)
    held = await lift(fleet.redis, [HOST])
    assert held[HOST] == pytest.approx(300, abs=5)
    with pytest.raises(HostBusy) as busy:
        await governor.turn(HOST, "a")
    assert busy.value.at - time.time() == pytest.approx(300, abs=5)

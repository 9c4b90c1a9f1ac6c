"""Politeness over a real Valkey: several processes' governors, their clocks, crashes and failures."""

import asyncio
import itertools
import time

import pytest

from tests.integration.fetch.fleet import HOST, Fleet
from tests.parts import ValkeyServer
from worker.errors import HostBusy, OwnTrouble

pytestmark = pytest.mark.anyio

JITTER_S = 0.03  # between what Redis grants and when two event loops on a loaded machine notice


def gaps(starts: list[float]) -> list[float]:
    ordered = sorted(starts)
    return [later - earlier for earlier, later in itertools.pairwise(ordered)]


# ---------------------------------------------------------------- turns


async def test_turns_of_all_processes_keep_the_interval(fleet: Fleet) -> None:
    crew = [fleet.governor(interval_s=0.1) for _ in range(2)]
    starts: list[float] = []

    async def visit(number: int) -> None:
        await crew[number % 2].turn(HOST, str(number))
        starts.append(time.monotonic())

    before = time.monotonic()
    await asyncio.gather(*(visit(number) for number in range(20)))
    assert min(gaps(starts)) > 0.1 - JITTER_S
    assert max(starts) - before < 20 * 0.1 + 0.5  # and none is wasted


async def test_turns_of_one_process_keep_the_interval_even_when_its_loop_stalls(fleet: Fleet) -> None:
    governor = fleet.governor(interval_s=0.05)
    starts: list[float] = []

    async def visit(number: int) -> None:
        await governor.turn(HOST, str(number))
        starts.append(time.monotonic())
        if number % 4 == 0:
            time.sleep(0.12)  # a parser at work: several turns fall due meanwhile

    await asyncio.gather(*(visit(number) for number in range(12)))
    assert min(gaps(starts)) >= 0.05 - 0.002


async def test_a_turn_far_ahead_is_promised_and_found_again(fleet: Fleet) -> None:
    first, second = (fleet.governor(interval_s=10.0, horizon_s=1.0) for _ in range(2))
    await first.turn(HOST, "a")
    promised = []
    for ref in ("b", "c"):
        with pytest.raises(HostBusy) as busy:
            await first.turn(HOST, ref)
        promised.append(busy.value.at)
    assert promised[1] - promised[0] == pytest.approx(10.0, abs=0.5)
    assert promised[0] - time.time() == pytest.approx(10.0, abs=0.5)
    for ref, at in zip("bc", promised, strict=True):
        with pytest.raises(HostBusy) as busy:
            await second.turn(HOST, ref)
        assert busy.value.at == pytest.approx(at, abs=0.5)


async def test_promises_kept_late_still_keep_the_interval(fleet: Fleet) -> None:
    crew = [fleet.governor(interval_s=0.1, horizon_s=0.5) for _ in range(2)]
    starts: list[float] = []

    async def visit(number: int) -> None:
        while True:
            try:
                await crew[number % 2].turn(HOST, str(number))
                break
            except HostBusy as busy:
                await asyncio.sleep(max(0.0, busy.at - time.time()) + number % 5 * 0.13)  # late, each by its own measure
        starts.append(time.monotonic())

    before = time.monotonic()
    await asyncio.gather(*(visit(number) for number in range(40)))
    assert min(gaps(starts)) > 0.1 - JITTER_S
    assert max(starts) - before < 2 * 40 * 0.1


async def test_hosts_do_not_wait_for_each_other(fleet: Fleet) -> None:
    governor = fleet.governor(interval_s=30.0)
    before = time.monotonic()
    await asyncio.gather(*(governor.turn(f"{number}.example", "a") for number in range(20)))
    assert time.monotonic() - before < 1.0


async def test_without_an_interval_nobody_waits(fleet: Fleet) -> None:
    governor = fleet.governor(interval_s=0.0)
    before = time.monotonic()
    await asyncio.gather(*(governor.turn(HOST, str(number)) for number in range(100)))
    assert time.monotonic() - before < 1.0


async def test_a_host_s_own_slower_pace_is_kept_and_a_quicker_one_is_not(fleet: Fleet) -> None:
    governor = fleet.governor(interval_s=0.2, horizon_s=0.1)
    for pace, expected in ((3.0, 3.0), (0.05, 0.2), (86_400.0, 60.0)):
        host = f"{pace}.example"
        await governor.pace(host, pace)
        await governor.turn(host, "a")
        with pytest.raises(HostBusy) as busy:
            await governor.turn(host, "b")
        assert busy.value.at - time.time() == pytest.approx(expected, abs=0.15)


# ---------------------------------------------------------------- holds


async def test_a_hold_stops_turns_and_places_in_every_process(fleet: Fleet) -> None:
    first, second = fleet.governor(), fleet.governor()
    await first.hold(HOST, 60.0)
    await first.hold(HOST, 10.0)  # the longer one stands
    with pytest.raises(HostBusy) as turn:
        await second.turn(HOST, "a")
    with pytest.raises(HostBusy) as place:
        async with second.slot(HOST):
            pytest.fail("entered a host that is held")
    for busy in (turn, place):
        assert busy.value.at - time.time() == pytest.approx(60.0, abs=1.0)
    async with second.slot("other.example"):
        pass


async def test_after_a_hold_the_turns_are_numbered_again(fleet: Fleet) -> None:
    governor = fleet.governor(interval_s=1.0)
    await governor.hold(HOST, 100.0)
    times = []
    for number in range(4):
        with pytest.raises(HostBusy) as busy:
            await governor.turn(HOST, str(number))
        times.append(busy.value.at - time.time())
    assert times == pytest.approx([100.0, 101.0, 102.0, 103.0], abs=0.5)


async def test_promises_from_before_a_hold_move_behind_it_one_by_one(fleet: Fleet) -> None:
    governor = fleet.governor(interval_s=10.0, horizon_s=1.0)
    await governor.turn(HOST, "a")
    refs = ("b", "c", "d")
    for ref in refs:
        with pytest.raises(HostBusy):
            await governor.turn(HOST, ref)
    await governor.hold(HOST, 500.0)
    times = []
    for ref in refs:
        with pytest.raises(HostBusy) as busy:
            await governor.turn(HOST, ref)
        times.append(busy.value.at - time.time())
    assert times == pytest.approx([500.0, 510.0, 520.0], abs=0.5)


async def test_a_short_hold_is_waited_out(fleet: Fleet) -> None:
    governor = fleet.governor()
    await governor.hold(HOST, 0.4)
    before = time.monotonic()
    await governor.turn(HOST, "a")
    assert time.monotonic() - before > 0.35
    await governor.hold("other.example", 0.4)
    before = time.monotonic()
    async with governor.slot("other.example"):
        assert time.monotonic() - before > 0.35


# ---------------------------------------------------------------- Redis itself


async def test_everything_it_writes_is_under_its_prefix_and_passes_away(fleet: Fleet) -> None:
    governor = fleet.governor(interval_s=0.01)
    await governor.turn(HOST, "a")
    await governor.hold("held.example", 30.0)
    await governor.failed("failed.example")
    await governor.pace("slow.example", 1.0)
    busy = fleet.governor(interval_s=30.0, horizon_s=1.0)
    await busy.turn("busy.example", "a")
    with pytest.raises(HostBusy):
        await busy.turn("busy.example", "b")
    async with governor.slot(HOST):
        keys = [key.decode() for key in await fleet.redis.keys("*")]
        assert len(keys) >= 8
        for key in keys:
            assert key.startswith("gov:")
            assert 0 < await fleet.redis.pttl(key) < 4 * 86_400_000


async def test_it_goes_on_when_redis_has_forgotten_everything(fleet: Fleet) -> None:
    governor = fleet.governor(interval_s=0.01)
    await governor.turn(HOST, "a")
    async with governor.slot(HOST):
        await fleet.redis.flushall()
        await fleet.redis.script_flush()
        await governor.turn(HOST, "b")
        async with governor.slot(HOST):
            await governor.failed(HOST)
            await governor.succeeded(HOST)


async def test_redis_away_is_our_own_trouble_and_passes_when_it_is_back(own_valkey: ValkeyServer) -> None:
    fleet = Fleet(own_valkey.url)
    governor = fleet.governor()
    async with governor.slot(HOST):
        own_valkey.kill()
        with pytest.raises(OwnTrouble):
            await governor.turn(HOST, "a")
        with pytest.raises(OwnTrouble):
            await governor.failed(HOST)
        with pytest.raises(OwnTrouble):
            async with governor.slot(HOST):
                pass
    own_valkey.start()
    await governor.turn(HOST, "a")
    async with asyncio.timeout(5.0), governor.slot(HOST):
        pass
    await fleet.aclose()


async def test_a_redis_that_says_nothing_is_our_own_trouble_too(own_valkey: ValkeyServer) -> None:
    fleet = Fleet(own_valkey.url)
    governor = fleet.governor()
    await governor.turn(HOST, "a")
    own_valkey.freeze()
    with pytest.raises(OwnTrouble):
        await governor.turn(HOST, "b")
    own_valkey.thaw()
    await fleet.aclose()

"""Politeness over all processes: numbered turns, holds and the breaker, each one atomic step in Redis.

Keys, all under `gov:` and with a time to live: `gov:{host}` (hash: tail, hold, open, fails, trips, interval),
`gov:{host}:turns` (who was promised which time), `gov:{host}:starts` (starts granted, none closer than the
interval), `gov:{host}:slots` (`worker.fetch.slots`). The clock is Redis's own, so processes need not agree on one.
Losing them all is harmless: politeness begins anew.
"""

import asyncio
import random
import time
from collections import OrderedDict
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager

from redis.asyncio import Redis

from worker.errors import HostBusy
from worker.fetch.scripts import Script
from worker.fetch.slots import Slots

BREAKER_FAILURES = 5  # in a row; a page with images that all fail is not yet a host that is down
BREAKER_FIRST_S, BREAKER_MAX_S = 60.0, 3600.0
BREAKER_JITTER = 0.2  # hosts that went down together should not all be probed in the same second
MAX_CRAWL_DELAY_S = 60.0  # a Crawl-delay of a day would mean never
PATIENCE_MS = 30_000  # of work under way, for its further turns: a redirect behind a full window of its host
_PACED_HOSTS = 4_096  # hosts whose last start this process remembers

# ARGV: ref, interval, horizon (ms). Returns {granted?, ms from now, interval in force}.
# A new ref is numbered behind the last one promised (tail). When its time is near it is granted the first start
# from then on that lies an interval away from every start granted before, so that one who comes back late
# pushes in without treading on anybody; when it is far, the promise is kept under its name.
_TURN = """
local now = clock()
local host = redis.call('HMGET', KEYS[1], 'tail', 'hold', 'open', 'interval')
local tail, gate = tonumber(host[1] or 0), math.max(now, tonumber(host[2] or 0), tonumber(host[3] or 0))
local interval, horizon = math.max(tonumber(ARGV[2]), tonumber(host[4] or 0)), tonumber(ARGV[3])
local promised = tonumber(redis.call('ZSCORE', KEYS[2], ARGV[1]) or nil)
local start = math.max(gate, promised or (interval > 0 and tail + interval) or 0)
if interval > 0 then
  local taken = redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. (start - interval), '+inf')
  for _, other in ipairs(taken) do
    if tonumber(other) - start >= interval then break end
    start = tonumber(other) + interval
  end
end
local granted = start - now <= horizon
if granted then
  redis.call('ZREM', KEYS[2], ARGV[1])
  if interval > 0 then
    redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - interval)
    redis.call('ZADD', KEYS[3], start, start)
    redis.call('PEXPIRE', KEYS[3], start - now + 2 * interval)
  end
elseif start ~= promised then
  if promised then start = math.max(start, tail + interval) end
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - HOUR)
  redis.call('ZADD', KEYS[2], start, ARGV[1])
  redis.call('PEXPIRE', KEYS[2], start - now + DAY)
end
if start > tail then redis.call('HSET', KEYS[1], 'tail', start) end
redis.call('PEXPIRE', KEYS[1], start - now + DAY)
return {granted and 1 or 0, start - now, interval}
"""

# ARGV: ms.
_HOLD = """
local until_ = clock() + tonumber(ARGV[1])
if until_ > tonumber(redis.call('HGET', KEYS[1], 'hold') or 0) then
  redis.call('HSET', KEYS[1], 'hold', until_)
  redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[1]) + DAY)
end
"""

# ARGV: ms.
_PACE = """
redis.call('HSET', KEYS[1], 'interval', ARGV[1])
redis.call('PEXPIRE', KEYS[1], DAY)
"""

# ARGV: failures to open at, first and longest opening (ms), jitter factor. Failures of requests that were under way
# when it opened say nothing new; one failure is enough while it is half open.
_FAILED = """
local now = clock()
local host = redis.call('HMGET', KEYS[1], 'open', 'fails', 'trips')
if tonumber(host[1] or 0) > now then return end
local fails, trips = tonumber(host[2] or 0) + 1, tonumber(host[3] or 0)
if trips > 0 or fails >= tonumber(ARGV[1]) then
  local ms = math.min(tonumber(ARGV[3]), tonumber(ARGV[2]) * 2 ^ math.min(trips, 30) * tonumber(ARGV[4]))
  redis.call('HSET', KEYS[1], 'open', math.floor(now + ms), 'fails', 0, 'trips', trips + 1)
else
  redis.call('HSET', KEYS[1], 'fails', fails)
end
redis.call('PEXPIRE', KEYS[1], DAY)
"""

# Somebody knows that the host is back: the breaker is half open at once, so that one probe goes; if that fails it opens as
# after its first failed probe, lest a person's asking should push the next try away. The turns that were promised for after
# the opening are given out anew; starts granted keep their interval. Returns the ms that the host itself has asked for.
_LIFT = """
local now = clock()
local host = redis.call('HMGET', KEYS[1], 'open', 'hold')
if tonumber(host[1] or 0) > now then
  redis.call('HSET', KEYS[1], 'open', 0, 'trips', 1)
  redis.call('HDEL', KEYS[1], 'tail')
  redis.call('DEL', KEYS[2])
end
return math.max(0, tonumber(host[2] or 0) - now)
"""


async def lift(redis: Redis, hosts: Iterable[str]) -> dict[str, float]:
    """Let the breaker of each of *hosts* be half open now; return those that are held all the same, with the seconds left.

    A hold that the host itself has asked for (429, Retry-After) stands. Idempotent. Raises OwnTrouble.
    """
    script = Script(redis, _LIFT)
    held_ms = {host: await script([f"gov:{{{host}}}", f"gov:{{{host}}}:turns"], []) for host in hosts}
    return {host: ms / 1000 for host, ms in held_ms.items() if ms > 0}


class RedisGovernor:
    """`worker.ports.Governor` over Redis.

    *interval_s* lies between two starts of page, feed and robots requests to a host (0: no spacing), *concurrency*
    requests to a host are under way at most, and a turn or a hold further ahead than *horizon_s* is not waited for.
    Every method raises OwnTrouble when Redis does not answer. Used in one event loop; `aclose` gives back what is held.
    """

    def __init__(self, redis: Redis, *, interval_s: float, concurrency: int, horizon_s: float) -> None:
        self._redis = redis
        self._interval_ms = round(interval_s * 1000)
        self._horizon_ms = round(horizon_s * 1000)
        self._turn = Script(redis, _TURN)
        self._hold = Script(redis, _HOLD)
        self._failed = Script(redis, _FAILED)
        self._forget = Script(redis, "redis.call('HDEL', KEYS[1], 'fails', 'trips', 'open')")
        self._pace = Script(redis, _PACE)
        self._slots = Slots(redis, concurrency=concurrency, horizon_s=horizon_s)
        self._last_start: OrderedDict[str, float] = OrderedDict()

    async def turn(self, host: str, ref: str, *, patient: bool = False) -> None:
        """Wait for the numbered turn of *ref* at *host*; see the port."""
        keys = [f"gov:{{{host}}}", f"gov:{{{host}}}:turns", f"gov:{{{host}}}:starts"]
        horizon_ms = PATIENCE_MS if patient else self._horizon_ms
        granted, wait_ms, interval_ms = await self._turn(keys, [ref, self._interval_ms, horizon_ms])
        if not granted:
            raise HostBusy(time.time() + wait_ms / 1000, f"{host} has its next free turn in {wait_ms / 1000:.0f} s")
        await self._start(host, wait_ms / 1000, interval_ms / 1000)

    async def _start(self, host: str, wait_s: float, interval_s: float) -> None:
        """Sleep *wait_s*, and longer if a stalled loop has let the start before ours slip behind its time."""
        loop = asyncio.get_running_loop()
        at = loop.time() + wait_s
        while (left := max(at, self._last_start.get(host, 0.0) + interval_s) - loop.time()) > 0:
            await asyncio.sleep(left)
        self._last_start[host] = loop.time()
        self._last_start.move_to_end(host)
        if len(self._last_start) > _PACED_HOSTS:
            self._last_start.popitem(last=False)

    def slot(self, host: str) -> AbstractAsyncContextManager[None]:
        """Hold one of the host's places; raises HostBusy while the host is held for longer than the horizon."""
        return self._slots.slot(host)

    async def hold(self, host: str, seconds: float) -> None:
        """Let nobody start a request to *host* for *seconds*; a longer hold stands."""
        await self._hold([f"gov:{{{host}}}"], [round(seconds * 1000)])

    async def pace(self, host: str, seconds: float) -> None:
        """Take *seconds* as the host's own interval where it is longer than ours (robots.txt Crawl-delay)."""
        await self._pace([f"gov:{{{host}}}"], [round(min(seconds, MAX_CRAWL_DELAY_S) * 1000)])

    async def succeeded(self, host: str) -> None:
        """Close the breaker. Free of cost while nothing is known against the host."""
        if self._slots.is_suspect(host):
            self._slots.set_suspect(host, suspect=False)
            await self._forget([f"gov:{{{host}}}"], [])

    async def failed(self, host: str) -> None:
        """Count a failure; from the fifth in a row the breaker opens for 60 s, doubling up to 1 h while probes fail."""
        self._slots.set_suspect(host, suspect=True)
        jitter = random.uniform(1 - BREAKER_JITTER, 1 + BREAKER_JITTER)
        await self._failed([f"gov:{{{host}}}"], [BREAKER_FAILURES, BREAKER_FIRST_S * 1000, BREAKER_MAX_S * 1000, f"{jitter:.3f}"])

    async def aclose(self) -> None:
        """Give every slot back."""
        await self._slots.aclose()

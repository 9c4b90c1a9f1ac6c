"""A host's few places for requests under way, shared by all processes and given back even by those that die."""

import asyncio
import itertools
import secrets
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio import Redis

from worker.errors import HostBusy, IngestError, OwnTrouble, anew
from worker.fetch.scripts import Script

TTL_S = 15.0  # a killed process's places are free again after this
_RENEW_S = 5.0  # two renewals may fail before a place is lost
_POLL_S = (0.05, 0.25)  # between questions while other processes hold every place: from here, growing, to there
_LINGER_S = 0.02  # places given back by all requests of a process within this go back in one round

# ARGV: concurrency, TTL (ms), number given back, tokens given back…, tokens wanted…
# Returns {granted, ms the host is held, is anything known against it}. While the breaker is half open one place is all.
_TAKE = """
local now = clock()
local back = tonumber(ARGV[3])
for i = 4, 3 + back do redis.call('ZREM', KEYS[2], ARGV[i]) end
local host = redis.call('HMGET', KEYS[1], 'hold', 'open', 'fails', 'trips')
local suspect = (host[3] or host[4]) and 1 or 0
local held = math.max(tonumber(host[1] or 0), tonumber(host[2] or 0)) - now
if held > 0 then return {0, held, suspect} end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
local places = tonumber(host[4] or 0) > 0 and 1 or tonumber(ARGV[1])
local granted = math.max(0, math.min(#ARGV - 3 - back, places - redis.call('ZCARD', KEYS[2])))
for i = 4 + back, 3 + back + granted do redis.call('ZADD', KEYS[2], now + tonumber(ARGV[2]), ARGV[i]) end
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return {granted, 0, suspect}
"""

_RENEW = """
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], 'XX', clock() + tonumber(ARGV[1]), ARGV[i]) end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
"""


@dataclass(eq=False, slots=True)
class _Host:
    """One host as this process sees it."""

    waiting: deque[asyncio.Future[str]] = field(default_factory=deque)
    held: set[str] = field(default_factory=set)
    leaving: list[str] = field(default_factory=list)
    freed: asyncio.Event = field(default_factory=asyncio.Event)
    asking: asyncio.Task[None] | None = None
    suspect: bool = False

    @property
    def idle(self) -> bool:
        return not (self.waiting or self.held or self.leaving or self.asking)


class Slots:
    """Leases on a host's places: members of a sorted set that expire unless renewed.

    All who wait in this process ask in one voice, and what is given back travels with the next question.
    """

    def __init__(self, redis: Redis, *, concurrency: int, horizon_s: float) -> None:
        self._concurrency = concurrency
        self._horizon_s = horizon_s
        self._take = Script(redis, _TAKE)
        self._renew = Script(redis, _RENEW)
        self._give_back = Script(redis, "redis.call('ZREM', KEYS[1], unpack(ARGV))")
        self._hosts: dict[str, _Host] = {}
        self._numbers = itertools.count()
        self._process = secrets.token_hex(6)
        self._chores: dict[str, asyncio.Task[None]] = {}

    @asynccontextmanager
    async def slot(self, host: str) -> AsyncIterator[None]:
        """Hold a place at *host*. Raises HostBusy when it is held for longer than the horizon, OwnTrouble."""
        token = await self._acquire(host)
        try:
            yield
        finally:
            self._release(host, token)

    def is_suspect(self, host: str) -> bool:
        """Return whether the breaker has anything on record for *host*, as of the latest question."""
        known = self._hosts.get(host)
        return known is not None and known.suspect

    def set_suspect(self, host: str, *, suspect: bool) -> None:
        """Note what this process has just told the breaker about *host*."""
        self._hosts.setdefault(host, _Host()).suspect = suspect

    async def aclose(self) -> None:
        """Give back every place and stop."""
        asking = [state.asking for state in self._hosts.values() if state.asking is not None]
        await _cancelled(asking)
        for state in self._hosts.values():
            _refuse(state, OwnTrouble("the governor is closed"))
            state.leaving.extend(state.held)
            state.held.clear()
        await _cancelled(list(self._chores.values()))
        await self._flush()

    async def _acquire(self, host: str) -> str:
        state = self._hosts.setdefault(host, _Host())
        place: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        state.waiting.append(place)
        if state.asking is None:
            state.asking = asyncio.create_task(self._ask(host, state))
        self._start_chore("renew", self._renew_all)
        try:
            return await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.exception() is None:
                self._release(host, place.result())
            raise

    def _release(self, host: str, token: str) -> None:
        state = self._hosts[host]
        state.held.discard(token)
        state.leaving.append(token)
        state.freed.set()
        self._start_chore("flush", self._flush_soon)

    async def _ask(self, host: str, state: _Host) -> None:
        """Ask Redis for places until nobody of this process waits at *host*."""
        pause = _POLL_S[0]
        try:
            while wanted := self._wanted(state):
                state.freed.clear()
                granted, held_s = await self._ask_once(host, state, wanted)
                if held_s > self._horizon_s:
                    _refuse(state, HostBusy(time.time() + held_s, f"{host} is held for {held_s:.0f} s"))
                elif granted < wanted:
                    pause = _POLL_S[0] if granted else min(2 * pause, _POLL_S[1])
                    await _wait(state.freed, held_s or pause)
        except OwnTrouble as error:
            _refuse(state, error)
        finally:
            state.asking = None
            self._start_chore("flush", self._flush_soon)

    def _wanted(self, state: _Host) -> int:
        while state.waiting and state.waiting[0].done():  # cancelled
            state.waiting.popleft()
        return min(len(state.waiting), self._concurrency)

    async def _ask_once(self, host: str, state: _Host, wanted: int) -> tuple[int, float]:
        back, state.leaving = state.leaving, []
        tokens = [f"{self._process}:{next(self._numbers)}" for _ in range(wanted)]
        keys = [f"gov:{{{host}}}", f"gov:{{{host}}}:slots"]
        try:
            granted, held_ms, suspect = await self._take(keys, [self._concurrency, int(TTL_S * 1000), len(back), *back, *tokens])
        except BaseException:
            state.leaving.extend(back)
            state.leaving.extend(tokens)  # the question may have been answered for all we know
            raise
        state.suspect = bool(suspect)
        for token in tokens[:granted]:
            _hand_over(state, token)
        return granted, held_ms / 1000

    def _start_chore(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        chore = self._chores.get(name)
        if chore is None or chore.done():
            self._chores[name] = asyncio.create_task(work())

    async def _flush_soon(self) -> None:
        while any(state.leaving for state in self._hosts.values()):
            await asyncio.sleep(_LINGER_S)
            await self._flush()
        for host in [host for host, state in self._hosts.items() if state.idle]:
            del self._hosts[host]

    async def _flush(self) -> None:
        for host, state in list(self._hosts.items()):
            if state.leaving:
                back, state.leaving = state.leaving, []
                try:
                    await self._give_back([f"gov:{{{host}}}:slots"], back)
                except OwnTrouble:
                    pass  # they expire by themselves

    async def _renew_all(self) -> None:
        while any(state.held or state.waiting for state in self._hosts.values()):
            await asyncio.sleep(_RENEW_S)
            for host, state in list(self._hosts.items()):
                if state.held:
                    try:
                        await self._renew([f"gov:{{{host}}}:slots"], [int(TTL_S * 1000), *state.held])
                    except OwnTrouble:
                        pass  # the next round may come in time


def _hand_over(state: _Host, token: str) -> None:
    while state.waiting:
        place = state.waiting.popleft()
        if not place.done():
            state.held.add(token)
            place.set_result(token)
            return
    state.leaving.append(token)


def _refuse(state: _Host, error: IngestError) -> None:
    while state.waiting:
        place = state.waiting.popleft()
        if not place.done():
            place.set_exception(anew(error))


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass


async def _cancelled(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

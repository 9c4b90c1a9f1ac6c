"""Politeness of a command that asks for a page or two by itself, without the governor of the workers."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Alone:
    """A governor that keeps *interval_s* seconds between its own few requests to a host. Nobody's turns are used up."""

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._free_at: dict[str, float] = {}

    async def turn(self, host: str, ref: str, *, patient: bool = False) -> None:
        """Wait until the interval since the last request to *host* has passed."""
        now = time.monotonic()
        at = max(now, self._free_at.get(host, now))
        self._free_at[host] = at + self._interval_s
        await asyncio.sleep(at - now)

    @asynccontextmanager
    async def slot(self, host: str) -> AsyncIterator[None]:
        """Everybody has a place."""
        yield

    async def hold(self, host: str, seconds: float) -> None:
        """What a host asks of workers is theirs to find out."""

    async def succeeded(self, host: str) -> None:
        """Nothing is counted."""

    async def failed(self, host: str) -> None:
        """Nothing is counted."""

    async def pace(self, host: str, seconds: float) -> None:
        """Keep the Crawl-delay of *host*, from its last request on."""
        if seconds > self._interval_s and host in self._free_at:
            self._free_at[host] += seconds - self._interval_s

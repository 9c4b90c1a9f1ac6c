"""Readings of the ledger as JSON, each shared by all who look at the same page."""

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from worker.store.library import snapshot

FRESH_S = 1.0  # all who look within it share one reading; the pages ask every 2 s
REST = 4  # times as long as a reading took, none of the same is begun: a large ledger is not kept busy by who looks at it
KEPT = 64  # readings remembered: a page each


@dataclass(slots=True, kw_only=True)
class _Reading:
    """A reading under way, or done; the next may begin at *next_at* (monotonic)."""

    of: asyncio.Future[bytes]
    next_at: float = 0.0


class Live:
    """What pages show, for however many viewers: read in a thread of its own, the same at most once a second."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live")
        self._readings: OrderedDict[str, _Reading] = OrderedDict()

    async def json(self, key: str, read: Callable[[Connection], object]) -> bytes:
        """Return as JSON what *read* finds in one state of the ledger; one of the same *key* is shared.

        Raises OwnTrouble while the database cannot be reached, and whatever *read* raises.
        """
        reading = self._readings.get(key)
        if reading is None or (reading.of.done() and time.monotonic() >= reading.next_at):
            reading = self._readings[key] = self._begin(read)
        self._readings.move_to_end(key)
        if len(self._readings) > KEPT:
            self._readings.popitem(last=False)
        return await asyncio.shield(reading.of)

    def forget(self) -> None:
        """Let everything be read anew: somebody has just changed it."""
        self._readings.clear()

    def _begin(self, read: Callable[[Connection], object]) -> _Reading:
        began = time.monotonic()
        reading = _Reading(of=asyncio.get_running_loop().run_in_executor(self._thread, self._read, read))

        def rest(of: asyncio.Future[bytes]) -> None:
            took = time.monotonic() - began
            reading.next_at = began + (FRESH_S if of.exception() else max(FRESH_S, (1 + REST) * took))

        reading.of.add_done_callback(rest)
        return reading

    def _read(self, read: Callable[[Connection], object]) -> bytes:
        with snapshot(self._engine) as connection:
            return json.dumps(read(connection)).encode()

"""The ledger as a worker process sees it: the statements of this room, behind the group-committing writer."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from sqlalchemy import Engine, Select, select

from worker.errors import OwnTrouble
from worker.models import Claim, Ending, Settled
from worker.store import claims, schema, settle
from worker.store.database import own_trouble, reading
from worker.store.transaction import Transaction
from worker.store.writer import Writer

Result = TypeVar("Result")

WRITE_LIMIT_S = 40.0  # SQLite's busy timeout and a little; a wait without end would look like a hang


class SqlLedger:
    """Implements `worker.ports.Ledger` for one process, known as *owner*."""

    def __init__(self, engine: Engine, writer: Writer, owner: str) -> None:
        self._reading = reading(engine)
        self._writer = writer
        self._owner = owner
        self._held: set[int] = set()

    @property
    def held(self) -> frozenset[int]:
        """The rows that are being worked on now: those whose leases are to be renewed."""
        return frozenset(self._held)

    async def claim(self, url_id: int, *, alone: bool) -> Claim | None:
        """See `worker.ports.Ledger.claim`."""
        under_way = self._writer.submit(lambda tx: claims.claim(tx, url_id, owner=self._owner, alone=alone))
        try:
            claim = await self._within_limit(under_way)
        except BaseException:  # nobody waits for the answer any more: cancelled, or the database took too long
            under_way.add_done_callback(self._hand_back_unheard)
            raise
        if claim is not None:
            self._held.add(url_id)
        return claim

    def _hand_back_unheard(self, answered: "Future[Claim | None]") -> None:
        """Give a row back whose claim was committed after its asker had gone; else it would look like a crash."""
        claim = None if answered.cancelled() or answered.exception() else answered.result()
        if claim is not None:
            self._writer.submit(lambda tx: claims.hand_back(tx, claim))

    async def settle(self, claim: Claim, ending: Ending) -> Settled:
        """See `worker.ports.Ledger.settle`."""
        settled = await self._write(lambda tx: settle.settle(tx, claim, ending))
        self._held.discard(claim.url_id)
        return settled

    def release(self, claim: Claim) -> None:
        """See `worker.ports.Ledger.release`."""
        self._held.discard(claim.url_id)

    async def hand_back(self, claim: Claim) -> None:
        """See `worker.ports.Ledger.hand_back`."""
        await self._write(lambda tx: claims.hand_back(tx, claim))

    async def give_up(self, claim: Claim, detail: str) -> None:
        """See `worker.ports.Ledger.give_up`."""
        await self._write(lambda tx: claims.give_up(tx, claim, detail))

    async def postpone(self, url_id: int, *, until: float) -> None:
        """See `worker.ports.Ledger.postpone`."""
        await self._write(lambda tx: claims.postpone(tx, url_id, until=until))

    async def owner_of(self, fingerprint: bytes) -> int | None:
        """See `worker.ports.Ledger.owner_of`."""
        alias = schema.alias
        return await asyncio.to_thread(self._read, select(alias.c.article_id).where(alias.c.fingerprint == fingerprint))

    async def has_picture(self, sha256: str) -> bool:
        """See `worker.ports.Ledger.has_picture`."""
        picture = schema.picture
        found = await asyncio.to_thread(self._read, select(picture.c.bytes).where(picture.c.sha256 == sha256))
        return found is not None

    def _read(self, query: Select[int]) -> int | None:
        with own_trouble(), self._reading.begin() as connection:
            return connection.scalars(query).one_or_none()

    async def _write(self, write: Callable[[Transaction], Result]) -> Result:
        return await self._within_limit(self._writer.submit(write))

    async def _within_limit(self, under_way: "Future[Result]") -> Result:
        try:
            async with asyncio.timeout(WRITE_LIMIT_S):
                # Shielded: a cancelled article must not cancel a commit that is under way.
                return await asyncio.shield(asyncio.wrap_future(under_way))
        except TimeoutError as error:
            raise OwnTrouble("database: no commit in time") from error

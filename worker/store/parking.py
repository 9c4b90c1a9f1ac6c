"""Where the pending rows of a paused job wait: so far ahead that whoever asks for what is due never meets them."""

from collections import Counter
from collections.abc import Collection

from sqlalchemy import ColumnElement, not_, select, text, update

from worker.models import State
from worker.store import schema
from worker.store.crawls import PAUSED
from worker.store.transaction import Transaction

# 136 years: no row is ever due so late, nor is it 2106 yet, when times that are not parked would reach it. A double of
# this size still tells a microsecond apart, which keeps the URLs of a batch in their order; one of three centuries does not.
PARKED_S = 2.0**32

# The condition that the job of a row of `url` is paused, or not. Written out, since every claim asks: built of the tables it
# would cost 0.12 ms more, a third of a claim.
IS_PAUSED = text("EXISTS (SELECT 1 FROM job WHERE job.name = url.job AND job.state = 'paused')")
NOT_PAUSED = text(f"NOT {IS_PAUSED.text}")


def is_parked() -> ColumnElement[bool]:
    """Return the condition that a pending row of `url` waits for its job to be resumed."""
    return schema.url.c.next_at >= PARKED_S


def paused_of(tx: Transaction, names: Collection[str]) -> set[str]:
    """Return which of these jobs are paused; they stay so until the end of the transaction, so that what it parks is found."""
    table = schema.job
    paused = select(table.c.name).where(table.c.name.in_(sorted(names)), table.c.state == PAUSED).order_by(table.c.name)
    return set(tx.connection.execute(paused.with_for_update(read=True)).scalars())


def park(tx: Transaction, *which: ColumnElement[bool]) -> Counter[str]:
    """Park the pending rows of *which*; return how many of each kind. Idempotent."""
    table = schema.url
    parked = tx.connection.execute(
        update(table)
        .where(*which, schema.stands(State.PENDING), not_(is_parked()))
        .values(next_at=table.c.next_at + PARKED_S, published_at=None, promised=False)
        .returning(table.c.kind)
    )
    return Counter(parked.scalars())


def park_if_paused(tx: Transaction, url_id: int) -> None:
    """Park a row that came back or was accepted while its job was being paused; one that somebody has locked, another time.

    The row is locked before its job, as when a run is settled: no deadlock between the two.
    """
    waits = select(schema.url.c.job).where(schema.url.c.id == url_id, IS_PAUSED).with_for_update(skip_locked=True)
    job = tx.connection.execute(waits).scalar_one_or_none()
    if job is not None and paused_of(tx, [job]):
        park(tx, schema.url.c.id == url_id)

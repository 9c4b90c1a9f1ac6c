"""What an operator does to a job or batch: pause, resume, cancel.

The rows are changed in batches, a transaction each, so that a million of them keep nobody from the database for long; who
was interrupted may do it again. A batch is left undone when somebody has changed the job's standing meanwhile.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, case, func, not_, or_, select, update

from worker.errors import OwnTrouble
from worker.models import State
from worker.store import schema
from worker.store.claims import call_off
from worker.store.crawls import CANCELLED, PAUSED, RUNNING
from worker.store.database import BUSY_TIMEOUT_S, insert_into, own_trouble, reading
from worker.store.parking import PARKED_S, is_parked, park
from worker.store.transaction import Transaction, transaction

BATCH = 2_000  # rows a transaction: SQLite's one write lock is held for some 50 ms
LOCKED_S = 0.05  # until rows that somebody is at work on are looked at again: a commit takes less
IN_FLIGHT = "in_flight"

Change = Callable[[Transaction, ColumnElement[bool]], Counter[str]]


def known_names(connection: Connection) -> list[str]:
    """Return the names of all jobs: of those that ever brought a URL, and of those that a clock or an operator has seen."""
    seen = select(schema.job.c.name)
    return sorted(connection.execute(seen.union(select(schema.tally.c.job))).scalars())


def standing_of(connection: Connection, name: str) -> str:
    """Return how job *name* stands: running, paused or cancelled."""
    state: str | None = connection.execute(_state(name)).scalar_one_or_none()
    return state or RUNNING


def is_crawl_job(connection: Connection, name: str) -> bool:
    """Return whether job *name* reads a source at times of its own."""
    reads = select(schema.job.c.name).where(schema.job.c.name == name, schema.job.c.seen_at.is_not(None))
    return connection.execute(reads).one_or_none() is not None


def pause(engine: Engine, name: str) -> Iterator[Counter[str]]:
    """Let nothing of job *name* begin any more; yield how many rows of each kind were parked, batch by batch. Idempotent.

    What is in flight ends; what comes in or back later is parked then.
    """
    with transaction(engine) as tx:
        _stand(tx, name, PAUSED)
    yield from _sweep(engine, name, PAUSED, park, not_(is_parked()))


def resume(engine: Engine, name: str) -> Iterator[Counter[str]]:
    """Let job *name* go on, also after a cancel; yield how many rows of each kind are pending again. Idempotent.

    What was due, or became so meanwhile, is due now in its old order.
    """
    with transaction(engine) as tx:
        _stand(tx, name, RUNNING)
    with own_trouble(), reading(engine).begin() as connection:
        table = schema.url
        due = select(func.max(table.c.next_at)).where(table.c.job == name, schema.stands(State.PENDING), is_parked())
        latest = connection.execute(due.where(table.c.next_at < tx.now + PARKED_S)).scalar_one()
    late_s = tx.now - (latest - PARKED_S) if latest is not None else 0.0
    yield from _sweep(engine, name, RUNNING, lambda batch, rows: _unpark(batch, rows, now=tx.now, late_s=late_s), is_parked())


def cancel(engine: Engine, name: str) -> Iterator[Counter[str]]:
    """End what is pending of job *name*; yield how many rows of each kind, and how many `in_flight` get no other try.

    Idempotent. URLs that come in under this name afterwards run as ever; a crawl job opens no slot until it is resumed.
    Raises OwnTrouble when rows stay locked.
    """
    with transaction(engine) as tx:
        _stand(tx, name, CANCELLED)
    patience = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        yield from _sweep(engine, name, CANCELLED, call_off)
        with transaction(engine) as tx:
            flagged = _allow_no_other_try(tx, name)
        yield Counter({IN_FLIGHT: flagged})
        with own_trouble(), reading(engine).begin() as connection:
            if not _is_left(connection, name):
                return
        if time.monotonic() > patience:
            raise OwnTrouble("database: rows of this job stay locked; cancel it once more")
        time.sleep(LOCKED_S)


def _sweep(engine: Engine, name: str, state: str, change: Change, *which: ColumnElement[bool]) -> Iterator[Counter[str]]:
    """Change the pending rows of *which*, in the order of their ids, as long as the job's standing is *state*.

    Rows that somebody has locked are passed over: to wait for them could be a deadlock, and they are about to change.
    """
    table, after = schema.url, 0
    while True:
        with transaction(engine) as tx:
            locked = tx.connection.execute(_state(name).with_for_update(read=True)).scalar_one_or_none()
            if (locked or RUNNING) != state:
                return
            ids = tx.connection.execute(
                select(table.c.id)
                .where(table.c.job == name, schema.stands(State.PENDING), table.c.id > after, *which)
                .order_by(table.c.id)
                .limit(BATCH)
                .with_for_update(skip_locked=True)
            ).scalars()
            batch = list(ids)
            changed = change(tx, table.c.id.in_(batch)) if batch else Counter[str]()
        if not batch:
            return
        after = batch[-1]
        yield changed


def _unpark(tx: Transaction, rows: ColumnElement[bool], *, now: float, late_s: float) -> Counter[str]:
    """Give parked rows their time back; those whose time has come wait no longer than if the latest of them came now."""
    table = schema.url
    due = table.c.next_at - PARKED_S
    changed = tx.connection.execute(
        update(table).where(rows, is_parked()).values(next_at=case((due < now, due + late_s), else_=due)).returning(table.c.kind)
    )
    return Counter(changed.scalars())


def _allow_no_other_try(tx: Transaction, name: str) -> int:
    """Mark what is in flight as cancelled, so that it ends with this try; return how many rows that are."""
    table = schema.url
    running = select(table.c.id).where(table.c.job == name, schema.stands(State.IN_FLIGHT), table.c.cancelled.is_(False))
    ids = list(tx.connection.execute(running.with_for_update(skip_locked=True)).scalars())
    tx.connection.execute(update(table).where(table.c.id.in_(ids)).values(cancelled=True))
    return len(ids)


def _is_left(connection: Connection, name: str) -> bool:
    """Return whether a row was passed over that is still to be cancelled."""
    if standing_of(connection, name) != CANCELLED:
        return False
    table = schema.url
    to_run = or_(schema.stands(State.PENDING), and_(schema.stands(State.IN_FLIGHT), table.c.cancelled.is_(False)))
    left = select(table.c.id).where(table.c.job == name, to_run).limit(1)
    return connection.execute(left).one_or_none() is not None


def _stand(tx: Transaction, name: str, state: str) -> None:
    table, values = schema.job, {"state": state, "changed_at": tx.now}
    tx.connection.execute(
        insert_into(tx.connection, table)
        .values(name=name, **values)
        .on_conflict_do_update(index_elements=["name"], set_=values, where=table.c.state != state)
    )


def _state(name: str) -> Select[str]:
    return select(schema.job.c.state).where(schema.job.c.name == name)

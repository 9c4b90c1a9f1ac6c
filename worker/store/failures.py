"""The URLs that ended without an article, or wait for another try: why, and how to ask for them once more."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Engine, false, func, not_, or_, select

from worker.models import Kind, State
from worker.store import schema
from worker.store.accept import bring_forward, reopen
from worker.store.database import clock, own_trouble, reading
from worker.store.parking import is_parked
from worker.store.transaction import transaction

ENDS = (State.REJECTED, State.FAILED, State.DEAD)
CAUSES = (State.DEAD.value, State.CANCELLED.value)  # ends that have no cause but themselves
BATCH = 1_000  # rows held in memory at once, and rows a transaction: 30 ms of SQLite's one write lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which URLs are meant, each condition None for all: *cause* (also `dead`, `cancelled`), host, job, ended at *since* or later.

    Those that an operator cancelled are meant only when they are asked for. With *since* none is meant that has not ended.
    """

    cause: str | None
    host: str | None
    job: str | None
    since: float | None

    def ended(self) -> list[ColumnElement[bool]]:
        """Return what must hold for a row of `url` that ended without an article."""
        table, wanted = schema.url, self._of_all()
        if self.cause in CAUSES:
            wanted.append(table.c.state == self.cause)
        else:
            wanted.append(table.c.state.in_(ENDS))
            if self.cause is not None:
                wanted.append(table.c.cause == self.cause)
        if self.since is not None:
            wanted.append(table.c.finished_at >= self.since)
        return wanted

    def waiting(self, now: float) -> list[ColumnElement[bool]]:
        """Return what must hold for a row of `url` that waits for another try.

        Of a host that is asked about, also for one that has not been tried yet because the host is held. Rows of a paused job
        wait for something else.
        """
        table, wanted = schema.url, self._of_all()
        wanted += [schema.stands(State.PENDING), not_(is_parked())]
        if self.since is not None:
            wanted.append(false())
        if self.cause is not None:
            wanted.append(table.c.cause == self.cause)
        elif self.host is not None:
            wanted.append(or_(table.c.cause.is_not(None), table.c.next_at > now))
        else:
            wanted.append(table.c.cause.is_not(None))
        return wanted

    def _of_all(self) -> list[ColumnElement[bool]]:
        table = schema.url
        wanted: list[ColumnElement[bool]] = [table.c.kind == Kind.ARTICLE]
        if self.host is not None:
            wanted.append(table.c.host == self.host)
        if self.job is not None:
            wanted.append(table.c.job == self.job)
        return wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A URL that ended without an article; *cause* is None for a dead or cancelled one."""

    url_id: int
    url: str
    host: str
    job: str
    state: State
    cause: str | None
    detail: str | None
    status: int | None
    finished_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A pending URL that is due for another try at *next_at*; *cause* is None for one that its host has kept from the first."""

    url_id: int
    url: str
    host: str
    job: str
    cause: str | None
    detail: str | None
    next_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Heap:
    """How many URLs of a host have one *cause* (`dead`, `cancelled`, `pending`: themselves, for want of one)."""

    cause: str
    host: str
    urls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One URL of a heap, where it stands, and what was said of it last."""

    url_id: int
    url: str
    state: State
    detail: str | None


def failures(connection: Connection, which: Which) -> Iterator[Failure]:
    """Yield the URLs that ended without an article, the latest first."""
    table = schema.url
    query = select(table).where(*which.ended()).order_by(table.c.finished_at.desc(), table.c.id.desc())
    for row in connection.execution_options(yield_per=BATCH).execute(query):
        yield Failure(
            url_id=row.id,
            url=row.url,
            host=row.host,
            job=row.job,
            state=State(row.state),
            cause=row.cause,
            detail=row.detail,
            status=row.status,
            finished_at=row.finished_at,
        )


def waiting(connection: Connection, which: Which) -> Iterator[Waiting]:
    """Yield the URLs that wait for another try, the next first."""
    table = schema.url
    query = select(table).where(*which.waiting(clock(connection))).order_by(table.c.next_at, table.c.id)
    for row in connection.execution_options(yield_per=BATCH).execute(query):
        yield Waiting(
            url_id=row.id,
            url=row.url,
            host=row.host,
            job=row.job,
            cause=row.cause,
            detail=row.detail,
            next_at=row.next_at,
        )


def heaps(connection: Connection, conditions: Sequence[ColumnElement[bool]], *, among: int | None = None) -> list[Heap]:
    """Return how many rows of `url` that meet *conditions* there are of each cause and host, the most first.

    With *among* no more than so many rows are looked at, whichever are the nearest.
    """
    table = schema.url
    cause = func.coalesce(table.c.cause, table.c.state).label("cause")
    each = select(cause, table.c.host).where(*conditions).limit(among).subquery()
    rows = connection.execute(select(each.c.cause, each.c.host, func.count()).group_by(each.c.cause, each.c.host))
    found = [Heap(cause=named, host=host, urls=urls) for named, host, urls in rows]
    return sorted(found, key=lambda heap: (-heap.urls, heap.cause, heap.host))


def examples(connection: Connection, conditions: Sequence[ColumnElement[bool]]) -> dict[tuple[str, str], Example]:
    """Return of each of `heaps`, by its cause and host, the URL that came last."""
    table = schema.url
    cause = func.coalesce(table.c.cause, table.c.state)
    last = select(func.max(table.c.id)).where(*conditions).group_by(cause, table.c.host)
    rows = connection.execute(
        select(cause, table.c.host, table.c.id, table.c.url, table.c.state, table.c.detail).where(table.c.id.in_(last))
    )
    return {
        (named, host): Example(url_id=url_id, url=url, state=State(state), detail=detail)
        for named, host, url_id, url, state, detail in rows
    }


def replay(engine: Engine, which: Which) -> Iterator[int]:
    """Put the URLs that have ended back to pending with fresh tries; yield how many, batch by batch. Idempotent."""
    return _by_batch(engine, which.ended(), reopen)


def try_now(engine: Engine, which: Which) -> Iterator[int]:
    """Make the URLs that wait for another try due now, with fresh tries; yield how many, batch by batch. Idempotent."""
    with own_trouble(), reading(engine).begin() as connection:
        now = clock(connection)
    return _by_batch(engine, which.waiting(now), bring_forward)


def _by_batch(engine: Engine, conditions: Sequence[ColumnElement[bool]], change: Callable[..., int]) -> Iterator[int]:
    """Change the rows that meet *conditions* and still do so when it is their turn."""
    table = schema.url
    with own_trouble(), reading(engine).begin() as connection:
        ids = connection.execute(select(table.c.id).where(*conditions).order_by(table.c.id)).scalars().all()
    for start in range(0, len(ids), BATCH):
        with transaction(engine) as tx:
            still = select(table.c.id).where(table.c.id.in_(ids[start : start + BATCH]), *conditions)
            n = change(tx, tx.connection.execute(still).scalars().all(), urgent=False)
        yield n

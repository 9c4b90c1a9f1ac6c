"""The URLs that ended without an article, and why."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from worker.models import Kind, State
from worker.store import schema

ENDS = (State.REJECTED, State.FAILED, State.DEAD)
BATCH = 1_000  # rows held in memory at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A URL that was rejected, has failed or is dead; *cause* is None for a dead one."""

    url_id: int
    url: str
    host: str
    job: str
    state: State
    cause: str | None
    detail: str | None
    status: int | None
    finished_at: float


def failures(connection: Connection, *, cause: str | None, host: str | None) -> Iterator[Failure]:
    """Yield the URLs that ended without an article, the latest first."""
    table = schema.url
    query = (
        select(table)
        .where(table.c.kind == Kind.ARTICLE, table.c.state.in_(ENDS))
        .order_by(table.c.finished_at.desc(), table.c.id.desc())
    )
    if cause is not None:
        query = query.where(table.c.state == State.DEAD if cause == State.DEAD else table.c.cause == cause)
    if host is not None:
        query = query.where(table.c.host == host)
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

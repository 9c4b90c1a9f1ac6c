"""What the URLs of one job did last, and which are to be tried again next: for a page that is drawn anew all the time.

Each answer is a few steps into an index, however large the ledger is.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, not_, select, union_all

from worker.models import Kind, State
from worker.store import schema
from worker.store.activity import LATER_COUNTED
from worker.store.failures import Waiting
from worker.store.parking import is_parked
from worker.store.totals import OPEN_STATES

ENDS = tuple(state for state in State if state not in OPEN_STATES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """A URL that has ended; *title* is that of the article it led to, None without one."""

    url_id: int
    url: str
    host: str
    state: State
    cause: str | None
    detail: str | None
    status: int | None
    finished_at: float
    title: str | None


def ended_lately(connection: Connection, *, job: str, states: Iterable[State] = ENDS, limit: int) -> list[Recent]:
    """Return the *limit* URLs of *job* that ended last, as one of *states*; the latest first."""
    table, article = schema.url, schema.article
    each = []
    for state in states:
        of_state = (
            select(table.c.id, table.c.finished_at)
            .where(table.c.job == job, schema.stands(state), table.c.finished_at.is_not(None), table.c.kind == Kind.ARTICLE)
            .order_by(table.c.finished_at.desc())
            .limit(limit)
            .subquery()
        )
        each.append(select(of_state.c.id, of_state.c.finished_at))
    latest = union_all(*each).subquery()
    newest = select(latest.c.id).order_by(latest.c.finished_at.desc(), latest.c.id.desc()).limit(limit)
    ids = connection.execute(newest).scalars().all()
    rows = connection.execute(
        select(table, article.c.title).outerjoin(article, article.c.id == table.c.article_id).where(table.c.id.in_(ids))
    )
    found = [
        Recent(
            url_id=row.id,
            url=row.url,
            host=row.host,
            state=State(row.state),
            cause=row.cause,
            detail=row.detail,
            status=row.status,
            finished_at=row.finished_at,
            title=row.title,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (-one.finished_at, -one.url_id))


def tried_again_next(connection: Connection, *, job: str, now: float, limit: int) -> list[Waiting]:
    """Return the next *limit* URLs of *job* that are due for another try later, the next first.

    Those that lie behind 10,000 other URLs that are due later are left out, as those of a paused job are.
    """
    table = schema.url
    later = (
        select(table.c.id, table.c.job, table.c.cause, table.c.next_at)
        .where(schema.stands(State.PENDING), table.c.kind == Kind.ARTICLE, table.c.next_at > now, not_(is_parked()))
        .order_by(table.c.next_at)
        .limit(LATER_COUNTED)
        .subquery()
    )
    first = select(later.c.id).where(later.c.job == job, later.c.cause.is_not(None)).order_by(later.c.next_at).limit(limit)
    ids = connection.execute(first).scalars().all()
    rows = connection.execute(select(table).where(table.c.id.in_(ids)).order_by(table.c.next_at, table.c.id))
    return [
        Waiting(url_id=row.id, url=row.url, host=row.host, job=row.job, cause=row.cause, detail=row.detail, next_at=row.next_at)
        for row in rows
    ]

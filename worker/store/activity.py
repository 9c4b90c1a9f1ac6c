"""What goes on in every job, asked for all of them at once: for a page of many jobs that is drawn anew all the time."""

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, not_, select

from worker.models import Kind, State
from worker.store import schema
from worker.store.claims import PROCESS_GONE_S
from worker.store.parking import is_parked
from worker.store.totals import PACE_MINUTES

LATER_COUNTED = 10_000  # rows that are due later: 10 ms; what lies beyond counts as due, which only an ETA shows
OLDEST_LOOKED_AT = 10_000  # rows that have been due the longest: 8 ms


def pace_of_jobs(connection: Connection, *, now: float) -> dict[str, float]:
    """Return how many URLs of each job end a minute, as `totals.per_minute` does for one; idle jobs are left out."""
    table, this = schema.pace, int(now // 60)
    rows = connection.execute(
        select(table.c.job, func.sum(table.c.n), func.min(table.c.minute))
        .where(table.c.minute > this - PACE_MINUTES)
        .group_by(table.c.job)
    )
    return {job: float(n) / max(1.0, now / 60 - first) for job, n, first in rows if n}


@dataclass(slots=True, kw_only=True)
class Later:
    """The *urls* of a job that are due only later, the next at *next_at*; *causes* of those that have been tried before."""

    urls: int
    next_at: float
    causes: dict[str, int] = field(default_factory=dict)


def later_of_jobs(connection: Connection, *, now: float) -> dict[str, Later]:
    """Return which pending URLs of each job are due only later; those of a paused job are not counted."""
    table = schema.url
    later = (
        select(table.c.job, table.c.cause, table.c.next_at)
        .where(
            schema.stands(State.PENDING),
            table.c.kind == Kind.ARTICLE,
            table.c.next_at > now,
            not_(is_parked()),
        )
        .order_by(table.c.next_at)
        .limit(LATER_COUNTED)
        .subquery()
    )
    each = select(later.c.job, later.c.cause, func.count(), func.min(later.c.next_at)).group_by(later.c.job, later.c.cause)
    found: dict[str, Later] = {}
    for job, cause, n, next_at in connection.execute(each):
        one = found.setdefault(job, Later(urls=0, next_at=next_at))
        one.urls, one.next_at = one.urls + n, min(one.next_at, next_at)
        if cause is not None:
            one.causes[cause] = n
    return found


def oldest_due_of_jobs(connection: Connection, *, now: float) -> dict[str, float]:
    """Return for how many seconds the longest-waiting due URL of each job has been due.

    A job is left out when none is due, or when 10,000 URLs of others have been due for longer.
    """
    table = schema.url
    due = (
        select(table.c.job, table.c.next_at)
        .where(schema.stands(State.PENDING), table.c.kind == Kind.ARTICLE, table.c.next_at <= now)
        .order_by(table.c.next_at)
        .limit(OLDEST_LOOKED_AT)
        .subquery()
    )
    rows = connection.execute(select(due.c.job, func.min(due.c.next_at)).group_by(due.c.job))
    return {job: now - next_at for job, next_at in rows}


def latest_of_jobs(connection: Connection) -> dict[str, float]:
    """Return when each job was last active: its latest article or run, or the last minute in which a URL of it ended.

    A few steps into an index for each job; a job of which nothing is known is given 0 or left out.
    """
    article, run, pace = schema.article, schema.job_run, schema.pace
    brought, known = select(schema.tally.c.job).distinct().subquery(), schema.job
    stored = select(func.max(article.c.fetched_at)).where(article.c.job == brought.c.job).scalar_subquery()
    ran = select(func.max(run.c.slot)).where(run.c.job == known.c.name).scalar_subquery()
    found: dict[str, float] = {}
    for query in (
        select(brought.c.job, stored),
        select(known.c.name, ran),
        select(pace.c.job, 60.0 * func.max(pace.c.minute)).group_by(pace.c.job),
    ):
        for job, at in connection.execute(query):
            found[job] = max(found.get(job, 0.0), at or 0.0)
    return found


def hosts_that_wait(connection: Connection, *, now: float, limit: int) -> dict[str, int]:
    """Return the *limit* hosts with the most URLs that have been tried and are due only later, and how many each has."""
    table = schema.url
    waits = (schema.stands(State.PENDING), table.c.kind == Kind.ARTICLE, table.c.next_at > now, not_(is_parked()))
    tried = select(table.c.host, table.c.cause).where(*waits).order_by(table.c.next_at).limit(LATER_COUNTED).subquery()
    n = func.count()
    rows = connection.execute(
        select(tried.c.host, n)
        .where(tried.c.cause.is_not(None))
        .group_by(tried.c.host)
        .order_by(n.desc(), tried.c.host)
        .limit(limit)
    )
    return {host: urls for host, urls in rows}  # noqa: C416  # a Row is no plain tuple to the type checker


def living_by_role(connection: Connection, *, now: float) -> Counter[str]:
    """Return how many worker processes of each role have shown themselves lately."""
    table = schema.process
    rows = connection.execute(
        select(table.c.role, func.count()).where(table.c.beat_at > now - PROCESS_GONE_S).group_by(table.c.role)
    )
    return Counter({role: n for role, n in rows})  # noqa: C416  # likewise

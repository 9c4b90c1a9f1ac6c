"""The truth about progress: totals from the tally, and what is due when."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, case, delete, func, insert, literal, not_, select

from worker.models import Kind, State
from worker.store import schema
from worker.store.claims import PROCESS_GONE_S
from worker.store.database import insert_into
from worker.store.parking import is_parked
from worker.store.transaction import Transaction

FOLD_BATCH = 10_000  # rows a fold: ~50 ms
PACE_MINUTES = 5  # the rate is the mean of so many minutes
OPEN_STATES = (State.PENDING, State.IN_FLIGHT)


@dataclass(slots=True)
class Totals:
    """How many URLs of a job (or of all) stand where, each URL once."""

    states: dict[str, int] = field(default_factory=lambda: dict.fromkeys((s.value for s in State), 0))
    rejected: dict[str, int] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)
    images: dict[str, int] = field(default_factory=lambda: {"pending": 0, "stored": 0})
    images_skipped: dict[str, int] = field(default_factory=dict)
    images_failed: dict[str, int] = field(default_factory=dict)
    known: int = 0

    @property
    def accepted(self) -> int:
        """The sum of all outcomes: every accepted URL is in exactly one."""
        return sum(self.states.values())

    @property
    def unfinished(self) -> int:
        """How many have not ended yet."""
        return sum(self.states[state] for state in OPEN_STATES)

    def add(self, subject: str, state: str, cause: str, n: int) -> None:
        """Add one line of the tally."""
        if subject == "known":
            self.known += n
        elif subject == "url":
            self.states[state] += n
            if state in (State.REJECTED, State.FAILED):
                _add(getattr(self, state), cause, n)
        elif state in self.images:
            self.images[state] += n
        else:
            _add(getattr(self, f"images_{state}"), cause, n)


def _add(counts: dict[str, int], cause: str, n: int) -> None:
    counts[cause] = counts.get(cause, 0) + n
    if not counts[cause]:
        del counts[cause]


def totals(connection: Connection) -> tuple[Totals, dict[str, Totals]]:
    """Return the totals of everything and of each job."""
    table = schema.tally
    rows = connection.execute(
        select(table.c.subject, table.c.job, table.c.state, table.c.cause, func.sum(table.c.n)).group_by(
            table.c.subject, table.c.job, table.c.state, table.c.cause
        )
    )
    everything, jobs = Totals(), dict[str, Totals]()
    for subject, job, state, cause, n in rows:
        everything.add(subject, state, cause, int(n))
        jobs.setdefault(job, Totals()).add(subject, state, cause, int(n))
    return everything, jobs


def oldest_due_s(connection: Connection, *, now: float, job: str | None = None) -> float | None:
    """Return for how many seconds the longest-waiting due URL has been due; None when none is."""
    table = schema.url
    query = select(func.min(table.c.next_at)).where(schema.stands(State.PENDING), table.c.kind == Kind.ARTICLE)
    if job is not None:
        query = query.where(table.c.job == job)
    due_at = connection.execute(query).scalar_one()
    return max(0.0, now - due_at) if due_at is not None and due_at <= now else None


def due_count(connection: Connection, *, now: float, job: str | None = None) -> tuple[int, float | None]:
    """Return how many pending URLs are due now, and when the next of the others will be (None: there are none).

    Those of a paused job are neither.
    """
    table = schema.url
    pending = [schema.stands(State.PENDING), table.c.kind == Kind.ARTICLE, *([table.c.job == job] if job is not None else [])]
    due = connection.execute(select(func.count()).where(*pending, table.c.next_at <= now)).scalar_one()
    later = select(func.min(table.c.next_at)).where(*pending, table.c.next_at > now, not_(is_parked()))
    return due, connection.execute(later).scalar_one()


def waiting_causes(connection: Connection, *, now: float, job: str | None = None) -> dict[str, int]:
    """Return how many pending URLs are due for another try later, by the cause of the last one; those of a paused job are not."""
    table, n = schema.url, func.count()
    waits = [schema.stands(State.PENDING), table.c.kind == Kind.ARTICLE, table.c.next_at > now, not_(is_parked())]
    query = select(table.c.cause, n).where(*waits, table.c.cause.is_not(None)).group_by(table.c.cause)
    rows = connection.execute(query if job is None else query.where(table.c.job == job))
    return {cause: count for cause, count in rows}  # noqa: C416  # a Row is no plain tuple to the type checker


def living(connection: Connection, *, now: float) -> int:
    """Return how many worker processes have shown themselves lately."""
    table = schema.process
    return int(connection.execute(select(func.count()).where(table.c.beat_at > now - PROCESS_GONE_S)).scalar_one())


def per_minute(connection: Connection, *, now: float, job: str | None = None) -> float:
    """Return how many URLs end a minute, as the mean of the last five."""
    table, this = schema.pace, int(now // 60)
    query = select(func.sum(table.c.n), func.min(table.c.minute)).where(table.c.minute > this - PACE_MINUTES)
    if job is not None:
        query = query.where(table.c.job == job)
    n, first = connection.execute(query).one()
    return float(n) / max(1.0, now / 60 - first) if n else 0.0


def fold(tx: Transaction) -> int:
    """Fold lines of the tally into fewer and note the pace; return how many lines were folded.

    Deletes the very rows it read, so that a transaction which commits in between is never lost.
    """
    table = schema.tally
    fresh = select(table.c.id).where(table.c.folded.is_(False)).limit(1)
    if tx.connection.execute(fresh).one_or_none() is None:
        return 0
    lines = tx.connection.execute(
        delete(table)
        .where(table.c.id.in_(select(table.c.id).order_by(table.c.id).limit(FOLD_BATCH)))
        .returning(table.c.subject, table.c.job, table.c.state, table.c.cause, table.c.n, table.c.folded)
    ).all()
    sums: dict[tuple[str, str, str, str], int] = {}
    ended: dict[str, int] = {}
    for subject, job, state, cause, n, folded in lines:
        sums[subject, job, state, cause] = sums.get((subject, job, state, cause), 0) + n
        if subject == "url" and state not in OPEN_STATES and n > 0 and not folded:
            ended[job] = ended.get(job, 0) + n
    rows = [
        {"subject": subject, "job": job, "state": state, "cause": cause, "n": n, "folded": True}
        for (subject, job, state, cause), n in sums.items()
        if n
    ]
    if rows:
        tx.connection.execute(insert(table), rows)
    _note_pace(tx, ended)
    return len(lines)


def _note_pace(tx: Transaction, ended: dict[str, int]) -> None:
    table, minute = schema.pace, int(tx.now // 60)
    for job, n in ended.items():
        tx.connection.execute(
            insert_into(tx.connection, table)
            .values(minute=minute, job=job, n=n)
            .on_conflict_do_update(index_elements=["minute", "job"], set_={"n": table.c.n + n})
        )
    tx.connection.execute(delete(table).where(table.c.minute < minute - 60))


def recount(connection: Connection) -> dict[tuple[str, str, str, str], int]:
    """Count every row anew, as (subject, job, state, cause) → n: what the tally must say. Reads whole tables."""
    table, image, article = schema.url, schema.image, schema.article
    named = case((table.c.state.in_([State.REJECTED, State.FAILED]), func.coalesce(table.c.cause, "")), else_="")
    urls = (
        select(literal("url"), table.c.job, table.c.state, named, func.count())
        .where(table.c.kind == Kind.ARTICLE)
        .group_by(table.c.job, table.c.state, named)
    )
    reason = func.coalesce(image.c.reason, "")
    images = (
        select(literal("image"), article.c.job, image.c.state, reason, func.count())
        .join(article, article.c.id == image.c.article_id)
        .group_by(article.c.job, image.c.state, reason)
    )
    return {(s, j, st, c): n for query in (urls, images) for s, j, st, c, n in connection.execute(query)}


def tallied(connection: Connection) -> dict[tuple[str, str, str, str], int]:
    """Return the tally as `recount` would: lines of URLs and images that are not nought."""
    table = schema.tally
    keys = (table.c.subject, table.c.job, table.c.state, table.c.cause)
    rows: Sequence[tuple[str, str, str, str, int]] = connection.execute(
        select(*keys, func.sum(table.c.n)).where(table.c.subject != "known").group_by(*keys)
    ).all()
    return {(s, j, st, c): int(n) for s, j, st, c, n in rows if n}

"""Crawl jobs: what each reads, the slots of its timetable, and the one ledger row through which all its runs go."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, and_, case, func, or_, select, update

from worker.exchange import Validators
from worker.models import Claim, Crawled, Form, Kind, Source, State, Visit
from worker.store import schema
from worker.store.database import insert_into
from worker.store.transaction import Transaction
from worker.urls import fingerprint, host_of

RUNNING, PAUSED, CANCELLED = "running", "paused", "cancelled"
SECONDS_A_DAY = 86_400.0
KEPT_S = 90 * SECONDS_A_DAY  # of the runs' history: a season, at a run a minute some 130,000 short rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """How a crawl job stands: its *state*, since when a clock knows it, and the last slot that was opened (None: none yet)."""

    state: str
    seen_at: float
    last_slot: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a crawl job; *outcome* is a state of a URL, with its cause after a colon, None while it is not done.

    Of *found* links that stood there, *new* were accepted; runs that were due together count them in the last one. *note*
    says what was not as it should be.
    """

    slot: float
    opened_at: float
    finished_at: float | None
    outcome: str | None
    found: int | None
    new: int | None
    note: str | None


def note_job(tx: Transaction, name: str, source: Source) -> Noted:
    """Enter job *name* with what it reads, and return how it stands. Idempotent.

    Another source than before has no last visit: its validators are forgotten.
    """
    table = schema.job
    row = tx.connection.execute(select(table).where(table.c.name == name)).one_or_none()
    values = _values(source)
    if row is None or row.source != values:
        if row is not None:
            _point(tx, name, source)
        fresh = {"source": values, "etag": None, "last_modified": None, "sha256": None}
        tx.connection.execute(
            insert_into(tx.connection, table)
            .values(name=name, state=RUNNING, changed_at=tx.now, seen_at=tx.now, **fresh)
            .on_conflict_do_update(index_elements=["name"], set_=fresh | {"seen_at": func.coalesce(table.c.seen_at, tx.now)})
        )
    last = tx.connection.execute(select(func.max(schema.job_run.c.slot)).where(schema.job_run.c.job == name)).scalar_one()
    state = row.state if row is not None else RUNNING
    seen_at = row.seen_at if row is not None and row.seen_at is not None else tx.now
    return Noted(state=state, seen_at=seen_at, last_slot=last)


def open_slot(tx: Transaction, name: str, source: Source, slot: float) -> bool:
    """Open the run of job *name* for *slot*, due now; False when somebody has opened it already.

    A run that is still waiting for its turn or for another try takes this slot along; one that is under way is followed
    by another.
    """
    run, table = schema.job_run, schema.url
    row = select(table.c.id).where(table.c.kind == Kind.LISTING, table.c.fingerprint == _key(name))
    tx.connection.execute(row.with_for_update())  # first of all, as when a run is settled: no deadlock between the two
    opened = tx.connection.execute(
        insert_into(tx.connection, run)
        .values(job=name, slot=slot, opened_at=tx.now)
        .on_conflict_do_nothing(index_elements=["job", "slot"])
        .returning(run.c.slot)
    ).one_or_none()
    if opened is None:
        return False
    place = {"url": source.url, "host": host_of(source.url), "next_at": tx.now, "published_at": None, "urgent": True}
    tx.connection.execute(
        insert_into(tx.connection, table)
        .values(kind=Kind.LISTING, fingerprint=_key(name), job=name, state=State.PENDING, accepted_at=tx.now, **place)
        .on_conflict_do_update(
            index_elements=["kind", "fingerprint"],
            set_={"url": place["url"], "host": place["host"], "next_at": tx.now, "published_at": None},
            where=and_(table.c.state == State.PENDING, table.c.next_at > tx.now),
        )
    )
    _again(tx, name, table.c.state.not_in([State.PENDING, State.IN_FLIGHT]), **place)
    tx.connection.execute(run.delete().where(run.c.job == name, run.c.slot < slot - KEPT_S, run.c.finished_at.is_not(None)))
    return True


def visit_of(tx: Transaction, name: str) -> Visit | None:
    """Return what the run of job *name* is to do: read its source for its open slots. None when nobody asked for it."""
    job, run = schema.job, schema.job_run
    row = tx.connection.execute(select(job).where(job.c.name == name)).one_or_none()
    slot = tx.connection.execute(select(func.max(run.c.slot)).where(run.c.job == name, run.c.finished_at.is_(None))).scalar_one()
    if row is None or row.source is None or slot is None:
        return None
    return Visit(
        source=_source(row.source),
        slot=slot,
        validators=Validators(etag=row.etag, last_modified=row.last_modified),
        sha256=row.sha256,
    )


def remember_source(tx: Transaction, name: str, source: Source, read: Crawled, *, all_taken: bool) -> None:
    """Keep what tells the next visit whether anything is new; nothing, if links had to be left for it.

    What was found at *source* says nothing about another one that the job has got meanwhile.
    """
    table = schema.job
    now = tx.connection.execute(select(table.c.source).where(table.c.name == name).with_for_update()).scalar_one_or_none()
    if now != _values(source):
        return
    kept = read.validators if all_taken else Validators()
    values: dict[str, Any] = {"etag": kept.etag, "last_modified": kept.last_modified}
    if read.sha256 is not None:
        values["sha256"] = read.sha256
    tx.connection.execute(update(table).where(table.c.name == name).values(values))


def close_runs(
    tx: Transaction, name: str, *, slot: float, outcome: str, found: int | None = None, new: int | None = None, note: str = ""
) -> None:
    """Finish the open runs of job *name* up to *slot*; *new* links are counted once, by the last of them."""
    run = schema.job_run
    counted = case((run.c.slot == slot, new), else_=0) if new is not None else None
    tx.connection.execute(
        update(run)
        .where(run.c.job == name, run.c.slot <= slot, run.c.finished_at.is_(None))
        .values(finished_at=tx.now, outcome=outcome, found=found, new=counted, note=note or None)
    )


def run_on(tx: Transaction, claimed: Claim) -> None:
    """Make the job's row due again if a slot was opened while it was under way."""
    run = schema.job_run
    waiting = select(run.c.slot).where(run.c.job == claimed.job, run.c.finished_at.is_(None)).limit(1)
    if tx.connection.execute(waiting).one_or_none() is not None:
        _again(tx, claimed.job, schema.url.c.id == claimed.url_id, next_at=tx.now, published_at=None, urgent=True)


def is_cancelled(tx: Transaction, name: str) -> bool:
    """Return whether an operator has cancelled job *name*, and nobody has resumed it since."""
    table = schema.job
    return tx.connection.execute(select(table.c.state).where(table.c.name == name)).scalar_one_or_none() == CANCELLED


def listing_id(connection: Connection, name: str) -> int | None:
    """Return the ledger row through which the runs of job *name* go, None before its first."""
    table = schema.url
    found: int | None = connection.execute(
        select(table.c.id).where(table.c.kind == Kind.LISTING, table.c.fingerprint == _key(name))
    ).scalar_one_or_none()
    return found


def runs(connection: Connection, name: str, *, limit: int) -> list[Run]:
    """Return the latest runs of job *name*, newest first."""
    table = schema.job_run
    rows = connection.execute(select(table).where(table.c.job == name).order_by(table.c.slot.desc()).limit(limit))
    return [_run(row) for row in rows]


def run_for(connection: Connection, name: str, slot: float) -> Run:
    """Return the run of job *name* for *slot*, which has been opened: its own, or the later one that took it along."""
    table, ours = schema.job_run, schema.job_run.alias("ours")
    finished_at = select(ours.c.finished_at).where(ours.c.job == name, ours.c.slot == slot).scalar_subquery()
    together = or_(table.c.slot == slot, and_(table.c.slot > slot, table.c.finished_at == finished_at))
    return _run(
        connection.execute(select(table).where(table.c.job == name, together).order_by(table.c.slot.desc()).limit(1)).one()
    )


def last_runs(connection: Connection, names: Collection[str] | None = None) -> dict[str, Run]:
    """Return the latest run of each crawl job that ever ran, of *names* alone if they are given."""
    table, latest = schema.job_run, schema.job_run.alias("latest")
    last = select(func.max(latest.c.slot)).where(latest.c.job == schema.job.c.name).correlate(schema.job).scalar_subquery()
    query = select(table).join(schema.job, table.c.job == schema.job.c.name).where(table.c.slot == last).order_by(table.c.job)
    rows = connection.execute(query if names is None else query.where(schema.job.c.name.in_(names)))
    return {row.job: _run(row) for row in rows}


def standings_of_jobs(connection: Connection) -> dict[str, str]:
    """Return the state of each job that has one; all others are running."""
    return {name: state for name, state in connection.execute(select(schema.job.c.name, schema.job.c.state))}  # noqa: C416  # a Row is no plain tuple to the type checker


def _again(tx: Transaction, name: str, which: Any, **columns: Any) -> None:
    """Put the row of job *name* back to pending with fresh tries, if *which* holds for it."""
    table = schema.url
    fresh = {"state": State.PENDING, "cause": None, "detail": None, "status": None, "attempts": 0, "deferrals": 0, "crashes": 0,
             "suspect": table.c.state == State.DEAD,  # what has killed its process does not take its neighbours along again
             "cancelled": False, "finished_at": None}  # fmt: skip
    tx.connection.execute(
        update(table).where(table.c.kind == Kind.LISTING, table.c.fingerprint == _key(name), which).values(**fresh, **columns)
    )


def _point(tx: Transaction, name: str, source: Source) -> None:
    """Let the next run of job *name* go to *source*; comes before the job's own row is locked, as when a run is settled."""
    table = schema.url
    tx.connection.execute(
        update(table)
        .where(table.c.kind == Kind.LISTING, table.c.fingerprint == _key(name))
        .values(url=source.url, host=host_of(source.url), published_at=None, promised=False)
    )


def _key(name: str) -> bytes:
    return fingerprint(f"listing:{name}")


def _values(source: Source) -> dict[str, Any]:
    """Return *source* as JSON has it, so that it can be compared with what was stored."""
    return asdict(source) | {"form": source.form.value, "include": list(source.include), "exclude": list(source.exclude)}


def _source(values: dict[str, Any]) -> Source:
    return Source(
        form=Form(values["form"]),
        url=values["url"],
        include=tuple(values["include"]),
        exclude=tuple(values["exclude"]),
        limit=values["limit"],
    )


def _run(row: Any) -> Run:
    return Run(slot=row.slot, opened_at=row.opened_at, finished_at=row.finished_at, outcome=row.outcome, found=row.found,
               new=row.new, note=row.note)  # fmt: skip

"""Committing how a try ended: the row, the article, its images and what they add to the totals, in one transaction."""

from dataclasses import replace
from typing import assert_never

from sqlalchemy import select, update

from worker.extract.canonical import is_home
from worker.models import (
    Alias,
    Charge,
    Claim,
    Crawled,
    Ended,
    Ending,
    ImagesTried,
    Kind,
    Later,
    Settled,
    State,
    Stored,
    Unchanged,
)
from worker.store import schema
from worker.store.accept import Candidate, accept, first_new
from worker.store.articles import (
    TakenKey,
    add_aliases,
    add_records,
    revive_images,
    save_article,
    save_late_images,
    touch_article,
)
from worker.store.claims import call_off, give_up_images, ours
from worker.store.crawls import close_runs, is_cancelled, remember_source, run_on
from worker.store.database import insert_into
from worker.store.transaction import Transaction
from worker.urls import canonicalise, fingerprint, host_of

MOST_NEW = 5_000  # links of a source taken in at once: a second of SQLite's one write lock, and of everybody's leases


def settle(tx: Transaction, claimed: Claim, ending: Ending) -> Settled:
    """Commit *ending* if the row is still ours, else change nothing and say `fenced_out`.

    A Stored whose key belongs to another URL's article is settled as a duplicate of it. What an operator cancelled
    meanwhile ends with this try.
    """
    mine = select(schema.url.c.cancelled).where(*ours(claimed)).with_for_update()
    cancelled = tx.connection.execute(mine).scalar_one_or_none()
    if cancelled is None:
        return Settled(state=State.IN_FLIGHT, fenced_out=True)
    if claimed.kind is Kind.LISTING and is_cancelled(tx, claimed.job):  # its slot was opened while somebody cancelled the job
        cancelled = True
    return _commit_last(tx, claimed, ending) if cancelled else _commit(tx, claimed, ending)


def _commit_last(tx: Transaction, claimed: Claim, ending: Ending) -> Settled:
    """Commit *ending* such that nothing is left to do: no other try, no late images, no links to follow."""
    table = schema.url
    if isinstance(ending, Stored):
        ending = replace(ending, links=())
    elif isinstance(ending, Crawled):  # as if the source had not been read, so that its links are new to the next visit
        add_records(tx, claimed.url_id, ending.records)
        ending = Later(wait_s=0.0, charge=Charge.NOTHING)
    settled = _commit(tx, claimed, ending)
    call_off(tx, table.c.id == claimed.url_id)
    call_off(tx, table.c.kind == Kind.IMAGES, table.c.fingerprint == claimed.fingerprint)
    return Settled(state=State.CANCELLED) if settled.state is State.PENDING else settled


def _commit(tx: Transaction, claimed: Claim, ending: Ending) -> Settled:
    match ending:
        case Stored():
            return _stored(tx, claimed, ending)
        case Unchanged():
            add_records(tx, claimed.url_id, ending.records)
            touch_article(tx, ending.article_id, ending.validators)
            add_aliases(tx, ending.article_id, ending.aliases)
            if first := revive_images(tx, ending.article_id, claimed.job):
                _await_images(tx, claimed, ending.article_id, first, wait_s=0.0)
            return _end(tx, claimed, State.UNCHANGED, article_id=ending.article_id)
        case Alias():
            return _duplicate(tx, claimed, ending)
        case Ended():
            return _ended(tx, claimed, ending)
        case Later():
            return _later(tx, claimed, ending.wait_s, ending.charge, cause=ending.cause, detail=ending.detail)
        case ImagesTried():
            save_late_images(tx, claimed.job, ending)
            if ending.wait_s is None:
                return _end(tx, claimed, State.STORED, article_id=ending.article_id)
            return _later(tx, claimed, ending.wait_s, ending.charge)
        case Crawled():
            return _crawled(tx, claimed, ending)
    assert_never(ending)


def _stored(tx: Transaction, claimed: Claim, ending: Stored) -> Settled:
    try:
        with tx.savepoint():
            article_id, waiting = save_article(tx, claimed, ending)
    except TakenKey as taken:
        forms = (ending.article.key, *ending.article.aliases)
        alias = Alias(article_id=taken.article_id, aliases=forms, records=ending.page_records)
        return _duplicate(tx, claimed, alias)
    if waiting:
        _await_images(tx, claimed, article_id, waiting, wait_s=ending.images_wait_s)
    candidates = [_candidate(link) for link in ending.links]
    accept(tx, candidates, job=claimed.job, urgent=False)
    return _end(tx, claimed, State.STORED, article_id=article_id)


def _crawled(tx: Transaction, claimed: Claim, read: Crawled) -> Settled:
    """Accept the links of a job's source under the job's name, and finish its run."""
    add_records(tx, claimed.url_id, read.records)
    candidates = [_candidate(link) for link in read.links]
    taken, left = first_new(tx, candidates, limit=min(read.limit or MOST_NEW, MOST_NEW))
    new = sum(answer.new for answer in accept(tx, taken, job=claimed.job, urgent=False))
    note = "; ".join(filter(None, (read.note, f"{left:,} new links are left for the next runs" if left else "")))
    if claimed.visit is not None:
        remember_source(tx, claimed.job, claimed.visit.source, read, all_taken=not left)
    if read.sha256 is None:  # a 304: nobody counted the links
        settled = _end(tx, claimed, State.UNCHANGED)
        _finish_run(tx, claimed, str(settled.state))
        return settled
    settled = _end(tx, claimed, State.STORED)
    _finish_run(tx, claimed, str(settled.state), found=read.found, new=new, note=note)
    return settled


def _finish_run(
    tx: Transaction, claimed: Claim, outcome: str, *, found: int | None = None, new: int | None = None, note: str = ""
) -> None:
    """Finish the run of a job's source, and begin the next one if its slot was opened meanwhile."""
    if claimed.visit is not None:  # without one nobody had asked for it, and nothing was read
        close_runs(tx, claimed.job, slot=claimed.visit.slot, outcome=outcome, found=found, new=new, note=note)
    run_on(tx, claimed)


def _candidate(link: str) -> Candidate:
    key = canonicalise(link)
    return Candidate(url=link, fingerprint=fingerprint(key), host=host_of(key))


def _await_images(tx: Transaction, claimed: Claim, article_id: int, first_url: str, *, wait_s: float) -> None:
    """Ask for the article's pending images: a row of their own, with the same lease and fence as any other."""
    row = {
        "kind": Kind.IMAGES.value,
        "fingerprint": claimed.fingerprint,
        "url": claimed.url,
        "host": host_of(first_url),
        "job": claimed.job,
        "state": State.PENDING.value,
        "next_at": tx.now + wait_s,
        "accepted_at": tx.now,
        "article_id": article_id,
    }
    again = {"state": State.PENDING.value, "next_at": tx.now + wait_s, "attempts": 0, "deferrals": 0, "published_at": None,
             "finished_at": None, "suspect": False, "crashes": 0, "host": row["host"], "article_id": article_id}  # fmt: skip
    tx.connection.execute(
        insert_into(tx.connection, schema.url)
        .values(row)
        .on_conflict_do_update(index_elements=["kind", "fingerprint"], set_=again)
    )


def _duplicate(tx: Transaction, claimed: Claim, ending: Alias) -> Settled:
    add_records(tx, claimed.url_id, ending.records)
    asked = canonicalise(claimed.url)
    add_aliases(tx, ending.article_id, (*ending.aliases, *(() if is_home(asked) else (asked,))))
    return _end(tx, claimed, State.DUPLICATE, article_id=ending.article_id)


def _ended(tx: Transaction, claimed: Claim, ending: Ended) -> Settled:
    add_records(tx, claimed.url_id, ending.records)
    if claimed.late is not None:
        give_up_images(tx, claimed.late.article_id, claimed.job, reason=ending.cause)
    settled = _end(tx, claimed, ending.state, cause=ending.cause, detail=ending.detail, status=ending.status)
    if claimed.kind is Kind.LISTING:
        _finish_run(tx, claimed, f"{ending.state}: {ending.cause}", note=ending.detail)
    return settled


def _end(tx: Transaction, claimed: Claim, state: State, **columns: object) -> Settled:
    values = {"cause": None, "detail": None, "status": None, **columns}
    tx.connection.execute(
        update(schema.url)
        .where(schema.url.c.id == claimed.url_id)
        .values(state=state, owner=None, lease_until=None, suspect=False, crashes=0, urgent=False, finished_at=tx.now, **values)
    )
    cause = columns.get("cause")
    _count(tx, claimed, state, str(cause) if cause else None)
    article_id = columns.get("article_id")
    return Settled(state=state, cause=cause, article_id=article_id)  # type: ignore[arg-type]  # by name from a mapping


def _later(
    tx: Transaction, claimed: Claim, wait_s: float, charge: Charge, *, cause: str | None = None, detail: str = ""
) -> Settled:
    table = schema.url
    said: dict[str, object] = {"cause": cause, "detail": detail or None}
    if cause is None and claimed.last_cause is not None:
        said = {}  # nobody asked the host this time: what it said before is still what people want to know
    tx.connection.execute(
        update(table)
        .where(table.c.id == claimed.url_id)
        .values(
            state=State.PENDING,
            owner=None,
            lease_until=None,
            suspect=False,
            crashes=0,
            next_at=tx.now + wait_s,
            attempts=table.c.attempts + int(charge is Charge.ATTEMPT),
            deferrals=table.c.deferrals + int(charge is Charge.DEFERRAL),
            **said,
        )
    )
    _count(tx, claimed, State.PENDING, None)
    return Settled(state=State.PENDING)


def _count(tx: Transaction, claimed: Claim, state: State, cause: str | None) -> None:
    if claimed.kind is Kind.ARTICLE:
        tx.count_url(claimed.job, State.IN_FLIGHT, None, -1)
        tx.count_url(claimed.job, state, cause, 1)

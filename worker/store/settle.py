"""Committing how a try ended: the row, the article, its images and what they add to the totals, in one transaction."""

from typing import assert_never

from sqlalchemy import select, update

from worker.models import (
    Alias,
    Charge,
    Claim,
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
from worker.store.accept import Candidate, accept
from worker.store.articles import TakenKey, add_records, revive_images, save_article, save_late_images, touch_article
from worker.store.claims import give_up_images, ours
from worker.store.database import insert_into
from worker.store.transaction import Transaction
from worker.urls import canonicalise, fingerprint, host_of


def settle(tx: Transaction, claimed: Claim, ending: Ending) -> Settled:
    """Commit *ending* if the row is still ours, else change nothing and say `fenced_out`.

    A Stored whose key belongs to another URL's article is settled as a duplicate of it.
    """
    table = schema.url
    mine = select(table.c.id).where(*ours(claimed)).with_for_update()
    if tx.connection.execute(mine).one_or_none() is None:
        return Settled(state=State.IN_FLIGHT, fenced_out=True)
    match ending:
        case Stored():
            return _stored(tx, claimed, ending)
        case Unchanged():
            add_records(tx, claimed.url_id, ending.records)
            touch_article(tx, ending.article_id, ending.validators)
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
    assert_never(ending)


def _stored(tx: Transaction, claimed: Claim, ending: Stored) -> Settled:
    try:
        with tx.savepoint():
            article_id, waiting = save_article(tx, claimed, ending)
    except TakenKey as taken:
        alias = Alias(article_id=taken.article_id, aliases=ending.article.aliases, records=ending.page_records)
        return _duplicate(tx, claimed, alias)
    if waiting:
        _await_images(tx, claimed, article_id, waiting, wait_s=ending.images_wait_s)
    candidates = [_candidate(link) for link in ending.links]
    accept(tx, candidates, job=claimed.job, urgent=False)
    return _end(tx, claimed, State.STORED, article_id=article_id)


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
    for form in sorted({canonicalise(claimed.url), *ending.aliases}):
        tx.connection.execute(
            insert_into(tx.connection, schema.alias)
            .values(fingerprint=fingerprint(form), url=form, article_id=ending.article_id)
            .on_conflict_do_nothing(index_elements=["fingerprint"])
        )
    return _end(tx, claimed, State.DUPLICATE, article_id=ending.article_id)


def _ended(tx: Transaction, claimed: Claim, ending: Ended) -> Settled:
    add_records(tx, claimed.url_id, ending.records)
    if claimed.late is not None:
        give_up_images(tx, claimed.late.article_id, claimed.job, reason=ending.cause)
    return _end(tx, claimed, ending.state, cause=ending.cause, detail=ending.detail, status=ending.status)


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
            cause=cause or claimed.last_cause,
            detail=detail or None,
        )
    )
    _count(tx, claimed, State.PENDING, None)
    return Settled(state=State.PENDING)


def _count(tx: Transaction, claimed: Claim, state: State, cause: str | None) -> None:
    if claimed.kind is Kind.ARTICLE:
        tx.count_url(claimed.job, State.IN_FLIGHT, None, -1)
        tx.count_url(claimed.job, state, cause, 1)

"""Taking URLs in: durable before anybody says "accepted", each known once, in whatever form it comes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import case, not_, select, tuple_, update

from worker.models import Kind, State
from worker.store import schema
from worker.store.database import insert_into
from worker.store.parking import PARKED_S, is_parked, paused_of
from worker.store.transaction import Transaction

BATCH = 500  # rows a statement: SQLite takes 32,766 parameters, a row has nine
STEP_S = 2e-6  # between URLs of a batch, that they keep their order; twice what a double tells apart of a parked row's time


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A URL to accept: as given, and what its canonical form gives."""

    url: str
    fingerprint: bytes
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What became of a candidate: its ledger row, whether it was known before, and where it stood then."""

    url_id: int
    new: bool
    state: State


def accept(tx: Transaction, candidates: Sequence[Candidate], *, job: str, urgent: bool) -> list[Accepted]:
    """Insert the candidates that nobody has brought yet, due at once; return one answer each, in order.

    Idempotent. A form of the URL of a stored article counts as that article's URL. A URL that another job
    brought is counted under *job* as known.
    """
    answers: dict[bytes, Accepted] = {}
    for start in range(0, len(candidates), BATCH):
        batch = {c.fingerprint: c for c in candidates[start : start + BATCH] if c.fingerprint not in answers}
        known = _known(tx, batch)
        answers |= known
        new = [c for c in batch.values() if c.fingerprint not in known]
        answers |= _insert(tx, new, start, job=job, urgent=urgent)
        missed = [fingerprint for fingerprint in batch if fingerprint not in answers]
        if missed:  # somebody else inserted them in this very moment
            answers |= _known(tx, missed)
    _note_known(tx, [answer.url_id for answer in answers.values() if not answer.new], job)
    return [answers[c.fingerprint] for c in candidates]


def first_new(tx: Transaction, candidates: Sequence[Candidate], *, limit: int) -> tuple[list[Candidate], int]:
    """Return *candidates* with at most *limit* that nobody has brought yet, and how many more are left out."""
    known: set[bytes] = set()
    for start in range(0, len(candidates), BATCH):
        known.update(_known(tx, [c.fingerprint for c in candidates[start : start + BATCH]]))
    new = list(dict.fromkeys(c.fingerprint for c in candidates if c.fingerprint not in known))
    left = frozenset(new[limit:])
    return [c for c in candidates if c.fingerprint not in left], len(left)


def _note_known(tx: Transaction, url_ids: Iterable[int], job: str) -> None:
    """Count the URLs that another job had brought before, each once for *job*, however often it brings them."""
    table, known = schema.url, schema.known
    wanted = sorted(set(url_ids))
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        others = tx.connection.execute(select(table.c.id).where(table.c.id.in_(batch), table.c.job != job)).scalars().all()
        if not others:
            continue
        noted = tx.connection.execute(
            insert_into(tx.connection, known)
            .values([{"job": job, "url_id": url_id} for url_id in sorted(others)])
            .on_conflict_do_nothing(index_elements=["job", "url_id"])
            .returning(known.c.url_id)
        ).all()
        tx.count_known(job, len(noted))


def _known(tx: Transaction, fingerprints: Iterable[bytes]) -> dict[bytes, Accepted]:
    wanted = list(fingerprints)
    table, alias, article = schema.url, schema.alias, schema.article
    rows = select(table.c.fingerprint, table.c.id, table.c.state).where(
        tuple_(table.c.kind, table.c.fingerprint).in_([(Kind.ARTICLE.value, f) for f in wanted])
    )
    found = {f: Accepted(url_id=i, new=False, state=State(s)) for f, i, s in tx.connection.execute(rows)}
    forms = (
        select(alias.c.fingerprint, table.c.id, table.c.state)
        .join(article, article.c.id == alias.c.article_id)
        .join(table, table.c.id == article.c.url_id)
        .where(alias.c.fingerprint.in_([f for f in wanted if f not in found]))
    )
    return {f: Accepted(url_id=i, new=False, state=State(s)) for f, i, s in tx.connection.execute(forms)} | found


def _insert(tx: Transaction, candidates: list[Candidate], start: int, *, job: str, urgent: bool) -> dict[bytes, Accepted]:
    if not candidates:
        return {}
    place = {c.fingerprint: start + i for i, c in enumerate(candidates)}
    due_at = tx.now + PARKED_S if paused_of(tx, [job]) else tx.now
    rows = [
        {
            "kind": Kind.ARTICLE.value,
            "fingerprint": c.fingerprint,
            "url": c.url,
            "host": c.host,
            "job": job,
            "state": State.PENDING.value,
            "urgent": urgent,
            "next_at": due_at + STEP_S * place[c.fingerprint],  # due in the order they were given
            "accepted_at": tx.now,
        }
        for c in sorted(candidates, key=lambda c: c.fingerprint)  # one order for all: no deadlock between two batches
    ]
    statement = (
        insert_into(tx.connection, schema.url)
        .values(rows)
        .on_conflict_do_nothing(index_elements=["kind", "fingerprint"])
        .returning(schema.url.c.fingerprint, schema.url.c.id)
    )
    new = {f: Accepted(url_id=i, new=True, state=State.PENDING) for f, i in tx.connection.execute(statement)}
    tx.count_url(job, State.PENDING, None, len(new))
    return new


def reopen(tx: Transaction, url_ids: Sequence[int], *, urgent: bool) -> int:
    """Put URLs that have ended back to pending, due now and with fresh tries; return how many. Idempotent.

    Those of a paused job wait with it.
    """
    table = schema.url
    n = 0
    for start in range(0, len(url_ids), BATCH):
        batch = list(url_ids[start : start + BATCH])
        ended = table.c.state.not_in([State.PENDING, State.IN_FLIGHT])
        rows = tx.connection.execute(
            select(table.c.id, table.c.kind, table.c.job, table.c.state, table.c.cause)
            .where(table.c.id.in_(batch), ended)
            .order_by(table.c.id)
            .with_for_update()
        ).all()
        paused = paused_of(tx, {row.job for row in rows})
        tx.connection.execute(
            update(table)
            .where(table.c.id.in_([row.id for row in rows]))
            .values(
                state=State.PENDING,
                cause=None,
                detail=None,
                attempts=0,
                deferrals=0,
                suspect=False,
                crashes=0,
                urgent=urgent,
                next_at=case((table.c.job.in_(paused), tx.now + PARKED_S), else_=tx.now) if paused else tx.now,
                published_at=None,
                finished_at=None,
            )
        )
        for row in rows:
            if row.kind == Kind.ARTICLE:
                tx.count_url(row.job, row.state, row.cause, -1)
                tx.count_url(row.job, State.PENDING, None, 1)
        n += len(rows)
    return n


def bring_forward(tx: Transaction, url_ids: Sequence[int], *, urgent: bool = True) -> int:
    """Make pending URLs due now, with fresh tries and, if *urgent*, first in the queue; return how many. Idempotent.

    Fresh, since a person who asks once more must not thereby push the next try of its own away. Those of a paused job are
    left where they are.
    """
    table = schema.url
    fresh: dict[str, object] = {"next_at": tx.now, "published_at": None, "attempts": 0, "deferrals": 0}
    n = 0
    for start in range(0, len(url_ids), BATCH):
        n += tx.connection.execute(
            update(table)
            .where(table.c.id.in_(list(url_ids[start : start + BATCH])), table.c.state == State.PENDING, not_(is_parked()))
            .values(**fresh, **({"urgent": True} if urgent else {}))
        ).rowcount
    return n

"""Following a few URLs on their way: where each stands, and what is worth asking for again."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection, func, select

from worker.models import ImageState, Kind, State
from worker.store import schema
from worker.store.claims import LEASE_S
from worker.store.parking import PARKED_S
from worker.store.transaction import Transaction
from worker.urls import canonicalise, fingerprint

Item = TypeVar("Item")

BATCH = 500  # ids a statement
GOOD = (State.STORED, State.UNCHANGED, State.DUPLICATE)
OPEN = (State.PENDING, State.IN_FLIGHT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a URL stands; *next_at* of the URL itself or, once it has ended, of its late images (None: nothing is to come).

    *paused* says that what is to come waits until its *job* is resumed. *tries* of it were charged since it was accepted or
    somebody last asked for it; with none, *cause* and *detail* are from before.
    """

    url_id: int
    url: str
    state: State
    cause: str | None
    detail: str | None
    next_at: float | None
    job: str
    paused: bool
    tries: int = 0
    article_id: int | None = None
    title: str = ""
    images_stored: int = 0
    images_wanted: int = 0

    @property
    def ended(self) -> bool:
        """Whether the URL itself has come to its end."""
        return self.state not in OPEN


def standings(connection: Connection, url_ids: Collection[int]) -> dict[int, Standing]:
    """Return where each of *url_ids* stands."""
    table, late = schema.url, schema.url.alias("late")
    image = schema.image
    stored = func.count().filter(image.c.state == ImageState.STORED)
    wanted = func.count().filter(image.c.state != ImageState.SKIPPED)
    found: dict[int, Standing] = {}
    for batch in _batches(url_ids):
        counts = {
            article_id: (n_stored, n_wanted)
            for article_id, n_stored, n_wanted in connection.execute(
                select(image.c.article_id, stored, wanted)
                .join(schema.article, schema.article.c.id == image.c.article_id)
                .where(schema.article.c.url_id.in_(batch))
                .group_by(image.c.article_id)
            )
        }
        rows = connection.execute(
            select(table, late.c.next_at.label("late_at"), schema.article.c.title)
            .outerjoin(schema.article, schema.article.c.id == table.c.article_id)
            .outerjoin(late, (late.c.kind == Kind.IMAGES) & (late.c.fingerprint == table.c.fingerprint) & late.c.state.in_(OPEN))
            .where(table.c.id.in_(batch))
        )
        for row in rows:
            n_stored, n_wanted = counts.get(row.article_id, (0, 0)) if row.state == State.STORED else (0, 0)
            next_at = row.next_at if row.state in OPEN else row.late_at
            paused = next_at is not None and next_at >= PARKED_S
            found[row.id] = Standing(
                url_id=row.id,
                url=row.url,
                state=State(row.state),
                cause=row.cause,
                detail=row.detail,
                next_at=None if paused else next_at,
                job=row.job,
                paused=paused,
                tries=row.attempts + row.deferrals,
                article_id=row.article_id,
                title=row.title or "",
                images_stored=n_stored,
                images_wanted=n_wanted,
            )
    return found


def standing_of(connection: Connection, url: str) -> Standing | None:
    """Return where *url*, in whatever form, stands; None when it was never accepted. Raises InvalidUrl."""
    table = schema.url
    mark = fingerprint(canonicalise(url))
    found = connection.execute(select(table.c.id).where(table.c.kind == Kind.ARTICLE, table.c.fingerprint == mark)).scalar()
    return standings(connection, [found])[found] if found is not None else None


def fresh(tx: Transaction, url_ids: Collection[int], *, ttl_s: float) -> set[int]:
    """Return those whose page was asked for within *ttl_s* and gave an article."""
    table, article = schema.url, schema.article
    found: set[int] = set()
    for batch in _batches(url_ids):
        rows = (
            select(table.c.id)
            .join(article, article.c.id == table.c.article_id)
            .where(table.c.id.in_(batch), table.c.state.in_(GOOD), article.c.checked_at > tx.now - ttl_s)
        )
        found.update(tx.connection.execute(rows).scalars())
    return found


def brought(connection: Connection, job: str, *, since: float, until: float) -> list[int]:
    """Return the URLs that came in under *job* as new ones between two points in time."""
    table = schema.url
    when = table.c.accepted_at.between(since, until)
    rows = select(table.c.id).where(table.c.job == job, table.c.kind == Kind.ARTICLE, when).order_by(table.c.next_at, table.c.id)
    return list(connection.execute(rows).scalars())


def anybody_works(tx: Transaction, *, role: str) -> bool:
    """Return whether a worker process of *role* has renewed its leases lately."""
    table = schema.process
    alive = select(table.c.owner).where(table.c.role == role, table.c.beat_at > tx.now - LEASE_S).limit(1)
    return tx.connection.execute(alive).one_or_none() is not None


def _batches(items: Collection[Item]) -> Iterator[list[Item]]:
    listed = list(items)
    for start in range(0, len(listed), BATCH):
        yield listed[start : start + BATCH]

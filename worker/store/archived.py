"""What of the archive belongs to which article: the pages that its text was read from, and its images."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select

from worker.exchange import Record
from worker.models import Kind
from worker.store import schema
from worker.store.copies import ALONE, copies_of
from worker.store.library import BATCH, Wanted, conditions, record_of, snapshot
from worker.urls import canonicalise, fingerprint

PAGES = 100  # records looked at for an article's pages: several times what an article may have (`worker.pages.MAX_PAGES`)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """The records of one article, *url* as given: those of its pages, and for each stored image its address and its record.

    An image's record may be of another address that gave the same bytes before. *cluster* and *canonical_copy* are what
    `StoredArticle` has.
    """

    article_id: int
    url: str
    fetched_at: float
    pages: tuple[Record, ...]
    images: tuple[tuple[str, Record], ...]
    cluster: int | None = None
    canonical_copy: int | None = None


def archived(engine: Engine, wanted: Wanted, *, batch: int = BATCH) -> Iterator[Archived]:
    """Yield what is archived of the current versions of the articles *wanted*, in the order they came in.

    One batch of them is in memory, a transaction for each. Raises OwnTrouble.
    """
    article, after = schema.article, 0
    while True:
        with snapshot(engine) as connection:
            rows = connection.execute(
                select(article.c.id, article.c.url_id, article.c.url, article.c.fetched_at)
                .where(article.c.id > after, *conditions(connection, wanted))
                .order_by(article.c.id)
                .limit(batch)
            ).all()
            ids = [row.id for row in rows]
            images, copies = _images(connection, ids), copies_of(connection, ids)
            found = [
                Archived(
                    article_id=row.id,
                    url=row.url,
                    fetched_at=row.fetched_at,
                    pages=pages_of_visit(connection, row.url_id, row.fetched_at),
                    images=tuple(images.get(row.id, ())),
                    cluster=copies.get(row.id, ALONE).cluster,
                    canonical_copy=copies.get(row.id, ALONE).canonical_copy,
                )
                for row in rows
            ]
        yield from found
        if len(rows) < batch:
            return
        after = rows[-1].id


def pages_of_visit(connection: Connection, url_id: int, fetched_at: float) -> tuple[Record, ...]:
    """Return the records of the visit at *fetched_at*, which gave the current version; the next visit begins with page 0."""
    record = schema.record
    query = (
        select(record).where(record.c.url_id == url_id, record.c.at >= fetched_at).order_by(record.c.at, record.c.id).limit(PAGES)
    )
    pages: list[Record] = []
    for row in connection.execute(query):
        if row.page == 0 and pages:
            break
        pages.append(record_of(row))
    return tuple(pages)


def latest_page(connection: Connection, url: str) -> Record | None:
    """Return the record of what *url*, in whatever form, answered last; None when nothing of it is archived.

    Of an alias that was never asked for itself it is its article's. Raises InvalidUrl.
    """
    record, ledger, alias, article = schema.record, schema.url, schema.alias, schema.article
    mark = fingerprint(canonicalise(url))
    own = select(ledger.c.id).where(ledger.c.kind == Kind.ARTICLE, ledger.c.fingerprint == mark)
    led_to = select(article.c.url_id).join(alias, alias.c.article_id == article.c.id).where(alias.c.fingerprint == mark)
    for ids in (own, led_to):
        pages = select(record).where(record.c.url_id.in_(ids), record.c.page == 0)
        row = connection.execute(pages.order_by(record.c.at.desc(), record.c.id.desc()).limit(1)).one_or_none()
        if row is not None:
            return record_of(row)
    return None


def _images(connection: Connection, ids: list[int]) -> dict[int, list[tuple[str, Record]]]:
    image, picture, record = schema.image, schema.picture, schema.record
    query = (
        select(image.c.article_id, image.c.url.label("shown"), record)
        .join(picture, picture.c.sha256 == image.c.sha256)
        .join(record, record.c.id == picture.c.record_id)
        .where(image.c.article_id.in_(ids))
        .order_by(image.c.article_id, image.c.ordinal)
    )
    found: dict[int, list[tuple[str, Record]]] = {}
    for row in connection.execute(query):
        found.setdefault(row.article_id, []).append((row.shown, record_of(row)))
    return found

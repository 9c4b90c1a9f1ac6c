"""Archived pages that the present version of the extractor has not read: which they are, and what is stored of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, ScalarSelect, exists, func, or_, select

from worker.article_json import StoredArticle
from worker.errors import Cause
from worker.exchange import Record
from worker.models import Kind, State
from worker.store import schema
from worker.store.archived import pages_of_visit
from worker.store.library import BATCH, Wanted, conditions, snapshot
from worker.store.stored import load_stored, stored_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """Which archived pages: those that *extractor* has not read (*again*: also those that it has), narrowed as `Wanted` is."""

    extractor: str
    again: bool = False
    job: str | None = None
    host: str | None = None
    since: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """The archived pages of one visit to a URL, and the article that the URL has stored, if any.

    *rejected* says that the visit gave none: the page was held to be no article. *pages* is empty when no record is known.
    """

    url_id: int
    url: str
    fingerprint: bytes
    host: str
    job: str
    fence: int
    rejected: bool
    pages: tuple[Record, ...]
    article: StoredArticle | None


def count_stale(connection: Connection, stale: Stale) -> int:
    """Return how many captures are to be read again."""
    urls = select(func.count()).select_from(schema.url).where(*_rejected(stale))
    articles = select(func.count()).select_from(schema.article).where(*_stored(connection, stale))
    return int(connection.execute(urls).scalar_one()) + int(connection.execute(articles).scalar_one())


def rejected(engine: Engine, stale: Stale, *, batch: int = BATCH) -> Iterator[list[Capture]]:
    """Yield what is to be read again of the URLs that ended as no article, batch by batch. Raises OwnTrouble.

    To be committed before `stored` is asked: such a page is a later capture than the article that its URL may have stored.
    """
    return _batches(engine, stale, _load_rejected, batch)


def stored(engine: Engine, stale: Stale, *, batch: int = BATCH) -> Iterator[list[Capture]]:
    """Yield what is to be read again of the stored articles, batch by batch. Raises OwnTrouble."""
    return _batches(engine, stale, _load_stored, batch)


Load = Callable[[Connection, Stale, int, int], tuple[int, list[Capture]]]


def _batches(engine: Engine, stale: Stale, load: Load, batch: int) -> Iterator[list[Capture]]:
    after = 0
    while True:
        with snapshot(engine) as connection:
            after, found = load(connection, stale, after, batch)
        if not found:
            return
        yield found


def _load_rejected(connection: Connection, stale: Stale, after: int, batch: int) -> tuple[int, list[Capture]]:
    table = schema.url
    query = select(table, _latest_visit().label("visited_at")).where(table.c.id > after, *_rejected(stale))
    rows = connection.execute(query.order_by(table.c.id).limit(batch)).all()
    articles = _articles_of(connection, [row.id for row in rows])
    found = [_capture(connection, row, row.visited_at, articles.get(row.id), rejected=True) for row in rows]
    return (rows[-1].id if rows else after), found


def _load_stored(connection: Connection, stale: Stale, after: int, batch: int) -> tuple[int, list[Capture]]:
    article, table = schema.article, schema.url
    query = select(table, article.c.id.label("stored_id")).join(article, article.c.url_id == table.c.id)
    query = query.where(article.c.id > after, *_stored(connection, stale)).order_by(article.c.id).limit(batch)
    rows = connection.execute(query).all()
    articles = _articles_of(connection, [row.id for row in rows])
    found = [_capture(connection, row, articles[row.id].fetched_at, articles[row.id], rejected=False) for row in rows]
    return (rows[-1].stored_id if rows else after), found


def _capture(
    connection: Connection, row: Row[Any], visited_at: float, article: StoredArticle | None, *, rejected: bool
) -> Capture:
    return Capture(
        url_id=row.id,
        url=row.url,
        fingerprint=row.fingerprint,
        host=row.host,
        job=row.job,
        fence=row.fence,
        rejected=rejected,
        pages=pages_of_visit(connection, row.id, visited_at),
        article=article,
    )


def _articles_of(connection: Connection, url_ids: list[int]) -> dict[int, StoredArticle]:
    article = schema.article
    rows = connection.execute(select(article.c.id, article.c.url_id).where(article.c.url_id.in_(url_ids)))
    brought_by = {row.id: row.url_id for row in rows}
    return {brought_by[one.id]: one for one in load_stored(connection, stored_rows().where(article.c.id.in_(brought_by)))}


def _latest_visit() -> ScalarSelect[float]:
    record = schema.record
    latest = select(func.max(record.c.at)).where(record.c.url_id == schema.url.c.id, record.c.page == 0)
    return latest.correlate(schema.url).scalar_subquery()


def _rejected(stale: Stale) -> list[ColumnElement[bool]]:
    """Return what holds for the rows of `url` that ended as no article, and whose page is in the archive."""
    table, record = schema.url, schema.record
    read = record.c.url_id == table.c.id, record.c.page == 0, record.c.at == _latest_visit()
    other = or_(record.c.extractor.is_(None), record.c.extractor != stale.extractor)
    held = [
        table.c.kind == Kind.ARTICLE,
        schema.stands(State.REJECTED),
        table.c.cause == Cause.NOT_ARTICLE,
        exists().where(*read, *(() if stale.again else (other,))),
    ]
    if stale.job is not None:
        held.append(table.c.job == stale.job)
    if stale.host is not None:
        held.append(table.c.host == stale.host.lower())
    if stale.since is not None:
        held.append(_latest_visit() >= stale.since)
    return held


def _stored(connection: Connection, stale: Stale) -> list[ColumnElement[bool]]:
    """Return what holds for the rows of `article` that are to be read again."""
    article, record = schema.article, schema.record
    held = conditions(connection, Wanted(job=stale.job, host=stale.host, since=stale.since))
    if not stale.again:
        this = record.c.url_id == article.c.url_id, record.c.page == 0, record.c.at == article.c.fetched_at
        held += [article.c.extractor != stale.extractor, ~exists().where(*this, record.c.extractor == stale.extractor)]
    return held

"""Reading what is stored: one article by any form of its URL, lists with search, all of them in batches, pictures."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, FromClause, Row, Select, column, false, func, select, table

from worker.article_json import StoredArticle
from worker.exchange import Record
from worker.models import ImageState, Kind, Picture, State
from worker.store import schema
from worker.store.copies import is_canonical
from worker.store.database import own_trouble, reading
from worker.store.search import fts5_query, phrases_of, tsquery
from worker.store.stored import load_stored, picture_of, stored_rows
from worker.urls import canonicalise, fingerprint, twins

BATCH = 100  # articles read at once: a few megabytes, and a hundredth of the round trips

_SEARCH = table("article_search", column("rowid"))  # SQLite's FTS5 index, made by the migration


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which articles: of a *job* or *host*, fetched from *since* to before *until* (epoch seconds), matching *words*.

    *one_per_cluster*: of those that are copies of each other only the canonical one, as far as the rest lets them through.
    """

    job: str | None = None
    host: str | None = None
    since: float | None = None
    until: float | None = None
    words: str | None = None
    one_per_cluster: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A stored article as a list shows it; *images* counts those stored, *wanted_images* those not skipped."""

    id: int
    url: str
    canonical_url: str
    host: str
    title: str
    language: str | None
    published_at: str | None
    fetched_at: float
    job: str
    outcome: State
    images: int
    wanted_images: int
    cluster: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a URL of the ledger stands."""

    state: State
    cause: str | None
    detail: str | None


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that reads one state of the database throughout, as SQLite's always do; it takes no lock.

    Raises OwnTrouble when the database cannot be reached.
    """
    one_state = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with own_trouble(), reading(engine).execution_options(**one_state).begin() as connection:
        yield connection


def find(connection: Connection, url_or_id: str) -> StoredArticle | None:
    """Return the article with this id or known under any form of this URL, None when none is stored.

    Where the very form is unknown, that with the other scheme or with or without `www.` will do (`urls.twins`).
    Raises InvalidUrl when it is neither a number nor a URL.
    """
    if url_or_id.isascii() and url_or_id.isdigit():
        found: int | None = int(url_or_id) if len(url_or_id) < 19 else None  # no id is larger: 64 bits
    else:
        found = _id_of(connection, canonicalise(url_or_id))
    if found is None:
        return None
    return next(iter(load_stored(connection, stored_rows().where(schema.article.c.id == found))), None)


def standing(connection: Connection, url: str) -> Standing | None:
    """Return where *url* stands in the ledger, None when it was never accepted, in this form or a twin's. Raises InvalidUrl."""
    ledger = schema.url
    marks = _marks(canonicalise(url))
    rows = connection.execute(
        select(ledger.c.fingerprint, ledger.c.state, ledger.c.cause, ledger.c.detail).where(
            ledger.c.kind == Kind.ARTICLE, ledger.c.fingerprint.in_(marks)
        )
    ).all()
    row = min(rows, key=lambda row: marks.index(row.fingerprint), default=None)
    return Standing(state=State(row.state), cause=row.cause, detail=row.detail) if row else None


def browse(
    connection: Connection,
    *,
    job: str | None = None,
    host: str | None = None,
    since: float | None = None,
    until: float | None = None,
    words: str | None = None,
    limit: int,
) -> list[Listed]:
    """Return the latest *limit* articles, newest (last fetched) first.

    *words*: each blank-separated part must stand in title or text, as a phrase. See `Wanted` for the rest.
    """
    article, ledger, alike = schema.article, schema.url, schema.likeness
    held = conditions(connection, Wanted(job=job, host=host, since=since, until=until, words=words))
    rows = connection.execute(
        select(article.c.id, article.c.url, article.c.canonical_url, article.c.host, article.c.title, article.c.language,
               article.c.published_at, article.c.fetched_at, article.c.job, ledger.c.state, alike.c.cluster_id)
        .join(ledger, ledger.c.id == article.c.url_id)
        .outerjoin(alike, alike.c.article_id == article.c.id)
        .where(*held)
        .order_by(article.c.fetched_at.desc(), article.c.id.desc())
        .limit(limit)
    ).all()  # fmt: skip
    counts = _image_counts(connection, [row.id for row in rows])
    return [
        Listed(id=row.id, url=row.url, canonical_url=row.canonical_url, host=row.host, title=row.title,
               language=row.language, published_at=row.published_at, fetched_at=row.fetched_at, job=row.job,
               outcome=State(row.state), images=counts.get(row.id, (0, 0))[0], wanted_images=counts.get(row.id, (0, 0))[1],
               cluster=row.cluster_id)
        for row in rows
    ]  # fmt: skip


def count(connection: Connection, wanted: Wanted) -> int:
    """Return how many articles are *wanted*."""
    query = select(func.count()).select_from(schema.article).where(*conditions(connection, wanted))
    return int(connection.execute(query).scalar_one())


def articles(engine: Engine, wanted: Wanted, *, batch: int = BATCH) -> Iterator[StoredArticle]:
    """Yield the articles *wanted* in the order they came in, with one batch of them in memory.

    A transaction for each batch: an export may take an hour, and a reader that long would keep SQLite's log growing.
    Raises OwnTrouble.
    """
    after = 0
    while True:
        with snapshot(engine) as connection:
            article = schema.article
            query = stored_rows().where(article.c.id > after, *conditions(connection, wanted)).order_by(article.c.id).limit(batch)
            loaded = load_stored(connection, query)
        yield from loaded
        if len(loaded) < batch:
            return
        after = loaded[-1].id


def picture(connection: Connection, sha256: str) -> Picture | None:
    """Return what is known of the stored image with this SHA-256 (hexadecimal, lower-case), None when there is none."""
    row = connection.execute(select(schema.picture).where(schema.picture.c.sha256 == sha256)).one_or_none()
    return picture_of(row) if row else None


def picture_record(connection: Connection, sha256: str) -> Record | None:
    """Return where the bytes of the image with this SHA-256 lie in the archive, None when it is not stored."""
    record, pictures = schema.record, schema.picture
    row = connection.execute(
        select(record).join(pictures, pictures.c.record_id == record.c.id).where(pictures.c.sha256 == sha256)
    ).one_or_none()
    return record_of(row) if row else None


def record_of(row: Row[Any]) -> Record:
    """Return the record of a row that has its columns."""
    return Record(
        file=row.file, offset=row.offset, length=row.length, sha256=row.sha256, url=row.url, status=row.status, at=row.at
    )


def _id_of(connection: Connection, canonical: str) -> int | None:
    """Return the article that has this form among its aliases, else the one that its ledger row led to, else a twin's."""
    alias, ledger = schema.alias, schema.url
    mark, *others = _marks(canonical)
    known = select(alias.c.fingerprint, alias.c.article_id).where(alias.c.fingerprint.in_([mark, *others]))
    owners: dict[bytes, int] = {row.fingerprint: row.article_id for row in connection.execute(known)}
    if mark in owners:
        return owners[mark]
    # A front page that led to an article is no alias, but its ledger row still says what it led to.
    led_to: int | None = connection.execute(
        select(ledger.c.article_id).where(ledger.c.kind == Kind.ARTICLE, ledger.c.fingerprint == mark)
    ).scalar_one_or_none()
    return led_to if led_to is not None else next((owners[other] for other in others if other in owners), None)


def _marks(canonical: str) -> list[bytes]:
    """Return the fingerprints of a canonical URL and its twins, the nearest first."""
    return [fingerprint(form) for form in (canonical, *twins(canonical))]


def conditions(connection: Connection, wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return what holds for the rows of `schema.article` that are *wanted*."""
    held = _narrowed(connection, wanted, schema.article)
    if wanted.one_per_cluster:
        others = schema.article.alias("others")
        held.append(is_canonical(schema.article, others, _narrowed(connection, wanted, others)))
    return held


def _narrowed(connection: Connection, wanted: Wanted, article: FromClause) -> list[ColumnElement[bool]]:
    held: list[ColumnElement[bool]] = []
    if wanted.job is not None:
        held.append(article.c.job == wanted.job)
    if wanted.host is not None:
        held.append(article.c.host == wanted.host.lower())
    if wanted.since is not None:
        held.append(article.c.fetched_at >= wanted.since)
    if wanted.until is not None:
        held.append(article.c.fetched_at < wanted.until)
    if wanted.words is not None:
        held.append(article.c.id.in_(_matching(connection, wanted.words)))
    return held


def _matching(connection: Connection, words: str) -> Select[tuple[int]]:
    """Return a query for the ids of the articles that hold *words*; none hold words without a letter or digit."""
    phrases, indexed = phrases_of(words), schema.article_words
    if not phrases:
        return select(indexed.c.article_id).where(false())
    if connection.dialect.name == "sqlite":
        match = column("article_search", is_literal=True).op("MATCH")(fts5_query(phrases))
        return select(_SEARCH.c.rowid).where(match)
    simple = func.to_tsvector(_simple(), indexed.c.words)
    return select(indexed.c.article_id).where(simple.op("@@")(func.to_tsquery(_simple(), tsquery(phrases))))


def _simple() -> ColumnElement[str]:
    return column("'simple'", is_literal=True)  # a bound parameter would keep PostgreSQL from using the index


def _image_counts(connection: Connection, ids: list[int]) -> dict[int, tuple[int, int]]:
    image = schema.image
    stored = func.count().filter(image.c.state == ImageState.STORED)
    wanted = func.count().filter(image.c.state != ImageState.SKIPPED)
    query = select(image.c.article_id, stored, wanted).where(image.c.article_id.in_(ids)).group_by(image.c.article_id)
    return {article_id: (n, of) for article_id, n, of in connection.execute(query)}

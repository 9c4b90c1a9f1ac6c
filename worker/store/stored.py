"""From the rows of the database to whole articles."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from worker.article_json import StoredArticle
from worker.extraction_json import load
from worker.models import ArticleImage, ImageRef, ImageState, Picture, State
from worker.store import schema
from worker.store.copies import ALONE, copies_of


def stored_rows() -> Select[Any]:
    """Return the query whose rows `load_stored` completes; narrow it down by `schema.article`."""
    article, ledger = schema.article, schema.url
    wanted = (article.c.id, article.c.url, article.c.final_url, article.c.canonical_url, article.c.extraction, article.c.text,
              article.c.http, article.c.extractor, article.c.version, article.c.fetched_at, article.c.job)  # fmt: skip
    return select(*wanted, ledger.c.state).join(ledger, ledger.c.id == article.c.url_id)


def load_stored(connection: Connection, query: Select[Any]) -> list[StoredArticle]:
    """Return the articles of *query*, a narrowed `stored_rows`, with their aliases and images, in its order.

    *connection* reads one state of the database throughout, or a text and its images might be of two versions.
    """
    rows = connection.execute(query).all()
    ids = [row.id for row in rows]
    aliases, images, copies = _aliases(connection, ids), _images(connection, ids), copies_of(connection, ids)
    return [
        StoredArticle(
            id=row.id,
            url=row.url,
            final_url=row.final_url,
            canonical_url=row.canonical_url,
            aliases=tuple(form for form in aliases.get(row.id, ()) if form != row.canonical_url),
            extraction=load(row.extraction),
            images=tuple(images.get(row.id, ())),
            text=row.text,
            http=row.http,
            extractor=row.extractor,
            version=row.version,
            fetched_at=row.fetched_at,
            job=row.job,
            outcome=State(row.state),
            cluster=copies.get(row.id, ALONE).cluster,
            canonical_copy=copies.get(row.id, ALONE).canonical_copy,
            near_copies=copies.get(row.id, ALONE).near_copies,
        )
        for row in rows
    ]


def _aliases(connection: Connection, ids: Iterable[int]) -> dict[int, list[str]]:
    alias = schema.alias
    found: dict[int, list[str]] = {}
    query = select(alias.c.article_id, alias.c.url).where(alias.c.article_id.in_(list(ids))).order_by(alias.c.url)
    for article_id, form in connection.execute(query):
        found.setdefault(article_id, []).append(form)
    return found


def _images(connection: Connection, ids: Iterable[int]) -> dict[int, list[ArticleImage]]:
    image, pictures = schema.image, schema.picture
    facts = (pictures.c.media_type, pictures.c.width, pictures.c.height, pictures.c.bytes)
    query = (
        select(image, *facts)
        .outerjoin(pictures, pictures.c.sha256 == image.c.sha256)
        .where(image.c.article_id.in_(list(ids)))
        .order_by(image.c.article_id, image.c.ordinal)
    )
    found: dict[int, list[ArticleImage]] = {}
    for row in connection.execute(query):
        found.setdefault(row.article_id, []).append(_image(row))
    return found


def _image(row: Row[Any]) -> ArticleImage:
    state = ImageState(row.state)
    skip = row.reason if state is ImageState.SKIPPED else None
    return ArticleImage(
        ref=ImageRef(url=row.url, position=row.position, alt=row.alt, caption=row.caption, credit=row.credit, skip=skip),
        state=state,
        reason=row.reason,
        picture=picture_of(row) if row.sha256 is not None else None,
    )


def picture_of(row: Row[Any]) -> Picture:
    """Return the picture of a row that has its columns."""
    return Picture(sha256=row.sha256, media_type=row.media_type, width=row.width, height=row.height, bytes=row.bytes)

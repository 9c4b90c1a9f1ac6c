"""Writing an article with its images, versions and aliases. Every statement here runs inside a settling transaction."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import delete, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from worker.exchange import Record, Validators
from worker.extraction_json import dump
from worker.models import Article, ArticleImage, Claim, ImageState, ImagesTried, Picture, Stored
from worker.store import schema
from worker.store.clusters import copy_of
from worker.store.database import insert_into
from worker.store.search import words_of
from worker.store.transaction import Transaction
from worker.urls import fingerprint, host_of, twins


class TakenKey(Exception):
    """The article's key belongs to another URL's article; settled as a duplicate, never seen outside."""

    def __init__(self, article_id: int) -> None:
        super().__init__(article_id)
        self.article_id = article_id


def save_article(tx: Transaction, claimed: Claim, stored: Stored) -> tuple[int, str | None]:
    """Write the article, new or as the next version of the one this URL stored before.

    Returns its id and the URL of its first image that is still to come. Raises TakenKey.
    """
    article = stored.article
    if claimed.known is None:
        if (twin := _twin_of(tx, article)) is not None:
            raise TakenKey(twin)
        article_id = _insert(tx, claimed, article)
    else:
        article_id = claimed.known.article_id
        _replace(tx, article_id, article)
    add_aliases(tx, article_id, (article.key, *article.aliases))
    _hold_key(tx, article_id, article.key)
    _index_words(tx, article_id, article)
    tx.copies[article_id] = copy_of(article.extraction, article.likeness, fetched_at=article.fetched_at)
    add_records(tx, claimed.url_id, stored.page_records)
    _add_pictures(tx, stored.picture_records, (image.picture for image in article.images))
    _write_images(tx, article_id, claimed.job, article.images)
    waiting = next((image.ref.url for image in article.images if image.state is ImageState.PENDING), None)
    return article_id, waiting


def _columns(tx: Transaction, article: Article) -> dict[str, object]:
    extraction = article.extraction
    return {
        "url": article.url,
        "final_url": article.final_url,
        "canonical_url": article.key,
        "host": host_of(article.key),
        "title": extraction.title,
        "language": extraction.language,
        "published_at": extraction.published_at,
        "extraction": dump(extraction),
        "text": article.text,
        "content_hash": article.content_hash,
        "http": dict(article.http),
        "etag": article.http.get("etag"),
        "last_modified": article.http.get("last_modified"),
        "extractor": article.extractor,
        "fetched_at": article.fetched_at,
        "checked_at": tx.now,
    }


def _insert(tx: Transaction, claimed: Claim, article: Article) -> int:
    statement = (
        insert(schema.article)
        .values(url_id=claimed.url_id, job=claimed.job, version=1, **_columns(tx, article))
        .returning(schema.article.c.id)
    )
    return int(tx.connection.execute(statement).scalar_one())


def _replace(tx: Transaction, article_id: int, article: Article) -> None:
    table, version = schema.article, schema.article_version
    kept = [column.name for column in version.columns if column.name != "article_id"]
    earlier = select(table.c.id, *(table.c[name] for name in kept)).where(table.c.id == article_id)
    tx.connection.execute(insert(version).from_select(["article_id", *kept], earlier))
    tx.connection.execute(
        update(table).where(table.c.id == article_id).values(version=table.c.version + 1, **_columns(tx, article))
    )


def add_aliases(tx: Transaction, article_id: int, forms: Iterable[str]) -> None:
    """Enter canonical *forms* of an article's URL; what is another article's stays with it. Idempotent.

    An alias leads to an article, never to another alias: there are no chains to follow, and no cycles.
    """
    rows = [
        {"fingerprint": fingerprint(form), "url": form, "article_id": article_id}
        for form in sorted(set(forms))  # one order for all: no deadlock
    ]
    if rows:
        tx.connection.execute(
            insert_into(tx.connection, schema.alias).values(rows).on_conflict_do_nothing(index_elements=["fingerprint"])
        )


def _hold_key(tx: Transaction, article_id: int, key: str) -> None:
    """Raise TakenKey unless *key*, which has been entered, is this article's."""
    table = schema.alias
    owner = tx.connection.execute(select(table.c.article_id).where(table.c.fingerprint == fingerprint(key))).scalar_one()
    if owner != article_id:
        raise TakenKey(owner)


def _twin_of(tx: Transaction, article: Article) -> int | None:
    """Return the article that is stored under another spelling of the key's site (`urls.twins`) and is the same.

    The same by its title or its content: a site may have other pages without `www.`, hardly another one of that title there.
    """
    alias, table = schema.alias, schema.article
    marks = [fingerprint(twin) for twin in twins(article.key)]
    rows = tx.connection.execute(
        select(table.c.id, table.c.title, table.c.content_hash)
        .join(alias, alias.c.article_id == table.c.id)
        .where(alias.c.fingerprint.in_(marks))
        .order_by(table.c.id)
    )
    said = (article.extraction.title, article.content_hash)
    return next((row.id for row in rows if row.content_hash == said[1] or (said[0] and row.title == said[0])), None)


def _index_words(tx: Transaction, article_id: int, article: Article) -> None:
    words = words_of(f"{article.extraction.title}\n{article.text}")
    tx.connection.execute(
        insert_into(tx.connection, schema.article_words)
        .values(article_id=article_id, words=words)
        .on_conflict_do_update(index_elements=["article_id"], set_={"words": words})
    )


def touch_article(tx: Transaction, article_id: int, validators: Validators) -> None:
    """Note that the page was asked for again and says the same."""
    table = schema.article
    values: dict[str, object] = {"checked_at": tx.now}
    if validators.etag or validators.last_modified:
        values |= {"etag": validators.etag, "last_modified": validators.last_modified}
    tx.connection.execute(update(table).where(table.c.id == article_id).values(**values))


def revive_images(tx: Transaction, article_id: int, job: str) -> str | None:
    """Give an article's failed images another chance; return the URL of the first that is pending now."""
    table = schema.image
    rows = tx.connection.execute(
        select(table.c.ordinal, table.c.url, table.c.state, table.c.reason)
        .where(table.c.article_id == article_id, table.c.state.in_([ImageState.FAILED, ImageState.PENDING]))
        .order_by(table.c.ordinal)
    ).all()
    for row in rows:
        tx.count_image(job, row.state, row.reason, -1)
        tx.count_image(job, ImageState.PENDING, None, 1)
    tx.connection.execute(
        update(table)
        .where(table.c.article_id == article_id, table.c.state == ImageState.FAILED)
        .values(state=ImageState.PENDING, reason=None)
    )
    return rows[0].url if rows else None


def add_records(tx: Transaction, url_id: int | None, records: Iterable[Record]) -> None:
    """Enter the WARC records of a page (page 0, 1, … of the article)."""
    for page, kept in enumerate(records):
        _add_record(tx, kept, url_id=url_id, page=page)


def _add_record(tx: Transaction, kept: Record, *, url_id: int | None, page: int | None) -> int:
    values = {"url_id": url_id, "page": page, "url": kept.url, "status": kept.status, "at": kept.at,
              "sha256": kept.sha256, "file": kept.file, "offset": kept.offset, "length": kept.length}  # fmt: skip
    return int(tx.connection.execute(insert(schema.record).values(values).returning(schema.record.c.id)).scalar_one())


def _add_pictures(tx: Transaction, records: Iterable[tuple[str, Record]], pictures: Iterable[Picture | None]) -> None:
    """Enter the contents that nobody has stored yet, once each."""
    facts = {picture.sha256: picture for picture in pictures if picture is not None}
    table = schema.picture
    for sha256, kept in sorted(records, key=lambda record: record[0]):  # one order for all: no deadlock
        if tx.connection.execute(select(table.c.sha256).where(table.c.sha256 == sha256)).one_or_none() is not None:
            continue
        picture = facts[sha256]
        record_id = _add_record(tx, kept, url_id=None, page=None)
        tx.connection.execute(
            insert_into(tx.connection, table)
            .values(
                sha256=sha256,
                media_type=picture.media_type,
                width=picture.width,
                height=picture.height,
                bytes=picture.bytes,
                record_id=record_id,
            )
            .on_conflict_do_nothing(index_elements=["sha256"])
        )


def _write_images(tx: Transaction, article_id: int, job: str, images: tuple[ArticleImage, ...]) -> None:
    table = schema.image
    for state, reason in tx.connection.execute(select(table.c.state, table.c.reason).where(table.c.article_id == article_id)):
        tx.count_image(job, state, reason, -1)
    tx.connection.execute(delete(table).where(table.c.article_id == article_id))
    rows = [{"article_id": article_id, "ordinal": ordinal, **_image_columns(image)} for ordinal, image in enumerate(images)]
    if rows:
        tx.connection.execute(insert(table), rows)
    for (state, reason), n in Counter((image.state, image.reason) for image in images).items():
        tx.count_image(job, state, reason, n)


def _image_columns(image: ArticleImage) -> dict[str, object]:
    ref = image.ref
    return {"url": ref.url, "position": ref.position, "alt": ref.alt, "caption": ref.caption, "credit": ref.credit,
            "state": image.state, "reason": image.reason,
            "sha256": image.picture.sha256 if image.picture else None}  # fmt: skip


def save_late_images(tx: Transaction, job: str, tried: ImagesTried) -> None:
    """Enter what became of images that were pending; the article's Markdown is rendered from these rows."""
    _add_pictures(tx, tried.picture_records, (image.picture for _, image in tried.images))
    table = schema.image
    for ordinal, image in tried.images:
        this: tuple[ColumnElement[bool], ...] = (table.c.article_id == tried.article_id, table.c.ordinal == ordinal)
        changed = tx.connection.execute(
            update(table).where(*this, table.c.state == ImageState.PENDING).values(**_image_columns(image))
        )
        if changed.rowcount:
            tx.count_image(job, ImageState.PENDING, None, -1)
            tx.count_image(job, image.state, image.reason, 1)

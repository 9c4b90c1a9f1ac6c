"""Committing what a later version of the extractor says of archived pages.

No lease is taken: a row is looked at once more inside the transaction that writes, locked as a settling one locks it. What a
worker has under way is left to it, and what was fetched meanwhile stands: the later capture wins.
"""

from dataclasses import replace

from sqlalchemy import select, update

from worker.article_json import StoredArticle
from worker.errors import Cause
from worker.exchange import Validators
from worker.models import Article, ArticleImage, Claim, ImageRef, ImageState, Kind, Known, Settled, State, Stored
from worker.normalise.likeness import likeness_of_article
from worker.store import schema
from worker.store.articles import TakenKey, save_article
from worker.store.clusters import copy_of
from worker.store.settle import settle
from worker.store.stale import Capture
from worker.store.stored import load_stored, stored_rows
from worker.store.transaction import Transaction

NOT_FETCHED = "not_fetched"  # of an image that a page was found to show when it was read again; nothing is fetched then
OWNER = "reparse"  # who holds a row for the moment of its transaction


def renew(tx: Transaction, capture: Capture, article: Article) -> Settled | None:
    """Commit *article* as the next version of the stored one, if nobody has fetched its page since *capture* was loaded.

    Its images keep what became of them, by URL; those that are new are failed with `NOT_FETCHED`, so that the next visit
    fetches them. Returns None when a worker has the row, or was faster, and a duplicate when the article's key belongs to
    another one; nothing is changed then.
    """
    current = _current(tx, capture)
    if current is None:
        return None
    images = carried(article.extraction.images, current)
    try:
        with tx.savepoint():
            _replace(tx, capture, current, replace(article, images=images))
    except TakenKey as taken:
        return Settled(state=State.DUPLICATE, article_id=taken.article_id)
    return Settled(state=State.STORED, article_id=current.id)


def _replace(tx: Transaction, capture: Capture, current: StoredArticle, article: Article) -> None:
    """Write the next version; when its page was last asked for, and what to ask with, is not the extractor's to say."""
    table = schema.article
    asked = select(table.c.checked_at, table.c.etag, table.c.last_modified).where(table.c.id == current.id)
    kept = tx.connection.execute(asked).one()._asdict()
    stored = Stored(article=article, page_records=(), picture_records=())
    save_article(tx, _claim(capture, current), stored)
    tx.connection.execute(update(table).where(table.c.id == current.id).values(**kept))


def confirm(tx: Transaction, capture: Capture, article: Article) -> bool:
    """Note that the stored article is what *article* says too; return False when it has changed meanwhile."""
    table, was = schema.article, capture.article
    assert was is not None
    same = (table.c.id == was.id, table.c.version == was.version, table.c.extractor == was.extractor)
    values = {"extractor": article.extractor, "content_hash": article.content_hash}
    if not tx.connection.execute(update(table).where(*same).values(**values)).rowcount:
        return False
    tx.copies[was.id] = copy_of(
        article.extraction, article.likeness, fetched_at=article.fetched_at
    )  # which may be known of none that was stored before copies were looked for
    return True


def bring_in(tx: Transaction, capture: Capture, article: Article) -> Settled | None:
    """Commit *article*, which was found in a page that had been rejected; None when its row has changed meanwhile.

    The row is taken and settled as a worker would, in this one transaction. When the key is another article's it becomes
    a duplicate.
    """
    table = schema.url
    rejected = (table.c.id == capture.url_id, table.c.state == State.REJECTED, table.c.fence == capture.fence)
    current = _current(tx, capture) if capture.article is not None else None
    if capture.article is not None and current is None:
        return None
    taken = tx.connection.execute(
        update(table)
        .where(*rejected)
        .values(state=State.IN_FLIGHT, owner=OWNER, fence=capture.fence + 1, cancelled=False)
        .returning(table.c.id)
    ).one_or_none()
    if taken is None:
        return None
    tx.count_url(capture.job, State.REJECTED, Cause.NOT_ARTICLE, -1)
    tx.count_url(capture.job, State.IN_FLIGHT, None, 1)
    images = carried(article.extraction.images, current)
    stored = Stored(article=replace(article, images=images), page_records=(), picture_records=())
    settled = settle(tx, _claim(capture, current), stored)
    if settled.state is State.STORED:  # its page was asked for then, not now
        asked = update(schema.article).where(schema.article.c.url_id == capture.url_id)
        tx.connection.execute(asked.values(checked_at=article.fetched_at))
    return settled


def remember(tx: Transaction, capture: Capture, extractor: str) -> None:
    """Note that *extractor* has read the capture and there is nothing to store of it; what is stored is put beside its copies.

    Idempotent.
    """
    record, first = schema.record, capture.pages[0]
    this = (record.c.url_id == capture.url_id, record.c.file == first.file, record.c.offset == first.offset)
    tx.connection.execute(update(record).where(*this).values(extractor=extractor))
    if capture.article is not None:
        _place(tx, capture.article)


def _place(tx: Transaction, was: StoredArticle) -> None:
    """Put an article that stays as it is beside its copies, unless it is another version by now."""
    table = schema.article
    same = (table.c.id == was.id, table.c.version == was.version)
    if tx.connection.execute(select(table.c.id).where(*same).with_for_update()).one_or_none() is not None:
        alike = likeness_of_article(was.extraction, was.text)
        tx.copies[was.id] = copy_of(was.extraction, alike, fetched_at=was.fetched_at)


def _current(tx: Transaction, capture: Capture) -> StoredArticle | None:
    """Return the article as it stands, its rows locked; None when it is being fetched, or is not what was loaded any more."""
    table, was = schema.url, capture.article
    assert was is not None
    rows = (Kind.ARTICLE.value, Kind.IMAGES.value)
    held = select(table.c.state).where(table.c.kind.in_(rows), table.c.fingerprint == capture.fingerprint)
    if State.IN_FLIGHT in tx.connection.execute(held.order_by(table.c.id).with_for_update()).scalars().all():
        return None
    now = next(iter(load_stored(tx.connection, stored_rows().where(schema.article.c.id == was.id))), None)
    if now is None or (now.version, now.extractor, now.fetched_at) != (was.version, was.extractor, was.fetched_at):
        return None
    return now


def _claim(capture: Capture, current: StoredArticle | None) -> Claim:
    known = None
    if current is not None:
        known = Known(article_id=current.id, content_hash="", validators=Validators(), pictures={})
    return Claim(
        url_id=capture.url_id,
        kind=Kind.ARTICLE,
        url=capture.url,
        fingerprint=capture.fingerprint,
        host=capture.host,
        job=capture.job,
        attempts=0,
        deferrals=0,
        last_cause=None,
        suspect=False,
        fence=capture.fence + 1,
        owner=OWNER,
        known=known,
    )


def carried(refs: tuple[ImageRef, ...], before: StoredArticle | None) -> tuple[ArticleImage, ...]:
    """Return the images *refs* with what became of the same addresses in the article *before*; nothing is fetched.

    One that was skipped for its markup and is wanted now is as new as one that was not shown.
    """
    came = {image.ref.url: image for image in before.images} if before is not None else {}
    unwanted = {ref.url for ref in before.extraction.images if ref.skip is not None} if before is not None else set()
    return tuple(_carried(ref, None if ref.url in unwanted else came.get(ref.url)) for ref in refs)


def _carried(ref: ImageRef, before: ArticleImage | None) -> ArticleImage:
    if ref.skip is not None:
        return ArticleImage(ref=ref, state=ImageState.SKIPPED, reason=ref.skip)
    if before is None:
        return ArticleImage(ref=ref, state=ImageState.FAILED, reason=NOT_FETCHED)
    return ArticleImage(ref=ref, state=before.state, reason=before.reason, picture=before.picture)

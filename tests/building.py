"""Filling a database as the product would: URLs are accepted, claimed and settled by the store's own functions."""

import asyncio
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import Engine, func, select

from tests.values import candidate
from worker.document import Block, Document, Image, Paragraph, Span
from worker.exchange import Exchange, Record
from worker.models import (
    Alias,
    Article,
    ArticleImage,
    Claim,
    Ended,
    Ending,
    Extraction,
    ImageRef,
    ImageState,
    ImagesTried,
    Kind,
    Picture,
    Settled,
    Stored,
)
from worker.rendering import to_text
from worker.store import claims, schema
from worker.store.accept import accept
from worker.store.archive import WarcArchive
from worker.store.database import open_database
from worker.store.migrate import migrate
from worker.store.settle import settle
from worker.store.transaction import Transaction, transaction
from worker.urls import canonicalise

DAY = 86_400.0
NOON = 1_790_164_800.0  # 2026-09-23T12:00:00Z, when articles of these tests are fetched unless told otherwise


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """Open the database at *url*, at the current schema, and close it."""
    engine = open_database(url)
    migrate(engine)
    yield engine
    engine.dispose()


def outstanding(tx: Transaction) -> int:
    """Return how many rows are believed to lie in Redis."""
    published = select(func.count()).where(schema.url.c.state == "pending", schema.url.c.published_at.is_not(None))
    return tx.connection.execute(published).scalar_one()


def claimed(engine: Engine, owner: str, n: int) -> list[Claim]:
    """Return *n* URLs of its own that *owner* has been given, claimed by it."""
    urls = [f"https://{owner}.example/{number}" for number in range(n)]
    with transaction(engine) as tx:
        answers = accept(tx, [candidate(url) for url in urls], job="job", urgent=False)
    with transaction(engine) as tx:
        tx.now += 1
        found = [claims.claim(tx, answer.url_id, owner=owner, alone=False) for answer in answers]
    return [claim for claim in found if claim is not None]


def paragraph(text: str) -> Paragraph:
    """Return a paragraph of plain text."""
    return Paragraph((Span(text),))


def image(
    url: str,
    state: ImageState = ImageState.PENDING,
    *,
    body: bytes = b"",
    alt: str = "",
    caption: str = "",
    position: int | None = 0,
) -> ArticleImage:
    """Return an image of a body (*position* None: outside it); a stored one has the bytes *body*, a PNG by its word."""
    ref = ImageRef(url=url, position=position, alt=alt, caption=caption)
    sha256 = hashlib.sha256(body).hexdigest()
    picture = Picture(sha256=sha256, media_type="image/png", width=4, height=3, bytes=len(body))
    reason = {ImageState.SKIPPED: "icon", ImageState.FAILED: "gone"}.get(state)
    return ArticleImage(ref=ref, state=state, reason=reason, picture=picture if state is ImageState.STORED else None)


def news(
    url: str,
    *,
    title: str = "A title",
    blocks: tuple[Block, ...] = (paragraph("A short text."),),
    images: tuple[ArticleImage, ...] = (),
    aliases: tuple[str, ...] = (),
    fetched_at: float = NOON,
    **said: object,
) -> Article:
    """Return an article whose body opens with its images; *said* goes into its extraction."""
    shown = (Image(ref) for ref, one in enumerate(images) if one.ref.position is not None)
    document = Document((*shown, *blocks))
    extraction = Extraction(document=document, title=title, images=tuple(i.ref for i in images))
    text = to_text(document)
    return Article(
        url=url,
        final_url=url,
        key=canonicalise(url),
        aliases=tuple(canonicalise(alias) for alias in aliases),
        extraction=replace(extraction, **said),  # type: ignore[arg-type]  # the caller names fields of an Extraction
        images=images,
        text=text,
        content_hash=hashlib.sha256(f"{title}\n{text}".encode()).hexdigest(),
        fetched_at=fetched_at,
        http={"status": 200, "etag": '"1"', "last_modified": None, "content_type": "text/html", "charset": "utf-8",
              "charset_by": "header"},
        extractor="test",
    )  # fmt: skip


def record(url: str, sha256: str) -> Record:
    """Return where *url* would lie in an archive that there is not."""
    return Record(file="one.warc.gz", offset=0, length=100, sha256=sha256, url=url, status=200, at=NOON)


class Stacks:
    """A database that is being filled; with an *archive* the bytes of images can be read back."""

    def __init__(self, engine: Engine, archive: WarcArchive | None = None) -> None:
        self.engine = engine
        self._archive = archive

    def accept(self, url: str, *, job: str = "job") -> int:
        """Accept *url* and return the id of its ledger row."""
        with transaction(self.engine) as tx:
            return accept(tx, [candidate(url)], job=job, urgent=False)[0].url_id

    def settle(self, url_id: int, ending: Ending) -> Settled:
        """Claim the row and settle it."""
        with transaction(self.engine) as tx:
            claimed = claims.claim(tx, url_id, owner="p1", alone=False)
            assert claimed is not None
            return settle(tx, claimed, ending)

    def store(self, article: Article, *, job: str = "job", bodies: dict[str, bytes] | None = None) -> int:
        """Store *article*, new or changed, with the bytes of its images by URL; return its id."""
        records = tuple(
            (i.picture.sha256, self._kept(i.ref.url, (bodies or {}).get(i.ref.url, b""), i.picture.sha256))
            for i in article.images
            if i.picture is not None
        )
        ending = Stored(article=article, page_records=(record(article.url, "0" * 64),), picture_records=records)
        article_id = self.settle(self.accept(article.url, job=job), ending).article_id
        assert article_id is not None
        return article_id

    def duplicate(self, url: str, article_id: int) -> None:
        """Let *url* turn out to lead to a stored article."""
        self.settle(self.accept(url), Alias(article_id=article_id, aliases=()))

    def end(self, url: str, ending: Ended, *, job: str = "job") -> None:
        """Let *url* end without an article."""
        self.settle(self.accept(url, job=job), ending)

    def late(self, article_id: int, arrived: ArticleImage) -> None:
        """Let the first image of a stored article arrive after it."""
        with transaction(self.engine) as tx:
            row = schema.url.c
            images_row = tx.connection.execute(
                schema.url.select().where(row.kind == Kind.IMAGES, row.article_id == article_id)
            ).one()
        assert arrived.picture is not None
        kept = ((arrived.picture.sha256, record(arrived.ref.url, arrived.picture.sha256)),)
        self.settle(images_row.id, ImagesTried(article_id=article_id, images=((0, arrived),), picture_records=kept, wait_s=None))

    def _kept(self, url: str, body: bytes, sha256: str) -> Record:
        if self._archive is None:
            return record(url, sha256)
        kept = asyncio.run(self._archive.keep(_exchange(url, body)))
        self._archive.sync()
        return kept


def _exchange(url: str, body: bytes) -> Exchange:
    return Exchange(
        url=url,
        method="GET",
        request_headers=(("Host", "img.example"),),
        status=200,
        reason="OK",
        headers=(("Content-Type", "image/png"),),
        wire_body=body,
        body=body,
        address="127.0.0.1",
        started_at=NOON,
    )

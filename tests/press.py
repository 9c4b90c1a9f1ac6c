"""A whole ingestion over a canned web, into a real database and a real archive; and an earlier extractor to have used for it."""

import asyncio
import hashlib
import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from tests.fakes import NOW, Answer, CannedWeb, MemorySeen, OpenGovernor, OpenQuarantine
from tests.values import candidate
from worker.article_json import StoredArticle
from worker.document import Document
from worker.errors import IngestError
from worker.exchange import Fetched
from worker.extract import VERSION
from worker.extract.article import extract
from worker.images import ImageFetcher
from worker.ingest import Ingestor
from worker.listings import Listings
from worker.models import Article, Extraction
from worker.pages import Pages
from worker.reparse import Reader, Reparser, Reread
from worker.store import schema
from worker.store.accept import accept, reopen
from worker.store.archive import WarcArchive
from worker.store.ledger import SqlLedger
from worker.store.library import find, snapshot
from worker.store.stale import Capture, Stale, count_stale
from worker.store.transaction import transaction
from worker.store.writer import Writer
from worker.urls import fingerprint

EARLIER = "earlier"  # what the extractor before this one calls itself
LATER_S = 3_600.0  # between two visits
Said = Callable[[Extraction], Extraction]

URL = "https://news.example/a/story.html"
PHOTO, PLAN = "https://news.example/a/photo.png", "https://news.example/a/plan.png"
SENTENCE = "The harbour board met on Tuesday and agreed to repair the northern pier before the winter storms arrive. "


def page(*, title: str = "Pier to be repaired", paragraphs: int = 4, tail: str = "", head: str = "") -> Answer:
    """Return an article's page; with few *paragraphs* it is none."""
    text = "".join(f"<p>{n}. {SENTENCE * 2}</p>" for n in range(paragraphs)) or "<p>Soon.</p>"
    html = (
        f"<html lang=en><head><title>{title}</title>{head}</head>"
        f"<body><article><h1>{title}</h1>{text}{tail}</article></body></html>"
    )
    return Answer(body=html.encode(), etag=f'"{hashlib.sha256(html.encode()).hexdigest()}"')


def seeing_none(extraction: Extraction) -> Extraction:
    """Say that the page holds no article."""
    return replace(extraction, document=Document(), images=(), next_page=None, reason="too little text")


class Press:
    """Ingests into *engine* and reads again from the archive in *folder*; the clock of the web goes on with each visit."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.web = _Web({})
        self.seen, self.quarantine = MemorySeen(), OpenQuarantine()
        self.archive = WarcArchive(folder, software="test")
        self._writer = Writer(engine, before_commit=self.archive.sync)

    def put(self, **pages: Answer | IngestError) -> None:
        """Put pages onto the web, by URL."""
        self.web.pages.update(pages)

    def accept(self, url: str, *, job: str = "job") -> int:
        """Accept *url*, or ask for it once more; return its row."""
        with transaction(self.engine) as tx:
            row = accept(tx, [candidate(url)], job=job, urgent=False)[0].url_id
            reopen(tx, [row], urgent=False)
        return row

    def ingest(self, url: str = URL, *, job: str = "job") -> str:
        """Visit *url*, an hour after the last visit of all."""
        self.web.now += LATER_S
        return asyncio.run(self._ingestor().ingest(self.accept(url, job=job), "news.example", alone=False))

    def late(self, url_id: int) -> str:
        """Fetch the images of row *url_id* that did not come with their article."""
        return asyncio.run(self._ingestor().fetch_images(url_id, alone=False))

    @contextmanager
    def earlier(self, said: Said = lambda extraction: extraction) -> Iterator[None]:
        """Let pages be read by an extractor before this one, which makes *said* of what this one says."""

        def read(html: str, **asked: Any) -> Extraction:
            return said(extract(html, **asked))

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("worker.pages.extract", read)
            patch.setattr("worker.article.VERSION", EARLIER)
            yield

    @contextmanager
    def now(self, said: Said) -> Iterator[None]:
        """Let pages be read by an extractor that makes *said* of what this one says."""
        with self.earlier(said), pytest.MonkeyPatch.context() as patch:
            patch.setattr("worker.article.VERSION", VERSION)
            yield

    def reparser(self) -> Reparser:
        return Reparser(self.engine, self._read_all)

    def _read_all(self, batch: Iterable[Capture]) -> Iterator[tuple[Reread, Article | None]]:
        with closing(Reader(archive=self.archive, pages=Pages(self.quarantine), max_page_bytes=1_000_000)) as reader:
            yield from [reader.read(capture) for capture in batch]

    def reparse(self, **narrowed: object) -> list[Reread]:
        """Read again what is stale."""
        return list(self.reparser().run(stale(**narrowed)))

    def preview(self) -> list[Reread]:
        return list(self.reparser().preview(stale()))

    def stale(self, **narrowed: object) -> int:
        """Return how many pages are stale."""
        with snapshot(self.engine) as connection:
            return count_stale(connection, stale(**narrowed))

    def article(self, url: str = URL) -> StoredArticle:
        with snapshot(self.engine) as connection:
            found = find(connection, url)
        assert found is not None
        return found

    def row(self, url: str = URL) -> dict[str, object]:
        """Return the ledger row of *url*."""
        table = schema.url
        with snapshot(self.engine) as connection:
            query = select(table).where(table.c.kind == "article", table.c.fingerprint == fingerprint(url))
            return connection.execute(query).one()._asdict()

    def close(self) -> None:
        self._writer.close()
        self.archive.close()

    def _ingestor(self) -> Ingestor:
        ledger, rng = SqlLedger(self.engine, self._writer, "p1"), random.Random(1)
        images = ImageFetcher(
            fetcher=self.web, archive=self.archive, ledger=ledger, max_images=9, deadline_s=5.0, clock=lambda: NOW, rng=rng
        )
        return Ingestor(
            ledger=ledger,
            fetcher=self.web,
            governor=OpenGovernor(),
            archive=self.archive,
            seen=self.seen,
            pages=Pages(self.quarantine),
            images=images,
            listings=Listings(fetcher=self.web, governor=OpenGovernor(), archive=self.archive, clock=lambda: NOW),
            deadline_s=20.0,
            clock=lambda: NOW,
            rng=rng,
        )


class _Web(CannedWeb):
    """A canned web whose clock is *now*, and goes on a little with each answer."""

    now = NOW

    def _get(self, url: str) -> Fetched:
        fetched = super()._get(url)
        self.now += 0.123456789  # as exact as a float can be
        return replace(fetched, exchange=replace(fetched.exchange, started_at=self.now))


def stale(**narrowed: object) -> Stale:
    """Return what this version of the extractor has not read."""
    return Stale(extractor=VERSION, **narrowed)  # type: ignore[arg-type]  # the caller names fields of a Stale

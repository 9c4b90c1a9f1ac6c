"""Reading archived pages once more, with the extractor as it is now, and storing what it says. Nothing is fetched."""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import Engine

from worker.article import article_of, forms_of
from worker.differences import Reading, differences, reading_of
from worker.errors import IngestError, NotArticle, OwnTrouble, TooLarge
from worker.exchange import Exchange, Fetched, Record
from worker.extract import VERSION
from worker.extraction_json import dump, load
from worker.models import Article, State
from worker.pages import Pages
from worker.store import renewing
from worker.store.archive import WarcArchive
from worker.store.stale import Capture, Stale, rejected, stored
from worker.store.storable import storable_json
from worker.store.transaction import Transaction
from worker.store.writer import Writer
from worker.urls import canonicalise


class Became(StrEnum):
    """What became of a page that was read again."""

    UNCHANGED = "unchanged"  # it says what is stored
    CHANGED = "changed"  # another version of the stored article
    FOUND = "found"  # an article, where none had been seen
    DUPLICATE = "duplicate"  # its canonical URL is another article's: what is stored stays
    NONE = "none"  # still no article
    KEPT = "kept"  # no article any more: what is stored stays
    BUSY = "busy"  # it is being fetched, or was fetched or read again meanwhile: left alone
    FAILED = "failed"  # it could not be read


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """One page that was read again: *changes* as `differences` has them, *reason* for people; *missing* images to be fetched."""

    url: str
    article_id: int | None
    became: Became
    title: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    missing: int = 0


Found = Iterator[tuple[Reread, Article | None]]
ReadAll = Callable[[Iterable[Capture]], Found]


class Reader:
    """Reads captures from *archive* by *pages*, one at a time; a page may have *max_page_bytes*, decoded."""

    def __init__(self, *, archive: WarcArchive, pages: Pages, max_page_bytes: int) -> None:
        self._archive = archive
        self._pages = pages
        self._max_page_bytes = max_page_bytes
        self._runner = asyncio.Runner()

    def read(self, capture: Capture) -> tuple[Reread, Article | None]:
        """Return what would become of *capture*, and its article if it holds one. Never raises for the page's sake."""
        return self._runner.run(self._read(capture))

    def close(self) -> None:
        """Close the loop that it reads on. Idempotent."""
        self._runner.close()

    async def _read(self, capture: Capture) -> tuple[Reread, Article | None]:
        if not capture.pages:
            return _told(capture, Became.FAILED, reason="its page is not in the archive"), None
        try:
            article, note = await self._article(capture)
        except (OwnTrouble, TooLarge) as trouble:
            return _told(capture, Became.FAILED, reason=trouble.detail), None
        except IngestError as error:
            became = Became.NONE if capture.rejected else Became.KEPT
            return _told(capture, became, reason=error.detail), None
        return _compared(capture, article, note), article

    async def _article(self, capture: Capture) -> tuple[Article, str]:
        """Return the article of a capture, its pages joined as when they came in, and what is to be said of it.

        Raises NotArticle and Bomb, WrongType for a further page without text, OwnTrouble when a page cannot be had.
        """
        further = {canonicalise(record.url): record for record in capture.pages[1:]}
        missing: list[str] = []

        async def bring(url: str) -> Fetched | None:
            record = further.pop(canonicalise(url), None)
            if record is None:
                missing.append(url)
                return None
            return self._fetched(record)

        fetched = self._fetched(capture.pages[0])
        read = await self._pages.read(fetched)
        forms = forms_of(capture.url, fetched, read.extraction)
        if read.extraction.reason is not None:
            raise NotArticle(read.extraction.reason)
        whole = await self._pages.whole(read.extraction, fetched.url, bring)
        note = f"it goes on at {missing[0]}, which is not in the archive" if missing else ""
        if missing and further:  # pages that are stored would be lost
            raise OwnTrouble(note)
        return article_of(capture.url, fetched, read, whole, forms=forms), note

    def _fetched(self, record: Record) -> Fetched:
        """Return the fetch that gave *record*, as far as it matters to a reader. Raises OwnTrouble, TooLarge."""
        kept = self._archive.read(record, max_bytes=self._max_page_bytes)
        exchange = Exchange(
            url=record.url,
            method="GET",
            request_headers=(),
            status=kept.status,
            reason=kept.reason,
            headers=kept.headers,
            wire_body=b"",
            body=kept.body,
            address=None,
            started_at=record.at,
        )
        return Fetched(url=record.url, hops=(), exchange=exchange)


class Reparser:
    """Reads what is stale again, by *read_all*, which gives `Reader.read` of each capture in their order."""

    def __init__(self, engine: Engine, read_all: ReadAll) -> None:
        self._engine = engine
        self._read_all = read_all

    def preview(self, stale: Stale) -> Iterator[Reread]:
        """Yield what `run` would do, in its order; nothing is written. Raises what *read_all* raises, and OwnTrouble."""
        for _, found in self._batches(stale):
            yield from (reread for reread, _ in found)

    def run(self, stale: Stale) -> Iterator[Reread]:
        """Read again what is stale and store what has changed; yield each page once it is committed, batch by batch.

        What is committed is stale no more, so a run that is killed goes on at the next call where it was. Idempotent.
        Raises what *read_all* raises, and OwnTrouble when the database does not answer.
        """
        writer = Writer(self._engine, before_commit=lambda: None)
        try:
            for batch, found in self._batches(stale):
                answers = [
                    writer.submit(partial(_write, capture=capture, reread=reread, article=article))
                    for capture, (reread, article) in zip(batch, found, strict=True)
                ]
                yield from (answer.result() for answer in answers)
        finally:
            writer.close()

    def _batches(self, stale: Stale) -> Iterator[tuple[list[Capture], Found]]:
        """Yield each batch with what is read of it."""
        yield from self._ahead(rejected(self._engine, stale))
        yield from self._ahead(stored(self._engine, stale))

    def _ahead(self, batches: Iterator[list[Capture]]) -> Iterator[tuple[list[Capture], Found]]:
        """Ask for the next batch before each is yielded, so that other processes have something to read meanwhile."""
        before: tuple[list[Capture], Found] | None = None
        for batch in batches:
            ahead = batch, self._read_all(batch)
            if before is not None:
                yield before
            before = ahead
        if before is not None:
            yield before


def _compared(capture: Capture, article: Article, note: str) -> Reread:
    """Return what *article* has otherwise than what is stored."""
    now = reading_of(load(json.loads(storable_json(dump(article.extraction)))), article.key)  # as it will come back
    was = capture.article
    changes: dict[str, Any] = {}
    if was is not None:
        changes = differences(Reading(extraction=was.extraction, canonical_url=was.canonical_url, text=was.text), now)
    became = Became.FOUND if capture.rejected else Became.CHANGED if changes else Became.UNCHANGED
    images = renewing.carried(article.extraction.images, was)
    missing = sum(image.reason == renewing.NOT_FETCHED for image in images) if became is not Became.UNCHANGED else 0
    return replace(_told(capture, became, reason=note), title=now.extraction.title, changes=changes, missing=missing)


def _told(capture: Capture, became: Became, *, reason: str) -> Reread:
    was = capture.article
    title = was.extraction.title if was else ""
    return Reread(url=capture.url, article_id=was.id if was else None, became=became, title=title, reason=reason)


def _write(tx: Transaction, *, capture: Capture, reread: Reread, article: Article | None) -> Reread:
    """Commit *reread*; return what became of it now that its row has been looked at once more."""
    if reread.became is Became.FAILED:  # the next call tries it again
        return reread
    if article is None:
        renewing.remember(tx, capture, VERSION)
        return reread
    if reread.became is Became.UNCHANGED:
        return reread if renewing.confirm(tx, capture, article) else _busy(reread)
    settled = (renewing.bring_in if capture.rejected else renewing.renew)(tx, capture, article)
    if settled is None:
        return _busy(reread)
    if settled.state is State.DUPLICATE:
        renewing.remember(tx, capture, VERSION)
        said = f"its canonical URL is that of article {settled.article_id}"
        return replace(
            reread, became=Became.DUPLICATE, article_id=reread.article_id or settled.article_id, reason=said, missing=0
        )
    return replace(reread, article_id=settled.article_id)


def _busy(reread: Reread) -> Reread:
    return replace(reread, became=Became.BUSY, reason="it is being fetched, or was fetched or read again meanwhile", missing=0)

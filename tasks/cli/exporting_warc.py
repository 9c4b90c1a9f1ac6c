"""Articles as one WARC file that replays: their pages and images as they came from the web."""

import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import IO

from worker.errors import OwnTrouble
from worker.exchange import Record
from worker.store import warc
from worker.store.archive import WarcArchive
from worker.store.archived import Archived
from worker.urls import resolve

WHAT = (
    "The pages that the current versions of the articles were read from, and their images, each record copied as it was "
    "archived. An address that led to a page or image of another address (a redirect, or the same bytes) has a revisit record. "
    "A page whose article has copies has a metadata record with the number of their cluster."
)


class WarcCopies:
    """Copies what is archived of articles into one WARC 1.1 file (ISO 28500:2017), each record once.

    *software* names the writer, *subject* says which articles; *complain* is told a sentence for each record that
    cannot be read, which is left out. Memory is bounded: what was copied is remembered in a temporary file.
    """

    def __init__(self, archive: WarcArchive, *, software: str, subject: str, complain: Callable[[str], None]) -> None:
        self._archive = archive
        self._software = software
        self._subject = subject
        self._complain = complain
        self._warcinfo_id = warc.new_id()

    def write(self, articles: Iterable[Archived], stream: IO[bytes], *, name: str) -> int:
        """Write *articles* to *stream*, whose file is called *name*; return how many. Raises OSError, OwnTrouble."""
        about = [("isPartOf", self._subject), ("description", WHAT)]
        stream.write(warc.warcinfo(name, self._software, time.time(), self._warcinfo_id, about=about))
        n = 0
        with closing(_Once()) as once:
            for article in articles:
                shown = [(article.url if place == 0 else page.url, page) for place, page in enumerate(article.pages)]
                for address, record in (*shown, *article.images):
                    self._copy(_sent(address), record, article.fetched_at, stream, once)
                stream.write(self._about_copies(article))
                n += 1
        return n

    def _about_copies(self, article: Archived) -> bytes:
        """Return a record that says which cluster of copies an article belongs to; nothing when it has none."""
        if article.cluster is None or not article.pages:
            return b""
        about = [("article", article.article_id), ("cluster", article.cluster), ("canonicalCopy", article.canonical_copy)]
        page, said = article.pages[0], [(name, str(value)) for name, value in about]
        return warc.metadata(page.url, page.at, warc.new_id(), self._warcinfo_id, said)

    def _copy(self, address: str, record: Record, at: float, stream: IO[bytes], once: "_Once") -> None:
        """Write *record*, and that *address* led to it if it is of another one; nothing that was written before."""
        place = f"{record.file} {record.offset}"
        if not once.first(f"{place} {address}"):
            return
        try:
            member, opening = self._archive.copy_of(record)
        except OwnTrouble as trouble:
            self._complain(trouble.detail)
            return
        if once.first(place):
            stream.write(member)
        if address != record.url:
            # When the address was asked is not known to the moment: with its article, and not before what it refers to.
            stream.write(warc.revisit(opening, address, max(at, record.at), warc.new_id(), self._warcinfo_id))


class _Once:
    """Tells what comes for the first time, in a database that lies in a temporary file, and in memory while it is small."""

    def __init__(self) -> None:
        self._seen = sqlite3.connect("", isolation_level=None)
        self._seen.execute("PRAGMA journal_mode = OFF")  # nothing here outlives the process
        self._seen.execute("CREATE TABLE seen (name TEXT PRIMARY KEY) WITHOUT ROWID")

    def first(self, name: str) -> bool:
        """Return whether *name* comes for the first time, and remember it."""
        return self._seen.execute("INSERT OR IGNORE INTO seen VALUES (?)", (name,)).rowcount == 1

    def close(self) -> None:
        """Forget everything."""
        self._seen.close()


def _sent(address: str) -> str:
    """Return *address* in the form in which it is asked for, and archived."""
    return (resolve(address, address) or address).partition("#")[0]

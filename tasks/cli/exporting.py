"""Many articles as files: lines of JSON, a table, or folders of Markdown with the images beside the text."""

import csv
import errno
import io
import mimetypes
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO

from sqlalchemy import Engine

from tasks.cli.article_page import markdown_page
from tasks.cli.output import as_line, printable
from worker.article_json import StoredArticle, article_json
from worker.errors import OwnTrouble, TooLarge
from worker.models import ImageRef, ImageState
from worker.store.archive import WarcArchive
from worker.store.library import picture_record, snapshot

COLUMNS = ("id", "url", "canonical_url", "title", "authors", "source", "site_name", "published_at", "modified_at", "language",
           "section", "tags", "text", "images", "job", "outcome", "version", "fetched_at", "cluster", "canonical_copy")  # fmt: skip
NAME_LENGTH = 50  # characters of the title in a folder's name: at 4 bytes each well below the 255 that file systems take

# How a spreadsheet program knows a formula, in the full-width forms of East Asian editions too (OWASP, "CSV Injection").
_FORMULA = re.compile(r"[\s\u200b\ufeff]*[=+\-@＝＋－＠]")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")

_ENDINGS = {"image/jpeg": ".jpg", "image/webp": ".webp", "image/avif": ".avif"}  # of several, the one people know


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open *path* for writing; it appears under its name when all of it is written, and never half. Raises OSError.

    It replaces what was there: a link that somebody laid out there is not followed. A device or pipe is refused: the
    superuser could replace /dev/stdout by a file.
    """
    if path.is_dir():  # found at the end otherwise, when all is written
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "neither a file nor a folder", str(path))
    part = path.with_name(f"{path.name}.{os.getpid()}.part")  # another export to the same place has a part of its own
    part.unlink(missing_ok=True)
    try:
        with part.open("xb") as stream:
            yield stream
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_jsonl(articles: Iterable[StoredArticle], stream: IO[bytes]) -> int:
    """Write one article JSON a line; return how many."""
    n = 0
    for article in articles:
        stream.write(as_line(article_json(article)))
        n += 1
    return n


def write_csv(articles: Iterable[StoredArticle], stream: IO[bytes], *, mark: bool) -> int:
    """Write a table (RFC 4180, UTF-8, with a header), lists joined by "; "; return how many articles.

    `images` has the addresses of those that are wanted, not of icons and the like. With *mark* the table begins with a
    byte-order mark: without one Excel takes UTF-8 for the machine's old code page, and shows Chinese as rubbish.

    People open tables in spreadsheet programs: a text that one of these would take for a formula gets an apostrophe
    before it, which they read as "this is text", and control characters are left out. JSON lines have every text as it is.
    """
    text = io.TextIOWrapper(stream, encoding="utf-8", errors="replace", newline="")
    table, n = csv.writer(text), 0
    if mark:
        text.write("\ufeff")
    table.writerow(COLUMNS)
    for article in articles:
        shown = [image.ref.url for image in article.images if image.state is not ImageState.SKIPPED]
        values = article_json(article) | {"images": shown}
        table.writerow(_cell(values[name]) for name in COLUMNS)
        n += 1
    text.detach()  # flushes, and leaves the stream to whoever opened it
    return n


class MarkdownFolders:
    """Writes articles below *folder*, one folder each: `article.md` and its images, which it shows instead of the web's.

    *complain* is told a sentence for each image whose copy cannot be read; its link stays the web's.
    """

    def __init__(self, folder: Path, engine: Engine, archive: WarcArchive, *, complain: Callable[[str], None]) -> None:
        self._folder = folder
        self._engine = engine
        self._archive = archive
        self._complain = complain

    def write(self, articles: Iterable[StoredArticle]) -> int:
        """Write *articles*, over what an earlier export left of them; return how many. Raises OSError."""
        n = 0
        for article in articles:
            home = self._folder / folder_name(article)
            home.mkdir(parents=True, exist_ok=True)
            if home.is_symlink():  # somebody else's: an export writes below its own folder only
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(home))
            page = markdown_page(article, self._copied(article, home))
            with whole_file(home / "article.md") as stream:
                stream.write(printable(page).encode("utf-8", "replace"))
            n += 1
        return n

    def _copied(self, article: StoredArticle, home: Path) -> list[ImageRef]:
        """Copy the stored images to *home*, each content once; return the references, leading to the copies."""
        names: dict[str, str | None] = {}
        for ordinal, image in enumerate(article.images, 1):
            facts = image.picture
            if facts is not None and facts.sha256 not in names:
                body = self._body(facts.sha256, facts.bytes)
                name = f"{ordinal:02d}{_ending(facts.media_type)}"
                names[facts.sha256] = name if body is not None else None
                if body is not None:
                    with whole_file(home / name) as stream:
                        stream.write(body)
        copies = [names.get(image.picture.sha256) if image.picture else None for image in article.images]
        return [replace(i.ref, url=copy) if copy else i.ref for i, copy in zip(article.images, copies, strict=True)]

    def _body(self, sha256: str, size: int) -> bytes | None:
        with snapshot(self._engine) as connection:
            record = picture_record(connection, sha256)
        try:
            return self._archive.read(record, max_bytes=size).body if record is not None else None
        except (OwnTrouble, TooLarge) as error:
            self._complain(error.detail)
            return None


def _cell(value: object) -> object:
    text = "; ".join(value) if isinstance(value, list) else value
    if not isinstance(text, str):
        return text
    text = printable(text)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def folder_name(article: StoredArticle) -> str:
    """Return a folder's name for *article*: its id, which is unique, and what is safe of its title."""
    words = re.findall(r"\w+", article.extraction.title)
    return "-".join((f"{article.id:06d}", *words))[: NAME_LENGTH + 7].rstrip("-")


def _ending(media_type: str) -> str:
    return _ENDINGS.get(media_type) or mimetypes.guess_extension(media_type) or ".bin"

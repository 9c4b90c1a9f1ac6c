"""Pages from files to article JSON: alone or in a batch, without network or store."""

import gzip
import json
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from worker.article_json import extracted_json
from worker.document import Document
from worker.errors import Bomb, InvalidUrl
from worker.extract import VERSION
from worker.extract.article import extract
from worker.extract.canonical import believed_canonical
from worker.extract.decode import Decoded, decode
from worker.extract.screen import suspicion
from worker.extract.site_rules import SiteRules
from worker.models import Extraction
from worker.normalise.restoring import restored
from worker.urls import canonicalise

RulesOf = Callable[[str], SiteRules | None]

MAX_FILE_BYTES = 50_000_000  # five times what is fetched by default; a .gz might inflate without end


class FileMistake(Exception):
    """A file that cannot be read; the message is a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The bytes of a page, and what is known of where they came from."""

    body: bytes
    url: str | None
    content_type: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a line of a batch gives: an article JSON, and what was wrong with the line."""

    values: dict[str, Any]
    mistake: str | None = None


def article_of(page: Page, rules_of: RulesOf) -> dict[str, Any]:
    """Return the article JSON of *page*; markup made to exhaust a parser gives none, with a reason."""
    decoded, at, url = decode(page.body, content_type=page.content_type), time.time(), page.url or ""
    rules = rules_of(url)
    if suspicion(decoded.text) is None:
        extraction = extract(decoded.text, url=url, fetched_at=at, rules=rules)
    else:
        extraction = _quarantined(decoded.text, url=url, at=at, rules=rules)
    return _as_json(page, decoded, restored(extraction))


def pages_of(batch: Path, rules_of: RulesOf) -> Iterator[Answer]:
    """Yield an answer for each line of *batch* (`-`: standard input), in order. Raises FileMistake."""
    with ExitStack() as stack:
        if str(batch) == "-":
            lines: IO[bytes] = sys.stdin.buffer
        else:
            try:
                lines = stack.enter_context(batch.open("rb"))
            except OSError as error:
                raise FileMistake(f"{batch}: {error.strerror}") from error
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _answer(line, f"{batch}, line {number}", batch.parent, rules_of)


def read_bytes(path: Path) -> bytes:
    """Return what *path* holds, inflated when its name ends in .gz. Raises FileMistake."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            body: bytes = stream.read(MAX_FILE_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FileMistake(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    if len(body) > MAX_FILE_BYTES:
        raise FileMistake(f"{path}: more than {MAX_FILE_BYTES:,} bytes")
    return body


def _answer(line: bytes, place: str, folder: Path, rules_of: RulesOf) -> Answer:
    page_id: object = None
    try:
        asked = json.loads(line)
        if not isinstance(asked, dict):
            raise FileMistake("not a JSON object")
        page_id = asked.get("id")
        page = _page(asked, folder)
    except ValueError as error:
        return _unread(page_id, None, f"{place}: {error}")
    except FileMistake as error:
        return _unread(page_id, asked, f"{place}: {error}")
    return Answer(values=article_of(page, rules_of) | {"id": page_id})


def _page(asked: dict[str, Any], folder: Path) -> Page:
    given = {name: asked.get(name) for name in ("file", "url", "content_type")}
    for name, value in given.items():
        if value is not None and not isinstance(value, str):
            raise FileMistake(f'"{name}" is no string')
    if not given["file"]:
        raise FileMistake('it names no "file"')
    beside = folder / given["file"]  # an absolute path stays what it is
    body = read_bytes(beside if beside.exists() else Path(given["file"]))
    return Page(body=body, url=given["url"], content_type=given["content_type"])


def _unread(page_id: object, asked: object, mistake: str) -> Answer:
    url = asked.get("url") if isinstance(asked, dict) else None
    nothing = Extraction(document=Document(), reason=mistake)
    values = extracted_json(nothing, url=url if isinstance(url, str) else None, canonical_url=None, http={}, extractor=VERSION)
    return Answer(values=values | {"id": page_id}, mistake=mistake)


def _as_json(page: Page, decoded: Decoded, extraction: Extraction) -> dict[str, Any]:
    http = {"content_type": page.content_type, "charset": decoded.charset, "charset_by": decoded.by}
    canonical = _canonical(page.url, extraction)
    return extracted_json(extraction, url=page.url, canonical_url=canonical, http=http, extractor=VERSION)


def _canonical(url: str | None, extraction: Extraction) -> str | None:
    """Return the URL that the article would be known under; without an address of its own, the one that the page claims."""
    declared = extraction.declared_canonical
    try:
        if url:
            return believed_canonical(declared, final_url=url, also=extraction.declared_forms) or canonicalise(url)
        return canonicalise(declared) if declared else None
    except InvalidUrl:
        return None


def _quarantined(html: str, *, url: str, at: float, rules: SiteRules | None) -> Extraction:
    import asyncio  # here, since it is wanted for one page in thousands

    from worker.quarantine import Quarantine

    try:
        return asyncio.run(Quarantine().extract(html, url=url, fetched_at=at, rules=rules))
    except Bomb as bomb:
        return Extraction(document=Document(), reason=f"bomb: {bomb.detail}")

"""What must hold of whatever the extractor says about any page at all."""

import re
import signal
import time
from collections.abc import Iterator
from types import FrameType
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from tests.reading import as_written, read_markdown
from worker.document import Block, Code, Document, Embed, Heading, Image, ListBlock, Paragraph, Quote, Span, Table
from worker.extract.article import extract
from worker.extraction_json import dump, load
from worker.models import Extraction
from worker.rendering import to_html, to_markdown, to_text

FETCHED_AT = 1.8e9

# CPU for one page. A page takes some 10 x its bare parse, at the 99th percentile under 30; what grows with the square of
# a page's length passes 100 x on the first long one. Two seconds on top are for small pages on a machine that is slow
# just now: they take milliseconds.
BUDGET_S = 2.0
BUDGET_PARSES = 100

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")


class OverBudget(BaseException):  # not an Exception: nothing on the way may catch it
    """The page took more CPU than it may."""


def _stop(signum: int, frame: FrameType | None) -> None:
    raise OverBudget


def timed(html: str, url: str) -> Extraction:
    """Return what the extractor says. Raises OverBudget, and whatever the extractor lets through. Main thread only."""
    began = time.process_time()
    LexborHTMLParser(html)
    budget = BUDGET_S + BUDGET_PARSES * (time.process_time() - began)
    before = signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, budget)
    try:
        return extract(html, url=url, fetched_at=FETCHED_AT)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def faults(said: Extraction) -> list[str]:
    """Return what is wrong with *said*, which is nothing."""
    out = [f"address {url!r}" for url in _addresses(said) if not _is_web(url)]
    out += [f"control character in {text[:80]!r}" for text in _texts(said) if _CONTROL.search(text)]
    blocks = list(_blocks(said.document.blocks))
    refs = [block.ref for block in blocks if isinstance(block, Image)]
    refs += [block.caption_of for block in blocks if isinstance(block, Paragraph) and block.caption_of is not None]
    out += [f"image {ref} of {len(said.images)}" for ref in refs if not 0 <= ref < len(said.images)]
    out += [f"position {position}" for position in _misplaced(said)]
    if said.reason is not None and (said.document.blocks or said.images):
        out.append("a body, and a reason why there is none")
    if load(dump(said)) != said:
        out.append("another extraction after JSON")
    return out


def rendering_faults(said: Extraction) -> list[str]:
    """Return what is wrong with the renderings of *said*. Takes some ten times as long as `faults`."""
    to_html(said.document, said.images)
    document, written = said.document, to_markdown(said.document, said.images)
    read, wanted = read_markdown(written), as_written(document, said.images)
    if read == wanted:
        return []
    for seen, meant in zip(read.blocks, wanted.blocks, strict=False):
        if seen != meant:
            return [f"Markdown shows {to_text(Document((seen,)))[:300]!r} for {to_text(Document((meant,)))[:300]!r}"]
    return [f"Markdown has {len(read.blocks)} blocks for {len(wanted.blocks)}"]


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def _addresses(said: Extraction) -> Iterator[str]:
    yield from (
        url for url in (said.lead_image, said.declared_canonical, *said.declared_forms, said.next_page) if url is not None
    )
    yield from (image.url for image in said.images)
    for block in _blocks(said.document.blocks):
        if isinstance(block, Embed):
            yield block.href
        yield from (span.href for span in _spans(block) if span.href is not None)


def _texts(said: Extraction) -> Iterator[str]:
    yield from (said.title, said.source, said.site_name, said.description, said.section)
    yield from (*said.authors, *said.editors, *said.tags)
    for image in said.images:
        yield from (image.alt, image.caption, image.credit, image.url)
    for block in _blocks(said.document.blocks):
        yield from (span.text for span in _spans(block))
        if isinstance(block, Code):
            yield block.text
        if isinstance(block, Embed):
            yield block.title


def _blocks(blocks: tuple[Block, ...]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Quote):
            yield from _blocks(block.blocks)
        if isinstance(block, ListBlock):
            for item in block.items:
                yield from _blocks(item)


def _spans(block: Block) -> Iterator[Span]:
    match block:
        case Paragraph(spans=spans) | Heading(spans=spans):
            yield from spans
        case Table(rows=rows):
            yield from (span for row in rows for cell in row for span in cell)
        case _:
            pass


def _misplaced(said: Extraction) -> Iterator[int]:
    """Yield positions of images whose block does not show them."""
    for ref, image in enumerate(said.images):
        if image.position is None:
            continue
        around = said.document.blocks[image.position : image.position + 1] if image.position >= 0 else ()
        if Image(ref) not in _blocks(around):
            yield image.position

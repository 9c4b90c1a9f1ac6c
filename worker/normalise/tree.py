"""The texts of what a page says, and the same with other texts. Pure functions."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from worker.document import Block, Code, Document, Embed, Heading, Image, ListBlock, Paragraph, Quote, Span, Table
from worker.models import Restored

Tell = Callable[[str], str]


def lines_of(document: Document) -> list[str]:
    """Return the text of each block in order; an image's is empty, and parts of lists and tables are parted by line feeds."""
    return ["".join(_texts(block)) for block in document.blocks]


def retold(said: Restored, tell: Tell, *, tell_of: Callable[[int], Tell] | None = None, code: bool = True) -> Restored:
    """Return *said* with each text as *tell* gives it, those of block number *n* as `tell_of(n)` does where that is given.

    Texts that are code are left alone when *code* is False.
    """
    blocks = (_retold(block, tell_of(n) if tell_of else tell, code) for n, block in enumerate(said.document.blocks))
    return replace(
        said,
        document=Document(tuple(blocks)),
        title=tell(said.title),
        captions=tuple(map(tell, said.captions)),
        editors=tuple(map(tell, said.editors)),
        authors=tuple(map(tell, said.authors)),
    )


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Paragraph(spans=spans) | Heading(spans=spans):
            for span in spans:
                yield span.text
        case ListBlock(items=items):
            for item in items:
                yield from _nested(item)
        case Quote(blocks=blocks):
            yield from _nested(blocks)
        case Table(rows=rows):
            for row in rows:
                for cell in row:
                    yield from (span.text for span in cell)
                    yield "\n"
        case Code(text=text):
            yield text
        case Embed(title=title):
            yield title
        case Image():
            return


def _nested(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        yield from _texts(block)
        yield "\n"


def _retold(block: Block, tell: Tell, code: bool) -> Block:
    match block:
        case Paragraph(spans=spans) | Heading(spans=spans):
            return replace(block, spans=_retold_spans(spans, tell, code))
        case ListBlock(items=items):
            return replace(block, items=tuple(tuple(_retold(inner, tell, code) for inner in item) for item in items))
        case Quote(blocks=blocks):
            return replace(block, blocks=tuple(_retold(inner, tell, code) for inner in blocks))
        case Table(rows=rows):
            return replace(block, rows=tuple(tuple(_retold_spans(cell, tell, code) for cell in row) for row in rows))
        case Code(text=text):
            return replace(block, text=tell(text)) if code else block
        case Embed(title=title):
            return replace(block, title=tell(title))
        case Image():
            return block


def _retold_spans(spans: tuple[Span, ...], tell: Tell, code: bool) -> tuple[Span, ...]:
    return tuple(span if span.code and not code else replace(span, text=tell(span.text)) for span in spans)

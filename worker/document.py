"""The block tree of an article's body. Extraction makes it, everything else reads it.

A document is a tuple of blocks; text inside a block is a tuple of spans. Image blocks point into the
article's list of images (`ref`), so that what became of an image can change without the tree.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text; *href* an absolute URL. White space is collapsed, a line break is "\\n"."""

    text: str
    href: str | None = None
    strong: bool = False
    emphasis: bool = False
    code: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; *caption_of* is the `ref` of the image that it describes, when it does."""

    spans: tuple[Span, ...]
    caption_of: int | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside the body, *level* 2 to 6 (the title is not part of the body)."""

    level: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Image:
    """An image at its place; *ref* is its index in the article's images.

    A `figcaption` lives in the article's image, not in the tree, and is rendered after the picture;
    a caption published as a paragraph of its own stays a Paragraph with `caption_of`.
    """

    ref: int


@dataclass(frozen=True, slots=True)
class ListBlock:
    """A list; each item is a tuple of blocks."""

    ordered: bool
    items: tuple[tuple["Block", ...], ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """A block quotation."""

    blocks: tuple["Block", ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A data table: rows of cells, each a tuple of spans; the first row is the header when *header*."""

    rows: tuple[tuple[tuple[Span, ...], ...], ...]
    header: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """Preformatted text, kept to the letter."""

    text: str


@dataclass(frozen=True, slots=True)
class Embed:
    """Embedded media (a video, a post) as a link."""

    href: str
    title: str = ""


Block = Paragraph | Heading | Image | ListBlock | Quote | Table | Code | Embed


@dataclass(frozen=True, slots=True)
class Document:
    """The body of an article."""

    blocks: tuple[Block, ...] = ()


# ---------------------------------------------------------------- as JSON


def to_json(document: Document) -> list[dict[str, Any]]:
    """Return *document* as values that `json` can write; `from_json` gives an equal one back.

    Each block is an object with `type` first; spans are strings where they carry no style.
    """
    return [_dump(block) for block in document.blocks]


def from_json(data: Sequence[Mapping[str, Any]]) -> Document:
    """Return the document that `to_json` wrote. Raises KeyError, TypeError or ValueError on anything else."""
    return Document(tuple(_load(block) for block in data))


def _dump(block: Block) -> dict[str, Any]:
    match block:
        case Paragraph(spans=spans, caption_of=caption_of):
            out: dict[str, Any] = {"type": "paragraph", "spans": _dump_spans(spans)}
            return out if caption_of is None else {**out, "caption_of": caption_of}
        case Heading(level=level, spans=spans):
            return {"type": "heading", "level": level, "spans": _dump_spans(spans)}
        case Image(ref=ref):
            return {"type": "image", "ref": ref}
        case ListBlock(ordered=ordered, items=items):
            return {"type": "list", "ordered": ordered, "items": [[_dump(inner) for inner in item] for item in items]}
        case Quote(blocks=blocks):
            return {"type": "quote", "blocks": [_dump(inner) for inner in blocks]}
        case Table(rows=rows, header=header):
            return {"type": "table", "rows": [[_dump_spans(cell) for cell in row] for row in rows], "header": header}
        case Code(text=text):
            return {"type": "code", "text": text}
        case Embed(href=href, title=title):
            return {"type": "embed", "href": href, "title": title}


def _load(data: Mapping[str, Any]) -> Block:
    match data["type"]:
        case "paragraph":
            return Paragraph(_load_spans(data["spans"]), data.get("caption_of"))
        case "heading":
            return Heading(data["level"], _load_spans(data["spans"]))
        case "image":
            return Image(data["ref"])
        case "list":
            return ListBlock(data["ordered"], tuple(tuple(_load(inner) for inner in item) for item in data["items"]))
        case "quote":
            return Quote(tuple(_load(inner) for inner in data["blocks"]))
        case "table":
            return Table(tuple(tuple(_load_spans(cell) for cell in row) for row in data["rows"]), data["header"])
        case "code":
            return Code(data["text"])
        case "embed":
            return Embed(data["href"], data["title"])
        case other:
            raise ValueError(f"no block is called {other!r}")


def _dump_spans(spans: tuple[Span, ...]) -> list[Any]:
    return [_dump_span(span) for span in spans]


def _dump_span(span: Span) -> str | dict[str, Any]:
    styles: dict[str, Any] = {name: True for name in ("strong", "emphasis", "code") if getattr(span, name)}
    if span.href is not None:
        styles["href"] = span.href
    return {"text": span.text, **styles} if styles else span.text


def _load_spans(data: Sequence[Any]) -> tuple[Span, ...]:
    return tuple(Span(item) if isinstance(item, str) else Span(**item) for item in data)

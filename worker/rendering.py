"""A document as Markdown, plain text and safe HTML."""

import re
from collections.abc import Sequence
from html import escape as escape_html
from typing import Protocol

from worker.document import Block, Code, Document, Embed, Heading, Image, ListBlock, Paragraph, Quote, Span, Table
from worker.markdown import autolink, code_span, destination, escape, escape_line_start, inline


class ImageLike(Protocol):
    """What a rendering needs to know of an image."""

    @property
    def url(self) -> str:
        """Absolute address, or wherever the copy lies."""

    @property
    def alt(self) -> str:
        """What stands for the picture."""

    @property
    def caption(self) -> str:
        """Caption without enclosing brackets."""


Images = Sequence[ImageLike]

_LINE_START = re.compile(r"(?<=\n)(?!\n|\Z)")  # of lines that hold something, the first left out


def to_markdown(document: Document, images: Images) -> str:
    """Return *document* as CommonMark, blocks parted by a blank line, without a final newline.

    An image stands on a line of its own; a `figcaption` follows as a paragraph, a caption that the page published as
    a paragraph stays where it is. Tables are written with pipes (GFM §4.10), the one thing CommonMark has no form for.
    """
    return _markdown_blocks(document.blocks, images, _captioned(document.blocks))


def _captioned(blocks: Sequence[Block]) -> frozenset[int]:
    return frozenset(b.caption_of for b in blocks if isinstance(b, Paragraph) and b.caption_of is not None)


def _markdown_blocks(blocks: Sequence[Block], images: Images, captioned: frozenset[int]) -> str:
    parts: list[str] = []
    last_list: tuple[bool, str] | None = None  # two lists in a row would run into one: the second takes another marker
    for block in blocks:
        if isinstance(block, ListBlock):
            marker = (")" if last_list == (True, ".") else ".") if block.ordered else "*" if last_list == (False, "-") else "-"
            if text := _markdown_list(block, marker, images, captioned):
                last_list = (block.ordered, marker)
                parts.append(text)
            continue
        if text := _markdown_block(block, images, captioned):
            last_list = None
            parts.append(text)
    return "\n\n".join(parts)


def _markdown_block(block: Block, images: Images, captioned: frozenset[int]) -> str:
    match block:
        case Paragraph(spans=spans):
            return paragraph_markdown(spans)
        case Heading(level=level, spans=spans):
            line = inline(spans).replace("\n", " ").strip()
            # A closing run of # would be taken for the end of the heading (CommonMark §4.2).
            return f"{'#' * level} {re.sub(r'(^|[ ])(#+)$', lambda m: m[1] + chr(92) + m[2], line)}" if line else ""
        case Image(ref=ref):
            image = images[ref]
            line = f"![{escape(' '.join(image.alt.split()), in_link=True)}]({destination(image.url)})"
            if image.caption and ref not in captioned:
                return f"{line}\n\n{paragraph_markdown((Span(image.caption),))}"
            return line
        case Quote(blocks=inner):
            text = _markdown_blocks(inner, images, captioned)
            return "\n".join(f"> {line}" if line else ">" for line in text.split("\n")) if text else ""
        case Table():
            return _markdown_table(block)
        case Code(text=text):
            if not text:
                return ""
            fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
            return f"{fence}\n{text}\n{fence}"
        case Embed(href=href, title=title):
            return f"[{escape(title, in_link=True)}]({destination(href)})" if title else autolink(href)
        case _:
            raise AssertionError(f"no Markdown for {type(block).__name__}")


def paragraph_markdown(spans: tuple[Span, ...]) -> str:
    """Return *spans* as one paragraph; a line break inside is a hard one."""
    lines = [line.strip(" \t") for line in inline(spans).strip().split("\n")]
    return "\\\n".join(escape_line_start(line) for line in lines if line)


def _markdown_list(block: ListBlock, marker: str, images: Images, captioned: frozenset[int]) -> str:
    items: list[str] = []
    for item in block.items:
        text = _markdown_blocks(item, images, captioned)
        if not text:
            continue
        lead = f"{len(items) + 1}{marker} " if block.ordered else f"{marker} "
        items.append(lead + _LINE_START.sub(" " * len(lead), text))
    return "\n".join(items)


def _markdown_table(block: Table) -> str:
    width = max((len(row) for row in block.rows), default=0)
    if not width:
        return ""
    rows = [[inline(cell).replace("\n", " ").replace("|", "\\|") for cell in row] for row in block.rows]
    rows = [row + [""] * (width - len(row)) for row in rows]
    if not block.header:
        rows.insert(0, [""] * width)
    rows.insert(1, ["---"] * width)
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def to_text(document: Document) -> str:
    """Return *document* as plain text, paragraphs parted by a blank line; pictures and their figcaptions have none."""
    return "\n\n".join(text for text in map(_text_of, document.blocks) if text)


def _plain(spans: tuple[Span, ...]) -> str:
    return "".join(span.text for span in spans)


def _on_one_line(spans: tuple[Span, ...]) -> str:
    return _plain(spans).replace("\n", " ").strip()


def _text_of(block: Block) -> str:
    match block:
        case Paragraph(spans=spans):
            return _plain(spans).strip()
        case Heading(spans=spans):
            return _on_one_line(spans)
        case ListBlock(items=items):
            return "\n".join(text for item in items if (text := "\n".join(filter(None, map(_text_of, item)))))
        case Quote(blocks=blocks):
            return "\n\n".join(filter(None, map(_text_of, blocks)))
        case Table(rows=rows):
            lines = ("\t".join(map(_on_one_line, row)).rstrip("\t") for row in rows)
            return "\n".join(filter(None, lines))
        case Code(text=text):
            return text
        case _:
            return ""


def to_html(document: Document, images: Images) -> str:
    """Return *document* as HTML that carries no script, style or foreign attribute; only http(s) addresses."""
    return "\n".join(_html_of(block, images) for block in document.blocks)


def _address(url: str | None) -> str | None:
    return escape_html(url) if url and re.match(r"https?://", url, re.IGNORECASE) else None


def _html_spans(spans: tuple[Span, ...]) -> str:
    out = ""
    for span in spans:
        text = escape_html(span.text).replace("\n", "<br>")
        for tag, wanted in (("code", span.code), ("em", span.emphasis), ("strong", span.strong)):
            text = f"<{tag}>{text}</{tag}>" if wanted else text
        href = _address(span.href)
        out += f'<a href="{href}" rel="nofollow noopener">{text}</a>' if href else text
    return out


def _html_of(block: Block, images: Images) -> str:
    match block:
        case Paragraph(spans=spans):
            return f"<p>{_html_spans(spans)}</p>"
        case Heading(level=level, spans=spans):
            return f"<h{level}>{_html_spans(spans)}</h{level}>"
        case Image(ref=ref):
            return _html_image(images[ref])
        case ListBlock(ordered=ordered, items=items):
            tag = "ol" if ordered else "ul"
            inner = "".join(f"<li>{''.join(_html_of(b, images) for b in item)}</li>" for item in items)
            return f"<{tag}>{inner}</{tag}>"
        case Quote(blocks=blocks):
            return f"<blockquote>{''.join(_html_of(b, images) for b in blocks)}</blockquote>"
        case Table(rows=rows, header=header):
            return _html_table(rows, header=header)
        case Code(text=text):
            return f"<pre><code>{escape_html(text)}</code></pre>"
        case Embed(href=href, title=title):
            address = _address(href)
            return f'<p><a href="{address}" rel="nofollow noopener">{escape_html(title or href)}</a></p>' if address else ""
        case _:
            raise AssertionError(f"no HTML for {type(block).__name__}")


def _html_image(image: ImageLike) -> str:
    address = _address(image.url)
    if not address:
        return ""
    caption = f"<figcaption>{escape_html(image.caption)}</figcaption>" if image.caption else ""
    return f'<figure><img src="{address}" alt="{escape_html(image.alt)}">{caption}</figure>'


def _html_table(rows: tuple[tuple[tuple[Span, ...], ...], ...], *, header: bool) -> str:
    out = ""
    for number, row in enumerate(rows):
        tag = "th" if header and number == 0 else "td"
        out += "<tr>" + "".join(f"<{tag}>{_html_spans(cell)}</{tag}>" for cell in row) + "</tr>"
    return f"<table>{out}</table>"


__all__ = ["ImageLike", "code_span", "to_html", "to_markdown", "to_text"]

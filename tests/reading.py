"""Reading Markdown back: what a CommonMark parser makes of it, as a document."""

from collections.abc import Sequence
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from worker.document import Block, Code, Document, Embed, Heading, Image, ListBlock, Paragraph, Quote, Span, Table
from worker.rendering import Images

_PARSER = MarkdownIt("commonmark").enable("table")


def read_markdown(text: str) -> Document:
    """Return what a CommonMark parser with GFM's tables sees in *text*; pictures are numbered in order."""
    return _Reader(_PARSER.parse(text)).document()


def as_written(document: Document, images: Images) -> Document:
    """Return *document* as its Markdown shows it: embeds and captions as paragraphs, no styles, nothing without text."""
    captioned = {block.caption_of for block in document.blocks if isinstance(block, Paragraph)}
    return Document(_written(document.blocks, images, captioned, [0]))


def _written(blocks: Sequence[Block], images: Images, captioned: set[int | None], count: list[int]) -> tuple[Block, ...]:
    out: list[Block] = []
    for block in blocks:
        match block:
            case Paragraph(spans=spans) | Heading(spans=spans) if text := "".join(span.text for span in spans).strip():
                level = block.level if isinstance(block, Heading) else None
                out.append(Paragraph((Span(text),)) if level is None else Heading(level, (Span(text.replace("\n", " ")),)))
            case Image(ref=ref):
                out.append(Image(count[0]))
                count[0] += 1
                if images[ref].caption and ref not in captioned:
                    out.append(Paragraph((Span(images[ref].caption),)))
            case Embed(href=href, title=title):
                out.append(Paragraph((Span(title or unquote(href)),)))  # addresses are shown undone
            case ListBlock(ordered=ordered, items=items):
                kept = tuple(inner for item in items if (inner := _written(item, images, captioned, count)))
                out += [ListBlock(ordered, kept)] if kept else []
            case Quote(blocks=inside):
                inner = _written(inside, images, captioned, count)
                out += [Quote(inner)] if inner else []
            case Table(rows=rows, header=header):
                cells = [["".join(span.text for span in cell).replace("\n", " ").strip() for cell in row] for row in rows]
                out += _table(cells, header=header)
            case Code(text=text) if text:
                out.append(Code(text))
            case _:
                pass
    return tuple(out)


def _table(rows: list[list[str]], *, header: bool) -> list[Block]:
    """Return the table of *rows* without trailing empty cells, none where it has no column at all."""
    if not max(map(len, rows), default=0):
        return []
    for row in rows:
        while row and not row[-1]:
            row.pop()
    header = header and bool(rows[0])
    return [Table(tuple(tuple((Span(cell),) if cell else () for cell in row) for row in rows if row), header)]


class _Reader:
    """Goes through the tokens once."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.pictures = 0

    def document(self) -> Document:
        return Document(self.blocks_until(None))

    def next(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def blocks_until(self, end: str | None) -> tuple[Block, ...]:
        out: list[Block] = []
        while self.at < len(self.tokens):
            token = self.next()
            if token.type == end:
                break
            out.append(self.block(token))
        return tuple(out)

    def block(self, token: Token) -> Block:
        match token.type:
            case "paragraph_open":
                children = self.inline()
                if [child.type for child in children] == ["image"]:
                    self.pictures += 1
                    return Image(self.pictures - 1)
                return Paragraph((Span(_shown(children)),))
            case "heading_open":
                return Heading(int(token.tag[1]), (Span(_shown(self.inline())),))
            case "bullet_list_open" | "ordered_list_open":
                kind = token.type.removesuffix("_open")
                return ListBlock(kind == "ordered_list", self.items(f"{kind}_close"))
            case "blockquote_open":
                return Quote(self.blocks_until("blockquote_close"))
            case "fence" | "code_block":
                return Code(token.content.removesuffix("\n") if token.type == "fence" else f"<indented>{token.content}")
            case "table_open":
                return self.table()
            case other:
                return Paragraph((Span(f"<{other}>"),))  # a rule, raw HTML: never written, so a difference

    def inline(self) -> list[Token]:
        children = self.next().children or []
        self.next()
        return children

    def items(self, end: str) -> tuple[tuple[Block, ...], ...]:
        out = []
        while self.next().type != end:
            out.append(self.blocks_until("list_item_close"))
        return tuple(out)

    def table(self) -> Block:
        rows: list[list[str]] = []
        while (token := self.next()).type != "table_close":
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(_shown(token.children or []))
        [table] = _table(rows, header=True)
        return table


def _shown(children: list[Token]) -> str:
    """Return the text of inlines; what should not be among them shows by its name."""
    parts = []
    for number, child in enumerate(children):
        if number and children[number - 1].info == "auto" and children[number - 1].type == "link_open":
            parts.append(unquote(str(children[number - 1].attrs["href"])))
        elif child.type == "hardbreak":
            parts.append("\n")
        elif child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("html_inline", "image", "softbreak"):
            parts.append(f"<{child.type}>")
    return "".join(parts)

"""From chosen leaves to the document: paragraphs, headings, lists, quotations, tables, pictures with their captions."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from worker.document import Block, Code, Document, Embed, Heading, Image, ListBlock, Paragraph, Quote, Span, Table
from worker.extract.addresses import absolute
from worker.extract.blocks import HEADINGS, Box, Leaf
from worker.extract.captions import bare, credit_in, is_caption_line
from worker.extract.hints import is_caption_name, names
from worker.extract.images import address_of, same_picture, skip_reason
from worker.extract.inline import spans_of
from worker.models import ImageRef

NESTING_MAX = 8  # lists in lists beyond this are a broken page, not a structure; the text is kept flat
LONGEST_ALT = 1_000  # characters of what stands in for a picture; screen readers cut off at a fraction of it
LONGEST_CAPTION = 3_000  # characters of all captions of one picture; longer is another story
CELL_MAX = 400  # weight of a cell; with more it is a layout's column, not data
_STRUCTURES = frozenset(("ul", "ol", "blockquote", "table"))


class Assembly:
    """Builds one document and its list of images."""

    def __init__(self, base: str, root: Box) -> None:
        self.base = base
        self.root = root
        self.images: list[ImageRef] = []
        self.refs: dict[str, int] = {}
        self.hrefs: dict[str, str | None] = {}
        self.captioned: dict[int, str] = {}

    def document(self, leaves: Sequence[Leaf]) -> tuple[Document, tuple[ImageRef, ...]]:
        """Return the document of *leaves* and the images it shows, positions set."""
        blocks = tuple(self.blocks(self.prepare(leaves), None, 0))
        positions: dict[int, int] = {}
        for index, block in enumerate(blocks):
            for ref in refs_in(block):
                positions.setdefault(ref, index)
        images = []
        for ref, image in enumerate(self.images):
            caption = self.captioned.get(ref, "")
            credit = image.credit or credit_in(caption)
            images.append(replace(image, position=positions.get(ref), caption=image.caption or caption, credit=credit))
        return Document(blocks), tuple(images)

    def prepare(self, leaves: Sequence[Leaf]) -> list[tuple[Leaf, Block | None]]:
        """Settle pictures and captions, which look at their neighbours, before structure is built."""
        out: list[tuple[Leaf, Block | None]] = []
        last: tuple[int, int] | None = None  # ref of the picture just before, and how many leaves ago
        figures: dict[int, list[int]] = {}
        waiting: dict[int, list[Leaf]] = {}
        for leaf in leaves:
            figure = enclosing(leaf.box, "figure")
            if leaf.kind == "image":
                ref = self.image(leaf, beside=last[0] if last and last[1] == len(out) - 1 else None)
                if ref is not None:
                    last = (ref, len(out))
                    if figure is not None:
                        figures.setdefault(figure.index, []).append(ref)
                    out.append((leaf, Image(ref)))
                continue
            if leaf.kind == "text" and is_figcaption(leaf):
                if figure is not None:
                    waiting.setdefault(figure.index, []).append(leaf)
                elif last is not None and last[1] == len(out) - 1:
                    self.describe(last[0], leaf)
                continue
            if leaf.kind == "text" and last is not None and last[1] == len(out) - 1 and is_caption_line(leaf):
                self.captioned[last[0]] = bare(leaf.text)
                out.append((leaf, Paragraph(self.spans(leaf), caption_of=last[0])))
                continue
            out.append((leaf, None))
        for index, captions in waiting.items():
            for caption in captions:
                for ref in figures.get(index, [])[-1:]:
                    self.describe(ref, caption)
        return out

    def image(self, leaf: Leaf, beside: int | None) -> int | None:
        """Return the ref of a picture that is wanted, None for one that is not or is already there."""
        url = address_of(leaf.attrs, leaf.sources, self.base)
        if url is None or url in self.refs:
            return None
        alt = " ".join((leaf.attrs.get("alt") or "")[: 2 * LONGEST_ALT].split())[:LONGEST_ALT]
        if beside is not None and (
            (leaf.noscript and self.images[beside].alt == alt) or same_picture(self.images[beside].url, url)
        ):
            return None  # the copy for readers without scripts, or for another width of the window
        skip = skip_reason(leaf.attrs, url)
        ref = len(self.images)
        self.refs[url] = ref
        self.images.append(ImageRef(url=url, position=None, alt=alt, skip=skip))
        return None if skip else ref

    def describe(self, ref: int, leaf: Leaf) -> None:
        """Add a figcaption's text to its picture."""
        image = self.images[ref]
        text, credit = leaf.text[:LONGEST_CAPTION].replace("\n", " "), ""
        if is_credit(leaf.box):
            credit, text = text, ""
        caption = " ".join(filter(None, (image.caption, bare(text))))[:LONGEST_CAPTION]
        credit = image.credit or credit or credit_in(text)
        self.images[ref] = ImageRef(url=image.url, position=None, alt=image.alt, caption=caption, credit=credit, skip=image.skip)

    def spans(self, leaf: Leaf) -> tuple[Span, ...]:
        """Return the leaf's text as spans with absolute links."""
        for _, style in leaf.pieces:
            if style[0] and style[0] not in self.hrefs:
                self.hrefs[style[0]] = absolute(style[0], self.base)
        return spans_of(leaf.pieces, self.hrefs)

    def blocks(self, leaves: Sequence[tuple[Leaf, Block | None]], inside: Box | None, depth: int) -> list[Block]:
        """Return *leaves* as blocks, the structures below *inside* rebuilt."""
        out: list[Block] = []
        for structure, group in groupby(leaves, key=lambda pair: structure_of(pair[0].box, inside, self.root, depth)):
            run = list(group)
            if structure is None:
                out.extend(block for pair in run if (block := pair[1] or self.simple(pair[0])))
            elif structure.tag == "blockquote":
                out.append(Quote(tuple(self.blocks(run, structure, depth + 1))))
            elif structure.tag == "table":
                rows = self.table(run, structure)
                out.extend([rows] if rows else self.blocks(run, structure, depth + 1))
            else:
                out.extend(self.list(run, structure, depth))
        return out

    def simple(self, leaf: Leaf) -> Block | None:
        """Return one leaf as a block."""
        if leaf.kind == "pre":
            return Code(leaf.text)
        if leaf.kind == "embed":
            href = absolute(leaf.href, self.base)
            return Embed(href=href, title=leaf.text[:LONGEST_ALT]) if href else None
        if (level := HEADINGS.get(leaf.box.tag)) is not None:
            return Heading(level=max(2, level), spans=self.spans(leaf))
        return Paragraph(self.spans(leaf))

    def list(self, run: Sequence[tuple[Leaf, Block | None]], structure: Box, depth: int) -> list[Block]:
        """Return a list; what stands in it outside items follows no item and becomes one."""
        items = []
        for item, group in groupby(run, key=lambda pair: child_of(pair[0].box, structure)):
            items.append(tuple(self.blocks(list(group), item, depth + 1)))
        return [ListBlock(ordered=structure.tag == "ol", items=tuple(item for item in items if item))]

    def table(self, run: Sequence[tuple[Leaf, Block | None]], structure: Box) -> Table | None:
        """Return a table of data, None when the table only lays out the page."""
        rows: list[list[tuple[Span, ...]]] = []
        header = True
        for row, group in groupby(run, key=lambda pair: enclosing(pair[0].box, "tr")):
            cells: list[tuple[Span, ...]] = []
            for cell, inner in groupby(group, key=lambda pair: enclosing(pair[0].box, "td", "th")):
                leaves = [leaf for leaf, _ in inner]
                if (
                    cell is None
                    or row is None
                    or enclosing(row, "table") is not structure
                    or any(leaf.kind != "text" for leaf in leaves)
                ):
                    return None
                if sum(leaf.weight for leaf in leaves) > CELL_MAX:
                    return None
                header = header and (bool(rows) or cell.tag == "th")
                cells.append(
                    tuple(span for n, leaf in enumerate(leaves) for span in (*((Span("\n"),) * bool(n)), *self.spans(leaf)))
                )
            rows.append(cells)
        if len(rows) < 2 or max(map(len, rows)) < 2:  # one row or one column is no table
            return None
        return Table(rows=tuple(tuple(row) for row in rows), header=header)


def refs_in(block: Block) -> list[int]:
    """Return the refs of the pictures in *block*, in order."""
    match block:
        case Image(ref=ref):
            return [ref]
        case Quote(blocks=blocks):
            return [ref for inner in blocks for ref in refs_in(inner)]
        case ListBlock(items=items):
            return [ref for item in items for inner in item for ref in refs_in(inner)]
        case _:
            return []


def enclosing(box: Box | None, *tags: str) -> Box | None:
    """Return the nearest box with one of *tags*, from *box* outwards."""
    while box is not None and box.tag not in tags:
        box = box.parent
    return box


def child_of(box: Box, ancestor: Box) -> Box | None:
    """Return the child of *ancestor* that holds *box*."""
    found: Box | None = None
    probe: Box | None = box
    while probe is not None and probe is not ancestor:
        found, probe = probe, probe.parent
    return found


def structure_of(box: Box, inside: Box | None, root: Box, depth: int) -> Box | None:
    """Return the outermost list, quotation or table between *box* and *inside* (the root when None)."""
    if depth > NESTING_MAX:
        return None
    found: Box | None = None
    probe: Box | None = box
    limit = inside or root
    while probe is not None and probe is not limit:
        if probe.tag in _STRUCTURES:
            found = probe
        probe = probe.parent
    return found


def is_figcaption(leaf: Leaf) -> bool:
    """Return whether the markup itself calls the text a caption."""
    probe: Box | None = leaf.box
    for _ in range(4):  # a caption's own wrappers are few
        if probe is None:
            return False
        if probe.tag in ("figcaption", "caption"):
            return True
        if probe.attrs and is_caption_name(names(probe)):
            return True
        probe = probe.parent
    return False


def is_credit(box: Box) -> bool:
    """Return whether the box names who took a picture."""
    name = names(box)
    return any(word in name for word in (" credit", " copyright ", " photographer ", " source "))

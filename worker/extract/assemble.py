"""From chosen leaves to the document: paragraphs, headings, lists, quotations, tables, pictures with their captions."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from worker.document import Block, Code, Document, Embed, Heading, Image, ListBlock, Paragraph, Quote, Span
from worker.extract.addresses import absolute
from worker.extract.blocks import HEADINGS, Box, Leaf
from worker.extract.captions import bare, credit_in, in_caption, is_caption_line, is_credit, is_credit_line
from worker.extract.images import address_of, declared_size, skip_reason
from worker.extract.inline import PLAIN, spans_of, squeeze
from worker.extract.pictures import Arrangement
from worker.extract.renditions import same_picture
from worker.extract.structures import STRUCTURES, child_of, enclosing, outermost, refs_in, table_of
from worker.models import ImageRef

NESTING_MAX = 8  # lists in lists beyond this are a broken page, not a structure; the text is kept flat
LONGEST_ALT = 1_000  # characters of what stands in for a picture; screen readers cut off at a fraction of it
LONGEST_CAPTION = 3_000  # characters of all captions of one picture; longer is another story
EMBED_PX = 50  # declared size under which a frame shows nothing to readers

Run = Sequence[tuple[Leaf, Block | None]]


class Assembly:
    """Builds one document and its list of images."""

    def __init__(self, base: str, root: Box) -> None:
        self.base = base
        self.root = root
        self.images: list[ImageRef] = []
        self.refs: dict[str, int] = {}
        self.hrefs: dict[str, str | None] = {}
        self.captioned: dict[int, str] = {}
        self.shown: set[str] = set()  # addresses of embeds
        self.structures: dict[int, Box | None] = {}  # the outermost structure around a box, by its index

    def document(self, arranged: Arrangement) -> tuple[Document, tuple[ImageRef, ...]]:
        """Return the document of the leaves *arranged* and the images it shows, positions set."""
        blocks = tuple(self.blocks(self.prepare(arranged), None, 0))
        positions: dict[int, int] = {}
        if self.images:
            for index, block in enumerate(blocks):
                for ref in refs_in(block):
                    positions.setdefault(ref, index)
        images = []
        for ref, image in enumerate(self.images):
            caption = " ".join(filter(None, (self.captioned.get(ref), image.caption)))
            credit = image.credit or credit_in(caption)
            images.append(replace(image, position=positions.get(ref), caption=caption, credit=credit))
        return Document(blocks), tuple(images)

    def prepare(self, arranged: Arrangement) -> list[tuple[Leaf, Block | None]]:
        """Settle pictures and captions, which look at their neighbours, before structure is built."""
        leaves, captions = arranged.leaves, arranged.captions
        out: list[tuple[Leaf, Block | None]] = []
        last: int | None = None  # ref of the picture just before, as long as nothing has followed it
        text = {leaf.index for leaf in leaves} if captions else set()
        describes: dict[int, int] = {}
        for leaf in leaves:
            if leaf.kind == "image":
                ref, new = self.image(leaf, arranged.shown.get(leaf.index), beside=last)
                if ref is not None:
                    for line in sorted(captions.get(leaf.index, ()), key=lambda line: is_credit_line(line.text)):
                        if line.index in text and line.index > leaf.index:
                            describes[line.index] = ref
                            self.captioned[ref] = ""
                        else:
                            self.describe(ref, line)
                if new and ref is not None:
                    last = ref
                    out.append((leaf, Image(ref)))
                continue
            if leaf.kind == "text":
                if (ref := describes.get(leaf.index)) is not None or (last is not None and is_caption_line(leaf)):
                    ref = last if ref is None else ref
                    if ref is not None:
                        self.captioned[ref] = bare(leaf.text)
                    out.append((leaf, Paragraph(self.spans(leaf), caption_of=ref)))
                    last = None
                    continue
                if self.is_caption(leaf):
                    if last is not None:
                        self.describe(last, leaf)
                    continue
            last = None
            out.append((leaf, None))
        return out

    def is_caption(self, leaf: Leaf) -> bool:
        """Return whether the markup calls the text a picture's caption; a table's is text."""
        return leaf.box.tag != "caption" and in_caption(leaf.box)

    def image(self, leaf: Leaf, shown: str | None, beside: int | None) -> tuple[int | None, bool]:
        """Return the ref of a picture, None for one that is not wanted, and whether it is a new one.

        *shown* is its address when it is known to be worth showing, *beside* the ref of the picture just before.
        """
        url = shown or address_of(leaf.attrs, leaf.sources, self.base)
        if url is None:
            return None, False
        if (known := self.refs.get(url)) is not None:
            return (None if self.images[known].skip else known), False
        alt = squeeze((leaf.attrs.get("alt") or "")[: 2 * LONGEST_ALT])[:LONGEST_ALT]
        if beside is not None and (
            (leaf.noscript and self.images[beside].alt == alt) or same_picture(self.images[beside].url, url)
        ):
            return beside, False  # the copy for readers without scripts, or for another width of the window
        skip = None if shown else skip_reason(leaf.attrs, url)
        ref = len(self.images)
        self.refs[url] = ref
        self.images.append(ImageRef(url=url, position=None, alt=alt, skip=skip))
        return (None if skip else ref), True

    def describe(self, ref: int, leaf: Leaf) -> None:
        """Add a figcaption's text to its picture."""
        image = self.images[ref]
        text, credit = leaf.text[:LONGEST_CAPTION].replace("\n", " "), ""
        if is_credit(leaf.box):
            credit, text = text, ""
        elif (image.caption or ref in self.captioned) and is_credit_line(text):
            credit, text = credit_in(text), ""
        text = bare(text)
        if text in image.caption:  # once for readers of screens, once for the eye
            text = ""
        caption = " ".join(filter(None, (image.caption, text)))[:LONGEST_CAPTION]
        self.images[ref] = replace(image, caption=caption, credit=image.credit or credit or credit_in(text))

    def spans(self, leaf: Leaf) -> tuple[Span, ...]:
        """Return the leaf's text as spans with absolute links."""
        if len(leaf.pieces) == 1 and leaf.pieces[0][1] == PLAIN:
            return (Span(leaf.pieces[0][0]),)
        if leaf.links:
            for _, style in leaf.pieces:
                if style[0] and style[0] not in self.hrefs:
                    self.hrefs[style[0]] = absolute(style[0], self.base)
        return spans_of(list(leaf.pieces), self.hrefs)

    def blocks(self, leaves: Run, inside: Box | None, depth: int) -> list[Block]:
        """Return *leaves* as blocks, the structures below *inside* rebuilt."""
        out: list[Block] = []
        for structure, group in groupby(leaves, key=lambda pair: self.structure_of(pair[0].box, inside, depth)):
            if structure is None:
                out.extend(block for leaf, done in group if (block := done or self.simple(leaf)))
                continue
            run = list(group)
            if structure.tag == "blockquote":
                out.append(Quote(tuple(self.blocks(run, structure, depth + 1))))
            elif structure.tag == "table":
                out.extend(self.table(run, structure, depth))
            elif structure.tag == "dl":
                out.extend(self.terms(run, structure, depth))
            else:
                out.append(self.items(run, structure, depth))
        return out

    def structure_of(self, box: Box, inside: Box | None, depth: int) -> Box | None:
        """Return the outermost list, quotation or table between *box* and *inside* (the root when None)."""
        if depth > NESTING_MAX:
            return None
        if inside is not None:
            return outermost(box, inside)
        known, inner = self.structures, []
        probe: Box | None = box
        while probe is not None and probe is not self.root and probe.index not in known:
            inner.append(probe)
            probe = probe.parent
        found = known[probe.index] if probe is not None and probe is not self.root else None
        for probe in reversed(inner):
            found = known[probe.index] = found or (probe if probe.tag in STRUCTURES else None)
        return found

    def simple(self, leaf: Leaf) -> Block | None:
        """Return one leaf as a block."""
        if leaf.kind != "text":
            return Code(leaf.text) if leaf.kind == "pre" else self.embed(leaf)
        if (level := HEADINGS.get(leaf.box.tag)) is not None:
            return Heading(level=max(2, level), spans=self.spans(leaf))
        return Paragraph(self.spans(leaf))

    def embed(self, leaf: Leaf) -> Embed | None:
        """Return a frame or a video as a link, None for one that shows readers nothing or was there before."""
        href = absolute(leaf.href, self.base)
        if href is None or href in self.shown or any(size is not None and size < EMBED_PX for size in declared_size(leaf.attrs)):
            return None
        self.shown.add(href)
        return Embed(href=href, title=leaf.text[:LONGEST_ALT])

    def items(self, run: Run, structure: Box, depth: int) -> ListBlock:
        """Return a list; what stands in it outside items follows no item and becomes one."""
        items: list[tuple[Block, ...]] = []
        for item, group in groupby(run, key=lambda pair: child_of(pair[0].box, structure)):
            inner = list(group)
            if len(inner) == 1 and inner[0][0].box is item:  # most items are one line
                block = inner[0][1] or self.simple(inner[0][0])
                items.append((block,) if block else ())
            else:
                items.append(tuple(self.blocks(inner, item, depth + 1)))
        return ListBlock(ordered=structure.tag == "ol", items=tuple(item for item in items if item))

    def terms(self, run: Run, structure: Box, depth: int) -> list[Block]:
        """Return a definition list as a list of its groups, each its terms and what they mean; else its content alone."""
        tags = [box.tag if (box := enclosing(leaf.box, "dt", "dd")) is not None else "" for leaf, _ in run]
        if not {"dt", "dd"} <= set(tags):
            return self.blocks(run, structure, depth + 1)
        starts = [n for n, tag in enumerate(tags) if n == 0 or (tag == "dt" and tags[n - 1] != "dt")]
        ends = [*starts[1:], len(run)]
        items = (tuple(self.blocks(run[start:end], structure, depth + 1)) for start, end in zip(starts, ends, strict=True))
        return [ListBlock(ordered=False, items=tuple(item for item in items if item))]

    def table(self, run: Run, structure: Box, depth: int) -> list[Block]:
        """Return a table of data after its caption, or the content alone of one that only lays out the page."""
        named = [pair for pair in run if enclosing(pair[0].box, "caption", "td", "th", "table") is not structure]
        caption = [pair for pair in named if pair[0].box.tag == "caption"]
        rows = table_of([leaf for leaf, _ in run if leaf.box.tag != "caption"], structure, self.spans)
        if rows is None:
            return self.blocks(run, structure, depth + 1)
        return [*self.blocks(caption, structure, depth + 1), rows]

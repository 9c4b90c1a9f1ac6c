"""One pass over the tree: every block of text and every picture in reading order, with what speaks for and against it.

A `Leaf` is a run of text, a picture, a piece of code or an embed; a `Box` is the block element around it. Both are
mutable while they are being collected and read-only afterwards.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from selectolax.lexbor import LexborHTMLParser, LexborNode

from worker.extract.inline import BREAK, EDGES, PLAIN, Style, collapse, join_pieces, verbatim, weigh
from worker.extract.marks import HIDES, MARK, Mark, look

# Nothing in these is text of an article (HTML Standard §4), or it is a control; their subtrees are never looked into.
SKIPPED = frozenset({
    "nav", "footer",
    "script", "style", "template", "svg", "canvas", "math", "select", "button", "input", "textarea", "datalist", "object",
    "applet", "map", "head", "link", "meta", "base", "param", "source", "track", "progress", "meter", "dialog", "audio",
    "frame", "frameset", "noframes", "title", "option", "optgroup", "-comment", "-doctype",
})  # fmt: skip
BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dir", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "legend",
    "li", "main", "menu", "ol", "p", "search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead",
    "tr", "ul",
})  # fmt: skip
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
# Elements that change how the text inside them is read. What is neither these nor blocks is passed through.
STYLED = frozenset((
    "a", "b", "strong", "i", "em", "cite", "dfn", "var", "code", "kbd", "samp", "tt", "font", "small", "noscript",
))  # fmt: skip
_NO_ATTRS: Mapping[str, str | None] = MappingProxyType({})
SEEN = frozenset(("img", "br"))  # a picture that waits for its script may be hidden
MOST_MARKS = 3_000  # elements that look like bylines; a page with more is a listing
TOLD_MIN = 80  # weight of a text that may be a paragraph, see `prose.PROSE_MIN`
# An indent by ideographic or several no-break spaces.
_INDENTED = re.compile(r"[\s\u200b]*?(?:\u3000|\u00a0[ ]?\u00a0|\u2003)")


class Box:
    """A block element; `first` to `end` are the leaves inside it, weights are sums over them.

    Plain classes, this and `Leaf`, that set all their attributes: hundreds are made for a page, and what an object has
    itself is read in a fraction of the time that a default on its class takes.
    """

    def __init__(
        self, index: int, tag: str, parent: "Box | None", attrs: dict[str, str | None], hidden: bool, first: int
    ) -> None:
        self.index = index
        self.tag = tag
        self.parent = parent
        self.attrs = attrs
        self.hidden = hidden
        self.first = first
        self.end = 0
        self.weight = 0  # of all text
        self.linked = 0  # of text inside links
        self.links = 0
        self.prose = 0  # of text in sentences, outside links
        self.value = 0.0
        self.chrome = 0  # how sure it is that it stands around the article, see `chrome`
        self.teaser = False
        self.named: str | None = None  # what `hints.names` said of it
        self.captioned: bool | None = None  # what `captions.in_caption` said of it


# Box, style, whether in `<noscript>`, whether in small print, whether to close a block.
Saved = tuple["Box | None", Style, bool, bool, bool]


class Leaf:
    """A run of text (`text`), a picture (`image`), preformatted text (`pre`) or an embed (`embed`).

    *weight* and *linked* in Latin letters, see `weigh`; *links* counts the runs of text inside links. *small* says that
    all of it is set in a font of its own. *sources* are the `<source>` elements of a picture, *href* the link around it.
    """

    def __init__(self, kind: str, box: Box, index: int) -> None:
        self.kind = kind
        self.box = box
        self.index = index
        self.pieces: Sequence[tuple[str, Style]] = ()
        self.text = ""
        self.weight = 0
        self.linked = 0
        self.links = 0
        self.small = False
        self.prose = False  # whether it tells something in sentences, see `prose.measure`
        self.attrs: Mapping[str, str | None] = _NO_ATTRS
        self.sources: tuple[dict[str, str | None], ...] = ()
        self.href: str | None = None
        self.noscript = False


@dataclass(slots=True)
class Page:
    """Everything that was collected, in document order."""

    boxes: list[Box]
    leaves: list[Leaf]
    marks: list[Mark] = field(default_factory=list)


class Collector:
    """Walks a tree once, without recursion: depth costs no stack."""

    def __init__(self, *, scripts: bool = True) -> None:
        self.scripts = scripts  # whether the page is read as with scripts: what stands in `<noscript>` is not shown then
        self.boxes: list[Box] = []
        self.leaves: list[Leaf] = []
        self.marks: list[Mark] = []
        self.box: Box | None = None
        self.style: Style = PLAIN
        self.pieces: list[tuple[str, Style]] = []
        self.breaks = 0
        self.noscript = False
        self.small = False
        self.large = False  # whether the block under way holds text that is not small
        self.sources: list[dict[str, str | None]] = []

    def walk(self, root: LexborNode) -> Page:
        """Collect *root* and everything below it."""
        node: LexborNode = root
        stack: list[tuple[LexborNode, Saved | None]] = []
        while True:
            tag = node.tag or ""
            if tag == "-text":
                if not self.noscript:
                    self.add_text(node.text_content or "")
            elif tag not in SKIPPED:
                saved, inside = self.open(tag, node)
                if inside:
                    child = node.first_child
                    if child is not None:
                        stack.append((node, saved))
                        node = child
                        continue
                if saved is not None:
                    self.close(saved)
            elif tag == "source":
                self.sources.append(node.attributes)
            following = node.next if stack else None
            while following is None:
                if not stack:
                    return Page(self.boxes, self.leaves, self.marks)
                node, saved = stack.pop()
                if saved is not None:
                    self.close(saved)
                following = node.next if stack else None
            node = following

    def open(self, tag: str, node: LexborNode) -> tuple["Saved | None", bool]:
        """Enter an element; return what to go back to after it (None: nothing changes), and whether to look inside."""
        attrs = node.attributes
        said = look(tag, attrs) if attrs else 0
        if (said & MARK or tag == "time") and len(self.marks) < MOST_MARKS:
            self.marks.append(Mark(node, tag, attrs, self.box, len(self.leaves)))
        if tag in BLOCKS:
            saved = (self.box, self.style, self.noscript, self.small, True)
            if self.pieces:
                self.flush()
            self.breaks = 0
            self.box = Box(len(self.boxes), tag, self.box, attrs, said & HIDES != 0, len(self.leaves))
            self.boxes.append(self.box)
            if self.style is not PLAIN:
                self.style = (self.style[0], False, False, False)
            return saved, True
        if said & HIDES and tag not in SEEN:
            return None, False
        if tag not in STYLED:
            return None, self.take(tag, attrs, node)
        saved = (self.box, self.style, self.noscript, self.small, False)
        href, strong, emphasis, code = self.style
        match tag:
            case "a":
                self.style = (attrs.get("href") or None, strong, emphasis, code)
            case "b" | "strong":
                self.style = (href, True, emphasis, code)
            case "code" | "kbd" | "samp" | "tt":
                self.style = (href, strong, emphasis, True)
            case "font" | "small":
                self.small = True
            case "noscript":
                self.noscript = self.scripts
            case _:
                self.style = (href, strong, True, code)
        return saved, True

    def take(self, tag: str, attrs: dict[str, str | None], node: LexborNode) -> bool:
        """Take an element that is no text, or pass through one that means nothing to us; return whether to look inside."""
        match tag:
            case "br":
                self.breaks += 1
            case "img" | "amp-img" | "amp-anim":
                self.add_image(attrs)
            case "pre" | "listing" | "xmp" | "plaintext":
                self.add_pre(node)
            case "hr":
                self.flush()
            case "iframe" | "video" | "embed":
                self.add_embed(tag, attrs, node)
            case _:
                if tag == "picture":
                    self.sources = []
                return True
        return False

    def close(self, saved: "Saved") -> None:
        """Leave the element that *saved* was taken before."""
        if saved[4]:
            if self.pieces:
                self.flush()
            self.breaks = 0
            if self.box is not None:
                self.box.end = len(self.leaves)
        self.box, self.style, self.noscript, self.small, _ = saved

    def add_text(self, raw: str) -> None:
        """Take a text node; two line breaks before it, or one and an indent, begin a new paragraph (old CMS pages)."""
        if raw.isspace():
            if self.pieces and not self.breaks:
                self.pieces.append((" ", self.style))
            return
        # Nine texts of ten have nothing to collapse: looking first takes a tenth of the time.
        text = raw if raw.isascii() and raw.isprintable() and "  " not in raw else collapse(raw)
        if self.breaks and text.strip(EDGES):
            if self.breaks > 1 or _INDENTED.match(raw):
                self.flush()
            elif self.pieces:
                self.pieces.append((BREAK, self.style))
            self.breaks = 0
        if not self.small:
            self.large = True
        self.pieces.append((text, self.style))

    def flush(self) -> None:
        """End the block of text under way."""
        self.breaks = 0
        if not self.pieces:
            return
        pieces = join_pieces(self.pieces)
        small, self.large, self.pieces = not self.large, False, []
        if not pieces or self.box is None:
            return
        text, style = pieces[0]
        weight = linked = links = 0
        if len(pieces) > 1:
            text = "".join([piece[0] for piece in pieces])
            for piece, style in pieces:
                if style[0]:
                    linked += weigh(piece)
                    links += 1
            weight = weigh(text)
        else:
            weight = weigh(text)
            if style[0]:
                linked, links = weight, 1
        leaf = Leaf("text", self.box, len(self.leaves))
        leaf.pieces, leaf.text, leaf.weight, leaf.small = pieces, text, weight, small
        if links:
            leaf.linked, leaf.links = linked, links
        self.leaves.append(leaf)

    def add_image(self, attrs: dict[str, str | None]) -> None:
        """Take a picture; text around it becomes blocks of its own."""
        if self.box is None:
            return
        self.flush()
        leaf = Leaf("image", self.box, len(self.leaves))
        leaf.attrs, leaf.href, leaf.noscript, leaf.sources = attrs, self.style[0], self.noscript, tuple(self.sources)
        self.sources = []
        self.leaves.append(leaf)

    def add_pre(self, node: LexborNode) -> None:
        """Take preformatted text whole, to the letter."""
        self.flush()
        text = verbatim(node.text(deep=True))
        if text and self.box is not None and not self.noscript:
            leaf = Leaf("pre", self.box, len(self.leaves))
            leaf.text, leaf.weight = text, weigh(text)
            self.leaves.append(leaf)

    def add_embed(self, tag: str, attrs: dict[str, str | None], node: LexborNode) -> None:
        """Take a frame or a video as a link to what it shows."""
        self.flush()
        src = attrs.get("src") or attrs.get("data-src")
        if not src and tag == "video":
            source = node.css_first("source")
            src = source.attributes.get("src") if source is not None else None
        if src and self.box is not None:
            leaf = Leaf("embed", self.box, len(self.leaves))
            leaf.text, leaf.attrs, leaf.href = attrs.get("title") or "", attrs, src
            self.leaves.append(leaf)


def collect(tree: LexborHTMLParser) -> Page:
    """Return the blocks of *tree*'s body (or of the whole of a document without one).

    A page that shows next to nothing is read as browsers without scripts show it.
    """
    root = tree.body or tree.root
    if root is None:
        return Page([], [])
    page = Collector().walk(root)
    if all(leaf.weight < TOLD_MIN or leaf.links for leaf in page.leaves) and root.css_first("noscript") is not None:
        return Collector(scripts=False).walk(root)
    return page

"""One pass over the tree: every block of text and every picture in reading order, with what speaks for and against it.

A `Leaf` is a run of text, a picture, a piece of code or an embed; a `Box` is the block element around it. Both are
mutable while they are being collected and read-only afterwards.
"""

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from worker.extract.inline import BREAK, EDGES, PLAIN, Style, collapse, join_pieces, weigh

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
STRONG = frozenset(("b", "strong"))
EMPHASIS = frozenset(("i", "em", "cite", "dfn", "var"))
CODE = frozenset(("code", "kbd", "samp", "tt"))
HIDDEN_CLASSES = frozenset({
    "sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "screen-reader-only", "screenreader-only",
    "u-visually-hidden", "assistive-text", "element-invisible", "show-for-sr",
})  # fmt: skip
# An indent by ideographic or several no-break spaces.
_INDENTED = re.compile(r"[\s\u200b]*?(?:\u3000|\u00a0[ ]?\u00a0|\u2003)")


@dataclass(slots=True, eq=False)
class Box:
    """A block element; `first` to `end` are the leaves inside it, weights are sums over them."""

    index: int
    tag: str
    parent: "Box | None"
    attrs: dict[str, str | None]
    hidden: bool
    first: int
    end: int = 0
    depth: int = 0
    weight: int = 0  # of all text
    linked: int = 0  # of text inside links
    links: int = 0
    prose: int = 0  # of text in sentences, outside links
    value: float = 0.0
    chrome: bool = False
    teaser: bool = False


@dataclass(slots=True, eq=False)
class Leaf:
    """A run of text (`text`), a picture (`image`), preformatted text (`pre`) or an embed (`embed`).

    *weight* and *linked* in Latin letters, see `weigh`; *links* counts the runs of text inside links. *small* says that
    all of it is set in a font of its own. *sources* are the `<source>` elements of a picture, *href* the link around it.
    """

    kind: str
    box: Box
    index: int
    pieces: list[tuple[str, Style]] = field(default_factory=list)
    text: str = ""
    weight: int = 0
    linked: int = 0
    links: int = 0
    small: bool = False
    attrs: dict[str, str | None] = field(default_factory=dict)
    sources: tuple[dict[str, str | None], ...] = ()
    href: str | None = None
    noscript: bool = False


@dataclass(slots=True)
class Page:
    """Everything that was collected, in document order."""

    boxes: list[Box]
    leaves: list[Leaf]


def is_hidden(attrs: dict[str, str | None]) -> bool:
    """Return whether *attrs* hide an element from readers (not `visibility`, which scripts lift: WeChat's bodies)."""
    if "hidden" in attrs and attrs["hidden"] != "until-found":
        # React streams parts of a page in hidden boxes called S:0, S:1 …, which a script moves into place.
        return not (attrs.get("id") or "").startswith("S:")
    style = attrs.get("style")
    if style and "none" in style.lower() and "display:none" in style.replace(" ", "").lower():
        return True
    classes = attrs.get("class")
    return bool(classes) and not HIDDEN_CLASSES.isdisjoint(classes.split())  # type: ignore[union-attr]


class Collector:
    """Walks a tree once, without recursion: depth costs no stack."""

    def __init__(self) -> None:
        self.boxes: list[Box] = []
        self.leaves: list[Leaf] = []
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
        stack: list[tuple[LexborNode, tuple[Box | None, Style, bool, bool, bool]]] = []
        while True:
            tag = node.tag or ""
            if tag == "-text":
                if not self.noscript:
                    self.add_text(node.text_content or "")
            elif tag not in SKIPPED:
                saved = (self.box, self.style, self.noscript, self.small, tag in BLOCKS)
                if self.open(tag, node):
                    child = node.first_child
                    if child is not None:
                        stack.append((node, saved))
                        node = child
                        continue
                self.close(saved)
            elif tag == "source":
                self.sources.append(node.attributes)
            following = node.next if stack else None
            while following is None:
                if not stack:
                    return Page(self.boxes, self.leaves)
                node, saved = stack.pop()
                self.close(saved)
                following = node.next if stack else None
            node = following

    def open(self, tag: str, node: LexborNode) -> bool:
        """Enter an element; return whether to look inside."""
        if tag in BLOCKS:
            return self.open_block(tag, node.attributes)
        if tag == "br":
            self.breaks += 1
            return False
        attrs = node.attributes
        if attrs and tag != "img" and is_hidden(attrs):
            return False
        match tag:
            case "a":
                self.style = (attrs.get("href") or None, *self.style[1:])
            case "img" | "amp-img" | "amp-anim":
                self.add_image(attrs)
                return False
            case "pre" | "listing" | "xmp" | "plaintext":
                return self.open_pre(node)
            case "hr":
                self.flush()
                return False
            case "iframe" | "video" | "embed":
                self.add_embed(tag, attrs, node)
                return False
            case "noscript":
                self.noscript = True
            case "picture":
                self.sources = []
            case "font" | "small":
                self.small = True
            case _:
                self.open_inline(tag)
        return True

    def open_inline(self, tag: str) -> None:
        """Enter an element that changes how text looks, or means nothing to us."""
        href, strong, emphasis, code = self.style
        if tag in STRONG:
            self.style = (href, True, emphasis, code)
        elif tag in EMPHASIS:
            self.style = (href, strong, True, code)
        elif tag in CODE:
            self.style = (href, strong, emphasis, True)

    def open_block(self, tag: str, attrs: dict[str, str | None]) -> bool:
        """Enter a block element."""
        if self.pieces:
            self.flush()
        self.breaks = 0
        parent = self.box
        hidden = bool(attrs) and is_hidden(attrs)
        box = Box(
            index=len(self.boxes),
            tag=tag,
            parent=parent,
            attrs=attrs,
            hidden=hidden,
            first=len(self.leaves),
            depth=parent.depth + 1 if parent else 0,
        )
        self.boxes.append(box)
        self.box = box
        self.style = (self.style[0], False, False, False)
        return True

    def close(self, saved: tuple[Box | None, Style, bool, bool, bool]) -> None:
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
        text = collapse(raw)
        if self.breaks and text.strip(EDGES):
            if self.breaks > 1 or _INDENTED.match(raw):
                self.flush()
            elif self.pieces:
                self.pieces.append((BREAK, self.style))
            self.breaks = 0
        self.large = self.large or not self.small
        self.pieces.append((text, self.style))

    def flush(self) -> None:
        """End the block of text under way."""
        self.breaks = 0
        pieces = join_pieces(self.pieces)
        small, self.large, self.pieces = not self.large, False, []
        if not pieces or self.box is None:
            return
        text = "".join([piece[0] for piece in pieces])
        weight = weigh(text)
        linked = links = 0
        for piece, style in pieces:
            if style[0]:
                linked += weigh(piece)
                links += 1
        self.leaves.append(Leaf("text", self.box, len(self.leaves), pieces, text, weight, linked, links, small))

    def add_image(self, attrs: dict[str, str | None]) -> None:
        """Take a picture; text around it becomes blocks of its own."""
        if self.box is None:
            return
        self.flush()
        leaf = Leaf("image", self.box, len(self.leaves), attrs=attrs, href=self.style[0], noscript=self.noscript)
        leaf.sources = tuple(self.sources)
        self.sources = []
        self.leaves.append(leaf)

    def open_pre(self, node: LexborNode) -> bool:
        """Take preformatted text whole, to the letter."""
        self.flush()
        text = node.text(deep=True).strip("\r\n").replace("\r\n", "\n").rstrip()
        if text and self.box is not None and not self.noscript:
            self.leaves.append(Leaf("pre", self.box, len(self.leaves), text=text, weight=weigh(text)))
        return False

    def add_embed(self, tag: str, attrs: dict[str, str | None], node: LexborNode) -> None:
        """Take a frame or a video as a link to what it shows."""
        self.flush()
        src = attrs.get("src") or attrs.get("data-src")
        if not src and tag == "video":
            source = node.css_first("source")
            src = source.attributes.get("src") if source is not None else None
        if src and self.box is not None:
            leaf = Leaf("embed", self.box, len(self.leaves), text=attrs.get("title") or "", attrs=attrs, href=src)
            self.leaves.append(leaf)


def collect(tree: LexborHTMLParser) -> Page:
    """Return the blocks of *tree*'s body (or of the whole of a document without one)."""
    root = tree.body or tree.root
    if root is None:
        return Page([], [])
    return Collector().walk(root)

"""Small looks at the tree: the text of an element as it reads, and walks in document order within a budget."""

from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from worker.normalise.text import squeeze

SILENT = frozenset(("script", "style", "rt", "rp", "noscript", "template", "svg", "button", "select", "textarea", "iframe"))
INLINE = frozenset(
    (
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "mark",
        "q",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    )
)
LONGEST_TEXT = 3_000  # characters of one element; callers look at lines, not at articles
MOST_STEPS = 400  # nodes of one element; see above


def text_in(node: LexborNode) -> str:
    """Return the text of *node* on one line as a reader sees it: words of neighbouring blocks do not run together."""
    pieces: list[str] = []
    size = 0
    for inner in _within(node):
        if inner.is_text_node:
            piece = inner.text_content or ""
            pieces.append(piece)
            size += len(piece)
            if size > LONGEST_TEXT:
                break
        elif inner.tag not in INLINE:
            pieces.append(" ")
    return squeeze("".join(pieces))


def following(node: LexborNode, steps: int, *, inside: bool = False) -> Iterator[LexborNode]:
    """Yield up to *steps* nodes that come after *node* in document order, its own content only if *inside*."""
    current: LexborNode | None = (node.first_child if inside else None) or _after(node)
    while current is not None and steps > 0:
        yield current
        steps -= 1
        down = current.first_child if current.tag not in SILENT else None
        current = down or _after(current)


def preceding(node: LexborNode, steps: int) -> Iterator[LexborNode]:
    """Yield up to *steps* nodes before *node*, nearest first, without its ancestors."""
    current: LexborNode | None = node
    while current is not None and steps > 0:
        while current is not None and current.prev is None:
            current = current.parent
        if current is None:
            return
        current = current.prev
        while current is not None and current.tag not in SILENT and current.last_child is not None:
            current = current.last_child
            steps -= 1
        if current is not None:
            yield current
            steps -= 1


def ancestors(node: LexborNode, levels: int) -> Iterator[LexborNode]:
    """Yield up to *levels* elements around *node*, the closest first."""
    current = node.parent
    while current is not None and levels > 0:
        yield current
        current = current.parent
        levels -= 1


def _after(node: LexborNode) -> LexborNode | None:
    current: LexborNode | None = node
    while current is not None and current.next is None:
        current = current.parent
    return current.next if current is not None else None


def _within(node: LexborNode) -> Iterator[LexborNode]:
    """Yield the content of *node* in document order, silent elements left out."""
    steps = MOST_STEPS
    stack = [node.first_child]
    while stack and steps > 0:
        current = stack.pop()
        if current is None:
            continue
        stack.append(current.next)
        if current.is_text_node or current.tag not in SILENT:
            yield current
            steps -= 1
            stack.append(current.first_child)

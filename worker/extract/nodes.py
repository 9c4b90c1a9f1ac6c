"""Small looks at the tree: the text of an element as it reads, and what is around it, within a budget."""

from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from worker.normalise.text import squeeze

SILENT = frozenset(("script", "style", "rt", "rp", "noscript", "template", "svg", "button", "select", "textarea", "iframe"))
INLINE = frozenset(
    (
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
        "strike",
        "strong",
        "sub",
        "sup",
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


def ancestors(node: LexborNode, levels: int) -> Iterator[LexborNode]:
    """Yield up to *levels* elements around *node*, the closest first."""
    current = node.parent
    while current is not None and levels > 0:
        yield current
        current = current.parent
        levels -= 1


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

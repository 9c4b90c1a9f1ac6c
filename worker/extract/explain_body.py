"""Which boxes of a page might have been the article's body, and why one was chosen."""

from dataclasses import dataclass

from worker.extract.blocks import Box, Page
from worker.extract.body import Selection, name_trust

MOST = 20  # boxes told of: those that are worth most, and all boxes around them are among those
STEPS = 3  # of a box's path that are told, the innermost: enough to find it on the page
CLASSES = 3  # of one box; some carry a dozen
PARTS = frozenset(("p", "li", "dd", "dt", "tr", "blockquote", "figure"))  # parts of a story, and no container of one


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxTrace:
    """One box: the innermost steps of its *path* (CSS), weight of the *prose* in it, share of text in links, and its *score*.

    The score is the prose that its links do not outweigh, times the trust in its name; its place is not yet reckoned in.
    """

    path: str
    prose: int
    linked: float
    score: float
    chosen: bool
    why: str


def explain_body(page: Page, selection: Selection) -> tuple[BoxTrace, ...]:
    """Return the boxes of *page*, from which *selection* was made, that are worth most, the chosen one first."""
    root = selection.root
    scored = [(box.value * name_trust(box), box) for box in page.boxes if box is root or (box.value > 0 and box.tag not in PARTS)]
    scored.sort(key=lambda pair: (pair[1] is not root, -pair[0], pair[1].index))
    return tuple(
        BoxTrace(
            path=path_of(box),
            prose=box.prose,
            linked=round(box.linked / (box.weight or 1), 3),
            score=round(score, 1),
            chosen=box is root,
            why=_why(box, selection),
        )
        for score, box in scored[:MOST]
    )


def path_of(box: Box) -> str:
    """Return where *box* stands, as a CSS selector of its innermost steps."""
    steps: list[str] = []
    probe: Box | None = box
    while probe is not None and len(steps) < STEPS:
        attrs = probe.attrs or {}
        words = (attrs.get("class") or "").split()[:CLASSES]
        steps.append(probe.tag + (f"#{attrs['id']}" if attrs.get("id") else "") + "".join(f".{word}" for word in words))
        probe = probe.parent
    return " > ".join(reversed(steps))


def _why(box: Box, selection: Selection) -> str:
    root, title = selection.root, selection.title
    if root is None:
        return "the page has no body"
    if box is root:
        inside = sum(leaf.kind in ("text", "pre") for leaf in selection.leaves)
        return f"the most prose that links do not outweigh, by its name and its place after the headline; {inside} texts are the article's"
    if box.chrome:
        return "furniture, by its name or place"
    if box.index > root.index and box.end <= root.end:
        return "a part of the body"
    if box.index < root.index and box.end >= root.end:
        return "it adds nothing to the body inside of it"
    if title is not None and box.end <= title.index:
        return "it ends before the headline"
    return "worth less, or farther from the headline"

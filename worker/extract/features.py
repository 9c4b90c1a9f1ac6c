"""What speaks for and against each run of text in and before the body's box, in numbers, for the forest to weigh.

The strongest evidence is what stands beside a text: how much of its parent and of the blocks styled like it was kept by
the rules of `worker.extract.trim`, and how much of the article's prose lies there.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from worker.extract.blocks import Box, Leaf, Page
from worker.extract.phrases import is_tail_heading
from worker.extract.prose import SENTENCE_ENDS
from worker.extract.trim import LABEL_MAX

NAMES = (
    "weight", "linked", "tag", "end", "cjk", "kept", "parent_kept", "style_kept", "near_kept", "parent_share", "style_share",
    "outer_share", "style_count", "word_mean", "word_min", "after_tail", "position", "rest", "page_share", "link_density",
    "depth", "box_weight", "box_share", "from_title",
)  # fmt: skip
NEAR = 3  # leaves to either side whose fate says something about one's own
FAR = 40  # leaves from the headline; beyond, it no longer matters
NO_TITLE = 99.0  # as from_title
# Floats, as all features: the forest compares two of them in half the time that it takes to compare one with an integer.
_TAGS = {
    "p": 1.0, "li": 2.0, "div": 3.0, "section": 3.0, "article": 3.0, "center": 3.0, "td": 4.0, "th": 4.0, "blockquote": 5.0,
    "figcaption": 6.0, "caption": 6.0, "h1": 7.0, "h2": 8.0, "h3": 9.0, "h4": 10.0, "h5": 11.0, "h6": 11.0, "dd": 12.0, "dt": 12.0,
}  # fmt: skip

# The greatest share of links, the depth below the body's box; the sum, the number and the least of the words' log odds.
Outline = tuple[float, float, float, int, float]
NO_OUTLINE: Outline = (0.0, 0.0, 0.0, 0, 0.0)
# The least, the sum and the number of the log odds of the words in a box's own names.
Evidence = Callable[[Box], tuple[float, float, int]]


@dataclass(slots=True)
class _Tally:
    """What a parent or a style holds: weight of prose, runs of text, and how many, and how much, the rules kept."""

    prose: int = 0
    count: float = 0.0
    kept: float = 0.0
    weight: int = 0
    kept_weight: int = 0


def features(
    page: Page,
    root: Box,
    texts: Sequence[Leaf],
    kept: frozenset[int],
    title: Leaf | None,
    evidence: Evidence,
) -> list[tuple[float, ...]]:
    """Return the values of `NAMES` for each of *texts*, leaves in order in or shortly before *root*.

    *kept* are the indices of the leaves that the rules took for the article's. *evidence* of a box are the least, the sum
    and the number of the log odds of its own names' words.
    """
    prose = 1 + sum(leaf.weight - leaf.linked for leaf in texts if leaf.prose)
    parents = _tallies(texts, kept, [id(leaf.box.parent) for leaf in texts])
    styles = _tallies(texts, kept, [(leaf.box.tag, leaf.box.attrs.get("class")) for leaf in texts])
    outlines = _outlines(page, root, texts, prose, evidence)
    near = _near(texts, kept)
    total = sum(leaf.weight for leaf in texts) or 1
    share = prose / max(1, page.boxes[0].prose)
    first, span = root.first, max(1, root.end - root.first)
    before, tails = 0, 0.0
    out: list[tuple[float, ...]] = []
    for leaf, parent, style, beside in zip(texts, parents, styles, near, strict=True):
        box, weight = leaf.box, leaf.weight
        density, depth, words, said, least = outlines.get(box.index, NO_OUTLINE)
        outer = box.parent.parent if box.parent is not None else None
        out.append((
            float(weight), leaf.linked / (weight or 1), _TAGS.get(box.tag, 0.0), _end(leaf.text),
            1.0 if weight > 1.8 * len(leaf.text) else 0.0,  # most of it in three-byte characters
            1.0 if leaf.index in kept else 0.0, parent.kept_weight / (parent.weight or 1), style.kept / style.count, beside,
            parent.prose / prose, style.prose / prose, outer.prose / prose if outer is not None else 0.0, style.count,
            words / said if said else 0.0, least,
            tails, before / total, (root.end - leaf.index) / span if leaf.index >= first else -1.0, share, density, depth,
            float(box.weight), box.prose / prose, float(min(FAR, leaf.index - title.index)) if title is not None else NO_TITLE,
        ))  # fmt: skip
        before += weight
        if weight <= 2 * LABEL_MAX and is_tail_heading(leaf.text):
            tails += 1.0
    return out


def _outlines(page: Page, root: Box, texts: Sequence[Leaf], prose: int, evidence: Evidence) -> dict[int, Outline]:
    """Return for each box that holds any of *texts*, by its index, what it and those around it up to *root* say."""
    found: dict[int, Outline] = {}
    if not texts:
        return found
    start = bisect_left(page.boxes, texts[0].index, key=_first)
    for box in page.boxes[start : bisect_right(page.boxes, texts[-1].index, key=_first)]:
        if box.first == box.end or box is root:
            continue
        low, words, said = evidence(box)
        # A box with most of the article in it is no list of links, whatever stands beside.
        links = box.linked / (box.weight or 1) if 2 * box.prose <= prose else 0.0
        around = found.get(box.parent.index) if box.parent is not None else None
        if around is None:
            found[box.index] = (links, 1.0, words, said, low if low < 0.0 else 0.0)
        else:
            density, depth, total, count, least = around
            found[box.index] = (
                links if links > density else density, depth + 1.0, total + words, count + said, low if low < least else least,
            )  # fmt: skip
    return found


def _first(box: Box) -> int:
    return box.first


def _tallies(texts: Sequence[Leaf], kept: frozenset[int], keys: Iterable[Hashable]) -> list[_Tally]:
    """Return for each of *texts* the tally of all that have its key."""
    found: dict[Hashable, _Tally] = {}
    out: list[_Tally] = []
    for leaf, key in zip(texts, keys, strict=True):
        if (tally := found.get(key)) is None:
            tally = found[key] = _Tally()
        weight = leaf.weight
        tally.count += 1.0
        tally.weight += weight
        if leaf.prose:
            tally.prose += weight
        if leaf.index in kept:
            tally.kept += 1.0
            tally.kept_weight += weight
        out.append(tally)
    return out


def _near(texts: Sequence[Leaf], kept: frozenset[int]) -> list[float]:
    """Return how many of the texts around each, itself among them, the rules kept."""
    before = list(accumulate((leaf.index in kept for leaf in texts), initial=0.0))
    last = len(texts)
    return [before[min(last, n + NEAR + 1)] - before[max(0, n - NEAR)] for n in range(last)]


def _end(text: str) -> float:
    if text.endswith((":", "：")):
        return 1.0
    return 2.0 if text.endswith(SENTENCE_ENDS) else 0.0


def words_in(tag: str, named: str) -> tuple[str, ...]:
    """Return the words of a box's *tag* and names (`hints.names`), as the forest knows words."""
    found = [word for word in named.replace("|", " ").split() if len(word) > 1 and not word.isdigit()]
    return (*dict.fromkeys(found), f"<{tag}")

"""The last word on each run of text: do all its features together say that it is the article's?

The rules of `worker.extract.trim` judge a text by what it says and stands in; what they let pass is furniture that no name
gives away, and what they drop are lists and short lines that belong. A forest learnt from pages with known bodies
(`tests/accuracy/train_body.py`) weighs both.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files

from worker.extract.blocks import Box, Leaf, Page
from worker.extract.captions import in_caption
from worker.extract.chrome import SURE
from worker.extract.features import features, words_in
from worker.extract.forest import Forest, read_forest
from worker.extract.hints import LONGEST_CACHED, names

REACH = 60  # leaves before the body's box, after the headline, among which a standfirst may stand
CACHED = 20_000  # names whose evidence is remembered, see `hints`
SURE_ODDS = 2.0  # log odds, 88 against 12: words and names are strong evidence too
NOTHING = (0.0, 0.0, 0)


def weighed(
    page: Page, root: Box, title: Leaf | None, kept: Sequence[Leaf], *, lead: frozenset[int], told: frozenset[int], end: int
) -> list[Leaf]:
    """Return the leaves of the article: of the texts what the forest takes, of all else what is in *kept*.

    *lead* are the indices of the standfirst, which stays; *told* those of texts that the rules put aside for what they
    say (a headline, a pointer), which come back only when the forest is sure, as does what stands in a box with a name of
    surroundings. *end* is the index of the leaf at which a heading or a notice says that the article is over: it is.
    """
    texts = texts_near(page, root, title, end)
    indices = frozenset(leaf.index for leaf in kept)
    odds = the_forest().odds
    values = features(page, root, texts, indices, title, evidence_of)
    chosen = {
        leaf.index
        for leaf, said in zip(texts, values, strict=True)
        if leaf.index in lead or odds(said) > (SURE_ODDS if leaf.index in told or leaf.box.chrome else 0)
    }
    asked = {leaf.index for leaf in texts}
    return [leaf for leaf in page.leaves if (leaf.index in chosen if leaf.index in asked else leaf.index in indices)]


def texts_near(page: Page, root: Box, title: Leaf | None, end: int) -> list[Leaf]:
    """Return the texts in *root* up to *end* and those between the headline and it, but captions and what is surely chrome."""
    start = root.first
    if title is not None and root.first - REACH <= title.index < root.first:
        start = title.index + 1
    return [
        leaf for leaf in page.leaves[start:end] if leaf.kind == "text" and leaf.box.chrome != SURE and not in_caption(leaf.box)
    ]


@cache
def the_forest() -> Forest:
    """Return the forest that ships with the extractor."""
    return read_forest(files("worker.extract").joinpath("body.json").read_text(encoding="utf-8"))


def evidence_of(box: Box) -> tuple[float, float, int]:
    """Return the least, the sum and the number of the log odds of the words of *box*'s tag and names."""
    said = names(box)
    return _evidence(box.tag, said) if len(said) <= LONGEST_CACHED else NOTHING


@lru_cache(maxsize=CACHED)
def _evidence(tag: str, said: str) -> tuple[float, float, int]:
    known = the_forest().words
    odds = [known[word] for word in words_in(tag, said) if word in known]
    return (min(odds), sum(odds), len(odds)) if odds else NOTHING

"""The box around a picture, and which lines in it describe the picture."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from worker.extract.blocks import HEADINGS, Box, Leaf, Page
from worker.extract.captions import FRAME_LEAVES, in_caption
from worker.extract.hints import names
from worker.extract.renditions import same_picture

FRAME_LEVELS = 5  # boxes between a picture and the one that holds its caption too
NAMED_WEIGHT = 600  # weight of the lines of a figure, or of a box that is named after a picture; long captions have two sentences
LOOSE_WEIGHT = 300  # weight of lines that describe a picture by their place alone
SHORT_WEIGHT = 150  # weight up to which the lines may be paragraphs by their markup, in a box that is named after a picture
LOOSE_LINES = 2  # such lines: a caption and a credit
_NO_CAPTION = HEADINGS.keys() | {"li", "blockquote", "td", "th", "dt", "dd", "pre"}
# Boxes that hold a picture with what belongs to it.
_PICTURE_BOX = re.compile(
    r"[ |](?:\w*images?|imgs?|photos?|pictures?|pics?|figures?|media|fotos?|bild\w*|featured|thumbnails?|thumb|hero|imagen|immagine)(?=[ |])"
)


Lines = tuple[tuple[Leaf, ...], bool]


@lru_cache(maxsize=1024)  # names; a page has a few hundred, and a site's pages share them
def _is_picture_name(name: str) -> bool:
    return _PICTURE_BOX.search(name) is not None


def lines_of(page: Page, picture: Leaf, root: Box, shown: Mapping[int, str]) -> Lines:
    """Return the lines that describe *picture*, and whether they are captions only, no part of the text.

    *shown* are the addresses of the page's pictures by their leaves' indexes. Looked for in the boxes around the picture,
    from within, up to the body's box *root*: lines that the markup calls a caption; one or two lines of a figure or of a
    box that is named after a picture; or one or two right after the picture in a small box of their own, which
    may be text as well. Where other pictures stand in a box, only lines that are called captions count.
    """
    box: Box | None = picture.box
    loose: tuple[Leaf, ...] = ()
    for _ in range(FRAME_LEVELS):
        if box is None or box is root or box.end - box.first > FRAME_LEAVES or box.first <= root.first < root.end <= box.end:
            break
        inside = page.leaves[box.first : box.end]
        if texts := [leaf for leaf in inside if leaf.kind == "text"]:
            labelled = [leaf for leaf in texts if in_caption(leaf.box)]
            rivals = _rivals(inside, picture, shown)
            if rivals and len(labelled) < len(texts):
                break
            if labelled:
                return _near(labelled, picture, rivals), True
            if not rivals and _describes(texts, box):
                return tuple(texts), True
            if not rivals and not loose and _is_loose(texts, picture):
                loose = tuple(texts)
        box = box.parent
    return loose, False


def _rivals(inside: Sequence[Leaf], picture: Leaf, shown: Mapping[int, str]) -> list[int]:
    """Return the indexes of the leaves *inside* that show another picture."""
    others = [leaf.index for leaf in inside if leaf.kind == "image" and leaf is not picture and leaf.index in shown]
    return [index for index in others if not same_picture(shown[index], shown[picture.index])]


def _near(labelled: Sequence[Leaf], picture: Leaf, rivals: Sequence[int]) -> tuple[Leaf, ...]:
    """Return those of the *labelled* lines that stand between *picture* and the next of its *rivals*, all without any."""
    if not rivals:
        return tuple(labelled)
    following = next((index for index in rivals if index > picture.index), None)
    return tuple(leaf for leaf in labelled if picture.index < leaf.index and (following is None or leaf.index < following))


def _describes(texts: Sequence[Leaf], box: Box) -> bool:
    """Return whether *box*, which holds one picture, makes its lines captions: as a figure, or by its name."""
    if not _plain(texts):
        return False
    if box.tag == "figure":
        return len(texts) <= LOOSE_LINES and sum(leaf.weight for leaf in texts) <= NAMED_WEIGHT
    return _few(texts, NAMED_WEIGHT) and box.tag not in ("p", "center") and _is_picture_name(names(box))


def _is_loose(texts: Sequence[Leaf], picture: Leaf) -> bool:
    """Return whether the lines stand with the picture in a box of their own, apart from the story's paragraphs."""
    after = [leaf for leaf in texts if leaf.index > picture.index]
    apart = all(leaf.box.tag != "p" and leaf.box is not picture.box for leaf in after)
    return bool(after) and apart and _plain(texts) and _few(texts, LOOSE_WEIGHT)


def _few(texts: Sequence[Leaf], most: int) -> bool:
    """Return whether the lines are few and of a weight of *most* in all, of much less where they are paragraphs."""
    paragraphs = any(leaf.box.tag == "p" for leaf in texts)
    return len(texts) <= LOOSE_LINES and sum(leaf.weight for leaf in texts) <= (min(SHORT_WEIGHT, most) if paragraphs else most)


def _plain(texts: Sequence[Leaf]) -> bool:
    """Return whether no line is of a heading, a list or a table, or mostly a link."""
    return all(
        leaf.linked * 2 <= leaf.weight
        and leaf.box.tag not in _NO_CAPTION
        and (leaf.box.parent is None or leaf.box.parent.tag not in _NO_CAPTION)
        for leaf in texts
    )

"""What is prose and how much of it lies where."""

import re

from worker.extract.blocks import HEADINGS, Leaf, Page

PROSE_MIN = 80  # weight from which a block is read as sentences: about 14 English words, 27 Han characters
SENTENCE_MIN = 40  # weight from which it is when it ends like a sentence
SENTENCE_ENDS = tuple('.!?。！？…”"’»;；:：）)」』।؟۔')

_NOT_LETTERS = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Return *text* for comparing: letters and digits only, case folded."""
    return _NOT_LETTERS.sub("", text).casefold()


def is_prose(leaf: Leaf) -> bool:
    """Return whether the leaf tells something in sentences, outside links."""
    if leaf.kind != "text" or leaf.linked * 2 > leaf.weight or leaf.weight < SENTENCE_MIN:
        return False
    if leaf.box.tag in HEADINGS or leaf.box.tag == "figcaption":
        return False
    return leaf.weight >= PROSE_MIN or leaf.text.endswith(SENTENCE_ENDS)


def measure(page: Page) -> int:
    """Sum the weights of leaves over their boxes; return the weight of prose on the page."""
    for leaf in page.leaves:
        box = leaf.box
        box.weight += leaf.weight
        box.linked += leaf.linked
        box.links += leaf.links
        leaf.prose = is_prose(leaf)
        if leaf.prose:
            box.prose += leaf.weight - leaf.linked
    for box in reversed(page.boxes):
        if (parent := box.parent) is not None:
            parent.weight += box.weight
            parent.linked += box.linked
            parent.links += box.links
            parent.prose += box.prose
    return page.boxes[0].prose if page.boxes else 0

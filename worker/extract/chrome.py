"""What stands around an article: navigation, related links, share bars, comments, dialogues."""

from worker.extract.blocks import HEADINGS, Box, Leaf, Page
from worker.extract.hints import HARD, PRIVACY, names, surrounds

CHROME_TAGS = frozenset(("aside", "menu"))  # `nav`, `footer` and `dialog` are not even collected
CHROME_ROLES = frozenset({
    "navigation", "complementary", "contentinfo", "banner", "search", "dialog", "alertdialog", "alert", "menu", "menubar",
    "toolbar",
})  # fmt: skip
NONE, NAMED, SURE = 0, 1, 2  # how sure it is that a box is no part of the article
NEVER_CHROME = frozenset(("body", "html", "main"))
TEASERS_MIN = 3  # siblings of one make from which they are a list
TEASER_PROSE = 300  # weight of prose in one on average: a summary, no section of a story
TEASER_MAX = 1000  # weight of prose in any one of them
TEASER_LEVELS = 6  # boxes between a teaser's heading and the list, at most


def mark_chrome(page: Page, limit: float, *, strict: bool) -> None:
    """Mark what stands around the article by tags, roles and names.

    Names mislead: a box with more than *limit* of prose is not marked by them. *strict*: footers and comments are
    marked whatever they hold.
    """
    for box in page.boxes:
        if box.first != box.end:  # of what holds nothing nobody asks
            parent = box.parent
            around = parent.chrome if parent is not None else NONE
            if around != SURE and (box.attrs or box.teaser or box.tag in CHROME_TAGS):
                around = max(around, chrome_of(box, limit, strict=strict))
            box.chrome = around


def chrome_of(box: Box, limit: float, *, strict: bool) -> int:
    """Return whether *box* by itself looks like surroundings: `NONE`, `NAMED` by names that mislead, `SURE`."""
    if box.tag in NEVER_CHROME:
        return NONE
    if box.teaser:
        return SURE
    name = names(box)
    said = surrounds(name) if name else 0
    if said & PRIVACY or (strict and said & HARD):
        return SURE
    if box.prose > limit:
        return NONE
    if box.hidden or box.tag in CHROME_TAGS or ("role" in box.attrs and box.attrs["role"] in CHROME_ROLES):
        return SURE
    # A figure's names tell what can be done with the picture (share it, enlarge it), not what it is.
    return NAMED if said and box.tag != "figure" else NONE


def mark_teasers(page: Page, title: Leaf | None) -> None:
    """Mark the items of lists of teasers: siblings that each hold a linked heading and little prose."""
    groups: dict[int, dict[int, Box]] = {}
    for leaf in page.leaves:
        if leaf.kind == "text" and leaf.box.tag in HEADINGS and leaf.linked * 5 > leaf.weight * 4:
            child, parent = leaf.box, leaf.box.parent
            for _ in range(TEASER_LEVELS):
                if parent is None:
                    break
                groups.setdefault(parent.index, {})[child.index] = child
                child, parent = parent, parent.parent
    for children in groups.values():
        boxes = [box for box in children.values() if box.tag not in HEADINGS]
        if len(boxes) < TEASERS_MIN or sum(box.prose for box in boxes) > TEASER_PROSE * len(boxes):
            continue
        for box in boxes:
            holds_title = title is not None and box.first <= title.index < box.end
            box.teaser = box.teaser or (box.prose < TEASER_MAX and not holds_title)

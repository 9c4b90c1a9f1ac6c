"""Which elements look like bylines and datelines by their names: asked of every element of a page, so it must be cheap."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborNode

if TYPE_CHECKING:
    from worker.extract.blocks import Box

CACHED = 20_000  # names remembered as saying nothing or something; a page has a few hundred, its site's pages share them
LONGEST_CACHED = 200  # characters of a name worth remembering

MARK, HIDES = 1, 2  # what a class or an id may say, added up
HIDDEN_CLASSES = frozenset({
    "sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "screen-reader-only", "screenreader-only",
    "u-visually-hidden", "assistive-text", "element-invisible", "show-for-sr",
})  # fmt: skip
_BYLINE = re.compile("author|date|meta|byline|time|publish|posted|submitted")
_PEOPLE = re.compile("/(?:author|autor|contributor|profile|people)")


@dataclass(slots=True, eq=False)
class Mark:
    """An element that looks like a byline or dateline; *at* is the index of the first leaf in or after it."""

    node: LexborNode
    tag: str
    attrs: dict[str, str | None]
    box: "Box | None"
    at: int


def _says(name: str) -> int:
    lowered = name.lower()
    mark = MARK if _BYLINE.search(lowered) else 0
    return mark if HIDDEN_CLASSES.isdisjoint(name.split()) else mark | HIDES


_known: dict[str | None, int] = {None: 0, "": 0}


def look(tag: str, attrs: dict[str, str | None]) -> int:
    """Return what an element's attributes say: `MARK` that it looks like a byline or dateline, `HIDES` that nobody sees it.

    Asked of every element: by microdata, class, id, or where a link leads; by `hidden`, style or class. Not by
    `visibility`, which scripts lift (WeChat's bodies).
    """
    name = attrs.get("class")
    said = _known.get(name)
    if said is None:
        said = _learnt(name or "")
    if "id" in attrs and not said & MARK:
        name = attrs["id"]
        found = _known.get(name)
        said |= (_learnt(name or "") if found is None else found) & MARK
    if "style" in attrs or "hidden" in attrs:
        said |= _hides(attrs)
    if said & MARK or "itemprop" in attrs or (tag == "a" and _leads_to_people(attrs)):
        return said | MARK
    return said


def _learnt(name: str) -> int:
    said = _says(name)
    if len(name) <= LONGEST_CACHED:
        if len(_known) >= CACHED:
            _known.clear()
            _known.update({None: 0, "": 0})
        _known[name] = said
    return said


def _leads_to_people(attrs: dict[str, str | None]) -> bool:
    if "rel" in attrs and "author" in (attrs["rel"] or ""):
        return True
    return _PEOPLE.search(attrs.get("href") or "") is not None


def _hides(attrs: dict[str, str | None]) -> int:
    if "hidden" in attrs and attrs["hidden"] != "until-found":
        # React streams parts of a page in hidden boxes called S:0, S:1 …, which a script moves into place.
        return 0 if (attrs.get("id") or "").startswith("S:") else HIDES
    style = attrs.get("style")
    if style and "none" in style.lower() and "display:none" in style.replace(" ", "").lower():
        return HIDES
    return 0

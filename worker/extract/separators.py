"""Titles of documents: the names of section and site that stand around an article's title, and how to cut them off."""

import re
from collections.abc import Collection

from worker.normalise.text import fold

SHORTEST_TEXT = 4  # letters of what may be a title; a Chinese one can be that short
MOST_SITE_WORDS = 4  # of a site's name at the end of a document's title
MOST_SITE_HAN = 12  # characters of one in Chinese

_SEPARATOR = re.compile(
    r"\s+(?:[-–—―|｜¦•·∙»«:/\\~│ǀ]|::|\|\||>>?|--)\s+|\s*[|｜_│]\s*|"
    r"(?<=[\u3000-\u9fff”’！？!?])\s*[-–—]{1,2}\s*(?=[\u4e00-\u9fff])"
)
_MAYBE = re.compile(r"[-–—―|｜¦•·∙»«:/\\~│ǀ_>]")  # cheaper to look for: without one of these nothing separates
_HAN = re.compile("[\u3400-\u9fff]")


def without_site(title: str, site: Collection[str], known: Collection[str]) -> str:
    """Return *title* without the names of section and site around it.

    *site*: folded names of the site; *known*: folded titles that the page gives elsewhere; a part that equals one of
    these is the title. Otherwise parts at the ends go that are the site's name.
    """
    if not _MAYBE.search(title):
        return title.strip()
    cuts = [(m.start(), m.end()) for m in _SEPARATOR.finditer(title)]
    if known:
        for start, end in reversed(cuts):
            for part in (title[:start], title[end:]):
                if part and fold(part) in known:
                    return part.strip()
    while cuts and fold(title[cuts[-1][1] :]) in site:
        title = title[: cuts.pop()[0]]
    while cuts and fold(title[: cuts[0][0]]) in site:
        title = title[cuts[0][1] :]
        cuts = [(m.start(), m.end()) for m in _SEPARATOR.finditer(title)]
    return title.strip()


def segments(title: str, site: Collection[str]) -> list[str]:
    """Return the parts of a document's title that are not the site's name."""
    if not _MAYBE.search(title):
        return [title] if title and fold(title) not in site else []
    return [part for part in _SEPARATOR.split(title) if part.strip() and fold(part) not in site]


def bare(title: str) -> str:
    """Return a document's title without what follows its last separator, if that looks like a site's name."""
    cuts = list(_SEPARATOR.finditer(title))
    if not cuts:
        return title
    han = bool(_HAN.search(title))
    cut = cuts[0] if han and "_" in cuts[0][0] else cuts[-1]
    head, tail = title[: cut.start()].strip(), title[cut.end() :].strip()
    short = len(tail) <= MOST_SITE_HAN if han else len(tail.split()) <= MOST_SITE_WORDS
    return head if (short or "_" in cut[0]) and len(fold(head)) > max(len(fold(tail)), SHORTEST_TEXT) else title


def weight(folded: str) -> int:
    """Return the length of a folded text in Latin letters; a Han character says as much as two or three of them."""
    return len(folded) if folded.isascii() else len(folded) + 2 * len(_HAN.findall(folded))

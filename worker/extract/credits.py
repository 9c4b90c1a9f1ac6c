"""Who wrote and who edited the article, and which origin it credits."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from worker.extract.head import Head
from worker.extract.jsonld import Node, joined, text_of
from worker.extract.nodes import text_in
from worker.extract.surroundings import Mark, Surroundings
from worker.normalise.bylines import Credits, clean_source, credits_in, han_name_list, is_personal, names_in
from worker.normalise.text import distinct, fold

AUTHOR_NAMES = (
    *(
        "author",
        "article:author",
        "article:author_name",
        "article:author:name",
        "og:article:author",
        "dc.creator",
        "dcterms.creator",
    ),
    *("parsely-author", "sailthru.author", "citation_author", "byl", "byline", "dc.contributor", "cxenseparse:author", "authors"),
    *(
        "article.author",
        "mediator_author",
        "bt:author",
        "shareaholic:article_author_name",
        "vr:author",
        "creator",
        "twitter:data1",
        "weibo:article:author",
    ),
)
LOOSE_AUTHOR_NAMES = ("author",)  # templates fill it with the site's owner or maker
EDITOR_NAMES = ("editor", "article:editor", "contenteditor")
SOURCE_NAMES = ("source", "article:source", "mediaid", "contentsource", "original-source", "copyright-source", "dc.source")
LONGEST_BYLINE = 160  # characters of a byline element; a biography is longer
NEAR = range(-15, 41)  # ranks of the elements that belong to the headline
SIGNATURE = 80  # characters at either end of a paragraph that may hold "(记者 张三)" or "(责任编辑:李四)"
SURE_RANK = 1  # of an element that calls itself the author's, near the headline
FAR = 4  # added to the rank of elements elsewhere in the page
LAST_RANK = 3  # of a line of particulars, which counts only if it says "by"
NEIGHBOURS = 8  # elements between the bylines of one article's several authors
MOST_TITLED = 6  # lines right after the headline that may read "Ann Lee | Senior Writer"
MOST_LINES = 60  # lines looked at for "By Ann Lee"

_IS_BYLINE = re.compile(
    r"(?<![a-z])(?:author|byline|by-line|writer|reporter|autor|wrote|written|redacteur|verfasser|contributor)|authorname"
)
_NO_BYLINE = re.compile(
    r"bio|about|description|avatar|image|img|photo|social|follow|more|desc|count|twitter|box|list|related|comment|date|tag"
)
_META = re.compile(r"(?<![a-z])(?:meta|submitted|posted|created|published|documentbyline)")
_BY = re.compile(
    r"^(?:by|von|par|por|di|da|door|av|af|text|words|written by|posted by|story by|reported by|作者|文|撰文|autor|auteur|автор)\b[\s:：]*\S",
    re.IGNORECASE,
)
_WORD = r"(?:[A-ZÀ-ÞŁŚŽČŠ][\w'’.\-]*|de|van|von|der|den|la|le|di|da|del|al|bin|and|und|et|y|with|mit|&)"
_CAPITALS = re.compile(rf"{_WORD}(?:\s+{_WORD}){{0,5}}")
_TITLED = re.compile(
    rf"({_WORD}(?:\s+{_WORD}){{1,3}})\s*(?:[|·•,⋅–—]|\s-\s)\s*.*(?:[Ww]riter|[Rr]eporter|[Ee]ditor|[Cc]orrespondent|[Cc]ontributor|[Jj]ournalist|(?:19|20)[0-9]{{2}})"
)
_BY_LINE = re.compile(
    r"^(?:(?i:written|posted|published|reported|story|words|article|review|report|interview|recipe|text|eine? \w{3,20})\s+)?"
    rf"(?:[Bb]y|BY|[Vv]on|VON|[Pp]ar|[Pp]or|POR|[Dd]oor|[Aa]v|[Aa]f)[\s:：]+{_WORD}(?:,?\s+{_WORD}){{1,9}}(?=$|[\s,|·•⋅–—(])",
)


def choose_authors(
    *,
    article: Node | None,
    nodes: list[Node],
    head: Head,
    around: Surroundings,
    chinese: bool,
    site_names: Iterable[str],
) -> Credits:
    """Return names by role.

    *chinese* pages name origin and editor in lines of their own, the editor after the last paragraph. *site_names* are
    the names of site and publisher: an author of that name is the last resort.
    """
    near = credits_in(_ends(around.lines)) if chinese else Credits()
    signed = credits_in(_ends(around.rest)) if chinese else Credits()
    tiers = (
        lambda: _from_article(article, nodes),
        lambda: _from_meta(head, AUTHOR_NAMES),
        lambda: near.authors,
        lambda: _from_marks(around.marks, SURE_RANK),
        lambda: signed.authors,
        lambda: _from_meta(head, LOOSE_AUTHOR_NAMES),
        lambda: _from_marks(around.marks, LAST_RANK + FAR),
        lambda: _from_lines(around.lines),
    )
    editors = tuple(name for text in head.every(*EDITOR_NAMES) for name in names_in(text, strict=False))
    source = next(filter(None, map(clean_source, head.every(*SOURCE_NAMES))), "")
    return Credits(
        authors=_first(tiers, frozenset(filter(None, map(fold, site_names)))),
        editors=editors or near.editors or signed.editors,
        source=source or near.source or signed.source,
    )


def _ends(lines: Iterable[str]) -> str:
    """Return *lines* as one text; of paragraphs only the two ends, where reporters and editors sign."""
    return "\n".join(line if len(line) <= 2 * SIGNATURE else f"{line[:SIGNATURE]}\n{line[-SIGNATURE:]}" for line in lines)


def _first(tiers: Iterable[Callable[[], tuple[str, ...]]], organisations: frozenset[str]) -> tuple[str, ...]:
    """Return the names of the first tier that has a person's full name, else those of the first that names anybody."""
    kept: list[tuple[str, ...]] = []
    for tier in tiers:
        names = tier()
        if any(map(is_personal, _named(names, organisations))):
            return _named(names, organisations)
        kept.append(names)
    named = (_named(names, organisations) for names in kept)
    return next(filter(None, named), ()) or next(filter(None, kept), ())


def _named(names: tuple[str, ...], organisations: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for name in names if fold(name) not in organisations)


def _from_article(article: Node | None, nodes: list[Node]) -> tuple[str, ...]:
    if article is None:
        return ()
    for key in ("author", "creator", "contributor"):
        names = _names_of(joined(article.get(key), nodes))
        if names:
            return names
    return ()


def _names_of(value: object) -> tuple[str, ...]:
    """Return the names of an author property: strings, things with a name, or lists of either."""
    items = value if isinstance(value, list) else [value]
    said = [item.get("name") if isinstance(item, Mapping) else item for item in items]
    texts = [text for inner in said for text in (inner if isinstance(inner, list) else [inner])]
    return distinct(name for text in texts for name in names_in(text_of(text), strict=False))


def _from_meta(head: Head, keys: Sequence[str]) -> tuple[str, ...]:
    for key in keys:
        if key == "twitter:data1" and not head.first("twitter:label1").lower().startswith(
            ("written by", "verfasst von", "geschrieben von", "écrit par", "escrito por")
        ):
            continue
        names = distinct(name for text in head.every(key) if "://" not in text for name in names_in(text, strict=False))
        if names:
            return names
    return ()


def _from_marks(marks: Sequence[Mark], most: int) -> tuple[str, ...]:
    """Return the names of the likeliest byline element of a rank up to *most*, with its neighbours of the same kind."""
    found: list[tuple[int, int, str, tuple[str, ...]]] = []
    for mark in marks:
        rank = None if mark.aside else _rank(mark)
        if rank is None or rank > most:
            continue
        text = text_in(mark.node)
        if not 2 < len(text) <= LONGEST_BYLINE:
            continue
        match = _BY_LINE.search(text)
        if rank == LAST_RANK and match is None:
            continue
        names = names_in(match[0]) if match else _plausible(names_in(text), text)
        if names:
            found.append((rank + (0 if match else 1), abs(mark.order), mark.names, names))
    if not found:
        return ()
    best = min(found, key=lambda item: item[:2])
    return distinct(
        name for _, order, kind, names in found if kind == best[2] and abs(order - best[1]) < NEIGHBOURS for name in names
    )


def _rank(mark: Mark) -> int | None:
    """Return how surely a mark is the byline, 0 being best; None if it is none."""
    near = 0 if mark.order in NEAR else FAR
    if "author" in (mark.attributes.get("itemprop"), mark.attributes.get("rel")):
        return near
    if _IS_BYLINE.search(mark.names):
        return near + (3 if _NO_BYLINE.search(mark.names) else 1)
    if mark.node.tag == "a" and not near:
        return 2
    return LAST_RANK if _META.search(mark.names) and not near else None


def _plausible(names: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Return *names* if they look like people's: every word with a capital, or Han characters."""
    return tuple(name for name in names if _CAPITALS.fullmatch(name) or han_name_list(name) or _BY.match(text))


def _from_lines(lines: Sequence[str]) -> tuple[str, ...]:
    for line in lines[:MOST_LINES]:
        match = _BY_LINE.match(line)
        if match and (len(line) <= LONGEST_BYLINE or len(match[0]) < LONGEST_BYLINE // 3):
            names = names_in(match[0])
            if names:
                return names
    for line in lines[:MOST_TITLED]:
        match = _TITLED.match(line)
        if match and len(line) <= LONGEST_BYLINE:
            return names_in(match[1])
    return ()

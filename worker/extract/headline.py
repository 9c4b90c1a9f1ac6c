"""The title of the article, out of everything on the page that claims to be it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from worker.extract.nodes import SILENT, text_in
from worker.normalise.text import fold, plain, squeeze, thinned
from worker.urls import MAX_LENGTH

LONGEST_TITLE = 500  # characters; a longer h1 wraps half the page
LONGEST_CLAIM = 1_000  # characters of a title that the page states, with the names of section and site around it
MOST_HEADINGS = 40  # headings looked at; home pages make one of every teaser
TOP = 0.3  # what being an h1 is worth in likeness: it is the title unless another heading says it much better
SAME = 0.75  # a lower heading must say nearly what the page's own titles say
ALIKE = 0.2  # below it an h1 shares nothing with any title of the page
SHORTEST_TITLE = 12  # letters of an h1 that may stand alone; shorter ones are rubrics
SHORTEST_TEXT = 4  # letters of unmarked text that may be the title; a Chinese one can be that short
MOST_SITE_WORDS = 4  # of a site's name at the end of a document's title
MOST_NODES = 5_000  # looked at for unmarked text; such pages are old and small

_SEPARATOR = re.compile(
    r"\s+(?:[-–—―|｜¦•·∙»«:/\\~]|::|\|\||>>?|--)\s+|\s*[|｜_]\s*|"
    r"(?<=[\u3000-\u9fff”’！？!?])\s*[-–—]{1,2}\s*(?=[\u4e00-\u9fff])"
)
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_HAN = re.compile("[\u3400-\u9fff]")
_CUT_OFF = re.compile(r"(?:…|\.\.\.)\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The *title*, other forms of it in order of trust, and the element that shows it (None if none does)."""

    title: str
    candidates: tuple[str, ...]
    node: LexborNode | None


@dataclass(frozen=True, slots=True)
class _Heading:
    text: str
    folded: str
    node: LexborNode
    top: bool


def choose_headline(
    tree: LexborHTMLParser, *, stated: Sequence[str], agreed: str, document_title: str, site_name: str, host: str
) -> Headline:
    """Return the article's title.

    *stated* are the titles that the page gives to machines (JSON-LD headline, og:title, …) in order of trust, *agreed*
    is the one on which a newsroom's JSON-LD and Open Graph agree ("" otherwise), *document_title* the text of `<title>`.
    A visible heading that is like one of them is what readers know the article by, unless a newsroom says otherwise
    twice; without one, the most trusted stated title counts, its site's name cut off.
    """
    stated = [text[:LONGEST_CLAIM] for text in stated]
    agreed, document_title = agreed[:LONGEST_CLAIM], document_title[:LONGEST_CLAIM]
    site = frozenset(filter(None, (fold(site_name), *_host_names(host))))
    headings = _headings(tree, host, top=True)
    claims = [cut for text in stated if (cut := without_site(squeeze(text), site, ()))]
    seen = [fold(claim) for claim in claims] + [heading.folded for heading in headings]
    document = without_site(document_title, site, [text for text in seen if text not in site])
    claims = [claim for claim in claims if fold(claim) not in site] or claims
    known = [*claims, *([document] if document else [])]
    titles = [_words(title) for title in (*known, *_segments(document_title, site))]
    best = _best([heading for heading in headings if heading.folded not in site], titles)
    if best is None or _alike(best, titles) < SAME:
        headings += _headings(tree, host, top=False)
        best = _best([heading for heading in headings if heading.folded not in site], titles)
    best = best or _set_as_text(tree, [*claims, document_title, *_segments(document_title, site)[:1]])
    title = _core(best.text, known) if best else _bare(_whole(known))
    if agreed and not fold(agreed).startswith(fold(title)):
        title = without_site(agreed, site, ())
    candidates = dict.fromkeys(text for text in (title, *known, *(heading.text for heading in headings if heading.top)) if text)
    return Headline(title=title, candidates=tuple(candidates), node=best.node if best else None)


def without_site(title: str, site: frozenset[str], known: Sequence[str]) -> str:
    """Return *title* without the names of section and site around it.

    *site*: folded names of the site; *known*: folded titles that the page gives elsewhere; a part that equals one of
    these is the title. Otherwise parts at the ends go that are the site's name.
    """
    cuts = [(m.start(), m.end()) for m in _SEPARATOR.finditer(title)]
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


def _segments(title: str, site: frozenset[str]) -> list[str]:
    """Return the parts of a document's title that are not the site's name."""
    return [part for part in _SEPARATOR.split(title) if part.strip() and fold(part) not in site]


def _host_names(host: str) -> list[str]:
    """Return the folded forms under which a host's name may stand in a title."""
    name = host.split(":")[0].removeprefix("www.")
    labels = name.split(".")
    return [fold(name), *(fold(label) for label in labels[:-1] if len(label) > 3)]


def _headings(tree: LexborHTMLParser, host: str, *, top: bool) -> list[_Heading]:
    """Return the h1 (*top*) or lower headings of the page, those left out that are a link to the home page: a logo."""
    found: list[_Heading] = []
    for node in tree.css("h1" if top else "h2,h3")[:MOST_HEADINGS]:
        text = plain(text_in(node))
        if 0 < len(text) <= LONGEST_TITLE and not _links_home(node, host):
            found.append(_Heading(text, fold(text), node, top))
    return found


def _links_home(node: LexborNode, host: str) -> bool:
    link = node.css_first("a[href]")
    around = node.parent
    if link is None and around is not None and around.tag == "a":
        link = around
    if link is None:
        return False
    try:
        target = urlsplit(thinned((link.attributes.get("href") or "").strip()[:MAX_LENGTH]))
    except ValueError:
        return False
    return (
        target.path in {"", "/"}
        and not target.query
        and not target.fragment
        and target.netloc.lower() in {"", host}
        and bool(target.path or target.netloc)
    )


def _best(headings: Sequence[_Heading], titles: Sequence[frozenset[str]]) -> _Heading | None:
    """Return the heading that is the title: an h1 like the page's titles, a lower one that says the same, a lone h1."""
    scored: list[tuple[float, int, _Heading]] = []
    for i, heading in enumerate(headings):
        alike = _alike(heading, titles)
        if alike >= (ALIKE if heading.top else SAME):
            scored.append((round(alike + (TOP if heading.top else 0.0), 2), -i, heading))
    if scored:
        return max(scored, key=lambda item: item[:2])[2]
    lone = [heading for heading in headings if heading.top and _weight(heading.folded) >= SHORTEST_TITLE]
    return lone[0] if len(lone) == 1 else None


def _weight(folded: str) -> int:
    """Return the length of a text in Latin letters; a Han character says as much as two or three of them."""
    return len(folded) + 2 * len(_HAN.findall(folded))


def _alike(heading: _Heading, titles: Sequence[frozenset[str]]) -> float:
    """Return the share of words that a heading has in common with the title most like it (Dice coefficient, 0 to 1)."""
    words = _words(heading.text)
    return max((2 * len(words & title) / (len(words) + len(title)) for title in titles if title and words), default=0.0)


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))


def _set_as_text(tree: LexborHTMLParser, titles: Sequence[str]) -> _Heading | None:
    """Return the text that stands as the headline without being marked as one: the longest that begins a stated title."""
    wanted = [folded for title in titles if len(folded := fold(title)) >= SHORTEST_TEXT]
    body = tree.body
    if body is None or not wanted:
        return None
    found: _Heading | None = None
    for i, node in enumerate(body.traverse(include_text=True)):
        if i > MOST_NODES:
            break
        if not node.is_text_node or node.parent is None or node.parent.tag in SILENT or node.parent.tag == "title":
            continue
        text = node.text_content or ""
        if not SHORTEST_TEXT <= len(text) <= LONGEST_TITLE or len(folded := fold(text)) < SHORTEST_TEXT:
            continue
        longer = found is None or len(folded) > len(found.folded)
        if longer and any(title.startswith(folded) and 2 * len(folded) >= len(title) for title in wanted):
            found = _Heading(squeeze(text), folded, node.parent, False)
    return found


def _bare(title: str) -> str:
    """Return a document's title without what follows its last separator, if that looks like a site's name."""
    cuts = list(_SEPARATOR.finditer(title))
    if not cuts:
        return title
    han = bool(_HAN.search(title))
    cut = cuts[0] if han and "_" in cuts[0][0] else cuts[-1]
    head, tail = title[: cut.start()].strip(), title[cut.end() :].strip()
    short = len(tail) <= 12 if han else len(tail.split()) <= MOST_SITE_WORDS
    return head if (short or "_" in cut[0]) and len(fold(head)) > max(len(fold(tail)), SHORTEST_TEXT) else title


def _core(heading: str, known: Sequence[str]) -> str:
    """Return the stated title if the heading is that with a kicker run into its front."""
    folded = fold(heading)
    wanted = ((claim, fold(claim)) for claim in known)
    return next(
        (claim for claim, end in wanted if _weight(end) >= SHORTEST_TITLE and end != folded and folded.endswith(end)), heading
    )


def _whole(known: Sequence[str]) -> str:
    """Return the most trusted title, a longer one if that was cut off."""
    if not known:
        return ""
    first = known[0]
    if _CUT_OFF.search(first):
        start = fold(_CUT_OFF.sub("", first))
        return next((other for other in known[1:] if fold(other).startswith(start) and not _CUT_OFF.search(other)), first)
    return first

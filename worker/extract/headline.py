"""The title of the article, out of everything on the page that claims to be it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from worker.extract.blocks import Leaf, Page
from worker.extract.candidates import Candidate
from worker.extract.separators import SHORTEST_TEXT, bare, segments, weight, without_site
from worker.normalise.text import fold, plain, squeeze, thinned
from worker.urls import MAX_LENGTH

LONGEST_TITLE = 500  # characters; a longer h1 wraps half the page
LONGEST_CLAIM = 1_000  # characters of a title that the page states, with the names of section and site around it
MOST_HEADINGS = 40  # headings looked at; home pages make one of every teaser
TOP = 0.3  # what being an h1 is worth in likeness: it is the title unless another heading says it much better
SAME = 0.75  # a lower heading must say nearly what the page's own titles say
ALIKE = 0.2  # below it an h1 shares nothing with any title of the page
SEGMENT = 0.6  # what being like a part of the document's title is worth: that part may be the section's name
SHORTEST_TITLE = 12  # letters of an h1 that may stand alone; shorter ones are rubrics
SPREAD = 4  # how much longer a text is than its letters, or a paragraph than the headline that begins it

_TOP_TAGS = frozenset(("h1",))
_LOWER_TAGS = frozenset(("h2", "h3"))
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_APPENDED = re.compile(r"\s*[|•·(]|\s+[0-9]{1,2}\.[0-9]{1,2}\.")  # a site's name, a note, a date
_CUT_OFF = re.compile(r"(?:…|\.\.\.)\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What the machine-readable part of a page says its title is.

    *stated*: (source, title) in order of trust, from JSON-LD and meta elements; *agreed*: the title on which a
    newsroom's JSON-LD and Open Graph agree, else ""; *confirmed*: whether Open Graph or `<title>` repeat the JSON-LD's;
    *document_title*: the text of `<title>`.
    """

    stated: tuple[tuple[str, str], ...]
    agreed: str
    confirmed: bool
    document_title: str
    site_name: str
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The *title*, other forms of it in order of trust, the leaf that shows it (None if none does), *why* it was chosen."""

    title: str
    candidates: tuple[str, ...]
    leaf: Leaf | None
    why: str


@dataclass(frozen=True, slots=True)
class _Heading:
    text: str
    leaves: list[Leaf]
    tag: str

    @property
    def folded(self) -> str:
        return fold(self.text)


def choose_headline(page: Page, claims: Claims) -> Headline:
    """Return the article's title.

    A visible heading that is like one of the stated titles is what readers know the article by, unless a newsroom says
    otherwise twice; without one, the most trusted stated title counts, its site's name cut off.
    """
    site = _site_names(claims)
    tops = [heading for heading in _headings(page, _TOP_TAGS) if not _links_home(heading, claims.host)]
    stated = [cut for _, text in claims.stated if (cut := without_site(squeeze(text[:LONGEST_CLAIM]), site, ()))]
    document_title = claims.document_title[:LONGEST_CLAIM]
    seen = [text for text in (*map(fold, stated), *(heading.folded for heading in tops)) if text not in site]
    document = without_site(document_title, site, seen)
    stated = [text for text in stated if fold(text) not in site] or stated
    known = [*stated, *([document] if document else [])]
    best, why = _heading(page, claims, tops, known, site)
    title = _clean(best, known, stated) if best else bare(_whole(known))
    agreed = claims.agreed[:LONGEST_CLAIM]
    if agreed and not fold(agreed).startswith(fold(title)):
        title, why = without_site(agreed, site, ()), "the newsroom says it twice: in JSON-LD and Open Graph"
    candidates = dict.fromkeys(text for text in (title, *known, *(heading.text for heading in tops)) if text)
    return Headline(title=title, candidates=tuple(candidates), leaf=best.leaves[0] if best else None, why=why)


def explain_headline(page: Page, claims: Claims) -> tuple[Candidate, ...]:
    """Return all that claims to be the title, the chosen one first, with what spoke for it."""
    chosen = choose_headline(page, claims)
    offers = [*claims.stated, ("title element", claims.document_title)]
    offers += [(heading.tag, heading.text) for heading in _headings(page, _TOP_TAGS | _LOWER_TAGS)]
    wanted = fold(chosen.title)
    same = [source for source, text in offers if fold(text) == wanted]
    source = (chosen.leaf.box.tag if chosen.leaf is not None else "") or next(iter(same), "derived")
    first = Candidate(value=chosen.title, source=source, chosen=True, why=chosen.why)
    others = [
        Candidate(value=text, source=source, chosen=False, why="says the same" if fold(text) == wanted else "")
        for source, text in offers
        if text
    ]
    return (first, *others) if chosen.title else tuple(others)


def _site_names(claims: Claims) -> frozenset[str]:
    """Return the folded forms under which the site may stand in a title: its name, its host, the host's labels."""
    name = claims.host.split(":")[0].removeprefix("www.")
    labels = (label for label in name.split(".")[:-1] if len(label) > 3)
    return frozenset(filter(None, map(fold, (claims.site_name, name, *labels))))


def _headings(page: Page, tags: frozenset[str]) -> list[_Heading]:
    """Return the headings of the page."""
    found: list[_Heading] = []
    for box in [box for box in page.boxes if box.tag in tags][:MOST_HEADINGS]:
        leaves = [leaf for leaf in page.leaves[box.first : box.end] if leaf.kind == "text"]
        text = plain(" ".join([leaf.text for leaf in leaves]))
        if 0 < len(text) <= LONGEST_TITLE:
            found.append(_Heading(text, leaves, box.tag))
    return found


def _links_home(heading: _Heading, host: str) -> bool:
    """Return whether a heading is a link to the home page: a logo."""
    href = next((style[0] for leaf in heading.leaves if leaf.linked for _, style in leaf.pieces if style[0]), None)
    if href is None:
        return False
    try:
        target = urlsplit(thinned(href.strip()[:MAX_LENGTH]))
    except ValueError:
        return False
    return (
        target.path in {"", "/"}
        and not target.query
        and not target.fragment
        and target.netloc.lower() in {"", host}
        and bool(target.path or target.netloc)
    )


def _heading(
    page: Page, claims: Claims, tops: list[_Heading], known: list[str], site: frozenset[str]
) -> tuple[_Heading | None, str]:
    """Return the text of the page that is its headline, and why: an h1, a lower heading, unmarked text, or None."""
    own = [heading for heading in tops if heading.folded not in site]
    wanted = frozenset(map(fold, known))
    for heading in own:
        if heading.folded in wanted:
            return heading, "the h1 says what the page states"
    parts = segments(claims.document_title[:LONGEST_CLAIM], site)
    titles = [(_words(title), 1.0) for title in known] + [(_words(part), SEGMENT) for part in parts]
    best, likeness = _best(own, titles)
    if likeness < SAME:
        best, likeness = _best([*own, *_headings(page, _LOWER_TAGS)], titles)
        if best is not None and (best.folded in site or _links_home(best, claims.host)):
            best = None
    if best is not None:
        return best, f"the {best.tag} is like what the page states ({likeness:.2f})"
    lone = None if claims.confirmed else _lone(own)
    if lone:
        return lone, "the only h1"
    text = _set_as_text(page, [*known, claims.document_title[:LONGEST_CLAIM], *parts[:1]])
    return text, "stands as text" if text else "no heading says it: the most trusted statement"


def _best(headings: Sequence[_Heading], titles: Sequence[tuple[frozenset[str], float]]) -> tuple[_Heading | None, float]:
    """Return the heading that is the title and its likeness: an h1 like the page's titles, a lower one that says the same."""
    best: _Heading | None = None
    most = likeness = 0.0
    for heading in headings:
        alike = _alike(heading, titles)
        top = heading.tag == "h1"
        score = round(alike + (TOP if top else 0.0), 2)
        if alike >= (ALIKE if top else SAME) and score > most:
            best, most, likeness = heading, score, alike
    return best, likeness


def _lone(tops: Sequence[_Heading]) -> _Heading | None:
    """Return the h1 that may be the title although no title of the page is like it."""
    lone = [heading for heading in tops if weight(heading.folded) >= SHORTEST_TITLE]
    return lone[0] if len(lone) == 1 else None


def _alike(heading: _Heading, titles: Sequence[tuple[frozenset[str], float]]) -> float:
    """Return the share of words that a heading has in common with the title most like it (Dice coefficient, 0 to 1)."""
    words = _words(heading.text)
    if not words:
        return 0.0
    return max((2 * worth * len(words & title) / (len(words) + len(title)) for title, worth in titles if title), default=0.0)


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))


def _set_as_text(page: Page, titles: Iterable[str]) -> _Heading | None:
    """Return the text that stands as the headline without being marked as one: the longest that begins a stated title."""
    wanted = [folded for title in titles if len(folded := fold(title)) >= SHORTEST_TEXT]
    found: _Heading | None = None
    longest = SPREAD * max(map(len, wanted), default=0)
    firsts = frozenset(title[0] for title in wanted)
    for leaf in page.leaves:
        if leaf.kind != "text" or len(leaf.text) > SPREAD * LONGEST_TITLE:
            continue
        for text in {leaf.text, leaf.text.partition("\n")[0], leaf.pieces[0][0]}:
            if not SHORTEST_TEXT <= len(text) <= longest or (
                text[0].isascii() and text[0].isalnum() and text[0].lower() not in firsts
            ):
                continue
            folded = fold(text)
            longer = found is None or len(folded) > len(found.folded)
            if longer and len(folded) >= SHORTEST_TEXT and any(_begins(title, folded) for title in wanted):
                found = _Heading(squeeze(text), [leaf], leaf.box.tag)
    return found


def _begins(title: str, folded: str) -> bool:
    return 2 * len(folded) >= len(title) and title.startswith(folded)


def _clean(heading: _Heading, known: Sequence[str], stated: Sequence[str]) -> str:
    """Return the text of a heading without what its layout ran into it: a kicker in front, a count, date or site behind."""
    words = _words(heading.text)
    for claim in stated:
        if fold(claim) == heading.folded and _words(claim) != words:  # "KickerTitle": the page says where one ends
            return claim
    title = _core(heading.text, known)
    return title if title != heading.text else _front(heading.text, heading.folded, known)


def _front(heading: str, folded: str, known: Sequence[str]) -> str:
    """Return the stated title if the heading is that with something run into its end."""
    for claim in known:
        start = fold(claim)
        if start == folded:
            return heading
        if weight(start) < SHORTEST_TITLE or not heading.casefold().startswith(claim.casefold()):
            continue
        rest = heading[len(claim) :]
        if _APPENDED.match(rest) or (rest[:1].isupper() and claim[-1].islower()):
            return claim
    return heading


def _core(heading: str, known: Sequence[str]) -> str:
    """Return the stated title if the heading is that with a kicker run into its front."""
    folded = fold(heading)
    wanted = ((claim, fold(claim)) for claim in known)
    return next(
        (claim for claim, end in wanted if weight(end) >= SHORTEST_TITLE and end != folded and folded.endswith(end)), heading
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

"""Who wrote and who edited the article, and which origin it credits."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from worker.extract.candidates import Candidate
from worker.extract.head import Head
from worker.extract.jsonld import Node, joined, text_of
from worker.extract.signatures import (
    BOXED,
    FAR,
    LAST_RANK,
    SURE_RANK,
    beside_date,
    ends,
    from_closing,
    from_lines,
    from_signs,
    ranked,
    under_title,
)
from worker.extract.surroundings import Sign, Surroundings
from worker.models import Credit
from worker.normalise.bylines import is_house, is_personal, names_in
from worker.normalise.chinese_bylines import Credits, clean_source, han_name_list, named_in, summary
from worker.normalise.text import distinct, fold

AUTHOR_NAMES = (
    *("citation_author", "author", "article:author", "article:author_name", "article:author:name", "og:article:author"),
    *("dc.creator", "dcterms.creator", "dc:creator", "dcterms:creator", "parsely-author", "sailthru.author"),
    *("byl", "byline", "dc.contributor", "cxenseparse:author", "authors", "article.author", "mediator_author"),
    *("bt:author", "shareaholic:article_author_name", "vr:author", "creator", "twitter:data1", "weibo:article:author"),
)
LOOSE_AUTHOR_NAMES = ("author",)  # templates fill it with the site's owner or maker
SIGNED = "byline"  # what calls itself so: there even a pen name of one word settles the matter
SAMPLE = 30  # lines that show whether a page is in Chinese
EDITOR_NAMES = ("editor", "article:editor", "contenteditor")
SOURCE_NAMES = ("source", "article:source", "mediaid", "contentsource", "original-source", "copyright-source", "dc.source")


@dataclass(frozen=True, kw_only=True)
class CreditEvidence:
    """What there is to judge by; *around* is read only as far as needed.

    *language* is the page's, without its region; *chinese* pages name origin and editor in lines of their own, the editor after the last paragraph. *site_names* are
    the names of site and publisher: an author of that name is the last resort.
    """

    article: Node | None
    nodes: list[Node]
    head: Head
    around: Surroundings
    chinese: bool
    site_names: Iterable[str]
    language: str = ""

    @cached_property
    def in_chinese(self) -> bool:
        """Whether the page is in Chinese; one that does not say its language shows it by its first lines."""
        return self.chinese or (not self.head.lang and han_name_list("".join(self.around.lines[:SAMPLE])))

    @cached_property
    def named_near(self) -> tuple[Credit, ...]:
        """Whom the lines by the headline of a Chinese page name, by role."""
        return named_in("\n".join(ends(self.around.lines))) if self.in_chinese else ()

    @cached_property
    def named(self) -> tuple[Credit, ...]:
        """Whom any line of a Chinese page names, by role."""
        return named_in("\n".join(ends(self.around.rest))) if self.in_chinese else ()

    @cached_property
    def near(self) -> Credits:
        """The credits that stand by the headline of a Chinese page."""
        return summary(self.named_near)

    @cached_property
    def signed(self) -> Credits:
        """The credits that stand anywhere in a Chinese page."""
        return summary(self.named)

    @cached_property
    def signs(self) -> list[tuple[int, Sign]]:
        """The elements that may be bylines."""
        return ranked(self.around.signs)

    @cached_property
    def organisations(self) -> frozenset[str]:
        """The folded names of site and publisher."""
        return frozenset(filter(None, map(fold, self.site_names)))


def choose_authors(evidence: CreditEvidence) -> Credits:
    """Return names by role."""
    head, near = evidence.head, evidence.near
    editors = tuple(name for text in head.every(*EDITOR_NAMES) for name in names_in(text, strict=False))
    source = next(filter(None, map(clean_source, head.every(*SOURCE_NAMES))), "")
    return Credits(
        authors=_first(_tiers(evidence), evidence.organisations)[1],
        editors=editors or near.editors or evidence.signed.editors,
        source=source or near.source or evidence.signed.source,
    )


def explain_authors(evidence: CreditEvidence) -> tuple[Candidate, ...]:
    """Return every name that the page offers for its author, in order of trust."""
    tiers = [(source, names) for source, names in _tiers(evidence) if names]
    chosen, authors = _first(tiers, evidence.organisations)
    found = [
        Candidate(
            value=", ".join(names),
            source=source,
            chosen=source == chosen and bool(set(names) & set(authors)),
            why=_reason(source, chosen, names, evidence.organisations),
        )
        for source, names in tiers
    ]
    return tuple(found)


def _reason(source: str, chosen: str, names: tuple[str, ...], organisations: frozenset[str]) -> str:
    people = _named(names, organisations)
    if source == chosen:
        return "the most trusted source that names a person" if any(map(is_personal, people)) else "nothing names a person"
    if not people:
        return "the name of the site"
    return f"{chosen} is trusted more" if any(map(is_personal, people)) else "no person's full name"


def _tiers(evidence: CreditEvidence) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (source, names) in order of trust; each is read only when it is asked for."""
    head, around = evidence.head, evidence.around
    yield "json-ld", _from_article(evidence.article, evidence.nodes)
    yield "meta", _from_meta(head, AUTHOR_NAMES)
    yield "credit line", evidence.near.authors
    yield SIGNED, from_signs(evidence.signs, SURE_RANK)
    yield "signature", evidence.signed.authors
    yield "loose meta", _from_meta(head, LOOSE_AUTHOR_NAMES)
    yield "opening line", from_lines(around.opening)
    yield "element", from_signs(evidence.signs, LAST_RANK + FAR)
    yield "line", from_lines(around.lines)
    yield "beside the date", beside_date(around.opening, around.title)
    yield "under the title", under_title((around.opening or around.lines)[:3]) if evidence.in_chinese else ()
    yield "closing line", from_closing(around.rest) or from_closing(around.footers)
    yield "author's box", from_signs(evidence.signs, BOXED)


def _first(tiers: Iterable[tuple[str, tuple[str, ...]]], organisations: frozenset[str]) -> tuple[str, tuple[str, ...]]:
    """Return the first tier that has a person's full name, else the first that names anybody."""
    kept: list[tuple[str, tuple[str, ...]]] = []
    for source, names in tiers:
        people = _named(names, organisations)
        if any(map(is_personal, people)) or (source == SIGNED and people and not any(map(is_house, people))):
            return source, people
        kept.append((source, names))
    named = ((source, _named(names, organisations)) for source, names in kept)
    anybody = next((tier for tier in named if tier[1]), None)
    return anybody or next((tier for tier in kept if tier[1]), ("", ()))


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

"""Everybody whom a page names for its article, by role."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from worker.extract.blocks import Leaf
from worker.extract.credits import AUTHOR_NAMES, CreditEvidence
from worker.extract.jsonld import joined, text_of, texts_of
from worker.extract.surroundings import LEAVES_NEAR, LONG_LINE, LONG_LINES_OPENING
from worker.models import Credit, Role
from worker.normalise.agencies import agencies_in, agency_of_dateline, is_agency, may_name_agency
from worker.normalise.bylines import names_in
from worker.normalise.chinese_bylines import MOST_NAMES, WROTE, Credits
from worker.normalise.labels import labels
from worker.normalise.roles import STEMS, credited_in, looks_like_people
from worker.normalise.text import fold

SIGNING_OFF = ("diting by", "dited by")  # how an agency's story ends
_SIGNS = {"ja": "＝", "ko": "기자"}  # beside names
MOST_CREDITS = 40  # people of one article; more is a staff page
LONGEST_BYLINE = 80  # characters of a line that may name an agency beside a person

_OF_PICTURE = re.compile(
    r"foto|photo|image|bild|picture|video|getty|写真|사진|图|圖|©", re.IGNORECASE
)  # their agencies are not the text's
# Properties of schema.org's CreativeWork that name people.
_PROPERTIES = (("contributor", Role.AUTHOR), ("editor", Role.EDITOR), ("translator", Role.TRANSLATOR))
_JOBS = (("photograph", Role.PHOTOGRAPHER), ("fotograf", Role.PHOTOGRAPHER), ("translator", Role.TRANSLATOR))


def credit_everybody(evidence: CreditEvidence, chosen: Credits) -> tuple[Credits, tuple[Credit, ...]]:
    """Return *chosen* without agencies and photographers, with the editors that lines and JSON-LD name; and all by role.

    The authors stand first, each in the role that a label gives them, then the others in the order of the page. An
    agency is an agency wherever it is named, a credited origin also a source.
    """
    labelled = [*_labelled(evidence, chosen), *_structured(evidence)]
    agencies = dict.fromkeys((*_agencies(evidence), *(name for name in chosen.authors if is_agency(name))))
    roles: dict[str, list[Role]] = {}
    for credit in labelled:
        roles.setdefault(fold(credit.name), []).append(credit.role)
    people = tuple(name for name in chosen.authors if not is_agency(name))
    wrote = tuple(
        name for name in people if Role.PHOTOGRAPHER not in (did := roles.get(fold(name), ())) or not WROTE.isdisjoint(did)
    )
    authors = wrote or people
    editors = chosen.editors or tuple(credit.name for credit in labelled if credit.role == Role.EDITOR)[:MOST_NAMES]
    written = [Credit(name=name, role=_writing(roles.get(fold(name), ()))) for name in authors]
    everybody = (
        *written,
        *labelled,
        *(Credit(name=name, role=Role.EDITOR) for name in editors),
        *(Credit(name=name, role=Role.AGENCY) for name in agencies),
        *_origin(chosen.source),
    )
    return Credits(authors=authors, editors=editors, source=chosen.source), _distinct(everybody)


def _writing(roles: Iterable[Role]) -> Role:
    return next((role for role in roles if role in WROTE), Role.AUTHOR)


def _origin(source: str) -> Iterator[Credit]:
    if source:
        yield Credit(name=source, role=Role.SOURCE)
        if is_agency(source):
            yield Credit(name=source, role=Role.AGENCY)


def _distinct(credits_: Iterable[Credit]) -> tuple[Credit, ...]:
    """Return each credit once: by role and folded name, and who wrote in one way of writing only."""
    found: dict[tuple[str, str], Credit] = {}
    for credit in credits_:
        role = "wrote" if credit.role in WROTE else credit.role.value
        found.setdefault((fold(credit.name), role), credit)
    return tuple(found.values())[:MOST_CREDITS]


def _labelled(evidence: CreditEvidence, chosen: Credits) -> list[Credit]:
    """Return whom the lines of the page name with their roles."""
    if evidence.in_chinese:
        return list(evidence.named)
    authors = frozenset(map(fold, chosen.authors))
    return [credit for credit, near in _credited(evidence) if near or _counts_afar(credit, authors)]


def _counts_afar(credit: Credit, authors: frozenset[str]) -> bool:
    """Return whether a credit far from the headline is the article's: under pictures and charts stand those of others."""
    if credit.role == Role.AUTHOR:
        return fold(credit.name) in authors
    return credit.role not in {Role.SOURCE, Role.PHOTOGRAPHER}


def _credited(evidence: CreditEvidence) -> Iterator[tuple[Credit, bool]]:
    """Yield whom the lines after the headline credit, and whether near it; nearly all lines are passed over unread."""
    around = evidence.around
    near = around.following[:LEAVES_NEAR]
    last = near[-1].index if near else 0
    leaves = [leaf for leaf in around.following if len(leaf.text) <= LONG_LINE or leaf.text[-1] in ")）" or "\n" in leaf.text]
    text = "\n".join([leaf.text for leaf in leaves])
    places = labels(text, ":")
    if evidence.language in {"en", ""}:
        places += [at for sign in SIGNING_OFF if (at := text.find(sign)) >= 0]
    if evidence.language in _SIGNS:
        places += [*labels(text, "："), *(match.start() for match in re.finditer(_SIGNS[evidence.language], text))]
    opening = around.short_opening.lower()
    if stems := [stem for stem in STEMS if stem in opening]:
        first = leaves[:LEAVES_NEAR]
        for leaf, start in zip(first, _starts(first), strict=False):
            if any(stem in leaf.text.lower() for stem in stems):
                places.append(start)
    starts: list[int] = []
    for start in sorted({text.rfind("\n", 0, place) + 1 for place in places}):
        end = text.find("\n", start)
        line = text[start : end if end >= 0 else len(text)]
        if len(line) > LONG_LINE:
            line = line[max(line.rfind("("), line.rfind("（"), len(line) - LONG_LINE) :] if line[-1] in ")）" else ""
        if line and (named := credited_in(line)):
            starts = starts or _starts(leaves)
            leaf = leaves[bisect_right(starts, start) - 1]
            if around.tells_of_article(leaf):
                yield from ((credit, leaf.index <= last) for credit in named)


def _starts(leaves: Sequence[Leaf]) -> list[int]:
    """Return where the texts of *leaves* begin in all of them, joined by line breaks, and where the last ends."""
    return list(accumulate((len(leaf.text) + 1 for leaf in leaves), initial=0))


def _structured(evidence: CreditEvidence) -> Iterator[Credit]:
    """Yield whom the article's JSON-LD names beside its authors, and those of its authors whose job is another."""
    article = evidence.article
    if article is None:
        return
    for key, role in _PROPERTIES:
        if key in article:
            said = joined(article[key], evidence.nodes)
            for item in said if isinstance(said, list) else [said]:
                names = names_in(text_of(item), strict=False)
                yield from (Credit(name=name, role=_job(item) or role) for name in names if looks_like_people(name))
    authors = joined(article.get("author"), evidence.nodes)
    for item in authors if isinstance(authors, list) else [authors]:
        if (job := _job(item)) is not None:
            yield from (Credit(name=name, role=job) for name in names_in(text_of(item), strict=False))


def _job(item: object) -> Role | None:
    """Return the role that a person's `jobTitle` (schema.org) names, None if it is one of those who write."""
    title = text_of(item.get("jobTitle")).lower() if isinstance(item, Mapping) and "jobTitle" in item else ""
    return next((role for word, role in _JOBS if word in title), None) if title else None


def _agencies(evidence: CreditEvidence) -> Iterator[str]:
    """Yield the agencies that bylines, and the dateline of the first paragraph, name."""
    article, around = evidence.article, evidence.around
    stated = [text for key in AUTHOR_NAMES[:2] for text in evidence.head.meta.get(key, ())]
    if article is not None:
        stated = [*texts_of(joined(article.get("author"), evidence.nodes)), *stated]
    if not (named := may_name_agency("\n".join((*stated, around.short_opening)))):
        stated = []
    for text in stated:
        yield from agencies_in(text)
    paragraphs = 0
    for leaf in around.following[:LEAVES_NEAR]:
        line = leaf.text
        found: Iterable[str] = ()
        if len(line) > LONGEST_BYLINE:
            paragraphs += 1
            if paragraphs <= LONG_LINES_OPENING and (agency := agency_of_dateline(line)) is not None:
                found = (agency,)
        elif named and not _OF_PICTURE.search(line):
            found = agencies_in(line)
        for agency in found:
            if around.tells_of_article(leaf):
                yield agency

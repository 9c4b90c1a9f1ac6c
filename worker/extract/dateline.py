"""When the article was published and last changed, out of everything that says so."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cached_property
from urllib.parse import unquote

from worker.extract.candidates import Candidate
from worker.extract.head import Head
from worker.extract.shown import LABELLED, NEARBY, Shown, in_lines, in_signs, lone, relative, without_year
from worker.extract.surroundings import Surroundings
from worker.normalise.dates import Habits, dates_in, day_of, parse_date

# Meta names in order of trust.
PUBLISHED = (
    *("article:published_time", "og:article:published_time", "og:published_time", "datepublished", "article:published"),
    *("article.published", "sailthru.date", "parsely-pub-date", "cxenseparse:recs:publishtime", "rnews:datepublished"),
    *("publishdate", "publish-date", "publish_date", "publication_date", "publicationdate", "pubdate", "pub_date"),
    *("date_published", "published_time", "bt:pubdate", "vr:published_time", "article_date_original"),
    *("originalpublicationdate", "firstpublished", "iso-8601-publish-date", "dcterms.issued", "dc.date.issued"),
    *("citation_publication_date", "citation_online_date", "weibo:article:create_at", "publishedtime", "article:publish_date"),
)
# What content systems also use for the day when a template was saved, or the page was made.
LOOSE_PUBLISHED = (
    *("dcterms.created", "dc.date.created", "dc.date", "dcterms.date", "citation_date", "article:created", "datecreated"),
    *("date", "created", "pdate"),
)
MODIFIED = (
    *("article:modified_time", "og:updated_time", "og:modified_time", "datemodified", "article:modified", "article.updated"),
    *("lastmod", "last-modified", "dcterms.modified", "dc.date.modified", "bt:moddate", "updated_time"),
    *("weibo:article:update_at", "modified", "modified_time", "revised", "article:updated_time", "updated", "dateupdate"),
)
CLOSE = 12  # leaves under the headline within which a dateline is more than a vague meta element
CORRECTED = 30  # days after publication within which a change is a correction
EVENING = "09"  # UTC hour before which it is the evening before in the United States
REACH = timedelta(hours=14)  # the farthest offset from UTC

_PUBLISHED_NAME = re.compile(r"publi(?:sh(?!er)|cation)|pub-?date|date-?posted")
_URL_DATE = re.compile(
    r"/(20[0-9]{2}|19[89][0-9])[-/_]([01]?[0-9])[-/_]([0-3]?[0-9])(?![0-9a-z])|"
    r"[/_a-z-](20[0-9]{2}|19[89][0-9])[-/_]?([01][0-9])[-/_]?([0-3][0-9])(?=[/_.-]|$)"
)
_URL_DAY_FIRST = re.compile(r"/([0-3][0-9])[-_.]([01][0-9])[-_.](20[0-9]{2})(?=[/_.-]|$)")
# In the data of an application, and in WeChat's article pages (`var ct`, epoch seconds).
_SCRIPTED = re.compile(
    r"\"\w{0,20}(?:publi(?:sh(?!er)|cation)\w{0,4}[_-]?(?:at|on|date|time)|pub_?(?:date|time)|first_?published)\""
    r"\s*:\s*\"?([^\",}]{8,40})|\bvar\s+ct\s*=\s*[\"']([0-9]{10})[\"']",
    re.IGNORECASE,
)
_SCRIPTED_WORDS = ("publish", "publication", "pub_", "pubdate", "pubtime", " ct")  # one of which is in all of that


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """ISO 8601 as in `worker.normalise.dates`; None where nothing says so. *by* names what decided the first."""

    published: str | None
    modified: str | None
    by: str


@dataclass(frozen=True, kw_only=True)
class DateEvidence:
    """What there is to judge by. *published* and *modified* are JSON-LD's; *around* is read only as far as needed."""

    published: Sequence[str]
    modified: Sequence[str]
    head: Head
    around: Surroundings
    url: str
    habits: Habits

    @cached_property
    def declared(self) -> list[str]:
        """What JSON-LD says about the publication."""
        return _parsed(self.published, self.habits)

    @cached_property
    def meta(self) -> list[str]:
        """What meta elements say about the publication, those of known names first."""
        head = self.head
        return _parsed(head.every(*PUBLISHED) or _alike(head), self.habits)

    @cached_property
    def loose(self) -> list[str]:
        """What meta elements of vague names say."""
        return _parsed(self.head.every(*LOOSE_PUBLISHED), self.habits)

    @cached_property
    def stated(self) -> list[str]:
        """What the page tells machines about the publication, the most trusted first."""
        return [*self.declared, *self.meta]

    @cached_property
    def changes(self) -> list[str]:
        """What the page tells machines about its last change."""
        return [*_parsed(self.modified, self.habits), *_parsed(self.head.every(*MODIFIED), self.habits)]

    @cached_property
    def shown(self) -> list[Shown]:
        """The dates that readers see near the headline, the likeliest dateline first."""
        around, habits = self.around, self.habits
        return sorted((*in_signs(around.signs, habits), *in_lines(around.lines, habits)), key=lambda item: item.rank)

    @cached_property
    def opening(self) -> list[Shown]:
        """The dates of the first lines under the headline, which are quickly read."""
        return in_lines(self.around.opening, self.habits)

    @cached_property
    def told(self) -> list[tuple[str, bool]]:
        """The days that the first lines under the headline tell from the moment of reading, and whether of a change."""
        return list(relative(self.around.opening, self.habits))

    @cached_property
    def in_url(self) -> str | None:
        """The day that the page's address names."""
        return date_in_url(self.url, self.habits)


def choose_dates(evidence: DateEvidence) -> Dates:
    """Return the article's dates."""
    habits = evidence.habits
    by, values = next(((name, values) for name, values in _tiers(evidence) if values), ("", []))
    quick = evidence.stated and evidence.around.title and not _in_the_evening(values[0], habits)
    seen = evidence.opening if quick else evidence.shown if values else []
    more = (*evidence.stated, *evidence.loose, *(item.value for item in seen if not item.changed))
    changes = [*evidence.changes, *(item.value for item in seen if item.changed)]
    changes = changes or [day for day, changed in evidence.told if changed]
    return Dates(published=_finest([*values, *more], seen, habits), modified=_finest(changes, seen, habits), by=by)


def _in_the_evening(value: str, habits: Habits) -> bool:
    """Return whether *value* may be a moment of the day before for its readers, which only the page can show.

    Most sites of no known zone that speak in UTC are American.
    """
    return habits.zone is None and value.endswith("+00:00") and value[11:13] < EVENING


def explain_dates(evidence: DateEvidence) -> tuple[Candidate, ...]:
    """Return every date that speaks for the day of publication, in order of trust."""
    found: list[Candidate] = []
    for source, values in _tiers(evidence):
        for value in dict.fromkeys(values):
            first = not found
            why = "the most trusted source that says anything" if first else f"{found[0].source} is trusted more"
            found.append(Candidate(value=value, source=source, chosen=first, why=why))
    return tuple(found)


def _tiers(evidence: DateEvidence) -> Iterator[tuple[str, list[str]]]:
    """Yield (source, dates of publication) in order of trust; each is read only when it is asked for."""
    habits, around = evidence.habits, evidence.around
    if evidence.stated:
        yield "dateline", _overruling(evidence)
        yield "json-ld", evidence.declared
        yield "meta", evidence.meta
    shown = [item for item in evidence.shown if not item.changed]
    yield "dateline", [item.value for item in shown if item.rank < (NEARBY, CLOSE)] if evidence.loose else []
    yield "loose meta", evidence.loose
    in_url = evidence.in_url
    yield "url", [*(item.value for item in shown if _days_apart(item.value, in_url) <= 1), in_url] if in_url else []
    yield "visible", [item.value for item in shown if item.recent and item.rank[0] <= NEARBY]
    yield "relative", [day for day, changed in evidence.told if not changed]
    yield "visible", [item.value for item in shown if item.recent]
    yield "visible change", [item.value for item in evidence.shown if item.changed]
    yield "script", _parsed(_scripted(around.scripts), habits)
    rest = sorted(lone((*around.rest, *around.footers), habits), key=lambda item: item.rank)
    yield "signed", [item.value for item in rest if item.recent and not item.changed]
    yield "modified", [*evidence.changes, *(item.value for item in rest if item.changed)]
    yield "history", [item.value for item in (*shown, *rest)]
    yield "without a year", list(without_year(around.lines, habits))
    yield "relative", [day for day, _ in evidence.told]
    yield "image", [value for url in evidence.head.every("og:image") if (value := date_in_url(url, habits))]
    yield "description", [item.value for item in dates_in(evidence.head.first("description", "og:description"), habits)]


def _alike(head: Head) -> list[str]:
    """Return the contents of meta elements that nobody has heard of but whose names speak of publication."""
    names = [name for name in head.meta if _PUBLISHED_NAME.search(name)]
    return head.every(*names)


def _overruling(evidence: DateEvidence) -> list[str]:
    """Return the date under the headline if it is another than what the page tells machines.

    Readers know the article by it: content systems and static site builders also state the day of an import or a
    rebuild. A dateline that tells of a change overrules nothing, nor does one of a change soon after publication; later,
    the article was written anew under its old address.
    """
    stated, first = evidence.stated, evidence.stated[0]
    best = next((item for item in evidence.opening if item.alone and not item.changed), None)
    if best is None:
        return []
    labelled = best.rank[0] == LABELLED  # "Published May 3 · Updated June 4", and June 4 is what machines are told
    if any(_same(item.value, first) for item in evidence.opening if not (item.changed and labelled)):
        return []
    if any(item.rank[0] < NEARBY and _same(item.value, first) for item in evidence.shown if not item.changed):
        return []
    confirmed = any(other[:10] == best.value[:10] for other in stated)
    corrected = any(other[:10] == best.value[:10] for other in evidence.changes) and _days_apart(best.value, first) <= CORRECTED
    return [best.value] if confirmed or not corrected else []


def _same(shown: str, stated: str) -> bool:
    """Return whether two dates are a day apart at most, by the time zone, or day and month are the other way round."""
    return _days_apart(shown, stated) <= 1 or (shown[:4], shown[5:7], shown[8:10]) == (stated[:4], stated[8:10], stated[5:7])


def _days_apart(one: str, other: str) -> int:
    return abs((day_of(one) - day_of(other)).days)


def date_in_url(url: str, habits: Habits) -> str | None:
    """Return the day that the path of *url* names (`/2021/11/10/`, `/20211110/`, `/t20211110_`, `/10-11-2021`)."""
    path = unquote(re.split(r"[?#]", re.sub(r"^[a-z][a-z0-9+.-]*://[^/?#]*", "", url.lower()), maxsplit=1)[0])
    for match in _URL_DATE.finditer(path):
        year, month, day = match.group(1, 2, 3) if match[1] else match.group(4, 5, 6)
        found = parse_date(f"{year}-{month}-{day}", habits)
        if found:
            return found
    other = _URL_DAY_FIRST.search(path)
    return parse_date(f"{other[3]}-{other[2]}-{other[1]}", habits) if other else None


def _parsed(texts: Iterable[str], habits: Habits) -> list[str]:
    return [value for value in (parse_date(text, habits) for text in texts) if value]


def _scripted(scripts: Sequence[str]) -> Iterator[str]:
    """Yield what the page's scripts hold as dates of publication."""
    for script in scripts:
        lowered = script.lower()
        if any(word in lowered for word in _SCRIPTED_WORDS):
            yield from (match[1] or match[2] for match in _SCRIPTED.finditer(script))


def _finest(values: Sequence[str], seen: Sequence[Shown], habits: Habits) -> str | None:
    """Return the first of *values*, with the time that another statement of the same day knows, on the clock of its readers."""
    if not values:
        return None
    first = values[0]
    if "T" not in first:
        first = next((other for other in values if "T" in other and other[:10] == first), first)
    return _local(first, values, seen, habits) if "T" in first else first


def _local(value: str, values: Sequence[str], seen: Sequence[Shown], habits: Habits) -> str:
    """Return the moment *value*, if it was stated in UTC, with the offset of the clock on the site's wall.

    That is the offset of another statement of the same moment, of a clock time that readers see, or of the page's zone.
    """
    moment = datetime.fromisoformat(value)
    if moment.utcoffset():
        return value
    for other in (item for item in values if "T" in item and not item.endswith("+00:00")):
        told = datetime.fromisoformat(other)
        if abs(told - moment) < timedelta(minutes=1):
            return moment.astimezone(told.tzinfo).isoformat()
    for found in (item.found for item in seen):
        if found.clock is not None:
            shown = datetime.combine(day_of(found.value), found.clock, UTC)
            offset = timedelta(minutes=30 * round((shown - moment) / timedelta(minutes=30)))
            if abs(offset) <= REACH and abs(shown - moment - offset) < timedelta(minutes=1):
                return moment.astimezone(timezone(offset)).isoformat()
    days = [item.found.value for item in seen if not item.changed and item.rank[0] <= NEARBY and "T" not in item.found.value]
    if value[:10] in days or habits.zone is None:
        return value
    return moment.astimezone(habits.zone).isoformat()

"""When the article was published and last changed, out of everything that says so."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import unquote

from worker.extract.head import Head
from worker.extract.nodes import text_in
from worker.extract.surroundings import LONG_LINE, Mark, Surroundings
from worker.normalise.dates import Found, Habits, dates_in, day_of, parse_date

# Meta names in order of trust. The later ones are what content systems also use for the day a template was saved.
PUBLISHED = (
    *("article:published_time", "og:article:published_time", "og:published_time", "datepublished", "article:published"),
    *("article.published", "sailthru.date", "parsely-pub-date", "cxenseparse:recs:publishtime", "rnews:datepublished"),
    *(
        "publishdate",
        "publish-date",
        "publish_date",
        "publication_date",
        "publicationdate",
        "pubdate",
        "pub_date",
        "date_published",
    ),
    *("published_time", "bt:pubdate", "vr:published_time", "article_date_original", "originalpublicationdate", "firstpublished"),
    *("iso-8601-publish-date", "dcterms.issued", "dc.date.issued", "citation_publication_date", "citation_online_date"),
    *(
        "weibo:article:create_at",
        "dcterms.created",
        "dc.date.created",
        "dc.date",
        "dcterms.date",
        "citation_date",
        "article:created",
    ),
    *("publishedtime", "article:publish_date", "datecreated", "date", "created", "pdate"),
)
MODIFIED = (
    *("article:modified_time", "og:updated_time", "og:modified_time", "datemodified", "article:modified", "article.updated"),
    *(
        "lastmod",
        "last-modified",
        "dcterms.modified",
        "dc.date.modified",
        "bt:moddate",
        "updated_time",
        "weibo:article:update_at",
    ),
    *("modified", "modified_time", "revised", "article:updated_time"),
)
DATELINE = 120  # characters of a line that is about the date; longer ones mention dates
OPENING = 45  # characters within which a paragraph that opens with its date has named it: "BERLIN, 3. Mai 2022 - …"
NEAR = range(-12, 31)  # ranks of the elements that belong to the headline
REACH = timedelta(hours=14)  # the farthest offset from UTC

_SAYS_MODIFIED = re.compile(
    r"updat|modif|revis|edited|aktualisi|geändert|änderung|mis à jour|maj\b|actualiz|aggiornat|bijgewerkt|gewijzigd|oppdatert|opdateret|"
    r"uppdaterad|atualizad|zaktualizow|aktualizov|обновлен|更新|修改|수정|reviewed|güncelle|stand:",
    re.IGNORECASE,
)
_SAYS_PUBLISHED = re.compile(
    r"publi[sc]|posted|veröffentlicht|erschienen|erstellt|gespeichert von|written on|first|released|gepubliceerd|geplaatst|opublikowan|"
    r"publicerad|publisert|udgivet|опубликован|发布|發布|发表|發表|時間|时间|日期|公開|掲載|投稿|입력|등록|yayın|pressemitteilung vom|meldung vom|"
    r"\b(?:date|datum|data|fecha)\b\s?:",
    re.IGNORECASE,
)
_SAYS_OTHER = re.compile(
    r"comment|reply|expires|deadline|event|copyright|©|born|joined|member since|until|valid|commented|retrieved|accessed|abgerufen|"
    r"\b(?:next|previous|older|newer)\b",
    re.IGNORECASE,
)
_URL_DATE = re.compile(
    r"/(20[0-9]{2}|19[89][0-9])[-/_]?([01]?[0-9])[-/_]?([0-3][0-9]|[1-9](?=[/_-]))(?![0-9])|"
    r"[/_a-z-](20[0-9]{2})-?([01][0-9])-?([0-3][0-9])(?=[_/.-]|$)"
)
_RELATIVE = re.compile(
    r"(刚刚|just now)|([0-9]{1,2})\s?(分钟前|分鐘前|min(?:s|utes?)? ago|小时前|小時前|hours? ago|天前|days? ago)|"
    r"(今天|today\b)|(昨天|yesterday)|(前天)",
    re.IGNORECASE,
)
_SHORT_MONTH_DAY = re.compile(r"(?<![0-9年.-])([01]?[0-9])(?:月|-)([0-3]?[0-9])(?:日\s?|\s)(?=[0-2]?[0-9]:[0-5][0-9])")


# In the data of an application, and in WeChat's article pages (`var ct`, epoch seconds).
_SCRIPTED = re.compile(
    r"\"(?:datePublished|published_?(?:At|Date|Time)|publish_?(?:Date|Time)|publicationDate|firstPublished(?:At|Date)?|first_published_at|pub_?(?:date|time))"
    r"\"\s*:\s*\"?([^\",}]{8,40})|\bvar\s+ct\s*=\s*[\"']([0-9]{10})[\"']",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """ISO 8601 as in `worker.normalise.dates`; None where nothing says so. *by* names what decided the first."""

    published: str | None
    modified: str | None
    by: str


@dataclass(frozen=True, slots=True)
class _Seen:
    """A date that readers see: what it says, how likely it is the dateline (0 is best), and whether it tells of a change."""

    found: Found
    rank: tuple[int, int]
    changed: bool


def choose_dates(
    *, published: Sequence[str], modified: Sequence[str], head: Head, around: Surroundings, url: str, habits: Habits
) -> Dates:
    """Return the article's dates. *published* and *modified* are JSON-LD's; *around* is looked at only where these and
    the meta elements leave something open.
    """
    tiers = {"json-ld": _parsed(published, habits), "meta": _parsed(head.every(*PUBLISHED), habits)}
    changes = [*_parsed(modified, habits), *_parsed(head.every(*MODIFIED), habits)]
    stated = [value for values in tiers.values() for value in values]
    seen: list[_Seen] = []
    if not _complete(stated, habits):
        seen = sorted((*_marked(around.marks, habits), *_in_lines(around.lines, habits)), key=lambda item: item.rank)
    in_url = date_in_url(url, habits)
    tiers["visible"] = [item.found.value for item in seen if not item.changed]
    if not seen and not stated:
        tiers["script"] = _parsed(_scripted(around.scripts), habits)
    tiers["url"] = [in_url] if in_url else []
    if not any(tiers.values()):
        tiers["signed"] = list(_signed(around.rest, habits))
    if not any(tiers.values()):
        tiers["relative"] = list(_relative(around.lines, habits))
    by = next((name for name, values in tiers.items() if values), "")
    candidates = [value for values in tiers.values() for value in values]
    changes += [item.found.value for item in seen if item.changed]
    clocks = [item.found for item in seen]
    return Dates(published=_finest(candidates, clocks, habits), modified=_finest(changes, clocks, habits), by=by)


def _complete(stated: Sequence[str], habits: Habits) -> bool:
    """Return whether what is stated has a time, and an offset that is not just UTC for want of a better one."""
    first = stated[0] if stated else ""
    return any("T" in value and value[:10] == first[:10] for value in stated) and (
        habits.zone is not None or any("T" in value and not value.endswith("+00:00") for value in stated)
    )


def date_in_url(url: str, habits: Habits) -> str | None:
    """Return the day that the path of *url* names (`/2021/11/10/`, `/20211110/`, `/t20211110_`)."""
    path = re.split(r"[?#]", re.sub(r"^[a-z][a-z0-9+.-]*://[^/?#]*", "", url.lower()), maxsplit=1)[0]
    for match in _URL_DATE.finditer(unquote(path)):
        year, month, day = match.group(1, 2, 3) if match[1] else match.group(4, 5, 6)
        found = parse_date(f"{year}-{month}-{day}", habits)
        if found:
            return found
    return None


def _parsed(texts: Iterable[str], habits: Habits) -> list[str]:
    return [value for value in (parse_date(text, habits) for text in texts) if value]


def _finest(values: Sequence[str], seen: Sequence[Found], habits: Habits) -> str | None:
    """Return the first of *values*, with the time that another statement of the same day knows, on the clock of its readers."""
    if not values:
        return None
    first = values[0]
    if "T" not in first:
        first = next((other for other in values if "T" in other and other[:10] == first), first)
    return _local(first, values, seen, habits) if "T" in first else first


def _local(value: str, values: Sequence[str], seen: Sequence[Found], habits: Habits) -> str:
    """Return the moment *value*, if it was stated in UTC, with the offset of the clock on the site's wall.

    That is the offset of another statement of the same moment, of a clock time that readers see, or of the page's zone.
    """
    moment = datetime.fromisoformat(value)
    if moment.utcoffset():
        return value
    for other in (item for item in values if "T" in item and not item.endswith("+00:00")):
        if abs(datetime.fromisoformat(other) - moment) < timedelta(minutes=1):
            return other
    for found in seen:
        if found.clock is not None:
            shown = datetime.combine(day_of(found.value), found.clock, UTC)
            offset = timedelta(minutes=30 * round((shown - moment) / timedelta(minutes=30)))
            if abs(offset) <= REACH and abs(shown - moment - offset) < timedelta(minutes=1):
                return moment.astimezone(timezone(offset)).isoformat()
    return moment.astimezone(habits.zone).isoformat() if habits.zone is not None else value


def _marked(marks: Sequence[Mark], habits: Habits) -> Iterator[_Seen]:
    """Yield the dates of the elements that look like datelines."""
    for mark in marks:
        found = None if mark.aside else _date_of(mark, habits)
        if found is None:
            continue
        label = f"{_before(mark)} {text_in(mark.node)[:DATELINE]} {mark.names}"
        published = "datepublished" in mark.names or "pubdate" in mark.attributes or bool(_SAYS_PUBLISHED.search(label))
        changed = "datemodified" in mark.names or (bool(_SAYS_MODIFIED.search(label)) and not published)
        if changed or not _SAYS_OTHER.search(label):
            sure = 0 if "datepublished" in mark.names or "pubdate" in mark.attributes else 1 if mark.order in NEAR else 3
            yield _Seen(found, (sure, abs(mark.order)), changed)


def _date_of(mark: Mark, habits: Habits) -> Found | None:
    """Return the date that a mark shows, by its attributes or its text."""
    said = next((value for key in ("datetime", "content", "data-datetime") if (value := mark.attributes.get(key))), "")
    value = parse_date(said, habits) if said else None
    text = text_in(mark.node)
    shown = next(iter(dates_in(text, habits)), None) if len(text) <= DATELINE else None
    if value is None or (shown is not None and "T" not in value and shown.value[:10] == value):
        return shown
    return Found(value, 0, 0, shown.clock if shown is not None else None)


def _before(mark: Mark) -> str:
    """Return the words right before a mark."""
    before = mark.node.prev
    if before is None:
        return ""
    return ((before.text_content or "") if before.is_text_node else text_in(before) if before.is_element_node else "")[-40:]


def _in_lines(lines: Sequence[str], habits: Habits) -> Iterator[_Seen]:
    """Yield the dates of lines that are about them, and those with which a paragraph opens."""
    for i, line in enumerate(lines):
        start = 0
        opening = len(line) > DATELINE and not (len(line) <= LONG_LINE and _SAYS_PUBLISHED.search(line))
        for found in dates_in(line, habits) if not _SAYS_OTHER.search(line[:DATELINE]) else ():
            if opening and (start or found.start > OPENING or not _opens(line, found)):
                break
            label = line[start : found.start]
            changed = bool(_SAYS_MODIFIED.search(label)) and not _SAYS_PUBLISHED.search(label)
            yield _Seen(found, (4 if opening else 2, i), changed)
            start = found.end


def _scripted(scripts: Sequence[str]) -> Iterator[str]:
    """Yield what the page's scripts hold as dates of publication."""
    for script in scripts:
        yield from (match[1] or match[2] for match in _SCRIPTED.finditer(script))


def _signed(lines: Sequence[str], habits: Habits) -> Iterator[str]:
    """Yield the dates of lines anywhere in the page that say in words that something was published then."""
    for line in lines:
        if len(line) <= DATELINE and _SAYS_PUBLISHED.search(line) and not _SAYS_OTHER.search(line):
            yield from (found.value for found in dates_in(line, habits))


def _opens(line: str, found: Found) -> bool:
    """Return whether a paragraph's date stands apart from its first sentence: first, in brackets, or before a dash."""
    before, after = line[: found.start].strip(), line[found.end : found.end + 3].strip()
    return not before.strip("(（[【") or after.startswith((")", "）", "-", "–", "—", "|", "]", "】", "/", ":"))


def _relative(lines: Sequence[str], habits: Habits) -> Iterator[str]:
    """Yield the days meant by "3 hours ago" or 昨天, and by dates without a year, near the headline."""
    fetched = datetime.fromtimestamp(habits.now, habits.zone or UTC)
    for line in lines[:30]:
        if len(line) > DATELINE // 2:
            continue
        if match := _RELATIVE.search(line):
            yield (fetched - _ago(match)).date().isoformat()
        elif match := _SHORT_MONTH_DAY.search(line):
            for year in (fetched.year, fetched.year - 1):
                value = parse_date(f"{year}-{match[1]}-{match[2]} {line[match.end() : match.end() + 8]}", habits)
                if value and day_of(value) <= fetched.date() + timedelta(days=1):
                    yield value
                    break


def _ago(match: re.Match[str]) -> timedelta:
    if match[2]:
        unit, n = match[3].lower(), int(match[2])
        if unit.startswith(("分", "min")):
            return timedelta(minutes=n)
        return timedelta(hours=n) if unit.startswith(("小", "hour")) else timedelta(days=n)
    if match[5]:
        return timedelta(days=1)
    return timedelta(days=2) if match[6] else timedelta()

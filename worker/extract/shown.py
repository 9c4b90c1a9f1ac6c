"""The dates that readers see: in elements that look like datelines, in lines about a date, in words like "yesterday"."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from worker.extract.nodes import text_in
from worker.extract.surroundings import LONG_LINE, Sign
from worker.normalise.dates import Found, Habits, dates_in, day_of, parse_date
from worker.normalise.relative import day_told

DATELINE = 120  # characters of a line that is about the date; longer ones mention dates
OPENING = 45  # characters within which a paragraph that opens with its date has named it: "BERLIN, 3. Mai 2022 - …"
BESIDES = 50  # letters beside the date in a line that says nothing else: a name, a rubric, minutes of reading
NEAR = range(-12, 26)  # leaves after the headline (negative: before it) where its dateline may stand
BEFORE = 12  # leaves by which what stands before the headline counts as farther away
# How surely a date is the dateline: microdata and the `pubdate` of HTML say it is; words beside it do; elements near the
# headline, and lines that hold little else; elements elsewhere; a paragraph that opens with it; a line that mentions it.
DECLARED, LABELLED, NEARBY, ELSEWHERE, OPENS, MENTIONS = range(6)
LONGEST_CLOSING = 300  # characters of the sentence about a post that closes it: it names author, rubrics and feeds
FIRST_YEAR = 1990  # of the web; a year before it is history, which articles tell of
MOST_YEARLESS = 30  # lines looked at for dates without a year
CACHED = 4_096  # names of elements, whose answers are remembered; a page has some dozens
STAMPED = ("datetime", "content", "data-datetime", "data-date", "data-time", "data-timestamp", "data-published", "title")

# Matched against lower case: ignoring case takes three to ten times as long.
_SAYS_MODIFIED = re.compile(
    r"updat|modif|revis|edited|aktualisi|geändert|änderung|mis à jour|maj\b|actualiz|aggiornat|bijgewerkt|gewijzigd|oppdatert|opdateret|"
    r"uppdaterad|atualizad|zaktualizow|aktualizov|обновлен|оновлен|обновено|更新|修改|수정|업데이트|変更|reviewed|güncelle|stand:|päivitetty|frissít|módosít|"
    r"actualizat|ενημ|تحديث|به‌روز|עודכן|अपडेट|আপডেট|อัปเดต|อัพเดต|แก้ไข|cập nhật|diperbarui|ažurira|posodob|atnaujin|atjaunin|uuendatud"
)
_SAYS_PUBLISHED = re.compile(
    r"publi[scéek]|pubblicat|posted|veröffentlicht|erschienen|erstellt|gespeichert von|geschrieben am|written on|written:|first|released|gepubliceerd|"
    r"geplaatst|opublikowan|udgivet|опубл|публик|发布|發布|发表|發表|時間|时间|日期|公開|掲載|投稿|입력|등록|게시|게재|yayın|julkaistu|megjelen|közzét|"
    r"zveřejn|objavljen|δημοσ|نشر|פורסם|प्रकाशित|প্রকাশ|เผยแพร่|đăng lúc|ngày đăng|diterbitkan|dipublikasikan|"
    r"pressemitteilung vom|meldung vom|\b(?:date|datum|data|fecha)\b\s?:"
)
_SAYS_OTHER = re.compile(
    r"(?<![0-9] )comment|reply|expires|deadline|\bevents?\b|copyright|©|born|joined|member since|until|valid|retrieved|accessed|"
    r"abgerufen|preprint|termin|geboren|registr|mitglied seit|erscheinungs|isbn|\b(?:next|previous|older|newer)\b"
)
# The sentence with which blog systems close a post, and wikis a page.
_CLOSING = re.compile(
    r"\b(?:eintrag|beitrag|artikel) wurde\b|\b(?:entry|post|article) was (?:posted|published|written)\b|\blast (?:edited|modified|updated)\b",
    re.IGNORECASE,
)
_DATED_NAME = re.compile(r"date|time|publish|posted|submitted|meta|created|modified|byline|pubdate")
_SHORT_MONTH_DAY = re.compile(r"(?<![0-9年.-])([01]?[0-9])(?:月|-)([0-3]?[0-9])(?:日\s?|\s)(?=[0-2]?[0-9]:[0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Shown:
    """A date that readers see: what it says, how likely it is the dateline (less is better), whether it tells of a change.

    *where* shows the element's names or the line, for a person who asks.
    """

    found: Found
    rank: tuple[int, int]
    changed: bool
    where: str

    @property
    def alone(self) -> bool:
        """Whether the line holds little but the date, and one of our time."""
        return len(self.where) - (self.found.end - self.found.start) <= BESIDES and self.recent

    @property
    def recent(self) -> bool:
        """Whether the date is one of the web's time."""
        return int(self.found.value[:4]) >= FIRST_YEAR

    @property
    def value(self) -> str:
        """The date as ISO 8601."""
        return self.found.value


@lru_cache(maxsize=CACHED)
def _is_dated(names: str) -> bool:
    """Return whether an element's names are those of a dateline or of a line of particulars."""
    return _DATED_NAME.search(names) is not None


def in_signs(signs: Sequence[Sign], habits: Habits) -> Iterator[Shown]:
    """Yield the dates of the elements that look like datelines."""
    for sign in signs:
        if not (sign.mark.tag == "time" or _is_dated(sign.names)) or sign.aside:
            continue
        found = _date_of(sign, habits)
        if found is None:
            continue
        label = f"{_before(sign)} {sign.line[: found.start or DATELINE]} {sign.names}"
        declared = "datepublished" in sign.names or "pubdate" in sign.attributes
        published = declared or _says(_SAYS_PUBLISHED, label)
        changed = "datemodified" in sign.names or (_says(_SAYS_MODIFIED, label) and not published)
        if changed or not _says(_SAYS_OTHER, label):
            near = sign.distance in NEAR
            rank = DECLARED if declared else LABELLED if published and near else NEARBY if near else ELSEWHERE
            distance = sign.distance if sign.distance >= 0 else BEFORE - sign.distance
            yield Shown(found, (_aged(found, rank), distance), changed, f"<{sign.mark.tag} {sign.names}>")


def in_lines(lines: Sequence[str], habits: Habits) -> list[Shown]:
    """Return the dates of lines that are about them, and those with which a paragraph opens."""
    shown: list[Shown] = []
    for i, line in enumerate(lines):
        dates = dates_in(line, habits)
        if dates and not _says(_SAYS_OTHER, line[:DATELINE]) and not _is_range(line, dates):
            shown += _of_line(line, i, dates)
    listed = _listed([item.rank[1] for item in shown if item.rank[0] == NEARBY])
    return [replace(item, rank=(MENTIONS, item.rank[1])) if item.rank[1] in listed else item for item in shown]


def _of_line(line: str, i: int, dates: Sequence[Found]) -> Iterator[Shown]:
    opening = len(line) > DATELINE and not (len(line) <= LONG_LINE and _says(_SAYS_PUBLISHED, line))
    start = 0
    for found in dates:
        if opening and (start or found.start > OPENING or not _opens(line, found)):
            break
        label = line[start : found.start]
        published = _says(_SAYS_PUBLISHED, label)
        changed = not published and _says(_SAYS_MODIFIED, label or line[found.end : found.end + BESIDES])
        alone = len(line) - (found.end - found.start) <= BESIDES
        rank = OPENS if opening else LABELLED if published else NEARBY if alone or changed else MENTIONS
        yield Shown(found, (_aged(found, rank), i), changed, line[:DATELINE])
        start = found.end


def _is_range(line: str, dates: Sequence[Found]) -> bool:
    """Return whether a line names a span of time: an archive's month, an event."""
    return len(dates) == 2 and line[dates[0].end : dates[1].start].strip() in {"-", "–", "—", "bis", "to"}


def _listed(places: Sequence[int]) -> frozenset[int]:
    """Return those of *places* that follow each other in equal steps: the dates of a list of teasers."""
    runs = zip(places, places[1:], places[2:], strict=False)
    return frozenset(place for run in runs if 0 < run[1] - run[0] == run[2] - run[1] for place in run)


def lone(lines: Iterable[str], habits: Habits) -> Iterator[Shown]:
    """Yield the dates of lines that hold little else, or say in words that something was published then."""
    for i, line in enumerate(lines):
        dates = dates_in(line, habits)[:1] if len(line) <= LONGEST_CLOSING else ()
        closing = bool(dates) and _CLOSING.search(line) is not None
        for found in dates if closing or not (len(line) > DATELINE or (dates and _says(_SAYS_OTHER, line))) else ():
            labelled = _says(_SAYS_PUBLISHED, line) or (closing and not _says(_SAYS_MODIFIED, line))
            if labelled or closing or len(line) - (found.end - found.start) <= BESIDES:
                changed = not labelled and _says(_SAYS_MODIFIED, line)
                yield Shown(found, (_aged(found, 0 if labelled else 1), i), changed, line)


def relative(lines: Iterable[str], habits: Habits) -> Iterator[tuple[str, bool]]:
    """Yield the days meant by "3 hours ago" or 昨天 in *lines*, and whether they are those of a change."""
    for line in lines:
        if (day := day_told(line, habits)) is not None:
            yield day, _says(_SAYS_MODIFIED, line) and not _says(_SAYS_PUBLISHED, line)


def without_year(lines: Sequence[str], habits: Habits) -> Iterator[str]:
    """Yield the dates without a year near the headline, as Chinese sites write them: 11-10 09:20, 11月10日 09:20."""
    fetched = datetime.fromtimestamp(habits.now, habits.zone or UTC)
    for line in lines[:MOST_YEARLESS]:
        match = _SHORT_MONTH_DAY.search(line) if len(line) <= DATELINE // 2 else None
        for year in (fetched.year, fetched.year - 1) if match else ():
            value = parse_date(f"{year}-{match[1]}-{match[2]} {line[match.end() : match.end() + 8]}", habits) if match else None
            if value and day_of(value) <= fetched.date() + timedelta(days=1):
                yield value
                break


def _says(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.search(text.lower()) is not None


def _aged(found: Found, rank: int) -> int:
    """Return *rank*, behind all others for a date from before the web."""
    return rank if int(found.value[:4]) >= FIRST_YEAR else rank + 10


def _date_of(sign: Sign, habits: Habits) -> Found | None:
    """Return the date that a sign shows, by its attributes or its text."""
    attributes = sign.attributes
    value = next((value for key in STAMPED if (said := attributes.get(key)) and (value := parse_date(said, habits))), None)
    if value is not None and "T" in value:
        return Found(value, 0, 0)
    text = sign.line
    shown = next(iter(dates_in(text, habits)), None) if len(text) <= DATELINE else None
    return shown if value is None or (shown is not None and shown.value[:10] == value) else Found(value, 0, 0)


def _before(sign: Sign) -> str:
    """Return the words right before a sign."""
    before = sign.mark.node.prev
    if before is None:
        return ""
    return ((before.text_content or "") if before.is_text_node else text_in(before) if before.is_element_node else "")[-40:]


def _opens(line: str, found: Found) -> bool:
    """Return whether a paragraph's date stands apart from its first sentence: first, in brackets, or before a dash."""
    before, after = line[: found.start].strip(), line[found.end : found.end + 3].strip()
    return not before.strip("(（[【") or after.startswith((")", "）", "-", "–", "—", "|", "]", "】", "/", ":"))

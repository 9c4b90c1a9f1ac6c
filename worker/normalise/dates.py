"""Dates as pages write them, as ISO 8601.

A result is a bare date (`2021-11-10`) unless the time of day *and* its offset from UTC are known; then it is
`2021-11-10T09:20:00+08:00`. A time without an offset is given up rather than guessed. What stands in another calendar's
years (`worker.normalise.calendars`) becomes Gregorian.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from worker.normalise.calendars import NAMES_AN_ERA, Candidate, days_elsewhere, thai_year
from worker.normalise.months import NAME, NAME_ELSEWHERE, month_number
from worker.normalise.zones import ABBREVIATED, AMBIGUOUS

LONGEST = 300  # characters looked at: a date line is shorter, and no pattern may run over a whole article
FIRST_YEAR = 1900  # newspapers put their archives online; before that it is a number
AHEAD = timedelta(days=2)  # embargoed and time-zone-shifted stamps; later ones announce events

_NUMBERS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
# Digits of the scripts of Arabic, Persian, the languages of India, Thai, Lao, Burmese and Khmer; their zeros.
_ZEROS = (0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0x1040, 0x17E0)
_DIGITS = {zero + digit: str(digit) for zero in _ZEROS for digit in range(10)}
_D = r"([0-9]{1,2})"
_YEAR = r"((?:19|20)[0-9]{2})"
_ORDINAL = r"(?:st|nd|rd|th|er|ère|º|ª|\.)"
_GLUE = r"(?:[\s,.\-/]|\bde\b|\bdel\b|\bof\b|\bd')*"

_YEAR_FIRST = re.compile(rf"(?<![0-9]){_YEAR}\s?([-/.])\s?{_D}\s?\2\s?{_D}(?![0-9])")
_CJK = re.compile(rf"{_YEAR}\s?[年년]\s?{_D}\s?[月월]\s?{_D}\s?[日號号일]?")
_CJK_SPELT = re.compile("([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]")
_COMPACT = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(0[1-9]|1[0-2])([0-2][0-9]|3[01])(?=[T\s_]?(?:[0-9]{4,6})?(?![0-9]))")
# What follows a year may be glued to it, even another date: elements that stand apart by style alone run together.
_DAY_MONTH = re.compile(rf"(?<![0-9]){_D}{_ORDINAL}?{_GLUE}({NAME}){_GLUE}{_YEAR}", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"({NAME})\.?\s{{0,3}}{_D}(?:{_ORDINAL}|[\s,.\-/]){_GLUE}{_YEAR}", re.IGNORECASE)
_YEAR_MONTH_DAY = re.compile(rf"(?<![0-9]){_YEAR}[.,]?\s{{1,2}}(?:m\.\s)?({NAME})\s{{1,2}}{_D}(?![0-9])")
_YEAR_DAY_MONTH = re.compile(rf"(?<![0-9]){_YEAR}\.?\s(?:gada|жылғы|ж\.)\s{_D}\.?\s({NAME})")
_MONTH_BY_NUMBER = re.compile(rf"(?<![0-9]){_D}\stháng\s{_D}(?:\s?,\s?|\s(?:năm\s)?){_YEAR}", re.IGNORECASE)
# Where a month's name may be any letters of another script. The second name is that of Syria beside that of Egypt.
_DAY_MONTH_ELSEWHERE = re.compile(
    rf"(?<![0-9]){_D}[\s,.-]{{0,3}}({NAME_ELSEWHERE})(?:\s?/\s?{NAME_ELSEWHERE})?[\s,،.-]{{0,3}}(?:[พค]\.?ศ\.?\s?)?([0-9]{{4}}|[0-9]{{2}})(?![0-9])"
)
_MONTH_DAY_ELSEWHERE = re.compile(rf"({NAME_ELSEWHERE})\s{_D}[\s,،.]{{1,3}}{_YEAR}")
_ELSEWHERE = re.compile("[\u0531-\u10fa]")
_THAI_DAY = re.compile(r"\d\s?[\u0e01-\u0e2e]")
_NUMERIC = re.compile(
    rf"(?<![0-9./-]){_D}\s?([./-])\s?{_D}\s?\2\s?((?:19|20)[0-9]{{2}}(?!:)|[0-9]{{2}})(?![./-][0-9]|[0-9](?![0-9]:[0-9]{{2}}))"
)
_WORTH_A_LOOK = re.compile(r"\d(?:\d{3}|\s?[./-]\s?\d{1,2}\s?[./-]\s?\d\d)")
_SPELT_YEAR = re.compile("[〇零○一二三四五六七八九]{4}年")
_ANY_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_WORD = re.compile(r"[^\W\d_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{3}")  # the months of China, Japan and Korea have numbers
_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])?)?"
)
_EPOCH = re.compile(r"\s*([0-9]{10}|[0-9]{13})\s*")

_TIME_AFTER = re.compile(
    r"(?:[\s,،T_|·•–—-]|\b(?:at|um|à|kl|klokken|às|as|alle|ore|om|o|klo|kello|в|о|об|a las|a les|ora|godz|u|saat|στις|lúc|pukul|jam|"
    r"الساعة|ساعت|בשעה|เวลา|시간)\b\.?|\([^()]{1,8}\))*"
    r"(上午|下午|晚上|凌晨|早上|中午|오전|오후|午前|午後)?\s?"
    r"(?<![0-9])([0-9]{1,2})(?:\s?(?:[:.h時时点點]|시)\s?)([0-5][0-9])(?:\s?[:.分]\s?([0-5][0-9])(?:[.,][0-9]+)?)?[分秒분]?"
    r"(?:\s?([AaPp](?=\.?\s?[Mm]\b)|[πμ](?=\.?\s?μ)|[صم](?!\w))(?:\.?\s?[Mmμ]\b\.?)?)?",
)
_TIME_COMPACT = re.compile(r"[T\s_]?([0-2][0-9])([0-5][0-9])([0-5][0-9])?(?![0-9])")
_TIME_BEFORE = re.compile(
    r"(?<![0-9:])([0-9]{1,2})[:.]([0-5][0-9])(?::([0-5][0-9]))?(?:\s?([AaPp])\.?[Mm]\b\.?)?\s{0,2}([A-Z]{1,5}\b)?[\s,|·•–—-]*(?:on\s)?$"
)
_OFFSET = re.compile(r"\s?(?:\(?(?:GMT|UTC)\)?\s?)?(?:(Z)\b|([+\-−])([01]?[0-9]):?([0-5][0-9])?(?![0-9])|\(?([A-Z]{2,5})\b)")

_AFTERNOON = frozenset(("下午", "晚上", "오후", "午後", "P", "p", "μ", "م"))
_MORNING = frozenset(("上午", "凌晨", "早上", "오전", "午前", "A", "a", "π", "ص"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What a page's language says about its dates.

    *zone* is the one in which times without an offset are meant, None if that is not known; *month_first* reads 3/4 as
    March 4; *now* is the epoch second at which the page was fetched: nothing is published after it. *language* (BCP 47)
    tells what its months are called and from when its years count.
    """

    now: float
    zone: tzinfo | None = None
    month_first: bool = False
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A date in a text: ISO 8601 *value*, where it stands (in the text's NFKC form), and the *clock* time given without an offset."""

    value: str
    start: int
    end: int
    clock: time | None = None


def parse_date(text: str, habits: Habits) -> str | None:
    """Return the first date in *text* as ISO 8601, None without a believable one.

    Takes ISO 8601, RFC 5322, epoch seconds or milliseconds, and the written forms of `dates_in`.
    """
    epoch = _EPOCH.fullmatch(text)
    if text[:2] == "25" and habits.language == "th":  # Thai systems tell machines, too, in what year of the Buddha it is
        text = f"{thai_year(int(text[:4]))}{text[4:]}" if text[:4].isdecimal() else text
    if epoch:
        return _from_epoch(int(epoch[1]) / (1 if len(epoch[1]) == 10 else 1000), habits)
    if _ISO.fullmatch(text):
        return _from_iso(text, habits)
    found = next(iter(dates_in(text, habits)), None)
    return found.value if found else None


def dates_in(text: str, habits: Habits) -> list[Found]:
    """Return the dates in the first `LONGEST` characters of *text* in reading order: years first or last, months as
    numbers or names in many languages, Chinese, Japanese and Korean forms, the digits of any script.
    """
    text = text[:LONGEST]
    if not _WORTH_A_LOOK.search(text) and not (("年" in text or habits.language == "th") and _looks_dated(text)):
        return []
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = text.translate(_DIGITS) if _ELSEWHERE.search(text) else text
    latest = datetime.fromtimestamp(habits.now, UTC) + AHEAD
    results: list[Found] = []
    for start, end, day in sorted(_days(text, habits), key=lambda item: (item[0], -item[1])):
        if results and start < results[-1].end:
            continue
        if day.year >= FIRST_YEAR and day <= latest.date():
            results.append(_with_time(text, start, end, day, habits))
    return results


def day_of(value: str) -> date:
    """Return the calendar day of a result of this module."""
    return date.fromisoformat(value[:10])


def _looks_dated(text: str) -> bool:
    """Return whether a text without a year in four digits may hold a date all the same: 二〇二一年, 令和6年, 12 มี.ค. 67."""
    return bool(_SPELT_YEAR.search(text) or NAMES_AN_ERA.search(text) or _THAI_DAY.search(text))


def _from_iso(text: str, habits: Habits) -> str | None:
    """Return what machines are told most often, without looking for it in all the ways in which people write."""
    try:
        moment = datetime.fromisoformat(text).replace(microsecond=0)
    except ValueError:  # no day of the calendar, no time of the day
        found = next(iter(dates_in(text, habits)), None)
        return found.value if found else None
    latest = datetime.fromtimestamp(habits.now, UTC) + AHEAD
    if moment.year < FIRST_YEAR or moment.date() > latest.date():
        return None
    if "T" in text and moment.tzinfo is None and habits.zone is not None:
        moment = moment.replace(tzinfo=habits.zone)
    return moment.isoformat() if moment.tzinfo is not None else moment.date().isoformat()


def _from_epoch(seconds: float, habits: Habits) -> str | None:
    if not 0 < seconds <= habits.now + AHEAD.total_seconds():
        return None
    return datetime.fromtimestamp(int(seconds), habits.zone or UTC).isoformat()


def _days(text: str, habits: Habits) -> Iterator[tuple[int, int, date]]:
    """Yield (start, end, day) of everything that reads as a day of the calendar."""
    for match in _candidates(text, habits):
        start, end, year, month, day = match
        try:
            yield start, end, date(year, month, day)
        except ValueError:
            continue


def _candidates(text: str, habits: Habits) -> Iterator[Candidate]:
    for m in _YEAR_FIRST.finditer(text):
        yield m.start(), m.end(), int(m[1]), int(m[3]), int(m[4])
    for pattern in (_CJK, _COMPACT) if "年" in text or "년" in text else (_COMPACT,):
        for m in pattern.finditer(text):
            yield m.start(), m.end(), int(m[1]), int(m[2]), int(m[3])
    if "年" in text:
        for m in _CJK_SPELT.finditer(text):
            yield m.start(), m.end(), int(m[1].translate(_NUMBERS)), _spelt(m[2]), _spelt(m[3])
    if _ANY_YEAR.search(text) and _WORD.search(text):
        yield from _named(text, habits.language)
    elsewhere = not text.isascii() and _ELSEWHERE.search(text) is not None
    if elsewhere:
        yield from _of_other_scripts(text)
    if elsewhere or "年" in text or habits.language in {"fa", "th"}:
        yield from days_elsewhere(text, habits.language)
    for m in _NUMERIC.finditer(text):
        first, second, year = int(m[1]), int(m[3]), int(m[4])
        month_leads = second > 12 or (habits.month_first and first <= 12 and m[2] != ".")
        month, day = (first, second) if month_leads else (second, first)
        yield m.start(), m.end(), year if year > 99 else year + (2000 if year < 70 else 1900), month, day


def _named(text: str, language: str | None) -> Iterator[Candidate]:
    """Yield the candidates that name their month."""
    for m in _DAY_MONTH.finditer(text):
        yield m.start(), m.end(), int(m[3]), month_number(m[2], language) or 0, int(m[1])
    for m in _MONTH_DAY.finditer(text):
        yield m.start(), m.end(), int(m[3]), month_number(m[1], language) or 0, int(m[2])
    for m in _YEAR_MONTH_DAY.finditer(text):
        yield m.start(), m.end(), int(m[1]), month_number(m[2], language) or 0, int(m[3])
    if language in {"lv", "kk"}:
        for m in _YEAR_DAY_MONTH.finditer(text):
            yield m.start(), m.end(), int(m[1]), month_number(m[3]) or 0, int(m[2])
    if "tháng" in text:
        for m in _MONTH_BY_NUMBER.finditer(text):
            yield m.start(), m.end(), int(m[3]), int(m[2]), int(m[1])


def _of_other_scripts(text: str) -> Iterator[Candidate]:
    """Yield the candidates that name their month in a script without capitals."""
    for m in _DAY_MONTH_ELSEWHERE.finditer(text):
        thai = "\u0e00" <= m[2] < "\u0e80"
        if thai or m[3][:2] in {"19", "20"}:
            year = thai_year(int(m[3])) if thai else int(m[3])
            yield m.start(), m.end(), year, month_number(m[2]) or 0, int(m[1])
    for m in _MONTH_DAY_ELSEWHERE.finditer(text):
        yield m.start(), m.end(), int(m[3]), month_number(m[1]) or 0, int(m[2])


def _spelt(number: str) -> int:
    """Return the value of a Chinese numeral below 100."""
    tens, ten, ones = number.rpartition("十")
    if not ten:
        return int(number.translate(_NUMBERS))
    return 10 * int(tens.translate(_NUMBERS) or 1) + int(ones.translate(_NUMBERS) or 0)


def _with_time(text: str, start: int, end: int, day: date, habits: Habits) -> Found:
    """Return the date at *start*:*end* with the time that stands next to it."""
    m = _TIME_AFTER.match(text, end)
    if m is not None:
        half, hours, minutes, seconds = m[1] or m[5] or "", m[2], m[3], m[4]
        offset, end = _offset(text, m.end())
    elif m := _TIME_COMPACT.match(text, end):
        half, hours, minutes, seconds = "", m[1], m[2], m[3]
        offset, end = _offset(text, m.end())
    elif m := _TIME_BEFORE.search(text[max(0, start - 40) : start]):
        hours, minutes, seconds, half = m[1], m[2], m[3], m[4] or ""
        offset, _ = _offset(m[5] or "", 0)
    else:
        return Found(day.isoformat(), start, end)
    clock = _clock(int(hours), int(minutes), int(seconds or 0), half)
    zone = habits.zone if offset is None else _meant(offset, day, habits.zone) if isinstance(offset, str) else offset
    if clock is None or zone is None:
        return Found(day.isoformat(), start, end, clock)
    return Found(datetime.combine(day, clock, zone).isoformat(), start, end)


def _meant(abbreviation: str, day: date, zone: tzinfo | None) -> tzinfo | None:
    """Return *zone* if *abbreviation*, which means several offsets, may mean the one that is in force there, else None."""
    offset = zone.utcoffset(datetime.combine(day, time(12))) if zone is not None else None
    return zone if offset is not None and offset / timedelta(hours=1) in AMBIGUOUS[abbreviation] else None


def _clock(hours: int, minutes: int, seconds: int, half: str) -> time | None:
    if half in _AFTERNOON and hours < 12:
        hours += 12
    elif half in _MORNING and hours == 12:
        hours = 0
    return time(hours, minutes, seconds) if hours < 24 and minutes < 60 and seconds < 60 else None


def _offset(text: str, at: int) -> tuple[tzinfo | str | None, int]:
    """Return the offset that is told at *at*, as an abbreviation if that means several, and where it ends."""
    m = _OFFSET.match(text, at)
    if m is None:
        return None, at
    if m[1]:
        return UTC, m.end()
    if m[5]:
        if m[5] in AMBIGUOUS:
            return m[5], m.end()
        zone = ABBREVIATED.get(m[5])
        return (None, at) if zone is None else (zone, m.end())
    delta = timedelta(hours=int(m[3]), minutes=int(m[4] or 0))
    if delta >= timedelta(hours=15):  # the farthest is +14:00
        return None, at
    return timezone(delta if m[2] == "+" else -delta), m.end()

"""Days that are not written in the Gregorian calendar's years: Buddhist, Persian, of Japan's and Taiwan's eras.

Hijri years are left unread: their months begin when the moon is seen, so that no rule gives the day for certain.
"""

import re
from collections.abc import Iterator
from datetime import date

Candidate = tuple[int, int, int, int, int]  # start, end, year, month, day

BUDDHIST = 543  # years by which Thailand's official calendar is ahead (in step with the Gregorian since 1941)
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "民國": 1911, "民国": 1911}  # the year before the first
_PERSIAN = ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"]
_PERSIAN_MONTHS = {name: month for month, name in enumerate(_PERSIAN, start=1)} | {"امرداد": 5}

_ERA = re.compile(rf"({'|'.join(_ERAS)})\s?([0-9]{{1,3}}|元)\s?年\s?([0-9]{{1,2}})\s?月\s?([0-9]{{1,2}})\s?日?")
_PERSIAN_NAMED = re.compile(
    rf"(?<![0-9])([0-9]{{1,2}})\s({'|'.join(_PERSIAN_MONTHS)})(?:\sماه)?[\s،]{{1,2}}(1[34][0-9]{{2}})(?![0-9])"
)
_PERSIAN_NUMBERS = re.compile(r"(?<![0-9/.-])(1[34][0-9]{2})([/-])([0-9]{1,2})\2([0-9]{1,2})(?![0-9/-])")
_THAI_NUMBERS = re.compile(r"(?<![0-9/.-])([0-9]{1,2})([/.-])([0-9]{1,2})\2(25[0-9]{2})(?![0-9])")
_BUDDHIST_FIRST = re.compile(r"(?<![0-9])(25[0-9]{2})-([0-9]{2})-([0-9]{2})(?![0-9])")
NAMES_AN_ERA = re.compile(rf"(?:{'|'.join(_ERAS)})\s?(?:[0-9]{{1,3}}|元)\s?年")
_LEAP_CYCLE = 33  # years in which the Persian calendar has eight leap years; right from 1343 to 1502 (1964 to 2124)


def days_elsewhere(text: str, language: str | None) -> Iterator[Candidate]:
    """Yield the days in *text* (NFKC, ASCII digits) that are told in other years than the Gregorian, in Gregorian ones.

    Years as numbers alone are read in this way only where the page's *language* (BCP 47) is written with such years.
    """
    main = language.partition("-")[0] if language else ""
    if "年" in text:
        for m in _ERA.finditer(text):
            yield m.start(), m.end(), _ERAS[m[1]] + (1 if m[2] == "元" else int(m[2])), int(m[3]), int(m[4])
    if main == "fa" or not text.isascii():
        for m in _PERSIAN_NAMED.finditer(text):
            yield m.start(), m.end(), *_from_persian(int(m[3]), _PERSIAN_MONTHS[m[2]], int(m[1]))
    if main == "fa":
        for m in _PERSIAN_NUMBERS.finditer(text):
            yield m.start(), m.end(), *_from_persian(int(m[1]), int(m[3]), int(m[4]))
    if main == "th":
        for m in _THAI_NUMBERS.finditer(text):
            yield m.start(), m.end(), int(m[4]) - BUDDHIST, int(m[3]), int(m[1])
        for m in _BUDDHIST_FIRST.finditer(text):
            yield m.start(), m.end(), int(m[1]) - BUDDHIST, int(m[2]), int(m[3])


def thai_year(year: int) -> int:
    """Return the Gregorian year of one that stands after a Thai month: Buddhist in full or its last two digits, or Gregorian."""
    if year >= 1900 + BUDDHIST:
        return year - BUDDHIST
    if year >= 100:
        return year
    return year + 2500 - BUDDHIST if year > BUDDHIST % 100 else year + 2000  # 67 is 2567, 24 is 2024


def _from_persian(year: int, month: int, day: int) -> tuple[int, int, int]:
    """Return the Gregorian (year, month, day) of a day of the Solar Hijri calendar, zeros for none, or for one before 1343.

    Six months of 31 days, five of 30, then 29 or 30; leap years by the rule of the 33-year cycle.
    """
    if (
        year < 1343
        or not (1 <= month <= 12 and 1 <= day <= (31 if month <= 6 else 30))
        or (month == 12 and day == 30 and not _leaps(year))
    ):
        return 0, 0, 0
    cycles, rest = divmod(year - 1342, _LEAP_CYCLE)  # 1 Farvardin 1342 was 21 March 1963
    days = cycles * (365 * _LEAP_CYCLE + 8) + sum(365 + _leaps(1342 + past) for past in range(rest))
    days += 31 * (month - 1) - max(0, month - 7) + day - 1
    found = date.fromordinal(date(1963, 3, 21).toordinal() + days)
    return found.year, found.month, found.day


def _leaps(year: int) -> bool:
    return year % _LEAP_CYCLE in {1, 5, 9, 13, 17, 22, 26, 30}

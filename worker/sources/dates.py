"""Dates of feeds and site maps. They serve to tell what is newer: a time without an offset is read as UTC."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from worker.normalise.dates import AHEAD, FIRST_YEAR, Habits, parse_date

LONGEST = 100  # characters; no date needs more
NO_CLOCK = datetime(9000, 1, 1, tzinfo=UTC).timestamp()  # a *now* that nothing lies after

_YEAR_MONTH_DAY = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
_LONG_FRACTION = re.compile(r"(\.[0-9]{6})[0-9]+")  # of a second; Python reads six digits
_AMBIGUOUS = re.compile(r"[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2}\b")  # which of the three is the year?
_YEAR_OF_ZEROS = re.compile(r"[A-Za-z]\s+00[0-9]{2}\b")


def moment(text: str, *, now: float) -> float | None:
    """Return the epoch seconds of the date that *text* is, None if it is none or cannot be right.

    Takes W3C dates (a year or month alone is its first day), RFC 5322 with two-digit years as its §4.3 reads them, and
    what `worker.normalise.dates` reads. Not credible are years before 1900, more than two days after *now* (epoch
    seconds of the fetch), and 1970-01-01T00:00:00Z, which is a clock that was never set.
    Sources: W3C NOTE-datetime (site maps, Atom's RFC 3339), RSS 2.0.
    """
    text = text.strip()[:LONGEST]
    found = _w3c(text) or _rfc5322(text) or _written(text, now)
    if found is None or found.year < FIRST_YEAR:
        return None
    at = (found if found.tzinfo is not None else found.replace(tzinfo=UTC)).timestamp()
    return at if at != 0 and believable(at, now) else None


def believable(at: float, now: float) -> bool:
    """Return whether something may be published *at*: not later than clocks and embargoes run ahead of *now*."""
    return at <= now + AHEAD.total_seconds()


def _w3c(text: str) -> datetime | None:
    if not text[:4].isdigit():
        return None
    try:
        partial = _YEAR_MONTH_DAY.fullmatch(text)
        if partial is not None:
            return datetime(int(partial[1]), int(partial[2] or 1), int(partial[3] or 1), tzinfo=UTC)
        return datetime.fromisoformat(_LONG_FRACTION.sub(r"\1", text.upper()))
    except ValueError:
        return None


def _rfc5322(text: str) -> datetime | None:
    if _YEAR_OF_ZEROS.search(text):  # it would be read as if it had two digits
        return None
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
    return found if found.tzinfo is not None else None  # a zone that it does not know


def _written(text: str, now: float) -> datetime | None:
    if _AMBIGUOUS.match(text):
        return None
    found = parse_date(text, Habits(now=min(now, NO_CLOCK), zone=UTC))
    return datetime.fromisoformat(found) if found else None

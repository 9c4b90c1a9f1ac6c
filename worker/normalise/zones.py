"""Where a page's clock stands: the offset from UTC in the countries and languages that have only one, and of abbreviations.

Pure arithmetic, so that it does not depend on the machine's time zone files. Summer time is the European Union's
(Directive 2000/84/EC: from 01:00 UTC on the last Sunday of March to that of October), in force unchanged since 1996, or
that of the United States (Energy Policy Act of 2005 §110, in force since 2007; before, Uniform Time Act as of 1986).
"""

from abc import ABC, abstractmethod
from datetime import datetime, timedelta, timezone, tzinfo

_HOUR = timedelta(hours=1)


class SummerTime(tzinfo, ABC):
    """Standard time *hours* ahead of UTC, and an hour more in summer."""

    def __init__(self, hours: int) -> None:
        self._standard = timedelta(hours=hours)

    @abstractmethod
    def summer(self, year: int) -> tuple[datetime, datetime]:
        """Return when summer begins and ends in *year*, naive, in UTC."""

    def utcoffset(self, dt: datetime | None) -> timedelta:
        """Return the offset at the local time *dt*."""
        return self._standard + self.dst(dt)

    def dst(self, dt: datetime | None) -> timedelta:
        """Return an hour in summer. The hour that is told twice in autumn is summer's, unless *dt* says `fold`."""
        if dt is None:
            return timedelta()
        standard = dt.replace(tzinfo=None, fold=0) - self._standard
        start, end = self.summer(dt.year)
        return _HOUR if start <= standard < end + (timedelta() if dt.fold else _HOUR) else timedelta()

    def tzname(self, dt: datetime | None) -> str:
        """Return the offset as a name."""
        return timezone(self.utcoffset(dt)).tzname(None)

    def fromutc(self, dt: datetime) -> datetime:
        """Return the local time at the UTC moment *dt*."""
        utc = dt.replace(tzinfo=None)
        start, end = self.summer(utc.year)
        return (dt + self._standard + (_HOUR if start <= utc < end else timedelta())).replace(fold=int(end <= utc < end + _HOUR))


class EuropeanTime(SummerTime):
    """A zone of the European Union: all of them change at 01:00 UTC."""

    def summer(self, year: int) -> tuple[datetime, datetime]:
        """Return when summer begins and ends in *year*, naive, in UTC."""
        return _sunday(year, 3, 31, 1), _sunday(year, 10, 31, 1)


class AmericanTime(SummerTime):
    """A zone of the United States: each changes at 02:00 of its own clock."""

    def summer(self, year: int) -> tuple[datetime, datetime]:
        """Return when summer begins and ends in *year*, naive, in UTC."""
        start, end = (
            (_sunday(year, 3, 14, 2), _sunday(year, 11, 7, 1))
            if year >= 2007
            else (_sunday(year, 4, 7, 2), _sunday(year, 10, 31, 1))
        )
        return start - self._standard, end - self._standard


def _sunday(year: int, month: int, latest: int, hour: int) -> datetime:
    """Return *hour* o'clock of the last Sunday of the *month* that is not after day *latest*."""
    last = datetime(year, month, latest, hour)  # noqa: DTZ001 - naive on purpose: compared with naive UTC
    return last - timedelta(days=(last.weekday() + 1) % 7)


_WESTERN, _CENTRAL, _EASTERN = EuropeanTime(0), EuropeanTime(1), EuropeanTime(2)


def _fixed(hours: float) -> timezone:
    return timezone(timedelta(hours=hours))


# Abbreviations that mean one offset everywhere (RFC 5322 §4.3 and common use), and the American ones that span the year.
_OFFSETS = {
    **dict.fromkeys(("GMT", "UTC", "UT", "WET"), 0), **dict.fromkeys(("WEST", "CET", "MEZ", "WAT"), 1),
    **dict.fromkeys(("CEST", "MESZ", "EET", "SAST", "CAT"), 2), **dict.fromkeys(("EEST", "MSK", "EAT", "TRT"), 3),
    "PKT": 5, "NPT": 5.75, **dict.fromkeys(("WIB", "ICT"), 7), **dict.fromkeys(("HKT", "SGT", "PHT", "WITA", "AWST"), 8),
    **dict.fromkeys(("JST", "KST", "WIT"), 9), "ACST": 9.5, "AEST": 10, "ACDT": 10.5, "AEDT": 11, "NZST": 12, "NZDT": 13,
    "BRT": -3, "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10,
}  # fmt: skip
ABBREVIATED: dict[str, tzinfo] = {name: _fixed(hours) for name, hours in _OFFSETS.items()}
ABBREVIATED |= {"ET": AmericanTime(-5), "CT": AmericanTime(-6), "MT": AmericanTime(-7), "PT": AmericanTime(-8)}
# What is used of several offsets: of India, Ireland and Israel, of Britain and Bangladesh, of America and China.
AMBIGUOUS = {"IST": frozenset((5.5, 1.0, 2.0)), "BST": frozenset((1.0, 6.0)), "CST": frozenset((-6.0, 8.0))}
# Top-level domains of countries that have one zone, and either no summer time today or Europe's.
_COUNTRIES: dict[str, tzinfo] = {
    **dict.fromkeys(("uk", "gb", "ie", "pt"), _WESTERN),
    **dict.fromkeys(("de", "at", "ch", "li", "fr", "it", "nl", "be", "lu", "pl", "cz", "sk", "hu", "si", "hr"), _CENTRAL),
    **dict.fromkeys(("dk", "no", "se", "es", "mt", "rs", "ba", "mk", "al"), _CENTRAL),
    **dict.fromkeys(("fi", "ee", "lv", "lt", "gr", "ro", "bg", "cy", "ua"), _EASTERN),
    **dict.fromkeys(("cn", "tw", "hk", "mo", "sg", "my", "ph"), _fixed(8)),
    **dict.fromkeys(("jp", "kr"), _fixed(9)),
    **dict.fromkeys(("vn", "th", "kh"), _fixed(7)),
    **dict.fromkeys(("tr", "sa", "ke", "tz", "ug"), _fixed(3)),
    **dict.fromkeys(("by", "qa", "kw", "bh", "iq", "ye", "et"), _fixed(3)),
    **dict.fromkeys(("ae", "om", "ge", "am", "az"), _fixed(4)),
    "af": _fixed(4.5),
    "pk": _fixed(5),
    "uz": _fixed(5),
    **dict.fromkeys(("in", "lk"), _fixed(5.5)),
    "np": _fixed(5.75),
    "bd": _fixed(6),
    "mm": _fixed(6.5),
    "bn": _fixed(8),
    **dict.fromkeys(("za", "zw", "zm", "bw", "rw"), _fixed(2)),
    **dict.fromkeys(("ng", "cm", "dz", "tn"), _fixed(1)),
    **dict.fromkeys(("gh", "is", "sn", "ci"), _fixed(0)),
    "ar": _fixed(-3),
    **dict.fromkeys(("bo", "do"), _fixed(-4)),
    **dict.fromkeys(("pe", "pa", "jm"), _fixed(-5)),
    **dict.fromkeys(("cr", "gt", "hn", "sv"), _fixed(-6)),
}
# Languages whose press sits in one zone.
_LANGUAGES: dict[str, tzinfo] = {
    **dict.fromkeys(("de", "it", "nl", "pl", "cs", "sk", "hu", "sl", "hr", "da", "nb", "nn", "no", "sv"), _CENTRAL),
    **dict.fromkeys(("bs", "sr", "mk", "sq", "ca", "eu", "gl", "mt", "lb"), _CENTRAL),
    **dict.fromkeys(("fi", "et", "lv", "lt", "el", "ro", "bg", "uk"), _EASTERN),
    **dict.fromkeys(("zh", "yue", "ms", "fil", "tl"), _fixed(8)),
    **dict.fromkeys(("ja", "ko"), _fixed(9)),
    **dict.fromkeys(("vi", "th", "km", "lo"), _fixed(7)),
    "my": _fixed(6.5),
    "ne": _fixed(5.75),
    **dict.fromkeys(("hi", "mr", "te", "gu", "kn", "ml", "or", "as", "si"), _fixed(5.5)),
    **dict.fromkeys(("ka", "hy", "az"), _fixed(4)),
    **dict.fromkeys(("tr", "be"), _fixed(3)),
    "is": _fixed(0),
}


def zone_of(language: str | None, host: str) -> tzinfo | None:
    """Return the one zone in which pages of this *language* (BCP 47) or *host* tell the time, None where there are several."""
    country = host.partition(":")[0].rpartition(".")[2].lower()
    main, _, region = (language or "").partition("-")
    return _COUNTRIES.get(country) or _COUNTRIES.get(region.rpartition("-")[2].lower()) or _LANGUAGES.get(main)

"""Where a page's clock stands: the offset from UTC in the countries and languages that have only one.

Pure arithmetic, so that it does not depend on the machine's time zone files. Summer time is the European Union's
(Directive 2000/84/EC: from 01:00 UTC on the last Sunday of March to that of October), in force unchanged since 1996.
"""

from datetime import datetime, timedelta, timezone, tzinfo

_HOUR = timedelta(hours=1)


class EuropeanTime(tzinfo):
    """Standard time *hours* ahead of UTC, with the European Union's summer time."""

    def __init__(self, hours: int) -> None:
        self._standard = timedelta(hours=hours)

    def utcoffset(self, dt: datetime | None) -> timedelta:
        """Return the offset at the local time *dt*."""
        return self._standard + self.dst(dt)

    def dst(self, dt: datetime | None) -> timedelta:
        """Return an hour in summer. The hour that is told twice in October is summer's, unless *dt* says `fold`."""
        if dt is None:
            return timedelta()
        standard = dt.replace(tzinfo=None, fold=0) - self._standard
        end = _last_sunday(standard.year, 10) + (timedelta() if dt.fold else _HOUR)
        return _HOUR if _last_sunday(standard.year, 3) <= standard < end else timedelta()

    def tzname(self, dt: datetime | None) -> str:
        """Return the offset as a name."""
        return timezone(self.utcoffset(dt)).tzname(None)

    def fromutc(self, dt: datetime) -> datetime:
        """Return the local time at the UTC moment *dt*."""
        utc = dt.replace(tzinfo=None)
        end = _last_sunday(utc.year, 10)
        summer = _last_sunday(utc.year, 3) <= utc < end
        return (dt + self._standard + (_HOUR if summer else timedelta())).replace(fold=int(end <= utc < end + _HOUR))


def _last_sunday(year: int, month: int) -> datetime:
    """Return 01:00 UTC of the last Sunday of March or October (31 days both)."""
    last = datetime(year, month, 31, 1)  # noqa: DTZ001 - naive on purpose: compared with naive UTC
    return last - timedelta(days=(last.weekday() + 1) % 7)


_WESTERN, _CENTRAL, _EASTERN = EuropeanTime(0), EuropeanTime(1), EuropeanTime(2)


def _fixed(hours: float) -> timezone:
    return timezone(timedelta(hours=hours))


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
    "in": _fixed(5.5),
    "lk": _fixed(5.5),
    "pk": _fixed(5),
    "bd": _fixed(6),
    "ae": _fixed(4),
    "za": _fixed(2),
    "ng": _fixed(1),
    "gh": _fixed(0),
    "is": _fixed(0),
    "pe": _fixed(-5),
    "ar": _fixed(-3),
}
# Languages whose press sits in one zone.
_LANGUAGES: dict[str, tzinfo] = {
    **dict.fromkeys(("de", "it", "nl", "pl", "cs", "sk", "hu", "sl", "hr", "da", "nb", "nn", "no", "sv"), _CENTRAL),
    **dict.fromkeys(("fi", "et", "lv", "lt", "el", "ro", "bg", "uk"), _EASTERN),
    **dict.fromkeys(("zh", "yue"), _fixed(8)),
    **dict.fromkeys(("ja", "ko"), _fixed(9)),
    **dict.fromkeys(("vi", "th"), _fixed(7)),
    "tr": _fixed(3),
}


def zone_of(language: str | None, host: str) -> tzinfo | None:
    """Return the one zone in which pages of this *language* (BCP 47) or *host* tell the time, None where there are several."""
    country = host.partition(":")[0].rpartition(".")[2].lower()
    main, _, region = (language or "").partition("-")
    return _COUNTRIES.get(country) or _COUNTRIES.get(region.rpartition("-")[2].lower()) or _LANGUAGES.get(main)

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.parts import absent
from worker.normalise.zones import AmericanTime, EuropeanTime, zone_of

BERLIN = EuropeanTime(1)
FIRST, LAST = (datetime(year, 1, 1, tzinfo=UTC).replace(tzinfo=None) for year in (1997, 2038))


@pytest.mark.parametrize(
    ("language", "host", "hours"),
    [
        ("zh-CN", "news.example.com", 8),
        ("zh-TW", "example.com", 8),
        ("ja", "example.com", 9),
        (None, "www.example.cn", 8),
        ("en", "example.co.jp", 9),
        ("en-IN", "example.com", 5.5),
        ("en", "example.in:8080", 5.5),
        ("tr", "example.com", 3),
    ],
)
def test_a_page_of_one_zone_tells_its_offset(language: str | None, host: str, hours: float) -> None:
    zone = zone_of(language, host)
    assert zone is not None
    assert datetime(2021, 7, 1, tzinfo=zone).utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("language", "host"),
    [
        ("en", "example.com"),
        ("en-US", "example.com"),
        ("es", "example.com"),
        ("fr", "example.org"),
        (None, ""),
        ("pt", "example.com.br"),
    ],
)
def test_where_there_are_several_zones_none_is_guessed(language: str | None, host: str) -> None:
    assert zone_of(language, host) is None


def test_germany_keeps_summer_time() -> None:
    assert datetime(2021, 7, 1, 12, tzinfo=BERLIN).isoformat() == "2021-07-01T12:00:00+02:00"
    assert datetime(2021, 12, 1, 12, tzinfo=BERLIN).isoformat() == "2021-12-01T12:00:00+01:00"


@given(
    st.datetimes(FIRST, LAST),
    st.sampled_from([(0, "Europe/Lisbon"), (1, "Europe/Berlin"), (2, "Europe/Helsinki")]),
)
def test_moments_agree_with_the_time_zone_database(naive: datetime, place: tuple[int, str]) -> None:
    hours, name = place
    try:
        reference = ZoneInfo(name)
    except ZoneInfoNotFoundError:
        absent("the time zone database", "install tzdata")
    moment = naive.replace(tzinfo=UTC)
    local = moment.astimezone(EuropeanTime(hours))
    assert local.isoformat() == moment.astimezone(reference).isoformat()
    assert local.astimezone(UTC) == moment


@given(st.datetimes(FIRST, LAST))
def test_local_times_have_the_offset_of_the_time_zone_database(naive: datetime) -> None:
    try:
        reference = ZoneInfo("Europe/Berlin")
    except ZoneInfoNotFoundError:
        absent("the time zone database", "install tzdata")
    if naive.replace(tzinfo=reference).astimezone(UTC).astimezone(reference).replace(tzinfo=None) != naive:
        return  # an hour that the clocks leave out
    assert naive.replace(tzinfo=BERLIN).utcoffset() == naive.replace(tzinfo=reference).utcoffset()


@pytest.mark.parametrize(
    ("hours", "name", "moment"),
    [
        (-5, "America/New_York", datetime(2023, 7, 1, tzinfo=UTC)),
        (-5, "America/New_York", datetime(2024, 3, 10, 6, 59, tzinfo=UTC)),
        (-5, "America/New_York", datetime(2024, 3, 10, 7, 0, tzinfo=UTC)),
        (-8, "America/Los_Angeles", datetime(2024, 11, 3, 8, 59, tzinfo=UTC)),
        (-8, "America/Los_Angeles", datetime(2024, 11, 3, 9, 0, tzinfo=UTC)),
        (-6, "America/Chicago", datetime(2006, 3, 20, tzinfo=UTC)),
        (-6, "America/Chicago", datetime(2006, 4, 3, tzinfo=UTC)),
    ],
)
def test_american_clocks_agree_with_the_time_zone_files(hours: int, name: str, moment: datetime) -> None:
    try:
        zone = ZoneInfo(name)
    except ZoneInfoNotFoundError:
        absent("the time zone database", "install tzdata")
    assert moment.astimezone(AmericanTime(hours)).isoformat() == moment.astimezone(zone).isoformat()

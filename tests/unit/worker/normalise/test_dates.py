from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.normalise.dates import Habits, dates_in, day_of, parse_date
from worker.normalise.months import month_number
from worker.normalise.zones import EuropeanTime

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC).timestamp()
ANYWHERE = Habits(now=NOW)
AMERICA = Habits(now=NOW, month_first=True)
CHINA = Habits(now=NOW, zone=timezone(timedelta(hours=8)))
FIRST, LAST = (datetime(year, 1, 1, tzinfo=UTC).replace(tzinfo=None) for year in (2000, 2024))
BERLIN = Habits(now=NOW, zone=EuropeanTime(1))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2021-11-10", "2021-11-10"),
        ("2021-11-10T09:20:30Z", "2021-11-10T09:20:30+00:00"),
        ("2021-11-10T09:20:30.123+0100", "2021-11-10T09:20:30+01:00"),
        ("2021-11-10 09:20:30 -05:30", "2021-11-10T09:20:30-05:30"),
        ("2021-11-10T09:20", "2021-11-10"),
        ("20211110", "2021-11-10"),
        ("20211110T0920Z", "2021-11-10T09:20:00+00:00"),
        ("Wed, 10 Nov 2021 09:20:00 GMT", "2021-11-10T09:20:00+00:00"),
        ("Nov. 10, 2021 at 9:20 p.m. EST", "2021-11-10T21:20:00-05:00"),
        ("8:15 a.m. EDT, June 3, 2020", "2020-06-03T08:15:00-04:00"),
        ("Published 12:05 AM UTC, 3 June 2020", "2020-06-03T00:05:00+00:00"),
        ("November 10th, 2021", "2021-11-10"),
        ("10th of November 2021", "2021-11-10"),
        ("10-Nov-2021", "2021-11-10"),
        ("Mittwoch, 10. März 2021, 14:05 Uhr", "2021-03-10"),
        ("le 3 août 2019 à 12h30", "2019-08-03"),
        ("1er février 2019", "2019-02-01"),
        ("12 de marzo de 2019", "2019-03-12"),
        ("5 de outubro de 2019", "2019-10-05"),
        ("12 сентября 2019", "2019-09-12"),
        ("2021. november 10.", "2021-11-10"),
        ("14 Şubat 2020", "2020-02-14"),
        ("31.12.2015", "2015-12-31"),
        ("31.12.15", "2015-12-31"),
        ("2021/11/10", "2021-11-10"),
        ("2021年11月10日", "2021-11-10"),
        ("2021년 11월 10일", "2021-11-10"),
        ("二〇二一年十一月二十日", "2021-11-20"),
        ("２０２１年１１月１０日", "2021-11-10"),
        ("1636536030", "2021-11-10T09:20:30+00:00"),
        ("1636536030000", "2021-11-10T09:20:30+00:00"),
        ("27 Mar 1998", "1998-03-27"),
    ],
)
def test_dates_of_many_forms_become_iso_8601(text: str, value: str) -> None:
    assert parse_date(text, ANYWHERE) == value


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2021", "2021-11", "2020-02-30", "2021-13-01", "2099-01-01", "0000-00-00", "192.168.2.21", "tel. 2020 11 2233", "3.14", "Version 1.2.3", "٢٠٢١"],
)  # fmt: skip
def test_what_is_no_believable_date_is_none(text: str) -> None:
    assert parse_date(text, ANYWHERE) is None


def test_a_time_without_an_offset_counts_only_where_the_zone_is_known() -> None:
    assert parse_date("2021-11-10 09:20", ANYWHERE) == "2021-11-10"
    assert parse_date("2021-11-10 09:20", CHINA) == "2021-11-10T09:20:00+08:00"
    assert parse_date("2021年11月10日09:20", CHINA) == "2021-11-10T09:20:00+08:00"
    assert parse_date("2021年11月10日 下午3点20分", CHINA) == "2021-11-10T15:20:00+08:00"
    assert parse_date("10.07.2021 - 09:20 Uhr", BERLIN) == "2021-07-10T09:20:00+02:00"
    assert parse_date("10.11.2021 - 09:20 Uhr", BERLIN) == "2021-11-10T09:20:00+01:00"


def test_an_offset_that_is_given_beats_the_zone_of_the_page() -> None:
    assert parse_date("2021-11-10T09:20:00+01:00", CHINA) == "2021-11-10T09:20:00+01:00"


def test_slashes_mean_what_the_country_means_by_them() -> None:
    assert parse_date("03/04/2020", ANYWHERE) == "2020-04-03"
    assert parse_date("03/04/2020", AMERICA) == "2020-03-04"
    assert parse_date("25/12/2020", AMERICA) == "2020-12-25"
    assert parse_date("12/25/2020", ANYWHERE) == "2020-12-25"
    assert parse_date("03.04.2020", AMERICA) == "2020-04-03"


def test_several_dates_of_a_line_are_found_in_order() -> None:
    found = dates_in("Published: 12 March 2019 10:30 CET | Updated 13 March 2019", ANYWHERE)
    assert [item.value for item in found] == ["2019-03-12T10:30:00+01:00", "2019-03-13"]
    assert [item.value for item in dates_in("October 1, 2015October 2, 2015", ANYWHERE)] == ["2015-10-01", "2015-10-02"]


def test_the_clock_of_an_unknown_zone_is_kept_beside_the_day() -> None:
    (found,) = dates_in("November 8, 2023 at 6:09 p.m.", ANYWHERE)
    assert found.value == "2023-11-08"
    assert found.clock is not None
    assert found.clock.isoformat() == "18:09:00"


def test_nothing_is_published_after_it_was_fetched() -> None:
    assert parse_date("2024-05-02", ANYWHERE) == "2024-05-02"  # another zone's tomorrow
    assert parse_date("2024-05-20", ANYWHERE) is None
    assert parse_date("4000000000", ANYWHERE) is None


@given(
    st.dates(date(1950, 1, 1), date(2024, 4, 30)),
    st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%d %B %Y", "%B %d, %Y", "%Y年%m月%d日", "%Y%m%d"]),
)
def test_every_day_survives_every_common_form(day: date, form: str) -> None:
    value = parse_date(f"{day:{form}}", ANYWHERE)
    assert value is not None
    assert day_of(value) == day


@given(
    st.datetimes(
        FIRST,
        LAST,
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=-7)), timezone(timedelta(hours=5.5))]),
    )
)
def test_iso_moments_come_back_to_the_second(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    assert parse_date(moment.isoformat(), CHINA) == moment.isoformat()


@given(st.text(max_size=400), st.booleans())
def test_parsing_is_total_and_idempotent(text: str, month_first: bool) -> None:
    value = parse_date(text, Habits(now=NOW, month_first=month_first))
    if value is not None:
        assert datetime.fromisoformat(value)
        assert parse_date(value, Habits(now=NOW)) == value


@given(st.text(st.sampled_from("0123456789 .-/:TZ年月日+,JanMay"), max_size=60))
def test_no_mixture_of_date_signs_makes_it_raise(text: str) -> None:
    for found in dates_in(text, CHINA):
        assert datetime.fromisoformat(found.value)


@pytest.mark.parametrize(
    ("name", "month"),
    [("Jan", 1), ("März", 3), ("maerz", None), ("août", 8), ("AUG", 8), ("ekim", 10), ("вер", 9), ("foo", None), ("de", None)],
)
def test_months_are_known_by_name_and_abbreviation(name: str, month: int | None) -> None:
    assert month_number(name) == month

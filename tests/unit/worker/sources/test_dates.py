"""When an entry was published, as far as its source can be believed."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.sources.dates import NO_CLOCK, believable, moment

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()


def read(text: str) -> str | None:
    at = moment(text, now=NOW)
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat()


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Mon, 09 Feb 2026 15:40:00 GMT", "2026-02-09T15:40:00+00:00"),
        ("Mon, 09 Feb 2026 15:40:00 +0100", "2026-02-09T14:40:00+00:00"),
        ("09 Feb 2026 15:40 EST", "2026-02-09T20:40:00+00:00"),
        ("Mon, 09 Feb 2026 15:40:00 CEST", "2026-02-09T13:40:00+00:00"),
        ("Mon, 09 Feb 26 15:40:00 GMT", "2026-02-09T15:40:00+00:00"),  # RSS 2.0 allows two digits
        ("2026-02-09T15:40:00Z", "2026-02-09T15:40:00+00:00"),
        ("2026-02-09T15:40:00.1234567+01:00", "2026-02-09T14:40:00.123456+00:00"),
        ("2026-02-09t15:40:00z", "2026-02-09T15:40:00+00:00"),
        ("2026-02-09 15:40:00", "2026-02-09T15:40:00+00:00"),
        ("2026-02-09 15:40:00 +0800", "2026-02-09T07:40:00+00:00"),
        ("  2026-02-09\n", "2026-02-09T00:00:00+00:00"),
        ("2026-02", "2026-02-01T00:00:00+00:00"),
        ("2026", "2026-01-01T00:00:00+00:00"),
        ("2026年2月9日 15:40", "2026-02-09T15:40:00+00:00"),
        ("lundi 9 février 2026", "2026-02-09T00:00:00+00:00"),
        ("1770651600", "2026-02-09T15:40:00+00:00"),
        ("Tue, 03 Mar 2026 11:00:00 GMT", "2026-03-03T11:00:00+00:00"),  # a clock may run ahead
    ],
)
def test_dates_are_read_as_feeds_and_site_maps_write_them(text: str, at: str) -> None:
    assert read(text) == at


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "Mon, 32 Foo 2026 25:61:00 GMT",
        "2026-02-30",
        "2026-13",
        "09/02/26",
        "02.09.26",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "Mon, 01 Jan 0001 00:00:00 GMT",
        "1970-01-01T00:00:00Z",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "1770-02-09",
        "2026-03-04",
        "Fri, 01 Jan 2999 00:00:00 GMT",
        "9999-12-31T23:59:59-23:59",
    ],
)
def test_what_is_no_date_or_cannot_be_right_is_none(text: str) -> None:
    assert read(text) is None


def test_without_a_clock_the_future_is_believed() -> None:
    assert moment("2999-01-01", now=NO_CLOCK) == datetime(2999, 1, 1, tzinfo=UTC).timestamp()


def test_two_days_ahead_are_believed_and_no_more() -> None:
    assert believable(NOW + 2 * 86_400, NOW)
    assert not believable(NOW + 2 * 86_400 + 1, NOW)


@given(st.text(max_size=150), st.sampled_from([NOW, NO_CLOCK]))
def test_any_text_is_a_moment_up_to_now_or_none(text: str, now: float) -> None:
    at = moment(text, now=now)
    assert at is None or believable(at, now)


@given(st.text(alphabet="0123456789-:+TZ ., MonFebGMTamp/年月日", max_size=60))
def test_what_nearly_is_a_date_does_no_harm(text: str) -> None:
    at = moment(text, now=NOW)
    assert at is None or believable(at, NOW)

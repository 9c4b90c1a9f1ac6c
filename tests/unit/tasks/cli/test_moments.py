"""Points in time as people write them."""

import time
from collections.abc import Iterator

import click
import pytest

from tasks.cli.moments import SINCE, UNTIL, Moment, span


@pytest.fixture(autouse=True)
def _an_hour_east_of_greenwich() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "CET-1")
        time.tzset()
        yield
    time.tzset()


def read(moment: Moment, said: str) -> float:
    return moment.convert(said, None, None)


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("2026-11-23T08:00+01:00", 1_795_417_200.0),
        ("2026-11-23T07:00Z", 1_795_417_200.0),
        ("2026-11-23T08:00", 1_795_417_200.0),
    ],
)
def test_a_time_is_read_with_its_offset_or_in_the_machines_zone(said: str, at: float) -> None:
    assert read(SINCE, said) == at
    assert read(UNTIL, said) == at


def test_a_bare_date_is_its_first_instant_or_its_end() -> None:
    assert read(UNTIL, "2026-11-23") - read(SINCE, "2026-11-23") == 86_400


@pytest.mark.parametrize(("said", "seconds"), [("90s", 90), ("30m", 1800), ("12h", 43_200), ("7d", 604_800), ("2w", 1_209_600)])
def test_an_age_counts_back_from_now(said: str, seconds: int) -> None:
    assert time.time() - read(SINCE, said) == pytest.approx(seconds, abs=5)


@pytest.mark.parametrize("said", ["", "yesterday", "7", "2026-13-01", "9" * 400 + "d"])
def test_anything_else_is_refused(said: str) -> None:
    with pytest.raises(click.BadParameter, match="is no time"):
        read(SINCE, said)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (45.4, "45 s"),
        (59.6, "1 min"),
        (124, "2 min"),
        (3_569, "59 min"),
        (3_571, "1 h"),
        (90_000, "1 d"),
        (-3, "0 s"),
    ],
)
def test_a_span_of_time_is_told_in_one_unit(seconds: float, said: str) -> None:
    assert span(seconds) == said

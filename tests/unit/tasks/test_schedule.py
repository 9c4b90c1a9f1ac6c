"""Slots: which is due, what of missed ones is caught up, and how clocks that are put forward and back are lived through."""

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.sources import CrawlJob
from tasks.schedule import due_slot, next_slot, source_of
from worker.models import Form

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3_600


def hourly(name: str = "courier", every: int = HOUR) -> CrawlJob:
    return CrawlJob(
        name=name, form="feed", url="https://news.example/f", every=every, cron=None, timezone="UTC",
        include=("a",), exclude=("b",), limit=5, line=1,
    )  # fmt: skip


def by_cron(cron: str, timezone: str = "Europe/Berlin") -> CrawlJob:
    return CrawlJob(
        name="courier", form="sitemap", url="https://news.example/s", every=None, cron=cron, timezone=timezone,
        include=(), exclude=(), limit=None, line=1,
    )  # fmt: skip


def at(local: str, *, fold: int = 0) -> float:
    """Return a time of day in Berlin; *fold* 1 is the second of an hour that the clocks live twice."""
    return datetime.fromisoformat(local).replace(tzinfo=BERLIN, fold=fold).timestamp()


def utc(moment: str) -> float:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()


def slots(job: CrawlJob, begin: float, end: float, step: int = 60) -> list[float]:
    """Return the slots that a clock opens that looks every *step* seconds and missed nothing."""
    opened: list[float] = []
    for now in range(int(begin), int(end), step):
        slot = due_slot(job, now=float(now), seen_at=begin, last_slot=opened[-1] if opened else None)
        if slot is not None:
            opened.append(slot)
    return opened


# ---------------------------------------------------------------- every


def test_a_job_that_never_ran_is_due_at_once() -> None:
    now = utc("2026-11-23T12:00")
    slot = due_slot(hourly(), now=now, seen_at=now, last_slot=None)
    assert slot is not None
    assert now - HOUR < slot <= now


def test_a_job_runs_once_a_period() -> None:
    begin = utc("2026-11-23T00:00")
    opened = slots(hourly(), begin, begin + 24 * HOUR)
    assert [later - earlier for earlier, later in pairwise(opened)] == [HOUR] * (len(opened) - 1)
    assert len(opened) == 25, "one at once, then one each hour"


def test_every_clock_finds_the_same_slot() -> None:
    now = utc("2026-11-23T12:00")
    last = due_slot(hourly(), now=now, seen_at=now, last_slot=None)
    assert last is not None
    assert due_slot(hourly(), now=last, seen_at=0, last_slot=None) == last
    assert due_slot(hourly(), now=last + HOUR - 0.001, seen_at=0, last_slot=None) == last
    assert due_slot(hourly(), now=last + HOUR, seen_at=0, last_slot=last) == last + HOUR


def test_the_hourly_jobs_of_a_large_file_do_not_fire_together() -> None:
    now = utc("2026-11-23T12:00")
    found = [due_slot(hourly(f"job {n}"), now=now, seen_at=now, last_slot=None) or 0 for n in range(200)]
    minutes = [int(now - slot) // 60 for slot in found]
    assert len(set(minutes)) > 45
    assert max(minutes.count(minute) for minute in set(minutes)) < 15


def test_of_the_slots_missed_the_last_one_is_caught_up() -> None:
    last = due_slot(hourly(), now=utc("2026-11-20T12:00"), seen_at=0, last_slot=None)
    now = utc("2026-11-23T12:00")
    caught_up = due_slot(hourly(), now=now, seen_at=0, last_slot=last)
    assert caught_up is not None
    assert now - HOUR < caught_up <= now
    assert due_slot(hourly(), now=now, seen_at=0, last_slot=caught_up) is None


def test_a_run_out_of_turn_is_followed_by_the_next_regular_one() -> None:
    regular = due_slot(hourly(), now=utc("2026-11-23T12:00"), seen_at=0, last_slot=None)
    assert regular is not None
    by_hand = regular + 600.5
    assert due_slot(hourly(), now=by_hand + 1, seen_at=0, last_slot=by_hand) is None
    assert due_slot(hourly(), now=regular + HOUR, seen_at=0, last_slot=by_hand) == regular + HOUR


def test_a_slot_that_a_wrong_clock_opened_ahead_of_now_does_not_stop_the_job() -> None:
    now = utc("2026-11-23T12:00")
    assert due_slot(hourly(), now=now, seen_at=0, last_slot=utc("2031-01-01T00:00")) is not None


# ---------------------------------------------------------------- cron


def test_a_timetable_begins_when_a_clock_first_sees_it() -> None:
    job, seen_at = by_cron("0 6 * * *"), at("2026-11-23T07:00")
    assert due_slot(job, now=seen_at + 60, seen_at=seen_at, last_slot=None) is None
    assert due_slot(job, now=at("2026-11-24T06:00:03"), seen_at=seen_at, last_slot=None) == at("2026-11-24T06:00")


def test_a_slot_is_due_from_its_second_on_and_once() -> None:
    job, slot = by_cron("0 6 * * *"), at("2026-11-24T06:00")
    assert due_slot(job, now=slot - 0.1, seen_at=0, last_slot=slot - 24 * HOUR) is None
    assert due_slot(job, now=slot, seen_at=0, last_slot=slot - 24 * HOUR) == slot
    assert due_slot(job, now=slot + 5, seen_at=0, last_slot=slot) is None


def test_a_missed_day_is_caught_up_by_its_last_slot() -> None:
    job = by_cron("0 6,18 * * *")
    assert due_slot(job, now=at("2026-11-27T09:00"), seen_at=0, last_slot=at("2026-11-23T18:00")) == at("2026-11-27T06:00")


def test_the_time_zone_is_that_of_the_job() -> None:
    now = utc("2026-11-23T12:00")
    assert due_slot(by_cron("0 6 * * *"), now=now, seen_at=0, last_slot=None) == utc("2026-11-23T05:00")
    assert due_slot(by_cron("0 6 * * *", "Asia/Shanghai"), now=now, seen_at=0, last_slot=None) == utc("2026-11-22T22:00")


def test_summer_time_shifts_the_slots_with_the_clocks_on_the_wall() -> None:
    found = slots(by_cron("0 6 * * *"), at("2026-03-27T12:00"), at("2026-03-31T12:00"))
    assert found == [at(f"2026-03-{day}T06:00") for day in (28, 29, 30, 31)]
    assert found[1] - found[0] == 23 * HOUR


def test_a_slot_in_the_hour_that_spring_leaves_out_comes_when_the_hour_is_over() -> None:
    found = slots(by_cron("30 2 * * *"), at("2026-03-28T12:00"), at("2026-03-30T12:00"))
    assert found == [at("2026-03-29T03:00"), at("2026-03-30T02:30")]


def test_a_slot_in_the_hour_that_autumn_repeats_comes_once() -> None:
    found = slots(by_cron("30 2 * * *"), at("2026-10-24T12:00"), at("2026-10-26T12:00"))
    assert found == [at("2026-10-25T02:30"), at("2026-10-26T02:30")]


def test_what_runs_every_quarter_of_an_hour_does_so_in_both_of_the_repeated_hours() -> None:
    found = slots(by_cron("*/15 * * * *"), at("2026-10-25T01:50"), at("2026-10-25T04:01"))
    assert [later - earlier for earlier, later in pairwise(found)] == [900] * 12


@pytest.mark.parametrize("now", ["2026-10-25T02:15", "2026-10-25T02:59:59"])
def test_a_slot_missed_before_the_clocks_went_back_is_caught_up_in_the_repeated_hour(now: str) -> None:
    job, last = by_cron("30 2 * * *"), at("2026-10-24T02:30")
    assert due_slot(job, now=at(now, fold=1), seen_at=0, last_slot=last) == at("2026-10-25T02:30")


@given(
    st.sampled_from(["30 2 * * *", "*/15 6-22 * * *", "5 2,3 * * *", "* * * * *", "15 */2 * * *", "30 1-3 * * SUN"]),
    st.sampled_from(["Europe/Berlin", "America/New_York", "UTC", "Asia/Shanghai", "America/Santiago"]),
    st.sampled_from(["2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-04-05", "2026-09-06"]),
    st.floats(-36 * HOUR, 36 * HOUR),
)
def test_the_due_slot_is_never_ahead_and_none_lies_between_it_and_now(cron: str, zone: str, day: str, off: float) -> None:
    job, now = by_cron(cron, zone), utc(f"{day}T02:00") + off
    slot = due_slot(job, now=now, seen_at=0, last_slot=None)
    assert slot is not None
    assert slot <= now
    following = next_slot(job, now=slot, last_slot=slot)
    assert following is not None
    assert following > now


# ---------------------------------------------------------------- the next one


def test_the_next_slot_follows_now() -> None:
    now = utc("2026-11-23T12:00")
    last = due_slot(hourly(), now=now, seen_at=0, last_slot=None)
    assert last is not None
    assert next_slot(hourly(), now=now, last_slot=last) == last + HOUR
    assert next_slot(by_cron("0 6 * * *", "UTC"), now=now, last_slot=None) == utc("2026-11-24T06:00")


def test_what_is_due_and_not_opened_yet_is_next_now() -> None:
    now = utc("2026-11-23T12:00")
    assert next_slot(hourly(), now=now, last_slot=None) == now
    assert next_slot(hourly(), now=now, last_slot=now - 5 * HOUR) == now
    assert next_slot(by_cron("0 6 * * *", "UTC"), now=now, last_slot=utc("2026-11-21T06:00")) == now


def test_a_job_becomes_a_source_in_the_words_of_the_work() -> None:
    source = source_of(hourly())
    assert (source.form, source.url, source.include, source.exclude, source.limit) == (
        Form.FEED, "https://news.example/f", ("a",), ("b",), 5,
    )  # fmt: skip
    assert source_of(by_cron("0 6 * * *")).form is Form.SITEMAP

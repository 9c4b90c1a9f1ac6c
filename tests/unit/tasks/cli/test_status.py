"""`newsmill status`."""

import json
from typing import Any

import pytest

from tasks.cli import status
from tests.building import Stacks, image, news
from tests.unit.tasks.cli.conftest import Newsmill
from worker.errors import Cause
from worker.models import Charge, Ended, ImageState, Later, State

TOTALS = {
    "accepted", "pending", "in_flight", "stored", "unchanged", "duplicate", "rejected", "failed", "dead", "cancelled", "known",
    "images", "oldest_due_s", "per_minute", "eta_s", "next_due_s", "workers",
}  # fmt: skip


@pytest.fixture
def busy(stacks: Stacks) -> None:
    stacks.store(news("https://a.example/1", images=(image("https://img.example/a.png", ImageState.SKIPPED),)))
    stacks.end("https://a.example/2", Ended(state=State.REJECTED, cause=Cause.ROBOTS, detail=""), job="politics")
    stacks.accept("https://a.example/3", job="politics")


def test_json_has_the_contracts_keys_for_all_and_for_each_job(call: Newsmill, busy: None) -> None:
    values = json.loads(call("status", "--json").stdout)
    assert set(values) == TOTALS | {"jobs"}
    assert set(values["images"]) == {"pending", "stored", "skipped", "failed"}
    assert {name: set(of) for name, of in values["jobs"].items()} == {"job": TOTALS, "politics": TOTALS}


def test_the_outcomes_sum_up_to_what_was_accepted(call: Newsmill, busy: None) -> None:
    values = json.loads(call("status", "--json").stdout)
    for of in (values, *values["jobs"].values()):
        outcomes = TOTALS - {"accepted", "known", "images", "oldest_due_s", "per_minute", "eta_s", "next_due_s", "workers"}
        assert of["accepted"] == sum(sum(n.values()) if isinstance(n := of[name], dict) else n for name in outcomes)
    assert values["accepted"] == 3


def test_it_says_when_nobody_works_on_what_is_due(call: Newsmill, busy: None) -> None:
    assert "no worker is running" in call("status").stdout


def test_no_job_name_and_no_number_is_cut_in_a_narrow_window(call: Newsmill, stacks: Stacks) -> None:
    for n, cause in enumerate((Cause.GONE, Cause.ROBOTS)):
        stacks.end(f"https://a.example/{n}", Ended(state=State.REJECTED, cause=cause, detail=""), job=f"agriculture-{n}")
    stacks.accept("https://a.example/9", job="agriculture-9")
    shown = call("status").stdout
    assert "agriculture-0" in shown
    assert "accepted" in shown
    assert "…" not in shown


def test_what_is_due_later_has_no_estimate_but_a_time(call: Newsmill, stacks: Stacks) -> None:
    stacks.end("https://a.example/1", Later(wait_s=3_600, charge=Charge.ATTEMPT))
    values = json.loads(call("status", "--json").stdout)
    assert values["eta_s"] is None
    assert 3_500 < values["next_due_s"] <= 3_600
    assert "the next is due in" in call("status").stdout


def test_a_jobs_totals_stand_alone(call: Newsmill, busy: None) -> None:
    values: dict[str, Any] = json.loads(call("status", "politics", "--json").stdout)
    assert set(values) == TOTALS
    assert (values["accepted"], values["pending"], values["rejected"]) == (2, 1, {"robots": 1})


def test_people_read_numbers_and_causes(call: Newsmill, busy: None) -> None:
    shown = call("status").stdout
    assert "politics" in shown
    assert "robots 1" in shown
    assert "icon 1" in shown


def test_an_unknown_job_is_a_sentence_that_names_the_known_ones(call: Newsmill, busy: None) -> None:
    result = call("status", "sport")
    assert result.exit_code == 1
    assert "'sport'. There are: job, politics." in result.stderr


@pytest.mark.parametrize("arguments", [("--watch",), ("--watch", "--json")])
def test_watching_goes_on_until_somebody_stops_it(
    call: Newsmill, busy: None, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(status.time, "sleep", sleep)
    result = call("status", *arguments)
    assert (result.exit_code, waits) == (0, [1.0] * 3)
    if "--json" in arguments:
        assert [json.loads(line)["accepted"] for line in result.stdout.splitlines()] == [3] * 3

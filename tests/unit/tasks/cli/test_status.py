"""`newsmill status`."""

import json
from pathlib import Path
from typing import Any

import pytest

from tasks.cli import status
from tests.building import Stacks, image, news
from tests.unit.tasks.cli.conftest import Newsmill
from worker.errors import Cause
from worker.models import Charge, Ended, Form, ImageState, Later, Source, State
from worker.store import claims
from worker.store.crawls import close_runs, note_job, open_slot
from worker.store.totals import fold
from worker.store.transaction import transaction

TOTALS = {
    "accepted", "pending", "in_flight", "stored", "unchanged", "duplicate", "rejected", "failed", "dead", "cancelled", "known",
    "images", "oldest_due_s", "per_minute", "eta_s", "next_due_s", "waiting", "workers",
}  # fmt: skip


@pytest.fixture
def busy(stacks: Stacks) -> None:
    stacks.store(news("https://a.example/1", images=(image("https://img.example/a.png", ImageState.SKIPPED),)))
    stacks.end("https://a.example/2", Ended(state=State.REJECTED, cause=Cause.ROBOTS, detail=""), job="politics")
    stacks.accept("https://a.example/3", job="politics")


def test_json_has_the_contracts_keys_for_all_and_for_each_job(call: Newsmill, busy: None) -> None:
    values = json.loads(call("status", "--json").stdout)
    assert set(values) == TOTALS | {"disk", "jobs"}
    assert set(values["images"]) == {"pending", "stored", "skipped", "failed"}
    each = TOTALS | {"standing"}
    assert {name: set(of) for name, of in values["jobs"].items()} == {"job": each, "politics": each}


def test_the_outcomes_sum_up_to_what_was_accepted(call: Newsmill, busy: None) -> None:
    values = json.loads(call("status", "--json").stdout)
    for of in (values, *values["jobs"].values()):
        beside = {"accepted", "known", "images", "oldest_due_s", "per_minute", "eta_s", "next_due_s", "waiting", "workers"}
        outcomes = TOTALS - beside
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
    assert "the next is due in 1 h" in call("status").stdout


def test_what_waits_for_another_try_is_counted_by_cause(call: Newsmill, stacks: Stacks) -> None:
    for n, cause in enumerate((Cause.CONNECT, Cause.CONNECT, Cause.TIMEOUT)):
        url_id = stacks.accept(f"https://a.example/{n}")
        stacks.settle(url_id, Later(wait_s=600, charge=Charge.ATTEMPT, cause=cause))
    assert "waiting connect 2 timeout 1" in " ".join(call("status").stdout.split())
    values = json.loads(call("status", "--json").stdout)
    assert values["waiting"] == values["jobs"]["job"]["waiting"] == {"connect": 2, "timeout": 1}


def test_there_is_no_estimate_while_nobody_works(call: Newsmill, stacks: Stacks) -> None:
    def estimated() -> float | None:
        value: float | None = json.loads(call("status", "--json").stdout)["eta_s"]
        return value

    stacks.store(news("https://a.example/1"))
    stacks.accept("https://a.example/2")
    with transaction(stacks.engine) as tx:
        fold(tx)
    assert estimated() is None
    with transaction(stacks.engine) as tx:
        claims.beat(tx, owner="p", held=(), supervisor="s", role="articles", concurrency=1)
    assert estimated() == pytest.approx(60, rel=0.1)


FEED = Source(form=Form.FEED, url="https://news.example/feed.xml")


def test_a_crawl_job_that_brought_nothing_yet_shows_how_its_last_run_went(call: Newsmill, stacks: Stacks) -> None:
    with transaction(stacks.engine) as tx:
        note_job(tx, "courier", FEED)
    assert "last run: never yet" in call("status", "courier").stdout
    with transaction(stacks.engine) as tx:
        open_slot(tx, "courier", FEED, tx.now)
        close_runs(tx, "courier", slot=tx.now, outcome="rejected: gone", note="HTTP 404")
    values = json.loads(call("status", "courier", "--json").stdout)
    assert (values["accepted"], values["last_run"]["outcome"], values["last_run"]["note"]) == (0, "rejected: gone", "HTTP 404")
    assert "rejected: gone; HTTP 404" in call("status", "courier").stdout


def test_a_crawl_job_that_only_its_file_knows_has_never_run(
    call: Newsmill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sources.toml").write_text(f'[[job]]\nname = "courier"\nfeed = "{FEED.url}"\nevery = "1h"\n')
    monkeypatch.setenv("NEWSMILL_SOURCES", str(tmp_path / "sources.toml"))
    assert "last run: never yet" in call("status", "courier").stdout
    assert json.loads(call("status", "courier", "--json").stdout)["last_run"] is None


def test_a_jobs_totals_stand_alone(call: Newsmill, busy: None) -> None:
    values: dict[str, Any] = json.loads(call("status", "politics", "--json").stdout)
    assert set(values) == TOTALS | {"standing"}
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

"""`newsmill failures` and `newsmill retry`."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.building import Stacks
from tests.unit.tasks.cli.conftest import Newsmill
from worker.errors import Cause
from worker.models import Charge, Ended, Later, State


@pytest.fixture
def failed(stacks: Stacks) -> None:
    stacks.end("https://a.example/1", Ended(state=State.REJECTED, cause=Cause.GONE, detail="404"), job="politics")
    for n in (2, 3):
        stacks.end(f"https://b.example/{n}", Ended(state=State.FAILED, cause=Cause.TIMEOUT, detail="30 s"))


def pending(call: Newsmill) -> int:
    return int(json.loads(call("status", "--json").stdout)["pending"])


def test_failures_are_told_apart_by_job_and_time(call: Newsmill, failed: None) -> None:
    assert [json.loads(line)["url"] for line in call("failures", "--job", "politics", "--json").stdout.splitlines()] == [
        "https://a.example/1"
    ]
    assert len(call("failures", "--since", "1h").stdout.splitlines()) == 3
    assert "timeout  https://b.example/3  (30 s)" in call("failures").stdout


@pytest.mark.parametrize("command", ["failures", "retry"])
@pytest.mark.parametrize("which", [("--host", "c.example"), ("--since", "2126-01-01"), ("--cause", "dead"), ("--job", "sport")])
def test_a_filter_that_nothing_meets_says_so(call: Newsmill, failed: None, command: str, which: tuple[str, str]) -> None:
    result = call(command, *which)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "Nothing matches.\n")


@pytest.mark.parametrize("command", ["failures", "retry"])
def test_a_mistaken_filter_is_wrong_use(call: Newsmill, command: str) -> None:
    for arguments in (("--cause", "bad_luck"), ("--since", "yesterday"), ("politics",)):
        assert call(command, *arguments).exit_code == 2


def test_a_dry_run_shows_causes_and_hosts_and_changes_nothing(call: Newsmill, failed: None) -> None:
    lines = call("retry", "--dry-run").stdout.splitlines()
    assert [line.split() for line in lines[:2]] == [["2", "timeout", "b.example"], ["1", "gone", "a.example"]]
    assert lines[-1] == "3 would be asked for once more."
    assert pending(call) == 0


def test_a_dry_run_over_many_hosts_stays_short(call: Newsmill, stacks: Stacks) -> None:
    for n in range(25):
        stacks.end(f"https://h{n}.example/", Ended(state=State.REJECTED, cause=Cause.GONE, detail=""))
    lines = call("retry", "--dry-run").stdout.splitlines()
    assert lines[20].split()[:2] == ["5", "of"]
    assert len(lines) == 22


def test_without_a_filter_all_are_asked_for_once_more(call: Newsmill, failed: None) -> None:
    said = call("retry").stdout
    assert [line.split() for line in said.splitlines()[:2]] == [["2", "timeout"], ["1", "gone"]]
    assert "3 are asked for once more." in said
    assert pending(call) == 3
    assert "Nothing matches." in call("retry").stderr


def test_a_filter_spares_the_others(call: Newsmill, failed: None) -> None:
    call("retry", "--cause", "timeout", "--host", "b.example", "--since", "1h", "--job", "job")
    assert pending(call) == 2
    assert "gone  https://a.example/1" in call("failures").stdout


@pytest.mark.parametrize("dry", [True, False])
def test_retrying_for_programs(call: Newsmill, failed: None, dry: bool) -> None:
    values: dict[str, Any] = json.loads(call("retry", *(["--dry-run"] if dry else []), "--json").stdout)
    assert values == {
        "dry_run": dry,
        "matched": 3,
        "retried": 0 if dry else 3,
        "causes": {"timeout": 2, "gone": 1},
        "hosts": [{"cause": "timeout", "host": "b.example", "urls": 2}, {"cause": "gone", "host": "a.example", "urls": 1}],
        "waiting": {"matched": 0, "hurried": 0, "causes": {}, "hosts": []},
    }
    assert pending(call) == (0 if dry else 3)


def test_a_summary_counts_by_cause_and_host_with_the_newest_as_example(call: Newsmill, failed: None, stacks: Stacks) -> None:
    stacks.end("https://c.example/4", Ended(state=State.FAILED, cause=Cause.TIMEOUT, detail="\x1b[2J30 s"))
    told = call("failures", "--summary")
    assert told.stdout.splitlines() == [
        "failed: timeout: 3 URLs",
        "        2  b.example",
        "           e.g. https://b.example/3  (30 s)",
        "        1  c.example",
        "           e.g. https://c.example/4  ([2J30 s)",
        "rejected: gone: 1 URL",
        "        1  a.example",
        "           e.g. https://a.example/1  (404)",
    ]
    assert "newsmill explain URL" in told.stderr
    assert call("failures", "--summary", "--cause", "gone").stdout.startswith("rejected: gone: 1 URL\n")


def test_a_summary_is_there_for_programs(call: Newsmill, failed: None) -> None:
    first, second = (json.loads(line) for line in call("failures", "--summary", "--json").stdout.splitlines())
    assert first == {
        "outcome": "failed",
        "cause": "timeout",
        "host": "b.example",
        "urls": 2,
        "example": {"id": 3, "url": "https://b.example/3", "detail": "30 s"},
    }
    assert (second["cause"], second["urls"], second["example"]["url"]) == ("gone", 1, "https://a.example/1")


def test_a_summary_over_many_hosts_stays_short(call: Newsmill, stacks: Stacks) -> None:
    for n in range(15):
        stacks.end(f"https://h{n:02}.example/", Ended(state=State.REJECTED, cause=Cause.GONE, detail=""))
    lines = call("failures", "--summary").stdout.splitlines()
    assert (len(lines), lines[-1]) == (22, "        5  of 5 more hosts")
    assert len(call("failures", "--summary", "--json").stdout.splitlines()) == 15


@pytest.fixture
def waiting(stacks: Stacks) -> None:
    refused = Later(wait_s=600, charge=Charge.ATTEMPT, cause=Cause.CONNECT, detail="refused by 192.0.2.1:443")
    for n in (1, 2):
        stacks.settle(stacks.accept(f"https://down.example/{n}", job="politics"), refused)


def test_what_waits_for_another_try_is_listed_with_its_real_failure_and_its_time(call: Newsmill, waiting: None) -> None:
    first = "pending: connect, due in 10 min  https://down.example/1  (refused by 192.0.2.1:443)"
    assert call("failures", "--pending").stdout.splitlines()[0] == first
    assert "Nothing matches." in call("failures").stderr, "none of them has ended"
    assert "Nothing matches." in call("failures", "--pending", "--host", "up.example").stderr


def test_what_waits_is_there_for_programs_with_its_next_try(call: Newsmill, waiting: None) -> None:
    values = [json.loads(line) for line in call("failures", "--pending", "--job", "politics", "--json").stdout.splitlines()]
    assert [(one["outcome"], one["cause"], one["host"]) for one in values] == [("pending", "connect", "down.example")] * 2
    assert datetime.fromisoformat(values[0]["next_at"]) > datetime.now(UTC)


def test_what_has_not_ended_cannot_be_asked_for_by_its_end(call: Newsmill) -> None:
    assert call("failures", "--pending", "--since", "1h").exit_code == 2


def test_retrying_says_apart_what_is_only_brought_forward(call: Newsmill, failed: None, waiting: None) -> None:
    told = call("retry", "--dry-run").stdout.splitlines()
    assert told[2] == "3 would be asked for once more."
    assert [told[3].split(), told[4]] == [["2", "connect", "down.example"], "2 would be tried now instead of later."]
    assert json.loads(call("retry", "--host", "down.example", "--json").stdout)["waiting"] == {
        "matched": 2,
        "hurried": 2,
        "causes": {"connect": 2},
        "hosts": [{"cause": "connect", "host": "down.example", "urls": 2}],
    }
    values = json.loads(call("status", "politics", "--json").stdout)
    assert (values["waiting"], values["oldest_due_s"] is not None) == ({}, True)


def test_one_is_told_as_one(call: Newsmill, stacks: Stacks) -> None:
    stacks.end("https://a.example/1", Ended(state=State.REJECTED, cause=Cause.GONE, detail="404"))
    assert "1 is asked for once more." in call("retry").stdout


def test_a_summary_of_what_waits(call: Newsmill, waiting: None) -> None:
    assert call("failures", "--summary", "--pending").stdout.splitlines() == [
        "pending: connect: 2 URLs",
        "        2  down.example",
        "           e.g. https://down.example/2  (refused by 192.0.2.1:443)",
    ]
    assert call("failures", "--summary", "--pending", "--host", "up.example").stderr == "Nothing matches.\n"


def test_what_its_host_has_kept_from_the_first_is_told_as_untried(call: Newsmill, stacks: Stacks) -> None:
    stacks.settle(stacks.accept("https://down.example/1"), Later(wait_s=600, charge=Charge.NOTHING))
    words = ("--host", "down.example")
    assert call("failures", "--summary", "--pending", *words).stdout.startswith("pending: not tried yet: 1 URL\n")
    assert call("retry", "--dry-run", *words).stdout.splitlines()[0].split() == ["1", "not", "tried", "yet", "down.example"]
    values = json.loads(call("failures", "--summary", "--pending", "--json", *words).stdout)
    assert (values["outcome"], values["cause"]) == ("pending", None)

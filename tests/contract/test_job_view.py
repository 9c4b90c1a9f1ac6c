"""What the page of one job shows."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, update

from tasks.flower import job_view as view
from tasks.flower.next_runs import NextRuns
from tests.building import Stacks, news
from worker.errors import Cause
from worker.models import Charge, Ended, Later, State
from worker.store import schema
from worker.store.database import clock
from worker.store.jobs import pause
from worker.store.library import snapshot
from worker.store.totals import fold, totals
from worker.store.totals_json import totals_json
from worker.store.transaction import transaction

JOB, OTHER = "天水新闻", "other"
GONE = Ended(state=State.REJECTED, cause=Cause.GONE, detail="HTTP 404", status=404)
SLOW = Ended(state=State.FAILED, cause=Cause.TIMEOUT, detail="nothing for 30 s")


def looked(engine: Engine, name: str = JOB, sources: Path = Path("none")) -> dict[str, Any]:
    with snapshot(engine) as connection:
        found = view.job_view(connection, name, NextRuns(sources))
    assert found is not None
    return found


def later(seconds: float) -> Later:
    return Later(wait_s=seconds, charge=Charge.ATTEMPT, cause=Cause.CONNECT, detail="refused")


@pytest.fixture
def stacks(engine: Engine) -> Stacks:
    """A job with URLs in every standing, and another with some of its own."""
    stacks = Stacks(engine)
    stacks.store(news("https://news.example/1.html", title="雨后的桥"), job=JOB)
    stacks.end("https://news.example/gone.html", GONE, job=JOB)
    for n in range(3):
        stacks.end(f"https://slow.example/{n}.html?token=secret", SLOW, job=JOB)
        stacks.end(f"https://slow.example/other/{n}.html", SLOW, job=OTHER)
    for n, wait_s in enumerate((900, 300, 600)):
        stacks.settle(stacks.accept(f"https://news.example/later/{n}.html", job=JOB), later(wait_s))
        stacks.settle(stacks.accept(f"https://news.example/other/{n}.html", job=OTHER), later(wait_s))
    due = stacks.accept("https://news.example/due.html", job=JOB)
    with transaction(engine) as tx:
        tx.connection.execute(update(schema.url).where(schema.url.c.id == due).values(next_at=tx.now - 60))
        fold(tx)
    return stacks


def test_its_numbers_are_those_of_status(stacks: Stacks) -> None:
    seen = looked(stacks.engine)
    with snapshot(stacks.engine) as connection:
        said = totals_json(connection, totals(connection)[1][JOB], now=clock(connection), job=JOB)
    timely = {"oldest_due_s", "next_due_s", "eta_s", "per_minute"}
    assert {key: seen[key] for key in said if key not in timely} == {key: said[key] for key in said if key not in timely}
    for key in timely:
        assert seen[key] == (said[key] if said[key] is None else pytest.approx(said[key], abs=1.5, rel=0.05)), key
    assert seen["oldest_due_s"] == pytest.approx(60, abs=5)


def test_since_when_it_is_due_is_told_also_behind_many_urls_of_others(stacks: Stacks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.store.activity.OLDEST_LOOKED_AT", 1)
    before = stacks.accept("https://news.example/before.html", job=OTHER)
    with transaction(stacks.engine) as tx:
        tx.connection.execute(update(schema.url).where(schema.url.c.id == before).values(next_at=tx.now - 120))
    assert looked(stacks.engine)["oldest_due_s"] == pytest.approx(60, abs=5)


def test_what_ended_last_comes_first_with_outcome_cause_and_title(stacks: Stacks) -> None:
    seen = looked(stacks.engine)
    assert [one["finished_at"] for one in seen["recent"]] == sorted((one["finished_at"] for one in seen["recent"]), reverse=True)
    assert [(one["state"], one["cause"], one["detail"], one["title"]) for one in seen["recent"]] == [
        *[("failed", "timeout", "nothing for 30 s", None)] * 3,
        ("rejected", "gone", "HTTP 404", None),
        ("stored", None, None, "雨后的桥"),
    ]
    assert {one["state"] for one in seen["unstored"]} == {"failed", "rejected"}
    assert (seen["recent"][3]["status"], len(seen["unstored"])) == (404, 4)


def test_only_the_latest_are_listed(stacks: Stacks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "SHOWN", 2)
    seen = looked(stacks.engine)
    assert [one["url"].split("?")[0] for one in seen["recent"]] == ["https://slow.example/2.html", "https://slow.example/1.html"]
    assert len(seen["again"]) == 2


def test_what_went_wrong_is_counted_by_cause_and_host(stacks: Stacks, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = looked(stacks.engine)
    assert seen["hosts"] == [
        {"cause": "timeout", "host": "slow.example", "urls": 3},
        {"cause": "gone", "host": "news.example", "urls": 1},
    ]
    assert (seen["hosts_of"], seen["hosts_more"]) == (4, 0)
    monkeypatch.setattr(view, "HEAPS_SHOWN", 1)
    assert looked(stacks.engine)["hosts_more"] == 1
    monkeypatch.setattr(view, "LOOKED_AT", 2)
    assert looked(stacks.engine)["hosts_of"] == 2


def test_what_is_tried_again_says_when_and_why(stacks: Stacks) -> None:
    seen = looked(stacks.engine)
    assert [(one["url"][-6], one["cause"], one["detail"]) for one in seen["again"]] == [
        ("1", "connect", "refused"),
        ("2", "connect", "refused"),
        ("0", "connect", "refused"),
    ]
    assert [one["next_at"] - seen["at"] for one in seen["again"]] == pytest.approx([300, 600, 900], abs=5)
    assert seen["waiting"] == {"connect": 3}


def test_of_a_paused_job_nothing_is_tried_again(stacks: Stacks) -> None:
    for _ in pause(stacks.engine, JOB):
        pass
    seen = looked(stacks.engine)
    assert (seen["again"], seen["oldest_due_s"], seen["standing"]) == ([], None, "paused")


def test_secrets_in_addresses_are_masked(stacks: Stacks) -> None:
    assert {one["url"][-9:] for one in looked(stacks.engine)["unstored"][:3]} == {"token=***"}


def test_a_job_that_nobody_ever_saw_is_none(stacks: Stacks, tmp_path: Path) -> None:
    sources = tmp_path / "sources.toml"
    sources.write_text('[[job]]\nname = "politics"\nfeed = "https://news.example/feed.xml"\nevery = "1h"\n')
    with snapshot(stacks.engine) as connection:
        assert view.job_view(connection, "nobody", NextRuns(sources)) is None
    seen = looked(stacks.engine, "politics", sources)
    assert (seen["accepted"], seen["recent"], seen["hosts"]) == (0, [], [])
    assert seen["next_run"] is not None

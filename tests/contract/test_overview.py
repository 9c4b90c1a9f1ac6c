"""What the Crawls tab shows: the numbers of `status --json`, asked for all jobs at once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, update

from tasks.flower import overview as tab
from tasks.flower.next_runs import NextRuns
from tests.building import Stacks, news
from worker.errors import Cause
from worker.models import Charge, Ended, Form, Later, Source, State
from worker.store import activity, schema
from worker.store.crawls import close_runs, note_job, open_slot
from worker.store.database import clock, open_database
from worker.store.jobs import pause
from worker.store.library import snapshot
from worker.store.migrate import migrate
from worker.store.totals import fold, totals
from worker.store.totals_json import totals_json
from worker.store.transaction import transaction

FEED = Source(form=Form.FEED, url="https://news.example/feed.xml")
UNASKED = ("workers",)  # of a job: they are everybody's


@pytest.fixture
def stacks(database_url: str) -> Iterator[Stacks]:
    engine = open_database(database_url)
    migrate(engine)
    yield Stacks(engine)
    engine.dispose()


def looked(engine: Engine, sources: Path = Path("none")) -> dict[str, Any]:
    with snapshot(engine) as connection:
        return tab.overview(connection, NextRuns(sources))


def status_of_all(engine: Engine) -> dict[str, Any]:
    with snapshot(engine) as connection:
        now = clock(connection)
        everything, jobs = totals(connection)
        each = {name: totals_json(connection, of, now=now, job=name) for name, of in jobs.items()}
        return totals_json(connection, everything, now=now) | {"jobs": each}


def close(one: Any, other: Any) -> bool:
    """Return whether two of the readings agree: times go on between them."""
    if isinstance(one, float) and isinstance(other, float):
        return one == pytest.approx(other, abs=1.5, rel=0.05)
    return bool(one == other)


def fill(stacks: Stacks) -> None:
    """Bring every state that a URL can be in into several jobs."""
    for n in range(3):
        stacks.store(news(f"https://news.example/天/{n}.html"), job="天水新闻")
    stacks.end("https://news.example/gone.html", Ended(state=State.REJECTED, cause=Cause.GONE, detail="404"), job="天水新闻")
    stacks.end("https://news.example/slow.html", Ended(state=State.FAILED, cause=Cause.TIMEOUT, detail="30 s"), job="mixed")
    later = Later(wait_s=600, charge=Charge.ATTEMPT, cause=Cause.CONNECT)
    for n in range(4):
        stacks.settle(stacks.accept(f"https://news.example/later/{n}.html", job="mixed"), later)
        stacks.accept(f"https://news.example/due/{n}.html", job="mixed")
        stacks.accept(f"https://news.example/held/{n}.html", job="held")
    for _ in pause(stacks.engine, "held"):
        pass
    with transaction(stacks.engine) as tx:
        fold(tx)


def test_the_numbers_are_those_of_status(stacks: Stacks) -> None:
    fill(stacks)
    seen, said = looked(stacks.engine), status_of_all(stacks.engine)
    assert seen["jobs"].keys() == said["jobs"].keys() == {"天水新闻", "mixed", "held"}
    for key, value in said.items():
        assert key == "jobs" or close(seen[key], value), (key, seen[key], value)
    for name, of in said["jobs"].items():
        for key, value in of.items():
            assert key in UNASKED or close(seen["jobs"][name][key], value), (name, key, seen["jobs"][name][key], value)


def test_a_paused_job_says_so_and_is_not_due(stacks: Stacks) -> None:
    fill(stacks)
    held = looked(stacks.engine)["jobs"]["held"]
    assert held["standing"] == "paused"
    assert held["pending"] == 4
    assert held["next_due_s"] is None


def test_a_crawl_job_shows_its_last_run_even_when_it_found_nothing(stacks: Stacks) -> None:
    with transaction(stacks.engine) as tx:
        note_job(tx, "politics", FEED)
        open_slot(tx, "politics", FEED, 100.0)
    assert looked(stacks.engine)["jobs"]["politics"]["last_run"]["finished_at"] is None
    with transaction(stacks.engine) as tx:
        close_runs(tx, "politics", slot=100.0, outcome="failed:timeout", note="not a feed")
    job = looked(stacks.engine)["jobs"]["politics"]
    assert (job["accepted"], job["standing"]) == (0, "running")
    assert (job["last_run"]["outcome"], job["last_run"]["note"]) == ("failed:timeout", "not a feed")


def test_a_crawl_job_shows_when_it_runs_next_unless_it_is_paused(stacks: Stacks, tmp_path: Path) -> None:
    sources = tmp_path / "sources.toml"
    sources.write_text('[[job]]\nname = "politics"\nfeed = "https://news.example/feed.xml"\nevery = "1h"\n')
    with transaction(stacks.engine) as tx:
        note_job(tx, "politics", FEED)
        open_slot(tx, "politics", FEED, tx.now)
    seen = looked(stacks.engine, sources)
    assert 0 < seen["jobs"]["politics"]["next_run"] - seen["at"] <= 3600
    for _ in pause(stacks.engine, "politics"):
        pass
    assert looked(stacks.engine, sources)["jobs"]["politics"]["next_run"] is None


def test_a_timetable_is_worked_out_again_when_its_time_has_come(tmp_path: Path) -> None:
    sources = tmp_path / "sources.toml"
    sources.write_text('[[job]]\nname = "politics"\nfeed = "https://news.example/feed.xml"\ncron = "0 * * * *"\n')
    runs = NextRuns(sources)
    job = runs.jobs()["politics"]
    assert runs.of(job, now=3600.0 * 5 + 1, last_slot=3600.0 * 5) == 3600.0 * 6
    assert runs.of(job, now=3600.0 * 6 - 1, last_slot=3600.0 * 5) == 3600.0 * 6
    assert runs.of(job, now=3600.0 * 6 + 1, last_slot=3600.0 * 5) == 3600.0 * 6 + 1, "due"
    assert runs.of(job, now=3600.0 * 6 + 1, last_slot=3600.0 * 6) == 3600.0 * 7


def test_jobs_at_work_come_first_then_those_that_were_active_last(stacks: Stacks) -> None:
    for n, name in enumerate(("old", "older", "oldest")):
        stacks.store(news(f"https://news.example/{name}.html", fetched_at=1e9 - n * 86_400), job=name)
    stacks.accept("https://news.example/waiting.html", job="waiting")
    assert looked(stacks.engine)["order"] == ["waiting", "old", "older", "oldest"]


def test_many_jobs_take_no_more_questions_than_few_and_the_rest_is_counted(stacks: Stacks) -> None:
    asked: list[str] = []
    stacks.accept("https://news.example/first.html", job="first")
    event.listen(stacks.engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))
    looked(stacks.engine)
    few = len(asked)
    with transaction(stacks.engine) as tx:
        line = {"subject": "url", "state": "stored", "cause": "", "n": 1, "folded": True}
        tx.connection.execute(schema.tally.insert(), [line | {"job": f"job {n}"} for n in range(300)])
    asked.clear()
    seen = looked(stacks.engine)
    assert len(asked) == few
    assert len(seen["jobs"]) == len(seen["order"]) == tab.SHOWN_JOBS
    assert seen["left_out"] == 301 - tab.SHOWN_JOBS
    assert seen["accepted"] == 301


def test_a_url_due_a_moment_ago_is_due(stacks: Stacks) -> None:
    url_id = stacks.accept("https://news.example/a.html", job="job")
    with transaction(stacks.engine) as tx:
        tx.connection.execute(update(schema.url).where(schema.url.c.id == url_id).values(next_at=tx.now - 60))
    seen = looked(stacks.engine)
    assert seen["oldest_due_s"] == pytest.approx(60, abs=5)
    assert seen["next_due_s"] is None
    assert seen["jobs"]["job"]["oldest_due_s"] == seen["oldest_due_s"]


def test_a_job_whose_urls_stand_behind_too_many_of_others_does_not_say_since_when_they_are_due(
    stacks: Stacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity, "OLDEST_LOOKED_AT", 2)
    for n, job in enumerate(("first", "first", "second")):
        url_id = stacks.accept(f"https://news.example/{n}.html", job=job)
        with transaction(stacks.engine) as tx:
            tx.connection.execute(update(schema.url).where(schema.url.c.id == url_id).values(next_at=tx.now - 60 + n))
    jobs = looked(stacks.engine)["jobs"]
    assert (jobs["first"]["oldest_due_s"], jobs["second"]["oldest_due_s"]) == (pytest.approx(60, abs=5), None)

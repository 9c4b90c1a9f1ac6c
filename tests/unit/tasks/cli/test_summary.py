"""How `run` and `crawl run` tell what came: known ones by name, and old errors as old ones."""

import time
from dataclasses import replace

import pytest

from config.sources import CrawlJob
from tasks.cli.crawl_run import _line
from tasks.cli.summary import Summary
from worker.models import Form, State
from worker.store.crawls import Run
from worker.store.following import Standing

URL = "https://news.example/a"
WAITING = Standing(
    url_id=1, url=URL, state=State.PENDING, cause="connect", detail="refused", next_at=1_120.0, job="run", paused=False
)
KNOWN = replace(WAITING, state=State.STORED, cause=None, detail=None, next_at=None, article_id=5, title="A title")
JOB = CrawlJob(
    name="courier", form=Form.FEED, url=URL, every=60, cron=None, timezone="UTC", include=(), exclude=(), limit=None, line=1
)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_000.0)


def told(summary: Summary, capsys: pytest.CaptureFixture[str]) -> str:
    summary.tell()
    return capsys.readouterr().out


def test_a_known_one_has_its_line_and_the_way_to_ask_anew_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    summary = Summary([], known=[KNOWN, replace(KNOWN, url=f"{URL}2", article_id=6)])
    said = told(summary, capsys)
    assert f"  {URL} known as 5: A title\n" in said
    assert said.count("`newsmill run --again` asks anew") == 1
    assert summary.good
    values = summary.values()
    assert (values["known"], values["known_articles"]) == (
        2,
        [{"url": URL, "id": 5, "title": "A title"}, {"url": f"{URL}2", "id": 6, "title": "A title"}],
    )


def test_a_try_that_failed_just_now_is_told_apart_from_one_of_before(capsys: pytest.CaptureFixture[str]) -> None:
    old, new = Summary([WAITING]), Summary([replace(WAITING, tries=1)])
    assert f"{URL} still waiting, not asked this time, next try in 2 min; last error connect (refused)" in told(old, capsys)
    assert f"{URL} pending: connect, due in 2 min (refused)" in told(new, capsys)
    assert [one.values()["missing"][0]["asked"] for one in (old, new)] == [False, True]  # type: ignore[index]


def test_a_crawl_that_only_waits_does_not_tell_an_old_error_as_a_new_one() -> None:
    now = 1_000.0
    run = Run(slot=now, opened_at=now, finished_at=None, outcome=None, found=None, new=None, note=None)
    said = _line(JOB, run, WAITING, now - 300)
    assert said.startswith("courier: still waiting since ")
    assert "(5 min ago): last error connect (refused), next try in 2 min; `newsmill up` goes on with it" in said
    assert _line(JOB, run, replace(WAITING, tries=1), now).startswith(
        "courier: not read yet: connect (refused), next try in 2 min"
    )

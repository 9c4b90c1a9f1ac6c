"""`newsmill status --watch`: the page at any size, its alarms, and going on while the database is away."""

import io
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.screen import Screen

from config.settings import settings
from tasks.cli import watching
from tasks.cli.alarms import alarms
from tasks.cli.watch_page import WatchPage
from tasks.cli.watched import View, Watched
from tests.building import Stacks, news
from tests.unit.tasks.cli.conftest import Newsmill
from worker.errors import Cause, OwnTrouble
from worker.fetch.held import Held
from worker.models import Charge, Ended, Later, State
from worker.store import claims
from worker.store.transaction import transaction

CHINESE, HOSTILE = "天水新闻", "evil\x1b[2J [bold]name[/bold]"


@pytest.fixture
def view(stacks: Stacks) -> View:
    """What a home with four jobs shows."""
    stacks.store(news("https://a.example/1"), job=CHINESE)
    stacks.end("https://a.example/2", Ended(state=State.REJECTED, cause=Cause.GONE, detail=""), job=CHINESE)
    stacks.accept("https://a.example/3", job=HOSTILE)
    stacks.end("https://b.example/1", Later(wait_s=600, charge=Charge.ATTEMPT, cause=Cause.CONNECT), job="courier")
    stacks.accept("https://b.example/2", job="x" * 90)
    return Watched(settings(), stacks.engine, None).view()


def drawn(view: View, width: int, height: int, *, trouble: str | None = None) -> list[str]:
    """Return the lines of a whole window, as a terminal of that size gets them."""
    console = Console(file=io.StringIO(), width=width, height=height, force_terminal=True, color_system=None)
    console.print(Screen(WatchPage(view=view, trouble=trouble)))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().split("\n")


def beat(stacks: Stacks, role: str = "articles") -> None:
    with transaction(stacks.engine) as tx:
        claims.beat(tx, owner=role, held=(), supervisor="s", role=role, concurrency=1)


@pytest.mark.parametrize(("width", "height"), [(60, 24), (80, 24), (120, 40), (40, 10), (20, 5)])
def test_the_page_fills_a_window_of_any_size_to_the_last_cell(view: View, width: int, height: int) -> None:
    lines = drawn(view, width, height)
    assert len(lines) == height
    assert {cell_len(line) for line in lines} == {width}
    assert lines[0].startswith("Newsmill")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_wide_letters_push_no_number_out_of_its_column(view: View, width: int) -> None:
    lines = drawn(view, width, 40)
    (header,) = (line for line in lines if line.startswith("job "))
    column = header.index("done") + len("done")
    ends = []
    for name, done in ((CHINESE, " 2/2 "), ("courier", " 0/1 "), ("all", " 2/5 ")):
        (line,) = (line for line in lines if line.startswith(name))
        ends.append(cell_len(line[: line.index(done) + len(done) - 1]))
    assert ends == [column] * 3


def test_a_name_makes_the_terminal_do_nothing_and_styles_nothing(view: View) -> None:
    page = "\n".join(drawn(view, 120, 40))
    assert "\x1b" not in page
    assert "evil[2J [bold]name[/bold]" in page


def test_a_narrow_window_keeps_what_matters_and_a_wide_one_shows_all(view: View) -> None:
    def header(width: int) -> list[str]:
        return next(line for line in drawn(view, width, 40) if line.startswith("job ")).split()

    assert header(44) == ["job", "done", "to", "go"]
    assert header(60) == ["job", "done", "images", "a", "minute", "to", "go"]
    assert header(120) == ["job", "done", "stored", "rejected", "images", "a", "minute", "to", "go"]


def test_a_low_window_shows_the_first_jobs_and_says_how_many_more_there_are(stacks: Stacks) -> None:
    for n in range(40):
        stacks.accept(f"https://a.example/{n}", job=f"batch-{n:02}")
    lines = [line.rstrip() for line in drawn(Watched(settings(), stacks.engine, None).view(), 80, 20)]
    shown = [line for line in lines if line.startswith("batch-")]
    assert 1 <= len(shown) < 20
    assert f"… and {40 - len(shown)} more jobs: `newsmill status` has them all" in lines
    assert any(line.startswith("workers") for line in lines), "what comes below the jobs is not pushed out"


def test_an_empty_ledger_says_what_brings_something_in(stacks: Stacks) -> None:
    page = drawn(Watched(settings(), stacks.engine, None).view(), 100, 20)
    assert any("Nothing has been accepted yet: `newsmill run URL…`" in line for line in page)


def test_one_job_is_watched_alone(stacks: Stacks) -> None:
    stacks.accept("https://a.example/3", job="politics")
    stacks.accept("https://a.example/4", job="sport")
    page = "\n".join(drawn(Watched(settings(), stacks.engine, "politics").view(), 80, 20))
    assert page.startswith("Newsmill  politics ")
    assert "sport" not in page


def test_trouble_is_told_with_the_age_of_the_numbers(view: View) -> None:
    page = drawn(view, 80, 24, trouble="database: connection refused")
    at = time.strftime("%H:%M:%S", time.localtime(view.at))
    assert page[1].rstrip() == f"! database: connection refused; these numbers are of {at}"


def held(asked_s: float = 0.0, breaker_s: float = 0.0) -> Held:
    return Held(asked_s=asked_s, breaker_s=breaker_s, interval_s=None, failures=0)


def with_total(view: View, **values: Any) -> View:
    return replace(view, total={**view.total, **values})


def test_nobody_working_is_an_alarm_only_while_there_is_work(view: View, stacks: Stacks) -> None:
    said = "no worker is running: start `newsmill up`"
    assert list(alarms(view)) == [said]
    assert list(alarms(replace(view, roles={"control": 1}))) == [said]
    assert list(alarms(replace(view, roles={"articles": 2}))) == []
    assert list(alarms(with_total(view, oldest_due_s=None, next_due_s=None))) == []


def test_a_queue_that_is_too_old_or_stands_still_is_an_alarm(view: View) -> None:
    works = replace(view, roles={"articles": 1})
    assert list(alarms(with_total(works, oldest_due_s=7_200.0, per_minute=3.0))) == [
        "the oldest has been due for 2 h: more workers, or a host with a long queue"
    ]
    assert list(alarms(with_total(works, oldest_due_s=400.0, per_minute=0.0))) == [
        "nothing has ended for 5 min although URLs are due: `newsmill doctor` may say why"
    ]


def test_hosts_that_are_held_are_alarms_the_one_with_most_urls_first(view: View) -> None:
    hosts = {"a.example": (held(breaker_s=42), 1), "b.example": (held(asked_s=3_600), 7)}
    many = {f"c{n}.example": (held(breaker_s=1), 1) for n in range(3)}
    works = replace(view, roles={"articles": 1}, held=hosts | many)
    assert list(alarms(works)) == [
        "b.example has asked to be left alone for another 1 h: 7 URLs wait",
        "a.example fails: its breaker is open for another 42 s, 1 URL waits",
        "c0.example fails: its breaker is open for another 1 s, 1 URL waits",
        "2 more hosts are held",
    ]


def test_a_full_disk_and_a_silent_redis_are_alarms(view: View) -> None:
    works = replace(view, roles={"articles": 1}, redis=False, disk={"free": 12_000_000})
    assert list(alarms(works)) == [
        "Redis does not answer: workers wait for it, and nothing is lost",
        "only 12.0 MB are left on the disk",
    ]


def test_without_redis_the_totals_are_read_all_the_same(view: View, stacks: Stacks) -> None:
    assert (view.redis, view.held) == (True, {}), "nobody works: an embedded Redis need not run"
    beat(stacks)
    assert Watched(settings(), stacks.engine, None).view().redis is False


def test_the_page_goes_on_with_the_last_numbers_while_the_database_is_away(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    later = replace(view, at=view.at + 60)
    answers: Iterator[View | OwnTrouble] = iter([OwnTrouble("database: gone"), OwnTrouble("database: gone"), later])
    pages = []

    def read() -> View:
        answer = next(answers)
        if isinstance(answer, OwnTrouble):
            raise answer
        return answer

    reader = watching.Reader(read, view)
    monkeypatch.setattr(watching.time, "sleep", lambda _: pages.append(reader.page()))
    reader.run()
    assert [(page.trouble, page.view.at) for page in pages] == [
        ("database: gone", view.at),
        ("database: gone", view.at),
        (None, later.at),
    ]
    with pytest.raises(StopIteration):
        reader.page()


def test_a_database_that_does_not_answer_at_all_is_told_too(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = watching.Reader(lambda: view, view)
    assert reader.page().trouble is None
    monkeypatch.setattr(watching.time, "monotonic", lambda: time.perf_counter() + 10**9)
    said = reader.page().trouble
    assert said is not None
    assert said.startswith("the database has not answered for ")


def test_without_a_terminal_a_line_is_printed_whenever_it_has_changed(
    call: Newsmill, view: View, stacks: Stacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            stacks.accept("https://a.example/9")
        if len(waits) == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(watching.time, "sleep", sleep)
    lines = call("status", "--watch").stdout.splitlines()
    assert [line[10:] for line in lines] == [
        "2/5 done  stored 1  rejected 1  pending 3  images 0/0  0 a minute",
        "2/6 done  stored 1  rejected 1  pending 4  images 0/0  0 a minute",
    ]


def test_lines_wait_for_the_database_and_say_so_once(
    view: View, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter([True, True, False])

    def read() -> View:
        if next(answers):
            raise OwnTrouble("database: gone")
        return view

    monkeypatch.setattr(watching.time, "sleep", lambda _: None)
    assert watching.patiently(read) is view
    assert capsys.readouterr().err == "database: gone; waiting for it\n"

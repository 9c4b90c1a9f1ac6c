"""`newsmill crawl list`, `check` and what `run` refuses; a run that fetches is an end-to-end test."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from config.sources import CrawlJob
from tasks.cli.crawl_page import moment, timetable
from tasks.schedule import source_of
from tests.unit.tasks.cli.conftest import Newsmill
from worker.store import schema
from worker.store.crawls import close_runs, note_job, open_slot, runs
from worker.store.transaction import transaction

TWO = """\
[[job]]
name = "courier [red]"
feed = "https://news.example/feed.xml"
every = "90m"
limit = 7

[[job]]
name = "天水新闻"
sitemap = "https://gazette.example/sitemap.xml"
cron = "0 6 * * *"
timezone = "Asia/Shanghai"
"""
COURIER = CrawlJob(
    name="courier [red]", form="feed", url="https://news.example/feed.xml", every=5_400, cron=None, timezone="UTC",
    include=(), exclude=(), limit=7, line=1,
)  # fmt: skip


@pytest.fixture
def file(home: Path) -> Path:
    """The sources file with two jobs, where it is looked for."""
    path = home.parent / "config" / "sources.toml"
    path.parent.mkdir()
    path.write_text(TWO, encoding="utf-8")
    return path


@pytest.fixture
def berlin() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


def ran(engine: Engine, slot: float, outcome: str, **counts: int | str) -> None:
    with transaction(engine) as tx:
        note_job(tx, COURIER.name, source_of(COURIER))
        open_slot(tx, COURIER.name, source_of(COURIER), slot)
        close_runs(tx, COURIER.name, slot=slot, outcome=outcome, **counts)  # type: ignore[arg-type]


# ---------------------------------------------------------------- check


@pytest.mark.usefixtures("file")
def test_check_says_that_all_is_well(call: Newsmill) -> None:
    assert (call("crawl", "check").stdout, call("crawl", "check").exit_code) == ("2 jobs, all well.\n", 0)
    jobs = json.loads(call("crawl", "check", "--json").stdout)["jobs"]
    assert [(job["name"], job.get("feed"), job.get("sitemap"), job["line"]) for job in jobs] == [
        ("courier [red]", "https://news.example/feed.xml", None, 1),
        ("天水新闻", None, "https://gazette.example/sitemap.xml", 7),
    ]


def test_check_reads_the_file_it_is_given(call: Newsmill, file: Path) -> None:
    other = file.with_name("other.toml")
    other.write_text(TWO.split("\n\n", maxsplit=1)[0])
    assert call("crawl", "check", str(other)).stdout == "1 job, all well.\n"


@pytest.mark.parametrize("words", [("check",), ("check", "--json"), ("list",), ("run", "courier [red]")])
def test_every_mistake_is_named_with_its_line(call: Newsmill, file: Path, words: tuple[str, ...]) -> None:
    file.write_text(TWO.replace("90m", "soon").replace("0 6 * * *", "0 66 * * *"), encoding="utf-8")
    result = call("crawl", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    first, second = result.stderr.splitlines()
    assert first.startswith("config/sources.toml:4: 'soon' is no time")
    assert second.startswith("config/sources.toml:10: '0 66 * * *': Bad hour")


def test_a_url_that_the_work_would_refuse_is_a_mistake(call: Newsmill, file: Path) -> None:
    file.write_text(TWO.replace("gazette.example", "gazette.example:99999"), encoding="utf-8")
    result = call("crawl", "check")
    assert result.exit_code == 2
    assert result.stderr.startswith("config/sources.toml:9: sitemap cannot be asked: ")


@pytest.mark.parametrize("words", [("check",), ("list",), ("run", "courier"), ("check", "nowhere.toml")])
def test_without_a_file_one_is_told_how_to_make_it(call: Newsmill, words: tuple[str, ...]) -> None:
    result = call("crawl", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "there is no such file" in result.stderr
    assert "[[job]]" in result.stderr
    assert "NEWSMILL_SOURCES" in result.stderr


def test_a_folder_is_no_sources_file(call: Newsmill) -> None:
    result = call("crawl", "check", ".")
    assert (result.exit_code, result.stderr) == (2, "Error: .: Is a directory\n")


# ---------------------------------------------------------------- list


@pytest.mark.usefixtures("file", "berlin")
def test_the_list_shows_timetable_next_slot_and_last_run(call: Newsmill, engine: Engine) -> None:
    ran(engine, time.time() - 60, "stored", found=12, new=5, note="1 date is wrong")
    lines = call("crawl", "list").stdout.splitlines()
    assert lines[0].split() == ["job", "runs", "next", "last", "run"]
    assert "courier [red]  every 90m" in lines[1]
    assert "stored, found 12, new 5; 1 date is wrong" in lines[1]
    assert "0 6 * * * Asia/Shanghai" in lines[2]
    assert "23:00" in lines[2] or "00:00" in lines[2], "six in Shanghai, by this machine's clock"
    assert lines[2].rstrip().endswith("never yet")


@pytest.mark.usefixtures("file")
def test_the_list_as_json_has_what_the_file_and_the_ledger_say(call: Newsmill, engine: Engine) -> None:
    ran(engine, 1_000_000.0, "rejected:gone", note="404")
    first, second = json.loads(call("crawl", "list", "--json").stdout)
    assert (first["feed"], first["every"], first["limit"], first["state"]) == (
        "https://news.example/feed.xml",
        5_400,
        7,
        "running",
    )
    assert first["last_run"]["slot"] == "1970-01-12T13:46:40+00:00"
    assert (first["last_run"]["outcome"], first["last_run"]["found"], first["last_run"]["note"]) == ("rejected:gone", None, "404")
    assert first["next_at"] is not None
    assert second["last_run"] is None


@pytest.mark.usefixtures("file")
def test_a_paused_job_has_no_next_slot(call: Newsmill, engine: Engine) -> None:
    with transaction(engine) as tx:
        tx.connection.execute(schema.job.insert().values(name="天水新闻", state="paused", changed_at=tx.now))
    assert "Asia/Shanghai (paused)" in call("crawl", "list").stdout
    assert json.loads(call("crawl", "list", "--json").stdout)[1]["next_at"] is None


def test_a_file_without_jobs_says_how_one_begins(call: Newsmill, file: Path) -> None:
    file.write_text("# later\n")
    result = call("crawl", "list")
    assert (result.exit_code, result.stdout) == (0, "config/sources.toml has no jobs yet; each begins with a line [[job]].\n")
    assert json.loads(call("crawl", "list", "--json").stdout) == []


@pytest.mark.parametrize(
    ("off", "shown"),
    [
        (0, "now"),
        (90, "13:01 (in 2 min)"),
        (-7_300, "10:58 (2 h ago)"),
        (86_400, "2026-11-24 13:00 (in 1 d)"),
        (-5, "12:59 (5 s ago)"),
    ],
)
@pytest.mark.usefixtures("berlin")
def test_a_moment_is_told_by_this_machines_clock_and_by_how_far_it_is(off: float, shown: str) -> None:
    noon = 1_795_435_200.0  # 2026-11-23T12:00:00Z, 13:00 in Berlin
    assert moment(noon + off, noon) == shown
    assert moment(None, noon) == "-"


def test_a_timetable_is_told_in_the_largest_unit() -> None:
    from dataclasses import replace

    told = [timetable(replace(COURIER, every=seconds)) for seconds in (90, 900, 5_400, 86_400, 604_800)]
    assert told == ["every 90s", "every 15m", "every 90m", "every 1d", "every 1w"]


# ---------------------------------------------------------------- run


@pytest.mark.usefixtures("file")
def test_a_job_can_be_made_due_without_waiting_for_it(call: Newsmill, engine: Engine) -> None:
    assert call("crawl", "run", "天水新闻", "--no-wait").stdout == "天水新闻 is due now.\n"
    answer = json.loads(call("crawl", "run", "天水新闻", "--no-wait", "--json").stdout)
    assert answer["job"] == "天水新闻"
    with transaction(engine) as tx:
        assert len(runs(tx.connection, "天水新闻", limit=9)) == 2
        row = tx.connection.execute(select(schema.url)).one()
    assert (row.kind, row.state, row.urgent, row.url) == ("listing", "pending", True, "https://gazette.example/sitemap.xml")


@pytest.mark.usefixtures("file")
def test_an_unknown_job_is_refused_with_the_names_there_are(call: Newsmill) -> None:
    result = call("crawl", "run", "courrier")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "There is no crawl job 'courrier'; there are: courier [red], 天水新闻." in result.stderr


@pytest.mark.usefixtures("file")
def test_a_paused_job_is_not_run_behind_the_operators_back(call: Newsmill, engine: Engine) -> None:
    with transaction(engine) as tx:
        tx.connection.execute(schema.job.insert().values(name="天水新闻", state="paused", changed_at=tx.now))
    result = call("crawl", "run", "天水新闻", "--no-wait")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "is paused: `newsmill resume" in result.stderr
    with transaction(engine) as tx:
        assert runs(tx.connection, "天水新闻", limit=9) == []


@pytest.mark.parametrize(("words", "sentence"), [(("run",), "NAME"), (("list", "more"), "unexpected extra"), (("walk",), "walk")])
def test_wrong_use_is_told(call: Newsmill, words: tuple[str, ...], sentence: str) -> None:
    result = call("crawl", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr


@pytest.mark.parametrize("words", [(), ("list",), ("run",), ("check",)])
def test_help_has_an_example(call: Newsmill, words: tuple[str, ...]) -> None:
    result = call("crawl", *words, "--help")
    assert result.exit_code == 0
    assert f"Example: newsmill crawl {' '.join(words)}".strip() in " ".join(result.stdout.split())

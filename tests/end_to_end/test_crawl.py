"""Crawl jobs, end to end: clocks that tick, a worker that reads the feed, articles that come in by themselves, once each."""

import json
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Shell
from tests.end_to_end.test_main_job import accounted, alive, exported, status
from tests.parts import ValkeyServer, wait_until
from tests.site.catalogue import LISTED
from tests.site.entries import Serving
from tests.site.listing import FEED_ITEMS
from tests.site.server import Site

EVERY_S = 2  # oftener than the clock ticks: each tick finds a slot
GENEROUS_S = 90.0
IN_FEED = LISTED[:FEED_ITEMS]
LATE = LISTED[FEED_ITEMS]
ARTICLES_IN = "SELECT count(*) FROM url WHERE kind = 'article' AND state = 'stored'"
OUTCOMES = "SELECT outcome FROM job_run"


@pytest.fixture
def sources(shell: Shell, site: Site, tmp_path: Path) -> Path:
    """The sources file: one job on the sample site's feed."""
    path = tmp_path / "sources.toml"
    path.write_text(f'[[job]]\nname = "courier"\nfeed = "{site.url("/feed.xml")}"\nevery = "{EVERY_S}s"\n', encoding="utf-8")
    shell.environment["NEWSMILL_SOURCES"] = str(path)
    return path


@contextmanager
def running(shell: Shell, *words: str) -> Iterator[None]:
    """Run a command in the background; told to end, it ends in order."""
    process = shell.start(*words)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=40)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors


def asked(shell: Shell, query: str) -> list[tuple[Any, ...]]:
    """Return what the ledger answers; nothing as long as there is none."""
    try:
        with closing(sqlite3.connect(f"file:{shell.home / 'newsmill.db'}?mode=ro", uri=True)) as database:
            return database.execute(query).fetchall()
    except sqlite3.OperationalError:
        return []


@pytest.mark.slow
@pytest.mark.usefixtures("sources")
def test_a_job_fires_by_itself_and_its_articles_arrive_once_whoever_ticks(shell: Shell, site: Site) -> None:
    with ExitStack() as services:
        for words in (("scheduler",), ("scheduler",), ("worker",)):
            services.enter_context(running(shell, *words))
        wait_until(lambda: asked(shell, ARTICLES_IN) == [(len(IN_FEED),)], "the feed's articles", within_s=GENEROUS_S)
        site.publish(LATE.path)
        wait_until(lambda: asked(shell, ARTICLES_IN) == [(len(IN_FEED) + 1,)], "the article of later", within_s=GENEROUS_S)
        wait_until(lambda: ("unchanged",) in asked(shell, OUTCOMES), "a run with nothing new", within_s=GENEROUS_S)
    articles = exported(shell)
    assert set(articles) == {site.url(entry.path) for entry in (*IN_FEED, LATE)}
    assert {article["job"] for article in articles.values()} == {"courier"}
    plain = [entry.path for entry in (*IN_FEED, LATE) if entry.serving is not Serving.FLAKY]
    assert Counter(len(site.seen(path)) for path in plain) == {1: len(plain)}, "each asked for once"
    totals = status(shell)["jobs"]["courier"]
    assert totals["accepted"] == accounted(totals) == len(articles)
    slots = [slot for (slot,) in asked(shell, "SELECT slot FROM job_run")]
    assert len({slot % EVERY_S for slot in slots}) == 1, "each at its place in the timetable"
    assert len(site.seen("/feed.xml")) <= len(slots), "a slot is run once, though two clocks tick"
    assert alive(shell.home) == []


@pytest.mark.usefixtures("sources")
def test_a_job_run_by_hand_brings_what_is_new_and_leaves_nothing_running(shell: Shell, site: Site, sources: Path) -> None:
    sources.write_text(sources.read_text() + "limit = 3\n", encoding="utf-8")
    first = shell.run("crawl", "run", "courier")
    assert first.returncode == 0, first.stderr
    assert f"courier: stored, {len(IN_FEED)} links found, 3 new" in first.stdout
    assert "stored 3" in first.stdout
    assert set(exported(shell)) == {site.url(entry.path) for entry in IN_FEED[:3]}
    second = json.loads(shell.run("crawl", "run", "courier", "--json").stdout)
    assert (second["outcome"], second["new"], second["articles"]["stored"]) == ("stored", 3, 3)
    assert len(exported(shell)) == 6
    assert alive(shell.home) == []


def test_a_feed_that_is_not_there_is_told_by_words_and_exit_code(shell: Shell, site: Site, sources: Path) -> None:
    sources.write_text(sources.read_text().replace("/feed.xml", "/gone/feed.xml"), encoding="utf-8")
    done = shell.run("crawl", "run", "courier")
    assert done.returncode == 1
    assert done.stdout.startswith("courier: rejected: gone")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_clock_told_to_end_ends_at_once_though_redis_hangs(shell: Shell, own_valkey: ValkeyServer, how: signal.Signals) -> None:
    clock = shell.start("scheduler", NEWSMILL_REDIS_URL=own_valkey.url)
    wait_until(lambda: any((shell.home / "run").glob("scheduler-*.beat")), "the first tick", within_s=GENEROUS_S)
    own_valkey.freeze()
    told = time.monotonic()
    clock.send_signal(how)
    try:
        _, errors = clock.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        clock.kill()
        clock.communicate()
        raise
    assert clock.returncode == 0, errors
    assert time.monotonic() - told < 5, "a second, on an idle machine"
    assert "Traceback" not in errors

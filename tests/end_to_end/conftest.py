"""The product as people start it: the `newsmill` command in processes of its own, over the sample site."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.browser import chromium, page_of
from tests.site.server import Site, serve
from tests.watch import Watch, watching

NEWSMILL = str(Path(sys.executable).with_name("newsmill"))
JOB = "天水新闻"
TIANSHUI, GONE = "/Html/2021-11/10/261110.html", "/gone/missing.html"
HOSTILE = '"><img src=x onerror=document.title=1>' + "long" * 30
STATES = ("stored", "unchanged", "duplicate", "rejected", "failed", "dead", "cancelled", "in_flight", "pending")
DONE_MS = 90_000  # for a whole crawl; ten seconds on an idle machine
LIMIT_S = 100.0  # of one command; the slowest here takes a fifth of it on an idle machine


@pytest.fixture
def site() -> Iterator[Site]:
    """The sample news site, fresh."""
    with serve() as site:
        yield site


class Shell:
    """Runs `newsmill` in a home of its own, with the settings of a loopback site."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("NEWSMILL_")} | {
            "NEWSMILL_HOME": str(home),
            "NEWSMILL_ALLOW_NETWORKS": "127.0.0.0/8",
            "NEWSMILL_ALLOW_PORTS": "*",
            "NEWSMILL_HOST_INTERVAL": "0.02",
            "NEWSMILL_PROCESSES": "1",
            "NEWSMILL_LOG_LEVEL": "WARNING",
        }

    def run(self, *words: str, stdin: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [NEWSMILL, *words],
            env=self.environment | settings,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )

    def start(self, *words: str, **settings: str) -> subprocess.Popen[str]:
        """Start a command and leave it running."""
        return subprocess.Popen(
            [NEWSMILL, *words], env=self.environment | settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def enqueue(self, job: str, urls: list[str]) -> None:
        """Accept *urls* as *job*."""
        done = self.run("enqueue", "--job", job, "--from", "-", stdin="\n".join(urls))
        assert done.returncode == 0, done.stderr


@pytest.fixture
def shell(newsmill_home: Path) -> Shell:
    return Shell(newsmill_home)


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def flower(shell: Shell, tmp_path: Path) -> Iterator[Watch]:
    with watching(NEWSMILL, shell.environment, tmp_path / "flower.log") as watch:
        yield watch


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page whose scripts may complain of nothing."""
    complaints: list[str] = []
    with page_of(browser, complaints) as page:
        yield page
    assert complaints == []


@pytest.fixture
def worker(shell: Shell) -> Iterator[subprocess.Popen[str]]:
    """Worker processes, from now on."""
    process = shell.start("worker")
    yield process
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 0


def ledger(home: Path, job: str = JOB) -> dict[str, int]:
    """Return how many URLs of the job stand where, counted row by row."""
    with sqlite3.connect(home / "newsmill.db") as connection:
        rows = connection.execute("SELECT state, count(*) FROM url WHERE kind = 'article' AND job = ? GROUP BY state", [job])
        found = dict(rows)
    connection.close()
    return {state: found.get(state, 0) for state in STATES}


def shown(part: Locator) -> dict[str, int]:
    """Return what *part* of a page says of a job."""
    return {state: int((part.locator(f'[data-count="{state}"]').text_content() or "0").replace(",", "")) for state in STATES}

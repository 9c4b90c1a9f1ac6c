"""What `newsmill doctor` says of the sites that work comes from."""

from collections.abc import Collection
from pathlib import Path

import pytest

from config.settings import Settings, settings
from tasks.cli import sites
from tasks.cli.finding import Finding
from tests.building import Stacks
from worker.errors import (
    ConnectFailed,
    ForbiddenAddress,
    IngestError,
    NameNotFound,
    NameServerTrouble,
    RobotsDisallowed,
    ServerError,
    TlsFailed,
)

JOB = """\
[[job]]
name = "courier"
feed = "https://courier.example/feed.xml"
every = "15m"
"""
FEED = "https://courier.example/feed.xml"


class Web:
    """Hosts that answer as they are told; remembers who was asked."""

    def __init__(self) -> None:
        self.troubles: dict[str, IngestError] = {}
        self.asked: list[str] = []

    def unreachable(self, _chosen: Settings, urls: Collection[str]) -> dict[str, IngestError]:
        self.asked += urls
        return {url: self.troubles[url] for url in urls if url in self.troubles}


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    web = Web()
    monkeypatch.setattr(sites, "unreachable", web.unreachable)
    return web


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sources.toml").write_text(JOB)
    monkeypatch.setenv("NEWSMILL_SOURCES", str(tmp_path / "sources.toml"))


def found() -> list[Finding]:
    """Return what is said of the sites; that a sources file was read well is `test_doctor`'s to see."""
    settings.cache_clear()
    return [finding for finding in sites.sites(settings()) if finding.subject != "sources" or not finding.ok]


def test_without_jobs_and_urls_nobody_is_asked_and_nothing_is_said(web: Web, home: Path) -> None:
    assert found() == []
    assert web.asked == []
    assert not home.exists()


def test_the_sources_of_jobs_and_the_latest_hosts_are_asked_once_each(web: Web, job: None, stacks: Stacks) -> None:
    for n in range(9):
        stacks.accept(f"https://{'abcd'[n % 4]}.example/{n}")
    stacks.accept("https://courier.example/latest")
    (one,) = found()
    assert web.asked == [FEED, "https://a.example/8", "https://d.example/7"]  # of four other hosts, the latest two
    assert (one.ok, one.mend) == (True, "")
    assert one.said == "robots.txt can be read: courier.example, a.example, d.example"


def test_who_does_not_obey_robots_is_told_nothing_of_them(
    web: Web, job: None, stacks: Stacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSMILL_OBEY_ROBOTS", "false")
    assert found() == []
    assert web.asked == []


@pytest.mark.parametrize(
    ("error", "mend"),
    [
        (ConnectFailed("refused"), "tried again by themselves"),
        (ServerError("HTTP 503"), "tried again by themselves"),
        (ForbiddenAddress("10.0.0.1 is private"), "NEWSMILL_ALLOW_NETWORKS"),
        (RobotsDisallowed("robots.txt disallows it"), "another source"),
        (NameNotFound("courier.example does not exist"), "Correct the address"),
        (TlsFailed("certificate has expired"), "SSL_CERT_FILE"),
    ],
)
def test_one_site_in_trouble_is_named_with_what_to_do_and_is_no_fault_of_the_set_up(
    web: Web, job: None, error: IngestError, mend: str
) -> None:
    web.troubles[FEED] = error
    (one,) = found()
    assert one.ok
    assert one.said == f"crawl job courier, courier.example: {error.detail}"
    assert mend in one.mend


def test_when_no_site_of_several_can_be_reached_it_is_our_network(web: Web, job: None, stacks: Stacks) -> None:
    stacks.accept("https://a.example/1")
    web.troubles = {FEED: NameServerTrouble("no name server answers"), "https://a.example/1": ConnectFailed("unreachable")}
    (one,) = found()
    assert not one.ok
    assert one.said == "none of 2 can be reached: no name server answers"
    assert "network" in one.mend


def test_names_that_do_not_exist_are_no_sign_of_a_dead_network(web: Web, job: None, stacks: Stacks) -> None:
    stacks.accept("https://a.example/1")
    web.troubles = dict.fromkeys([FEED, "https://a.example/1"], NameNotFound("no such name"))
    assert [one.ok for one in found()] == [True, True]


def test_that_robots_may_not_read_some_page_of_the_latest_says_nothing_of_the_set_up(web: Web, stacks: Stacks) -> None:
    stacks.accept("https://a.example/1")
    web.troubles["https://a.example/1"] = RobotsDisallowed("robots.txt disallows it")
    (one,) = found()
    assert (one.ok, one.mend) == (True, "")


def test_a_sources_file_with_a_mistake_is_bad(web: Web, job: None, tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(JOB.replace("15m", "often"))
    (one,) = found()
    assert (one.subject, one.ok, one.mend) == ("sources", False, "newsmill crawl check")
    assert "line 4" in one.said

"""`newsmill explain`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tasks.cli import page_by_url
from tests.press import Press, page
from tests.unit.tasks.cli.conftest import Newsmill
from worker.errors import ConnectFailed, RobotsDisallowed
from worker.exchange import Exchange, Fetched
from worker.urls import canonicalise, fingerprint

URL = "https://news.example/a/story.html?utm_source=x"
# Formatting that is left open is opened again in every paragraph: quadratic, and gigabytes of it.
BOMB = "".join(f"<b a{n}><i a{n}><p>" for n in range(3_000)).encode()


@pytest.fixture
def known(engine: Engine, home: Path) -> Iterator[Press]:
    """A home in which the URL has been ingested."""
    press = Press(engine, home / "archive")
    press.put(**{URL: page(head='<meta name="author" content="Ann Lee">')})
    press.ingest(URL, job="courier")
    yield press
    press.close()


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes | Exception]:
    """What the web answers, by URL."""
    answers: dict[str, bytes | Exception] = {}

    async def asked(_chosen: object, url: str) -> Fetched:
        answer = answers[url]
        if isinstance(answer, Exception):
            raise answer
        exchange = Exchange(
            url=url, method="GET", request_headers=(), status=200, reason="OK", headers=(("Content-Type", "text/html"),),
            wire_body=b"", body=answer, address="203.0.113.1", started_at=1.77e9,
        )  # fmt: skip
        return Fetched(url=url, hops=("https://news.example/old",), exchange=exchange)

    monkeypatch.setattr(page_by_url, "asked", asked)
    return answers


def values(call: Newsmill, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(call("explain", *arguments, "--json").stdout)
    return found


def labelled(text: str, label: str) -> str:
    """Return what stands behind a label of the page for people."""
    (line,) = (line for line in text.splitlines() if line.startswith(f"{label} "))
    return line[len(label) :].strip()


def test_a_known_url_is_explained_from_the_ledger_and_the_archive_without_asking_anybody(call: Newsmill, known: Press) -> None:
    asked = len(known.web.asked)
    found = values(call, URL)
    assert found["canonical_url"] == canonicalise(URL)
    assert found["fingerprint"] == fingerprint(canonicalise(URL)).hex()
    assert (found["ledger"]["state"], found["ledger"]["job"], found["ledger"]["article_id"]) == ("stored", "courier", 1)
    assert found["http"]["from"].startswith("the archive, ")
    assert (found["http"]["status"], found["http"]["content_type"]) == (200, "text/html; charset=utf-8")
    assert (found["charset"]["charset"], found["charset"]["by"], found["charset"]["header"]) == ("utf-8", "utf-8", "utf-8")
    assert (found["screen"], found["site_rule"], found["reason"]) == (None, None, None)
    assert [one["value"] for one in found["titles"] if one["chosen"]] == ["Pier to be repaired"]
    assert [one["value"] for one in found["authors"] if one["chosen"]] == ["Ann Lee"]
    assert len(known.web.asked) == asked


def test_people_read_a_line_for_each_decision(call: Newsmill, known: Press) -> None:
    result = call("explain", URL)
    assert result.exit_code == 0
    said = result.stdout
    assert labelled(said, "URL") == canonicalise(URL)
    assert labelled(said, "ledger") == "stored, job courier, 0 tries charged, article 1"
    assert labelled(said, "robots.txt").startswith("not asked: the page comes from the archive")
    assert labelled(said, "charset") == "utf-8: the bytes are valid UTF-8, whatever is declared"
    assert labelled(said, "site rules") == "none for this page"
    assert labelled(said, "verdict") == "an article"
    assert labelled(said, "title").startswith("→ Pier to be repaired [h1]")
    assert labelled(said, "body").startswith("→ ")
    assert labelled(said, "next page") == "none"


def test_an_unknown_url_is_asked_for_and_nothing_of_it_is_stored(call: Newsmill, web: dict[str, bytes | Exception]) -> None:
    web["https://news.example/new"] = page().body
    found = values(call, "https://news.example/new")
    assert (found["ledger"], found["robots"]) == (None, "allowed")
    assert (found["http"]["from"], found["http"]["hops"]) == ("the web, just now", ["https://news.example/old"])
    assert json.loads(call("status", "--json").stdout)["accepted"] == 0


def test_the_site_is_asked_for_a_known_page_when_that_is_wanted(
    call: Newsmill, known: Press, web: dict[str, bytes | Exception]
) -> None:
    web[URL] = page(title="Pier repaired").body
    found = values(call, URL, "--fetch")
    assert [one["value"] for one in found["titles"] if one["chosen"]] == ["Pier repaired"]


@pytest.mark.parametrize(
    ("error", "line", "words"),
    [
        (RobotsDisallowed("robots.txt of news.example disallows it"), "robots.txt", "refused: robots.txt of news.example"),
        (ConnectFailed("connection refused"), "HTTP", "connect: connection refused"),
    ],
)
def test_a_page_that_cannot_be_had_is_explained_as_far_as_it_goes(
    call: Newsmill, web: dict[str, bytes | Exception], error: Exception, line: str, words: str
) -> None:
    web["https://news.example/new"] = error
    result = call("explain", "https://news.example/new")
    assert result.exit_code == 1
    assert labelled(result.stdout, line).startswith(words)
    assert labelled(result.stdout, "ledger") == "never accepted"


def test_a_saved_page_is_explained_by_itself(call: Newsmill, home: Path) -> None:
    Path("page.html").write_bytes(page().body)
    found = values(call, "page.html", "--url", URL, "--content-type", "text/html; charset=gbk")
    assert (found["url"], found["http"]["from"], found["charset"]["header"]) == (URL, "the file page.html", "gb18030")
    assert found["known_as"]["canonical_url"] == canonicalise(URL)
    assert "ledger" not in found
    assert not home.exists()


def test_a_page_may_come_by_standard_input_and_without_an_address(call: Newsmill) -> None:
    result = call("explain", "-", stdin=page().body)
    assert result.exit_code == 0
    assert labelled(result.stdout, "known as") == "nothing: nothing is known of where the page stands; say it by --url"


def test_a_page_that_is_no_article_says_what_decided(call: Newsmill) -> None:
    result = call("explain", "-", "--url", URL, stdin=b"<title>Log in</title><p>Name</p>")
    assert result.exit_code == 0
    assert labelled(result.stdout, "verdict").startswith("no article: ")


def test_a_suspicious_page_is_read_apart(call: Newsmill) -> None:
    deep = page().body.replace(b"<article>", b"<div>" * 1_500 + b"<article>")
    result = call("explain", "-", "--url", URL, stdin=deep)
    assert result.exit_code == 0
    assert "deep nesting" in labelled(result.stdout, "screen")
    assert labelled(result.stdout, "verdict") == "an article"
    assert json.loads(call("explain", "-", "--json", stdin=BOMB).stdout)["reason"].startswith("bomb: ")


def test_the_rules_of_the_site_are_named_with_what_they_no_longer_find(call: Newsmill) -> None:
    Path("config").mkdir()
    Path("config/sites.toml").write_text('[[site]]\nhost = "*.example"\ntitle = "h1"\ndate = ".gone"\n')
    result = call("explain", "-", "--url", URL, stdin=page().body)
    assert labelled(result.stdout, "site rules") == "*.example; not there: date"
    assert "[site rules]" in labelled(result.stdout, "title")


def test_nothing_of_a_page_makes_a_terminal_do_anything(call: Newsmill) -> None:
    hostile = page(title="Pier &#27;[2J\u202e repaired").body
    assert not {"\x1b", "\u202e"} & set(call("explain", "-", stdin=hostile).stdout)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("no-such.html",), "no-such.html: No such file"),
        (("https://news.example/a", "--url", URL), "--url and --content-type are for a FILE"),
        (("page.html", "--fetch"), "--fetch is for a URL"),
        (("https://user:secret@news.example/",), "the URL carries credentials"),
    ],
)
def test_wrong_use_ends_with_a_sentence(call: Newsmill, arguments: tuple[str, ...], sentence: str) -> None:
    result = call("explain", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr
    assert "secret" not in result.stderr

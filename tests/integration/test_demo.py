"""The demo's own manners, with a stand-in for the `newsmill` command: homes, endings, Ctrl-C, exit codes."""

import contextlib
import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from tests.site import demo
from tests.site.catalogue import BY_PATH, DEMO
from tests.site.demo_report import UNKNOWN, endings, hints, table, tally

ROOT = Path(__file__).parents[2]

# It "ingests" by noting its URLs in the home and answers from the catalogue; MANNER says how it misbehaves.
STAND_IN = """#!{python}
import json, os, pathlib, subprocess, sys, time
from urllib.parse import urlsplit
sys.path.insert(0, {root!r})
from tests.site.catalogue import BY_PATH
home, manner = pathlib.Path(os.environ["NEWSMILL_HOME"]), os.environ.get("MANNER")
store = home / "urls.json"
if sys.argv[1] == "run":
    (home / "settings.json").write_text(json.dumps({{k: v for k, v in os.environ.items() if k.startswith("NEWSMILL_")}}))
    if manner == "hang":
        helper = subprocess.Popen(["sleep", "600"])
        (home / "helper.pid").write_text(str(helper.pid))
        time.sleep(600)
    if manner == "crash":
        sys.exit(70)
    store.write_text(json.dumps(sys.argv[2:]))
    sys.exit(1)
urls = json.loads(store.read_text())
entries = [(url, BY_PATH[url.removeprefix("http://" + urlsplit(url).netloc)]) for url in urls]
if sys.argv[1] == "export":
    for number, (url, entry) in enumerate(entries):
        if entry.outcome == "stored" and not (manner == "lose" and "molen" in url):
            images = [{{"state": "stored", "sha256": "ab" * 32, "media_type": "image/jpeg"}}] * entry.images
            print(json.dumps(dict(id=number, url=url, title=entry.title, authors=entry.authors, language=entry.language,
                published_at=entry.published_at, images=images, outcome="stored",
                aliases=[other for other, twin in entries if twin.twin_of == entry.path])))
elif sys.argv[1] == "failures":
    print(json.dumps([dict(url=url, outcome=entry.outcome, cause=entry.cause) for url, entry in entries if entry.cause]))
elif sys.argv[1] == "status":
    print(json.dumps(dict(accepted=len(urls), stored=3, duplicate=1, rejected=dict(gone=2), images=dict(stored=5))))
"""


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    command = tmp_path / "newsmill"
    command.write_text(STAND_IN.format(python=sys.executable, root=str(ROOT)))
    command.chmod(0o755)
    monkeypatch.setattr(demo, "NEWSMILL", command)
    monkeypatch.setattr(demo, "HOME", tmp_path / "demo-home")
    monkeypatch.delenv("MANNER", raising=False)
    return tmp_path / "demo-home"


def test_a_demo_in_which_all_came_in_ends_with_success(stand_in: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert demo.run() == 0
    printed = capsys.readouterr().out
    assert "Electric ferry starts work" in printed
    assert "3 stored, 1 duplicate, 2 rejected (2 gone)" in printed
    assert f"{demo.NEWSMILL} image {'ab' * 32} --to" in printed


def test_a_missing_article_is_named_and_the_demo_fails(
    stand_in: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MANNER", "lose")
    assert demo.run() == 1
    assert "/conditional/molen.html: not stored, should be stored" in capsys.readouterr().out


def test_nobodys_settings_leak_into_the_demo(stand_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_DATABASE_URL", "postgresql+psycopg://production.example/news")
    assert demo.run() == 0
    settings = (stand_in / "settings.json").read_text()
    assert "production" not in settings
    assert "127.0.0.0/8" in settings


def test_a_home_of_an_earlier_demo_is_emptied(stand_in: Path) -> None:
    assert demo.run() == 0
    (stand_in / "archive").mkdir()
    (stand_in / "archive" / "old.warc.gz").write_bytes(b"old")
    assert demo.run() == 0
    assert not (stand_in / "archive").exists()


def test_a_folder_that_no_demo_has_made_is_left_alone(stand_in: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stand_in.mkdir()
    (stand_in / "thesis.txt").write_text("three years of work")
    assert demo.run() == 1
    assert "move it away" in capsys.readouterr().out
    assert [path.name for path in stand_in.iterdir()] == ["thesis.txt"]


def test_two_demos_do_not_share_a_home(stand_in: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with demo.demo_home():
        assert demo.run() == 1
    assert "another demo" in capsys.readouterr().out


def test_a_home_that_an_orphan_still_uses_is_not_emptied(stand_in: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with demo.demo_home() as (_, lock):
        orphan = subprocess.Popen(["sleep", "600"], pass_fds=(lock,))
    (stand_in / "newsmill.db").touch()
    assert demo.run() == 1
    assert (stand_in / "newsmill.db").exists()
    orphan.kill()
    orphan.wait()
    assert demo.run() == 0


def test_a_crash_of_the_command_fails_the_demo(
    stand_in: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MANNER", "crash")
    assert demo.run() == 1
    assert "ended with 70" in capsys.readouterr().out


def alive(pid: int) -> bool:
    """Whether *pid* runs: a zombie that only waits for somebody to read its end does not."""
    answer = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout.strip()
    return bool(answer) and not answer.startswith("Z")


def wait_for(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_ctrl_c_leaves_nothing_running(stand_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANNER", "hang")
    note = stand_in / "helper.pid"

    def interrupt() -> None:
        wait_for(lambda: note.exists() and note.read_text() != "")
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):
        assert demo.run() == demo.INTERRUPTED
    helper = int(note.read_text())
    assert wait_for(lambda: not alive(helper))


# ---------------------------------------------------------------- the report


def test_an_alias_of_a_stored_article_counts_as_duplicate() -> None:
    story, twin = BY_PATH["/2026/03/09/lighthouse-keeper.html"], BY_PATH["/amp/lighthouse-keeper"]
    article = {
        "url": "http://s/amp/lighthouse-keeper",
        "canonical_url": "http://s/2026/03/09/lighthouse-keeper.html",
        "aliases": [],
    }
    found = endings([story, twin], "http://s", [article], [])
    assert [ending.outcome for ending in found] == ["duplicate", "stored"]
    assert all(ending.right for ending in found)


def test_an_article_that_is_missing_is_wrong_and_a_refused_url_that_no_list_names_is_not() -> None:
    found = endings([BY_PATH["/conditional/molen.html"], BY_PATH["/loop/a"]], "http://s", [], [])
    assert [ending.outcome for ending in found] == [UNKNOWN, UNKNOWN]
    assert [ending.right for ending in found] == [False, True]


def test_a_refusal_for_another_cause_is_wrong() -> None:
    row = {"url": "http://s/loop/a", "outcome": "rejected", "cause": "gone"}
    (ending,) = endings([BY_PATH["/loop/a"]], "http://s", [], [row])
    assert (ending.words, ending.right) == ("rejected (gone)", False)


def test_the_table_has_a_row_for_every_url_and_shows_brackets_as_they_are() -> None:
    article = {"url": "http://s" + DEMO[0], "title": "Ferry [bold]", "images": [{"state": "stored"}, {"state": "failed"}]}
    stream = io.StringIO()
    Console(file=stream, width=140).print(table(endings([BY_PATH[path] for path in DEMO], "http://s", [article], [])))
    assert "Ferry [bold]" in stream.getvalue()
    assert "1 of 2" in stream.getvalue()
    assert stream.getvalue().count(UNKNOWN) == len(DEMO) - 1


def test_the_tally_names_causes_and_leaves_out_what_did_not_occur() -> None:
    status = {"accepted": 4, "stored": 2, "dead": 0, "rejected": {"gone": 1, "robots": 1}, "failed": {}, "images": {"stored": 3}}
    assert tally(status, 1.25) == "4 URLs: 2 stored, 2 rejected (1 gone, 1 robots). Images: 3 stored. In 1.2 s."


def test_no_picture_command_is_given_without_a_picture() -> None:
    assert not any(" image " in line for line in hints("newsmill", "demo-home", [{"id": 1, "images": []}]))

"""What people see who sit at a terminal."""

import os
import re
import signal

from tests.end_to_end.conftest import NEWSMILL, Shell
from tests.site.server import Site
from tests.terminal import ALT_OFF, ALT_ON, CURSOR_ON, HOME, OnTerminal, plain

FERRY = "/2026/03/02/harbour-ferry-electric.html"
GONE = "/gone/withdrawn.html"


def test_run_counts_articles_and_images_on_the_terminal_and_writes_its_summary_to_stdout(shell: Shell, site: Site) -> None:
    ours, theirs = os.pipe()
    command = [NEWSMILL, "run", site.url(FERRY), site.url(GONE)]
    with OnTerminal(command, columns=60, rows=20, environment=shell.environment, stdout=theirs) as terminal:
        os.close(theirs)
        code = terminal.ended(within_s=60)
        seen = plain(terminal.said)
    with os.fdopen(ours, encoding="utf-8") as stream:
        summary = stream.read()
    assert code == 1
    assert "2/2 articles · 2/2 images" in seen
    assert all(len(line) <= 60 for line in re.split(r"[\r\n]+", seen))
    assert summary.startswith("rejected 1  stored 1  images 2/2\n")
    assert "articles ·" not in summary


def watched(shell: Shell, columns: int, rows: int) -> OnTerminal:
    return OnTerminal([NEWSMILL, "status", "--watch"], columns=columns, rows=rows, environment=shell.environment)


def test_watch_fills_the_screen_follows_its_size_and_leaves_it_clean_on_ctrl_c(shell: Shell) -> None:
    assert shell.run("enqueue", "https://news.example/a.html", "--job", "天水新闻").returncode == 0
    with watched(shell, 80, 24) as terminal:
        terminal.until(lambda said: said.count(HOME) > 2, within_s=20)
        wide = terminal.screen
        terminal.forget()
        terminal.resize(60, 15)
        terminal.until(lambda said: said.count(HOME) > 1, within_s=20)
        narrow = terminal.screen
        code = terminal.end(signal.SIGINT, within_s=10)
        said = terminal.said
    assert (len(wide), len(narrow)) == (24, 15)
    for screen, width in ((wide, 80), (narrow, 60)):
        assert screen[0].startswith("Newsmill  all jobs")
        assert len(screen[0]) == width
        assert screen[1] == "! no worker is running: start `newsmill up`"
        assert any(line.startswith("天水新闻") for line in screen)
    assert code == 0
    assert said.endswith(CURSOR_ON + ALT_OFF)


def test_watch_leaves_the_screen_clean_when_it_is_told_to_end(shell: Shell) -> None:
    with watched(shell, 80, 24) as terminal:
        begun = terminal.until(lambda said: said.count(HOME) > 1, within_s=20)
        code = terminal.end(signal.SIGTERM, within_s=10)
        said = terminal.said
    assert begun.startswith(ALT_ON)
    assert (code, said.endswith(CURSOR_ON + ALT_OFF)) == (128 + signal.SIGTERM, True)

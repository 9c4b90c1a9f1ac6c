"""The first ten minutes, as the page for newcomers has them: its commands are run in order, and print what it says."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.end_to_end.conftest import NEWSMILL
from tests.parts import free_port, no_server_outlives
from tests.site.server import serve

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").glob("*.md"))
PAGE = ROOT / "docs" / "first-ten-minutes.md"
FENCE = re.compile(r"^```([a-z]+)(?: ([a-z]+))?(?: (\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SITE_PORT, FLOWER_PORT = "8008", "5555"  # as the page has them; here they may be taken
STEP_S = 60.0  # a command, or waiting for what one brings
STOP_S = 35.0


@dataclass(frozen=True)
class Step:
    """A block of commands, and the lines that it must print; *manner*: in the `background`, or again `until` they come."""

    commands: str
    manner: str
    printed: tuple[str, ...]


def steps(page: str) -> Iterator[Step]:
    """Return the steps of a page: each `sh` block with the `text` block behind it."""
    blocks = list(FENCE.finditer(page))
    for n, block in enumerate(blocks):
        if block[1] == "sh":
            behind = blocks[n + 1] if n + 1 < len(blocks) and blocks[n + 1][1] == "text" else None
            yield Step(block[4], block[2] or "", tuple(behind[4].splitlines()) if behind else ())


def rough(text: str) -> str:
    """Return *text* without what differs from run to run: numbers, blanks, the names of folders."""
    return re.sub(r"\s+", " ", re.sub(r"\d+(?:[.,:]\d+)*", "#", text)).strip()


class Terminal:
    """A shell that keeps its variables from one step to the next."""

    def __init__(self, home: Path) -> None:
        self.home = home
        environment = {k: v for k, v in os.environ.items() if not k.startswith("NEWSMILL_")}
        self._environment = environment | {"HOME": str(home), "COLUMNS": "200", "NEWSMILL_PROCESSES": "1"}
        self._background: list[subprocess.Popen[str]] = []

    def run(self, commands: str, *, may_fail: bool = False) -> str:
        """Run *commands*, which must succeed, and return what they print."""
        kept = self.home / "environment"
        done = subprocess.run(
            ["bash", "-c", f"{self._before(kept)}\nset -e\n{commands}\n{{ export -p; declare -p site; }} > {kept} 2>/dev/null"],
            cwd=ROOT, env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=STEP_S, check=False,
        )  # fmt: skip
        assert may_fail or done.returncode == 0, f"{commands}\n{done.stdout}"
        return done.stdout

    def start(self, commands: str) -> Path:
        """Start *commands* and leave them running; return the file of what they print."""
        log = self.home / f"background-{len(self._background)}.log"
        with log.open("w") as stream:
            self._background.append(
                subprocess.Popen(
                    ["bash", "-c", f"{self._before(self.home / 'environment')}\nexec {commands.strip()}"],
                    cwd=ROOT,
                    env=self._environment,
                    stdout=stream,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
            )
        return log

    def leave(self) -> list[int]:
        """Press Ctrl-C wherever something runs; return the exit codes."""
        for running in self._background:
            running.send_signal(signal.SIGINT)
        return [running.wait(STOP_S) for running in self._background]

    @staticmethod
    def _before(kept: Path) -> str:
        return f"[ -e {kept} ] && . {kept}"


@pytest.mark.timeout(200)
def test_the_first_ten_minutes_go_as_the_page_says(tmp_path: Path) -> None:
    site_port, flower_port = str(free_port()), str(free_port())
    terminal = Terminal(tmp_path)
    with serve(int(site_port)), no_server_outlives(tmp_path / "newsmill-try"):
        try:
            _walk(terminal, site_port, flower_port)
        finally:
            codes = terminal.leave()
    assert codes == [0]


def _walk(terminal: Terminal, site_port: str, flower_port: str) -> None:
    for step in steps(PAGE.read_text(encoding="utf-8")):
        commands = step.commands.replace(SITE_PORT, site_port)
        wanted = {rough(line.replace(SITE_PORT, site_port)) for line in step.printed}
        if step.manner == "background":
            log = terminal.start(commands.replace("newsmill up", f"newsmill up --port {flower_port}"))
            missing = _until_printed(wanted, partial(log.read_text, encoding="utf-8"))
        elif step.manner == "until":
            missing = _until_printed(wanted, partial(terminal.run, commands, may_fail=True))
        else:
            missing = _missing(wanted, terminal.run(commands))
        assert not missing, f"{commands}\ndid not print {missing}"


def _until_printed(wanted: set[str], look: Callable[[], str]) -> set[str]:
    deadline = time.monotonic() + STEP_S
    while (missing := _missing(wanted, look())) and time.monotonic() < deadline:
        time.sleep(0.5)
    return missing


def _missing(wanted: set[str], printed: str) -> set[str]:
    lines = [rough(line) for line in printed.splitlines()]
    return {line for line in wanted if not any(line in other for other in lines)}


def test_the_page_has_steps_and_the_command_they_need() -> None:
    assert len(list(steps(PAGE.read_text(encoding="utf-8")))) > 5
    assert Path(NEWSMILL).exists()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_links_to_is_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert target.startswith(("http://", "https://")) or (page.parent / target).exists(), target

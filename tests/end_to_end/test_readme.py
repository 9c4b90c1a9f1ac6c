"""The README stays true: its commands exist, take the options it names, and do what it says."""

import re
import subprocess
from importlib import import_module
from pathlib import Path

import click
import pytest

from tasks.cli import COMMANDS
from tests.end_to_end.conftest import Shell
from tests.site.server import Site

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
FERRY = "/2026/03/02/harbour-ferry-electric.html"


def named() -> list[tuple[str, str]]:
    """Return each `newsmill …` of the README as (subcommand, the rest of the words)."""
    return re.findall(r"newsmill ([a-z]+)([^`\n]*)", re.sub(r"```.*?```", "", README, flags=re.DOTALL))


def test_the_readme_names_every_command_and_no_other() -> None:
    assert {name for name, _ in named()} == set(COMMANDS)


@pytest.mark.parametrize(("name", "words"), named())
def test_a_command_takes_the_options_the_readme_gives_it(name: str, words: str) -> None:
    command: click.Command = import_module(COMMANDS[name][0]).command
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert set(re.findall(r"--[a-z-]+", words)) <= known


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\bmake ([a-z]+)", README))))
def test_what_the_readme_makes_can_be_made(target: str) -> None:
    assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\(([A-Za-z./_-]+)\)", README))))
def test_what_the_readme_links_to_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_make_run_ingests_urls_of_ones_own(shell: Shell, site: Site) -> None:
    done = subprocess.run(
        ["make", "run", f"URLS={site.url(FERRY)}"],
        cwd=ROOT,
        env=shell.environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "stored 1" in done.stdout


def test_make_run_without_urls_says_what_to_give(shell: Shell) -> None:
    done = subprocess.run(["make", "run"], cwd=ROOT, env=shell.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert 'make run URLS="' in done.stdout

"""`newsmill completion`: the scripts, and bash with the script at work."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from tasks.cli import COMMANDS, newsmill
from tests.building import Stacks, news
from tests.parts import absent
from tests.unit.tasks.cli.conftest import Newsmill
from worker.store.transaction import transaction

BIN = Path(sys.executable).parent


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_names_the_command_and_how_it_asks(call: Newsmill, shell: str) -> None:
    result = call("completion", shell)
    assert result.exit_code == 0
    assert f"_NEWSMILL_COMPLETE={shell}_complete" in result.stdout
    assert "newsmill" in result.stdout.splitlines()[0]


def test_another_shell_is_refused_with_those_there_are(call: Newsmill) -> None:
    result = call("completion", "tcsh")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "'bash', 'zsh', 'fish'" in result.stderr


@pytest.fixture
def bash() -> str:
    return shutil.which("bash") or absent("bash", "install bash")


def completed(bash: str, *words: str) -> list[str]:
    """Return what bash offers for the last of *words* with the script sourced, as Tab does."""
    line = " ".join(f"'{word}'" for word in words)
    asked = (
        'source <("$0" completion bash) && '
        f"COMP_WORDS=({line}) COMP_CWORD={len(words) - 1} && _newsmill_completion newsmill && "
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    environment = os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}"}
    done = subprocess.run(
        [bash, "--norc", "-c", asked, str(BIN / "newsmill")], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


def test_bash_completes_commands_options_and_the_names_of_jobs(bash: str, stacks: Stacks) -> None:
    stacks.store(news("https://a.example/1"), job="politics")
    stacks.store(news("https://a.example/2"), job="天水新闻")
    assert completed(bash, "newsmill", "exp") == ["export", "explain"]
    assert completed(bash, "newsmill", "status", "--wa") == ["--watch"]
    assert completed(bash, "newsmill", "export", "--format", "p") == ["parquet"]
    assert completed(bash, "newsmill", "status", "") == ["politics", "天水新闻"]


def test_a_name_that_bash_would_read_as_more_is_offered_in_quotes(bash: str, stacks: Stacks) -> None:
    stacks.store(news("https://a.example/1"), job="$(touch here);ls*")
    stacks.store(news("https://a.example/2"), job="日报 am")
    stacks.store(news("https://a.example/3"), job="two\nlines")
    assert completed(bash, "newsmill", "status", "$") == ["'$(touch", "here);ls*'"]  # one word: `completed` splits at blanks
    assert completed(bash, "newsmill", "status", "日") == ["'日报", "am'"]
    assert completed(bash, "newsmill", "status", "two") == []


def test_a_name_is_offered_as_it_is_where_the_shell_quotes_by_itself(stacks: Stacks) -> None:
    stacks.store(news("https://a.example/1"), job="日报 am")
    asked = {"_NEWSMILL_COMPLETE": "zsh_complete", "COMP_WORDS": "newsmill status", "COMP_CWORD": "2"}
    assert "日报 am" in CliRunner().invoke(newsmill, prog_name="newsmill", env=asked).stdout.splitlines()


def offered(*words: str) -> list[str]:
    """Return what the command offers for the last of *words*, whatever the shell."""
    asked = {"_NEWSMILL_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
    result = CliRunner().invoke(newsmill, prog_name="newsmill", env=asked)
    assert result.stderr == ""
    return [line.partition(",")[2] for line in result.stdout.splitlines() if line]


def test_every_command_is_offered() -> None:
    assert offered("newsmill", "") == list(COMMANDS)


@pytest.mark.parametrize(
    "words",
    [("status",), ("pause",), ("resume",), ("cancel",), ("crawl", "run"), ("export", "--job"), ("list", "--job")],
    ids=" ".join,
)
def test_the_name_of_a_job_is_offered_where_one_is_asked_for(words: tuple[str, ...], stacks: Stacks) -> None:
    stacks.store(news("https://a.example/1"), job="politics")
    stacks.store(news("https://a.example/2"), job="sport")
    assert offered("newsmill", *words, "po") == ["politics"]


def test_a_tab_in_a_home_that_is_not_there_makes_nothing(home: Path) -> None:
    assert offered("newsmill", "status", "") == []
    assert not home.exists()


@pytest.mark.parametrize("url", ["mysql://db/x", "postgresql+psycopg://nobody@/none?host=/nowhere"])
def test_a_tab_without_a_ledger_is_silent(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("NEWSMILL_DATABASE_URL", url)
    assert offered("newsmill", "status", "") == []


def test_a_tab_where_the_home_may_not_be_looked_into_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_HOME", "/" + "x" * 300)
    assert offered("newsmill", "status", "") == []


def test_a_tab_over_another_schema_is_silent(engine: Engine) -> None:
    with transaction(engine) as tx:
        tx.connection.exec_driver_sql("DROP TABLE tally")
    assert offered("newsmill", "status", "") == []

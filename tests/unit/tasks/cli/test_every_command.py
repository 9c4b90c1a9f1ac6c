"""What holds for each command of the reading side."""

import json
import stat
from pathlib import Path

import pytest

from tests.unit.tasks.cli.conftest import Newsmill

COMMANDS = ("list", "show", "image", "export", "extract", "status", "doctor", "migrate")
SHA = "0" * 64


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_an_example(call: Newsmill, name: str) -> None:
    result = call(name, "--help")
    assert result.exit_code == 0
    assert f"newsmill {name}" in result.stdout.split("Example:")[1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("list", "--since", "yesterday"), "'yesterday' is no time"),
        (("list", "--limit", "0"), "x>=1"),
        (("show",), "Missing argument 'URL|ID'"),
        (("show", "ferry strike"), "neither an id nor a URL"),
        (("show", "1", "--format", "pdf"), "'pdf' is not one of"),
        (("show", "1", "--format", "text", "--json"), "contradict each other"),
        (("image", "abc"), "64 hexadecimal digits"),
        (("export",), "Missing option '--to'"),
        (("export", "--to", "-", "--format", "markdown"), "--to a folder"),
        (("export", "--to", "x", "--format", "parquet"), "parquet is not there yet"),
        (("export", "--to", "x", "--format", "warc"), "warc is not there yet"),
        (("export", "--to", "no/such/folder/file"), "No such file or directory"),
        (("extract",), "Give either a FILE"),
        (("extract", "a.html", "--batch", "b.jsonl"), "Give either a FILE"),
        (("extract", "--batch", "b.jsonl", "--url", "https://a.example"), "its own"),
        (("extract", "no-such.html"), "no-such.html: No such file or directory"),
        (("extract", "--batch", "no-such.jsonl"), "no-such.jsonl: No such file or directory"),
        (("status", "--wrong"), "No such option"),
        (("doctor", "more"), "unexpected extra argument"),
        (("migrate", "more"), "unexpected extra argument"),
    ],
)
def test_wrong_use_ends_with_a_sentence_on_stderr_and_exit_2(call: Newsmill, arguments: tuple[str, ...], sentence: str) -> None:
    result = call(*arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("NEWSMILL_HOST_CONCURRENCY", "0", "NEWSMILL_HOST_CONCURRENCY: Input should be greater than or equal to 1 (it is '0')"),
        ("NEWSMILL_OBEY_ROBOTS", "perhaps", "NEWSMILL_OBEY_ROBOTS: Input should be a valid boolean"),
        ("NEWSMILL_DATABASE_URL", "mysql://root:secret@db/x", "NEWSMILL_DATABASE_URL: use postgresql+psycopg://"),
        ("NEWSMILL_DATABASE_URL", "rubbish", "NEWSMILL_DATABASE_URL: use postgresql+psycopg://"),
    ],
)
def test_a_mistaken_setting_is_named_by_its_variable_without_its_secrets(
    call: Newsmill, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(variable, value)
    result = call("status")
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert "secret" not in result.stderr


def test_a_settings_file_with_a_slip_is_named(call: Newsmill) -> None:
    Path("newsmill.toml").write_text("concurrency: 3")
    result = call("status")
    assert result.exit_code == 2
    assert "newsmill.toml: " in result.stderr


def test_a_home_that_cannot_be_made_is_named(call: Newsmill, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.write_text("in the way")
    monkeypatch.setenv("NEWSMILL_HOME", str(home / "inside"))
    result = call("list")
    assert result.exit_code == 2
    assert "NEWSMILL_HOME: " in result.stderr


def test_a_database_that_does_not_answer_ends_with_a_sentence_and_exit_1(
    call: Newsmill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSMILL_DATABASE_URL", f"postgresql+psycopg://nobody@/none?host={tmp_path}")
    result = call("list")
    assert result.exit_code == 1
    assert "database: " in result.stderr


@pytest.mark.parametrize("name", ["list", "status", "doctor", "migrate"])
def test_json_of_an_empty_home_parses(call: Newsmill, name: str) -> None:
    result = call(name, "--json")
    assert result.exit_code == 0
    json.loads(result.stdout)


def test_the_home_is_nobody_elses(call: Newsmill, home: Path) -> None:
    call("migrate")
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_migrating_says_whether_anything_was_to_do(call: Newsmill) -> None:
    assert json.loads(call("migrate", "--json").stdout)["changed"] is True
    assert json.loads(call("migrate", "--json").stdout)["changed"] is False
    assert "already" in call("migrate").stdout

"""What holds for every command and subcommand there is: they are found, not listed, so a new one is taken in by itself."""

import json
import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tasks.cli import COMMANDS, newsmill
from tests.unit.tasks.cli.conftest import Newsmill

Words = tuple[str, ...]

# The options that people and programs rely on. A name here may not go away.
RELIED_ON = {
    "run": "--from --wait --json", "enqueue": "--from --job --again --json", "up": "", "worker": "--processes --concurrency",
    "scheduler": "", "flower": "--port", "status": "--watch --json", "list": "--job --host --since --search --json",
    "show": "--format --json", "image": "--to", "export": "--format --to --job --since --until --host --one-per-cluster",
    "failures": "--cause --host --json", "retry": "--cause --host --since --dry-run --json",
    "reparse": "--job --since --dry-run --json", "extract": "--url --content-type --batch", "explain": "--url --json", "sites check": "--json",
    "crawl list": "--json", "crawl run": "--json", "crawl check": "--json",
    "pause": "--json", "resume": "--json", "cancel": "--json", "migrate": "--json", "doctor": "--json --live", "completion": "",
}  # fmt: skip
FORMATS = {"show": {"markdown", "json", "text", "html"}, "export": {"jsonl", "csv", "markdown", "parquet", "warc"}}


def walked(group: click.Group, path: Words = ()) -> Iterator[tuple[Words, click.Command]]:
    """Yield every command below *group* with the words that lead to it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from walked(command, (*path, name))


EVERY = dict(walked(newsmill))
LEAVES = {path: command for path, command in EVERY.items() if not isinstance(command, click.Group)}


def options(command: click.Command) -> set[str]:
    return {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts) if name[:1] == "-"}


def examples(command: click.Command) -> list[Words]:
    """Return the examples of its help as words, without what is the shell's."""
    shown = (command.epilog or "").removeprefix("Example: ").split(" · ")
    return [tuple(shlex.split(one.partition(" > ")[0].partition(" | ")[0])) for one in shown]


def taken(path: Words) -> int | None:
    """Return how many words the command takes, None for as many as one likes."""
    counts = [parameter.nargs for parameter in EVERY[path].params if isinstance(parameter, click.Argument)]
    return None if -1 in counts else sum(counts)


def test_the_table_of_commands_is_what_there_is() -> None:
    assert {path[0] for path in EVERY} == set(COMMANDS)
    assert {" ".join(path) for path in LEAVES} >= set(RELIED_ON)


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_help_says_what_it_does_and_shows_an_example_and_touches_nothing(call: Newsmill, path: Words, home: Path) -> None:
    result = call(*path, "--help")
    assert (result.exit_code, result.stderr) == (0, "")
    said, example = result.stdout.split("Example:")
    assert len(said.split()) > len(("Usage:", "newsmill", *path, "[OPTIONS]", "--help"))
    assert " ".join(example.split()).startswith(" ".join(("newsmill", *path)))
    assert not home.exists()


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_each_option_says_what_it_does(path: Words) -> None:
    for parameter in EVERY[path].params:
        assert not isinstance(parameter, click.Option) or parameter.help, parameter.name


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_each_example_can_be_typed_as_it_stands(path: Words) -> None:
    for words in examples(LEAVES[path]):
        assert words[: len(path) + 1] == ("newsmill", *path)
        with LEAVES[path].make_context(path[-1], list(words[len(path) + 1 :])):
            pass  # every option of it is there, and takes what it is given


@pytest.mark.parametrize("name", RELIED_ON)
def test_what_people_and_programs_rely_on_is_there(name: str) -> None:
    assert set(RELIED_ON[name].split()) <= options(LEAVES[tuple(name.split())])


@pytest.mark.parametrize("name", FORMATS)
def test_the_formats_are_those_that_are_promised(name: str) -> None:
    (choice,) = (parameter.type for parameter in LEAVES[name,].params if "--format" in parameter.opts)
    assert isinstance(choice, click.Choice)
    assert set(choice.choices) == FORMATS[name]


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_an_option_that_is_not_there_is_wrong_use(call: Newsmill, path: Words, home: Path) -> None:
    result = call(*path, "--no-such-option")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "No such option" in result.stderr
    assert not home.exists()


@pytest.mark.parametrize("path", [path for path in EVERY if taken(path) is not None], ids=" ".join)
def test_a_word_too_many_is_wrong_use(call: Newsmill, path: Words, home: Path) -> None:
    result = call(*path, *["word"] * ((taken(path) or 0) + 1))
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()[-1]) > len("Error: ")
    assert not home.exists()


@pytest.mark.parametrize("path", [path for path in EVERY if any(one.required for one in EVERY[path].params)], ids=" ".join)
def test_without_what_it_needs_it_says_so(call: Newsmill, path: Words) -> None:
    result = call(*path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Missing" in result.stderr


@pytest.mark.parametrize("path", [path for path in LEAVES if "--json" in options(LEAVES[path])], ids=" ".join)
def test_json_in_an_empty_home_parses_or_a_sentence_says_what_is_missing(
    call: Newsmill, path: Words, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sources.toml").write_text("# no job yet")
    monkeypatch.setenv("NEWSMILL_SOURCES", str(tmp_path / "sources.toml"))
    needed = [one for one in LEAVES[path].params if isinstance(one, click.Argument) and one.required]
    result = call(*path, *["nobody"] * len(needed), "--json")
    if result.exit_code == 0:
        for text in [result.stdout] if result.stdout[:1] in ("[", "{") else result.stdout.splitlines():
            json.loads(text)
    else:
        assert path[0] in {"run", "enqueue", "show", "extract", "explain", "crawl", "sites", "pause", "resume", "cancel"}
        assert (result.stdout, len(result.stderr.split()) > 3) == ("", True)


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
        (("export", "--to", "-", "--format", "parquet"), "--to a file"),
        (("export", "--to", "x", "--format", "pdf"), "'pdf' is not one of"),
        (("export", "--to", "no/such/folder/file"), "No such file or directory"),
        (("extract",), "Give either a FILE"),
        (("extract", "a.html", "--batch", "b.jsonl"), "Give either a FILE"),
        (("extract", "--batch", "b.jsonl", "--url", "https://a.example"), "its own"),
        (("extract", "no-such.html"), "no-such.html: No such file or directory"),
        (("extract", "--batch", "no-such.jsonl"), "no-such.jsonl: No such file or directory"),
        (("status", "--wrong"), "No such option"),
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


def test_the_home_is_nobody_elses(call: Newsmill, home: Path) -> None:
    call("migrate")
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_migrating_says_whether_anything_was_to_do(call: Newsmill) -> None:
    assert json.loads(call("migrate", "--json").stdout)["changed"] is True
    assert json.loads(call("migrate", "--json").stdout)["changed"] is False
    assert "already" in call("migrate").stdout


def test_a_mistyped_command_is_answered_with_the_one_that_may_be_meant(call: Newsmill) -> None:
    result = call("statsu")
    assert result.exit_code == 2
    assert "Did you mean 'status'?" in result.stderr


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\x1b[2Jb"])
def test_a_job_whose_name_would_spoil_a_table_is_refused(call: Newsmill, name: str) -> None:
    result = call("enqueue", "--job", name, "https://news.example/a")
    assert result.exit_code == 2
    assert "--job needs a name in one line" in result.stderr

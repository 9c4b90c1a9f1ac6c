"""`newsmill export`."""

import codecs
import csv
import hashlib
import io
import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from tasks.cli.export import _Export
from tasks.cli.exporting import whole_file
from tests.building import DAY, NOON, Stacks, image, news, paragraph
from tests.unit.tasks.cli.conftest import Newsmill
from worker.models import ImageState

ROOT = Path(__file__).parents[4]
A, B = "https://a.example/1.html", "https://b.example/2.html"
PICTURE, MISSING = "https://img.example/a.png", "https://img.example/missing.png"
PNG = b"the bytes of a picture"


SEEN = f"{PICTURE}; {MISSING}; {PICTURE}?again"


@pytest.fixture
def filled(stacks: Stacks) -> list[int]:
    images = (image(PICTURE, ImageState.STORED, body=PNG, alt="Boats"), image(MISSING, ImageState.FAILED),
              image(PICTURE + "?again", ImageState.STORED, body=PNG))  # fmt: skip
    first = news(A, title="../Ferry: strike/ends 港", images=images, authors=("Ada", "Bo"), tags=("sea",))
    return [stacks.store(first, bodies={PICTURE: PNG}), stacks.store(news(B, fetched_at=NOON + DAY), job="politics")]


def test_lines_of_json_stream_to_stdout(call: Newsmill, filled: list[int]) -> None:
    result = call("export", "--to", "-")
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == filled
    assert result.stderr == "2 articles exported.\n"


def test_lines_of_json_go_to_a_file_that_appears_whole(call: Newsmill, filled: list[int], tmp_path: Path) -> None:
    result = call("export", "--format", "jsonl", "--to", str(tmp_path / "all.jsonl"), "--job", "politics")
    lines = (tmp_path / "all.jsonl").read_text().splitlines()
    assert [json.loads(line)["url"] for line in lines] == [B]
    assert result.stdout == ""
    assert {path.name for path in tmp_path.iterdir()} == {"all.jsonl", "home"}


def test_a_pipe_or_device_is_not_replaced_by_a_file(call: Newsmill, filled: list[int], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    for name in ("pipe", "link"):
        result = call("export", "--to", str(tmp_path / name))
        assert (result.exit_code, result.stdout) == (2, "")
        assert "neither a file nor a folder" in result.stderr
    assert (tmp_path / "pipe").is_fifo()
    assert (tmp_path / "link").is_symlink()


def test_two_exports_to_one_file_at_once_give_one_of_the_two_and_never_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, pid = tmp_path / "all.jsonl", os.getpid()
    with ExitStack() as slower:
        with whole_file(target) as quick:
            quick.write(b"all of the first")
            monkeypatch.setattr(os, "getpid", lambda: pid + 1)  # the second runs in a process of its own
            slow = slower.enter_context(whole_file(target))
            slow.write(b"all of ")
        assert target.read_bytes() == b"all of the first"
        slow.write(b"the second")
    assert target.read_bytes() == b"all of the second"
    assert list(tmp_path.glob("*.part")) == []


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet", "warc"])
def test_a_folder_in_place_of_a_file_is_refused_before_anything_is_read(
    call: Newsmill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(_Export, "_to", None)  # is not called
    (tmp_path / "folder").mkdir()
    for target in ("folder", ".", "..", "/"):
        result = call("export", "--format", kind, "--to", target)
        assert (result.exit_code, f"--to {target}: Is a directory." in result.stderr) == (2, True)


@pytest.mark.parametrize("kind", ["jsonl", "markdown"])
def test_no_name_at_all_is_not_the_current_folder(call: Newsmill, filled: list[int], tmp_path: Path, kind: str) -> None:
    result = call("export", "--format", kind, "--to", "")
    assert (result.exit_code, "--to: give a file" in result.stderr) == (2, True)
    assert {path.name for path in tmp_path.iterdir()} == {"home"}


@pytest.mark.parametrize("kind", ["jsonl", "csv", "warc"])
def test_a_full_disk_is_no_wrong_use(filled: list[int], home: Path, kind: str) -> None:
    words = [sys.executable, "-m", "tasks.cli", "export", "--format", kind, "--to", "-"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            words,
            cwd=ROOT,
            env={**os.environ, "NEWSMILL_HOME": str(home)},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, "Error: --to -: No space left on device.\n")


def test_a_table_has_a_row_an_article(call: Newsmill, filled: list[int]) -> None:
    rows = list(csv.DictReader(io.StringIO(call("export", "--format", "csv", "--to", "-").stdout)))
    assert [row["url"] for row in rows] == [A, B]
    assert (rows[0]["authors"], rows[0]["tags"], rows[0]["text"]) == ("Ada; Bo", "sea", "A short text.")
    assert (rows[0]["images"], rows[1]["images"]) == (SEEN, "")


def test_a_table_names_the_images_that_are_wanted_and_no_icons(call: Newsmill, stacks: Stacks) -> None:
    icon, photo = image("https://img.example/icon.png", ImageState.SKIPPED), image(PICTURE, ImageState.PENDING)
    stacks.store(news(A, images=(icon, photo)))
    (row,) = csv.DictReader(io.StringIO(call("export", "--format", "csv", "--to", "-").stdout))
    assert row["images"] == PICTURE


def test_a_table_in_a_file_says_to_a_spreadsheet_that_it_is_utf_8_and_a_pipe_does_not(
    call: Newsmill, filled: list[int], tmp_path: Path
) -> None:
    target = tmp_path / "all.csv"
    assert call("export", "--format", "csv", "--to", str(target)).exit_code == 0
    piped = call("export", "--format", "csv", "--to", "-").stdout_bytes
    assert target.read_bytes() == codecs.BOM_UTF8 + piped
    assert piped.startswith(b"id,")


def test_markdown_comes_as_a_folder_an_article_with_links_to_its_copies(
    call: Newsmill, filled: list[int], tmp_path: Path
) -> None:
    target = tmp_path / "articles"
    assert call("export", "--format", "markdown", "--to", str(target)).exit_code == 0
    folders = sorted(path.name for path in target.iterdir())
    assert folders == ["000001-Ferry-strike-ends-港", "000002-A-title"]
    page = (target / folders[0] / "article.md").read_text()
    assert "![Boats](01.png)" in page
    assert f"![]({MISSING})" in page
    assert page.count("01.png") == 2  # one content, one copy
    assert {path.name for path in (target / folders[0]).iterdir()} == {"article.md", "01.png"}
    assert (target / folders[0] / "01.png").read_bytes() == PNG


def test_an_export_over_an_earlier_one_gives_the_same(call: Newsmill, filled: list[int], tmp_path: Path) -> None:
    def exported() -> dict[str, str]:
        call("export", "--format", "markdown", "--to", str(tmp_path / "out"))
        files = (path for path in (tmp_path / "out").rglob("*") if path.is_file())
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    assert exported() == exported()


def test_an_image_whose_copy_is_lost_keeps_its_address_and_is_named(
    call: Newsmill, filled: list[int], home: Path, tmp_path: Path
) -> None:
    for volume in (home / "archive").iterdir():
        volume.unlink()
    result = call("export", "--format", "markdown", "--to", str(tmp_path / "out"))
    assert result.exit_code == 1
    assert result.stderr.count("cannot be read") == 1
    assert f"![Boats]({PICTURE})" in (tmp_path / "out" / "000001-Ferry-strike-ends-港" / "article.md").read_text()


def test_a_title_of_any_length_gives_a_folder(call: Newsmill, stacks: Stacks, tmp_path: Path) -> None:
    stacks.store(news(A, title="港" * 500, blocks=(paragraph("Words."),)))
    assert call("export", "--format", "markdown", "--to", str(tmp_path / "out")).exit_code == 0


def test_what_is_exported_is_narrowed_down(call: Newsmill, filled: list[int]) -> None:
    def ids(*arguments: str) -> list[int]:
        return [json.loads(line)["id"] for line in call("export", "--to", "-", *arguments).stdout.splitlines()]

    assert ids("--host", "a.example") == filled[:1]
    assert ids("--since", "2026-09-24T00:00Z") == filled[1:]
    assert ids("--until", "2026-09-23") == filled[:1]


FORMULAS = ("=HYPERLINK('http://evil.example')", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1+1", "＝1+1", " =1", "\u200b=1")


@pytest.mark.parametrize("title", FORMULAS)
def test_no_cell_of_a_table_is_a_formula_and_lines_of_json_keep_the_text(call: Newsmill, stacks: Stacks, title: str) -> None:
    stacks.store(news(A, title=title, blocks=(paragraph("-1.5"),)))
    (row,) = csv.DictReader(io.StringIO(call("export", "--format", "csv", "--to", "-").stdout))
    assert row["title"] == f"'{title}"
    assert row["text"] == "-1.5"  # a number is no danger
    assert json.loads(call("export", "--to", "-").stdout)["title"] == title


def test_nothing_that_a_terminal_obeys_leaves_in_json_or_a_table_and_json_loses_nothing(call: Newsmill, stacks: Stacks) -> None:
    title = "A\x1b]0;owned\x07 title\x9b2J \u202eback"
    stacks.store(news(A, title=title))
    lines, table = call("export", "--to", "-").stdout, call("export", "--format", "csv", "--to", "-").stdout
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(lines + table + call("show", "1", "--json").stdout)
    assert json.loads(lines)["title"] == title


def test_links_that_lie_in_the_folder_are_not_followed(call: Newsmill, filled: list[int], tmp_path: Path) -> None:
    victim, out = tmp_path / "victim", tmp_path / "out"
    victim.write_text("precious")
    article = out / "000001-Ferry-strike-ends-港"
    article.mkdir(parents=True)
    for name in ("article.md", f"article.md.{os.getpid()}.part", "01.png", f"01.png.{os.getpid()}.part"):
        (article / name).symlink_to(victim)
    assert call("export", "--format", "markdown", "--to", str(out)).exit_code == 0
    assert victim.read_text() == "precious"
    assert (article / "01.png").read_bytes() == PNG


def test_a_folder_that_leads_elsewhere_is_not_written_to(call: Newsmill, filled: list[int], tmp_path: Path) -> None:
    elsewhere, out = tmp_path / "elsewhere", tmp_path / "out"
    elsewhere.mkdir()
    out.mkdir()
    (out / "000001-Ferry-strike-ends-港").symlink_to(elsewhere)
    result = call("export", "--format", "markdown", "--to", str(out))
    assert result.exit_code == 2
    assert not list(elsewhere.iterdir())


@pytest.mark.parametrize(
    "title", ["../../etc/passwd", "..", "a\0b", "CON", "a/b\\c:d*e?", "\u202egpj.exe", "~", "-rf", "港" * 400]
)
def test_no_title_leads_out_of_the_folder(call: Newsmill, stacks: Stacks, tmp_path: Path, title: str) -> None:
    stacks.store(news(A, title=title))
    stacks.store(news(B, title=title.swapcase()))
    assert call("export", "--format", "markdown", "--to", str(tmp_path / "out")).exit_code == 0
    folders = [path.name for path in (tmp_path / "out").iterdir()]
    assert len({name.casefold() for name in folders}) == 2
    assert {path.name for path in tmp_path.iterdir()} == {"home", "out"}

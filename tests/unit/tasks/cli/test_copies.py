"""What the commands say of articles that are copies of each other."""

import csv
import io
import json
from pathlib import Path

import pytest
from arro3.io import read_parquet

from tests.building import Stacks
from tests.copies import edited, story, told
from tests.unit.tasks.cli.conftest import Newsmill

A, B, C, D = (f"https://{name}.example/1.html" for name in "abcd")


@pytest.fixture
def ids(stacks: Stacks) -> dict[str, int]:
    """Two copies, the second of which was published first, an article near to them, and one alone."""
    texts = {A: story(1), B: story(1), C: edited(story(1), 2), D: story(2)}
    dates = {A: "2026-09-22", B: "2026-09-21", C: None, D: None}
    return {url: stacks.store(told(url, text, published_at=dates[url])) for url, text in texts.items()}


def shown(call: Newsmill, url: str) -> dict[str, object]:
    return json.loads(call("show", url, "--json").stdout)  # type: ignore[no-any-return]  # an object, as every test of `show` has it


def exported(call: Newsmill, *options: str) -> set[str]:
    return {json.loads(line)["url"] for line in call("export", "--to", "-", *options).stdout.splitlines()}


def test_the_json_has_the_cluster_the_canonical_copy_and_what_is_near(call: Newsmill, ids: dict[str, int]) -> None:
    first, second, near, alone = (shown(call, url) for url in (A, B, C, D))
    assert isinstance(first["cluster"], int)
    assert (second["cluster"], near["cluster"], alone["cluster"]) == (first["cluster"], None, None)
    assert [said["canonical_copy"] for said in (first, second, near, alone)] == [ids[B], ids[B], None, None]
    copies = first["near_copies"]
    assert isinstance(copies, list)
    assert copies[0] == {"id": ids[B], "url": B, "relation": "same", "likeness": 1.0}
    assert (copies[1]["id"], copies[1]["relation"], 0.5 <= copies[1]["likeness"] < 0.8) == (ids[C], "near", True)
    assert alone["near_copies"] == []


@pytest.mark.parametrize("form", ["markdown", "text", "html"])
def test_people_are_told_of_copies(call: Newsmill, ids: dict[str, int], form: str) -> None:
    said = call("show", A, "--format", form).stdout
    number = shown(call, A)["cluster"]
    assert f"Cluster {number}; its canonical copy is {ids[B]}. Copies: {ids[B]} " in said.replace("\\", "")
    assert "Near copies: " in said
    assert B in said
    assert C in said
    assert "this is its canonical copy" in call("show", B, "--format", form).stdout
    near = call("show", C, "--format", form).stdout
    assert "Cluster" not in near
    assert f"Near copies: {ids[A]} " in near.replace("\\", "")


@pytest.mark.parametrize("form", ["markdown", "text", "html"])
def test_nothing_is_said_of_copies_where_there_are_none(call: Newsmill, ids: dict[str, int], form: str) -> None:
    said = call("show", D, "--format", form).stdout
    assert "luster" not in said
    assert "Near copies" not in said


def test_of_many_copies_a_few_are_shown_and_the_rest_counted(call: Newsmill, stacks: Stacks) -> None:
    for n in range(8):
        stacks.store(told(f"https://x.example/{n}", story(3)))
    assert "and 2 more" in call("show", "https://x.example/0").stdout


def test_a_list_as_json_has_the_cluster(call: Newsmill, ids: dict[str, int]) -> None:
    listed = {one["url"]: one["cluster"] for one in json.loads(call("list", "--json").stdout)}
    number = shown(call, A)["cluster"]
    assert listed == {A: number, B: number, C: None, D: None}


def test_one_article_of_each_cluster_is_exported_when_that_is_asked_for(call: Newsmill, ids: dict[str, int]) -> None:
    assert exported(call) == {A, B, C, D}
    assert exported(call, "--one-per-cluster") == {B, C, D}
    assert exported(call, "--one-per-cluster", "--host", "a.example") == {A}
    assert call("export", "--to", "-", "--one-per-cluster").stderr.startswith("3 articles exported")


def test_a_table_has_columns_for_the_cluster(call: Newsmill, ids: dict[str, int]) -> None:
    rows = {row["url"]: row for row in csv.DictReader(io.StringIO(call("export", "--format", "csv", "--to", "-").stdout))}
    number = str(shown(call, A)["cluster"])
    assert [(rows[url]["cluster"], rows[url]["canonical_copy"]) for url in (A, D)] == [(number, str(ids[B])), ("", "")]


def test_parquet_has_what_the_json_has(call: Newsmill, ids: dict[str, int], tmp_path: Path) -> None:
    target = tmp_path / "all.parquet"
    assert call("export", "--format", "parquet", "--to", str(target)).exit_code == 0
    table = read_parquet(target).read_all()
    said = shown(call, A)
    for name in ("cluster", "canonical_copy", "near_copies"):
        assert table[name].combine_chunks().to_pylist()[0] == said[name]


def test_a_folder_of_markdown_tells_of_copies(call: Newsmill, ids: dict[str, int], tmp_path: Path) -> None:
    call("export", "--format", "markdown", "--to", str(tmp_path / "out"), "--one-per-cluster")
    pages = [page.read_text() for page in sorted((tmp_path / "out").glob("*/article.md"))]
    assert len(pages) == 3
    assert "this is its canonical copy" in pages[0]


def test_what_was_only_extracted_has_no_copies(call: Newsmill, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(f"<title>Pier</title><article><h1>Pier</h1>{''.join(f'<p>{text}</p>' for text in story(1))}</article>")
    said = json.loads(call("extract", str(page), "--url", A).stdout)
    assert (said["cluster"], said["canonical_copy"], said["near_copies"]) == (None, None, [])

"""`newsmill reparse`: what it says, field by field and in all, and how it ends."""

import json
import multiprocessing
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.fakes import Answer
from tests.pictures import png
from tests.press import PHOTO, URL, Press, page, seeing_none
from tests.unit.tasks.cli.conftest import Newsmill
from worker.extract import VERSION
from worker.models import Extraction

OTHER, EMPTY = "https://news.example/b.html", "https://news.example/c.html"


@pytest.fixture
def press(engine: Engine, home: Path) -> Iterator[Press]:
    """A home with three pages, as an earlier extractor read them: one wrongly, one as no article, one rightly as none."""
    press = Press(engine, home / "archive")
    picture = f'<img src="{PHOTO}" width=800 height=600>'
    press.put(**{URL: page(tail=picture), OTHER: page(title="Found"), EMPTY: page(paragraphs=0)})
    press.put(**{PHOTO: Answer(body=png(640, 480), content_type="image/png")})
    with press.earlier(wrongly):
        press.ingest(job="courier")
    with press.earlier(seeing_none):
        press.ingest(OTHER)
        press.ingest(EMPTY)
    yield press
    press.close()


def wrongly(extraction: Extraction) -> Extraction:
    """Read a page with a furtive line for a title, and without its image."""
    blocks = tuple(block for block in extraction.document.blocks if not hasattr(block, "ref"))
    document = replace(extraction.document, blocks=blocks[1:])
    return replace(extraction, title="Home\x1b[2J", images=(), document=document)


def test_a_dry_run_shows_what_would_change_field_by_field_and_writes_nothing(call: Newsmill, press: Press) -> None:
    result = call("reparse", "--dry-run")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert f"found: {OTHER}  Found" in lines
    at = lines.index(f"changed: 1  {URL}  Pier to be repaired")
    assert lines[at + 1].startswith('    title: "Home')
    assert lines[at + 1].endswith('" → "Pier to be repaired"')
    assert "    body: 3 → 5 blocks" in result.stdout
    assert f"      + ![]({PHOTO})" in lines
    assert "    images: 1 added" in lines
    assert lines[-1] == (
        "3 pages would be read again: 1 changed (title 1, body 1, images 1), 1 found where no article was seen, "
        "1 still no article. 1 image is new and not fetched: after `newsmill enqueue --again URL` the workers fetch what is missing. "
        "Nothing was written."
    )
    assert "\x1b" not in result.stdout
    assert EMPTY not in result.stdout
    assert (press.stale(), press.article().version) == (3, 1)


def test_a_run_stores_it_and_a_second_one_has_nothing_to_do(call: Newsmill, press: Press) -> None:
    first = call("reparse")
    assert first.exit_code == 0
    assert first.stdout.splitlines()[0] == f"found: {press.article(OTHER).id}  {OTHER}  Found"
    assert first.stdout.splitlines()[1].startswith("3 pages read again: 1 changed (")
    assert press.article().extraction.title == "Pier to be repaired"
    second = call("reparse")
    assert (second.exit_code, second.stdout) == (0, "")
    assert f"Nothing to do: version {VERSION} of the extractor" in second.stderr


def test_as_json_each_page_is_a_line_also_the_unchanged(call: Newsmill, press: Press) -> None:
    result = call("reparse", "--json")
    found = {one["url"]: one for one in map(json.loads, result.stdout.splitlines())}
    assert {url: one["became"] for url, one in found.items()} == {URL: "changed", OTHER: "found", EMPTY: "none"}
    assert (found[URL]["id"], found[URL]["images_not_fetched"], found[URL]["reason"]) == (1, 1, None)
    assert found[URL]["changes"]["images"]["added"] == [PHOTO]
    assert found[EMPTY]["reason"]
    assert "3 pages read again" in result.stderr
    again = [json.loads(line)["became"] for line in call("reparse", "--json", "--again").stdout.splitlines()]
    assert sorted(again) == ["none", "unchanged", "unchanged"]


def test_only_what_is_meant_is_read(call: Newsmill, press: Press) -> None:
    assert len(call("reparse", "--json", "--dry-run", "--job", "courier").stdout.splitlines()) == 1
    assert len(call("reparse", "--json", "--dry-run", "--host", "news.example").stdout.splitlines()) == 3
    assert "Nothing to do: no stored page is meant" in call("reparse", "--since", "1h").stderr
    assert "Nothing to do: no stored page is meant" in call("reparse", "--job", "nobody's").stderr
    assert call("reparse", "--since", "yesterday").exit_code == 2


def test_what_cannot_be_read_is_named_and_the_exit_code_is_1(call: Newsmill, press: Press, home: Path) -> None:
    for file in (home / "archive").iterdir():
        file.unlink()
    result = call("reparse")
    assert result.exit_code == 1
    assert f"failed: 1  {URL}  Home[2J  (the archived record of {URL}" in result.stdout
    assert result.stdout.splitlines()[-1] == "3 pages read again: 3 failed."
    assert press.stale() == 3


def test_what_is_kept_is_named(call: Newsmill, press: Press) -> None:
    with press.now(seeing_none):
        result = call("reparse")
    assert result.exit_code == 0
    assert f"kept: 1  {URL}  Home[2J  (too little text)" in result.stdout
    assert press.article().version == 1


def test_several_processes_say_what_one_says_and_are_gone_then(
    call: Newsmill, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = call("reparse", "--json", "--dry-run")
    monkeypatch.setattr("tasks.cli.reparse_reading.WORTH_IT", 1)
    result = call("reparse", "--json", "--dry-run", "--processes", "2")
    assert (result.exit_code, result.stdout) == (0, alone.stdout)
    assert multiprocessing.active_children() == []


def test_the_rules_of_a_site_count_and_again_reads_what_this_version_has_read(
    call: Newsmill, press: Press, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert call("reparse").exit_code == 0
    rules = home / "sites.toml"
    rules.write_text('[[site]]\nhost = "news.example"\nremove = ["p:first-of-type"]\n')
    monkeypatch.setenv("NEWSMILL_SITES", str(rules))
    assert call("reparse").stdout == ""
    result = call("reparse", "--again", "--json")
    assert result.exit_code == 0, result.stderr
    changed = {one["url"] for one in map(json.loads, result.stdout.splitlines()) if one["became"] == "changed"}
    assert URL in changed
    assert "\n0. " not in f"\n{press.article().text}"

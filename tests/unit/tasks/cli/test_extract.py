"""`newsmill extract`."""

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tasks.cli import extracting
from tests.unit.tasks.cli.conftest import Newsmill

WORDS = "The ferry across the harbour runs again from Monday, said the company after a strike of three weeks. " * 6
PAGE = f"""<!doctype html><html lang="en"><head><title>Ferry runs again</title>
<meta property="og:type" content="article"><link rel="canonical" href="https://a.example/ferry"></head>
<body><article><h1>Ferry runs again</h1><p>{WORDS}</p><p><img src="/boat.jpg" width="800" height="600"></p>
<p>{WORDS}</p></article></body></html>"""
URL = "https://a.example/ferry?utm_source=x"


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def batch(tmp_path: Path, *asked: object) -> str:
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in asked))
    return str(path)


def test_a_page_from_standard_input_becomes_an_article(call: Newsmill) -> None:
    result = call("extract", "-", "--url", URL, stdin=PAGE.encode())
    values = json.loads(result.stdout)
    assert result.exit_code == 0
    assert values["title"] == "Ferry runs again"
    assert values["text"].startswith("The ferry across the harbour")
    assert values["canonical_url"] == "https://a.example/ferry"
    assert [shown["url"] for shown in values["images"]] == ["https://a.example/boat.jpg"]
    assert (values["id"], values["outcome"], values["version"]) == (None, None, None)
    assert "reason" not in values


def test_the_content_type_says_how_the_bytes_are_read(call: Newsmill, tmp_path: Path) -> None:
    text = "渡轮星期一恢复通航，公司在罢工三周之后这样说。" * 20
    (tmp_path / "page.html").write_bytes(f"<html><title>渡轮</title><article><p>{text}</p></article>".encode("gbk"))
    values = json.loads(call("extract", "page.html", "--content-type", "text/html; charset=gbk").stdout)
    assert text in values["text"]
    assert values["http"]["content_type"] == "text/html; charset=gbk"
    assert values["http"]["charset"] in {"gbk", "gb18030"}


def test_a_page_that_is_no_article_has_no_text_and_a_reason(call: Newsmill) -> None:
    values = json.loads(call("extract", "-", "--url", URL, stdin=b"<html><title>Log in</title><p>Name</p>").stdout)
    assert values["text"] == ""
    assert values["reason"]


def test_a_batch_answers_each_line_in_order_with_its_id(call: Newsmill, tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.html").write_text(PAGE)
    (tmp_path / "pages" / "b.html.gz").write_bytes(gzip.compress(PAGE.replace("Ferry", "Boat").encode()))
    source = batch(
        tmp_path,
        {"id": "b", "url": None, "file": "pages/b.html.gz"},
        {"id": 7, "url": URL, "file": "pages/a.html", "content_type": "text/html"},
        {"id": {"any": "thing"}, "file": str(tmp_path / "pages" / "a.html")},
    )
    result = call("extract", "--batch", source)
    values = lines(result.stdout)
    assert result.exit_code == 0
    assert [one["id"] for one in values] == ["b", 7, {"any": "thing"}]
    assert [one["title"] for one in values] == ["Boat runs again", "Ferry runs again", "Ferry runs again"]
    assert values[0]["url"] is None
    assert values[0]["canonical_url"] == "https://a.example/ferry"
    assert values[1]["canonical_url"] == "https://a.example/ferry"


def test_files_of_a_batch_lie_beside_it_or_in_the_working_directory(call: Newsmill, tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "beside.html").write_text(PAGE)
    (tmp_path / "here.html").write_text(PAGE)
    source = batch(tmp_path / "lists", {"id": 1, "file": "beside.html"}, {"id": 2, "file": "here.html"})
    assert [one["title"] for one in lines(call("extract", "--batch", source).stdout)] == ["Ferry runs again"] * 2


def test_a_line_that_cannot_be_read_is_answered_named_and_the_rest_goes_on(call: Newsmill, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE)
    (tmp_path / "broken.html.gz").write_bytes(gzip.compress(PAGE.encode())[:50])
    source = batch(
        tmp_path,
        {"id": 1, "file": "missing.html"},
        "no object",
        {"id": 3, "file": "broken.html.gz"},
        {"id": 4, "file": 5},
        {"id": 5, "url": "no url at all", "file": "a.html"},
    )
    result = call("extract", "--batch", source)
    values = lines(result.stdout)
    assert result.exit_code == 1
    assert [one["id"] for one in values] == [1, None, 3, 4, 5]
    assert [bool(one.get("reason")) for one in values] == [True] * 4 + [False]
    assert [one["text"] == "" for one in values] == [True] * 4 + [False]
    for number in range(1, 5):
        assert f"line {number}: " in result.stderr


def test_a_batch_may_come_by_standard_input(call: Newsmill, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE)
    result = call("extract", "--batch", "-", stdin=b'{"id": 1, "file": "a.html"}\n\n')
    assert [one["id"] for one in lines(result.stdout)] == [1]


def test_a_suspicious_page_is_read_apart_and_answered_like_any_other(call: Newsmill, monkeypatch: pytest.MonkeyPatch) -> None:
    def in_this_process(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a suspicious page was parsed in this process")

    monkeypatch.setattr(extracting, "extract", in_this_process)
    deep = PAGE.replace("<article>", "<div>" * 1_500 + "<article>")
    assert json.loads(call("extract", "-", "--url", URL, stdin=deep.encode()).stdout)["title"] == "Ferry runs again"


def test_a_page_made_to_exhaust_a_parser_gives_a_reason_and_the_next_an_article(call: Newsmill, tmp_path: Path) -> None:
    # Formatting that is left open is opened again in every paragraph: quadratic, and gigabytes of it.
    (tmp_path / "bomb.html").write_text("".join(f"<b a{n}><i a{n}><p>" for n in range(3_000)))
    (tmp_path / "a.html").write_text(PAGE)
    result = call("extract", "--batch", batch(tmp_path, {"id": 1, "file": "bomb.html"}, {"id": 2, "file": "a.html"}))
    bomb, article = lines(result.stdout)
    assert result.exit_code == 0
    assert bomb["text"] == ""
    assert bomb["reason"].startswith("bomb: ")
    assert article["title"] == "Ferry runs again"


def test_extraction_needs_neither_queue_nor_database_nor_network() -> None:
    heavy = {"celery", "sqlalchemy", "redis", "aiohttp", "httpx", "pydantic", "rich", "asyncio"}
    code = f"import sys, tasks.cli, tasks.cli.extract; print(sorted({heavy!r} & sys.modules.keys()))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout == "[]\n"

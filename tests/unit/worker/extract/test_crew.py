"""Everybody whom a page names, by role."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from worker.extract.article import extract
from worker.extract.blocks import collect
from worker.extract.metadata import Metadata, read_metadata
from worker.models import Role

NOW = 1_714_564_800.0  # 2024-05-01 12:00 UTC
TITLE = "<h1>Ferry sinks off the northern coast</h1>"
PROSE = "<p>" + "The ferry left the harbour in the morning with ten people aboard. " * 5 + "</p>"


def read(body: str, head: str = "", lang: str = "en") -> Metadata:
    tree = LexborHTMLParser(f"<!DOCTYPE html><html lang={lang}><head>{head}</head><body>{body}</body></html>")
    return read_metadata(tree, collect(tree), url="https://news.example.com/ferry", fetched_at=NOW)


def json_ld(**article: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **article})}</script>'


def named(found: Metadata) -> list[tuple[str, str]]:
    return [(credit.name, credit.role.value) for credit in found.credits]


def test_a_byline_its_photographer_and_the_editor_of_the_last_line_keep_their_roles() -> None:
    body = f"{TITLE}<p>Text: Ann Lee, Fotos: Bo Chan</p>{PROSE}<p>Redaktion: Cy Dorn</p>"
    found = read(body, lang="de")
    assert named(found) == [("Ann Lee", "author"), ("Bo Chan", "photographer"), ("Cy Dorn", "editor")]
    assert (found.authors, found.editors) == (("Ann Lee",), ("Cy Dorn",))


def test_an_agency_signs_off_with_reporters_and_editors() -> None:
    body = f"{TITLE}<p>By Ann Lee</p><p>OSLO, May 1 (Reuters) - A ferry sank on Wednesday. {'It was old. ' * 30}</p>{PROSE}"
    found = read(f"{body}<p>(Reporting by Ann Lee and Dee Fox; Editing by Cy Dorn)</p>")
    assert named(found) == [("Ann Lee", "reporter"), ("Dee Fox", "reporter"), ("Cy Dorn", "editor"), ("Reuters", "agency")]
    assert found.authors == ("Ann Lee",)


def test_an_agency_is_no_author() -> None:
    found = read(f"{TITLE}<p class=byline>By Reuters</p>{PROSE}", json_ld(author={"@type": "Organization", "name": "Reuters"}))
    assert found.authors == ()
    assert named(found) == [("Reuters", "agency")]


def test_an_agency_beside_an_author_is_kept_apart_from_her() -> None:
    found = read(f"{TITLE}{PROSE}", json_ld(author=[{"name": "Ann Lee"}, {"name": "dpa"}]))
    assert found.authors == ("Ann Lee",)
    assert named(found) == [("Ann Lee", "author"), ("dpa", "agency")]


def test_json_ld_names_editors_translators_and_contributors() -> None:
    head = json_ld(
        author={"name": "Ann Lee"},
        editor={"@type": "Person", "name": "Cy Dorn"},
        translator={"name": "Eva Groß"},
        contributor=[{"name": "Bo Chan", "jobTitle": "Photographer"}, {"name": "Dee Fox"}],
    )
    found = read(f"{TITLE}{PROSE}", head)
    assert set(named(found)) == {
        ("Ann Lee", "author"), ("Cy Dorn", "editor"), ("Eva Groß", "translator"), ("Bo Chan", "photographer"), ("Dee Fox", "author"),
    }  # fmt: skip
    assert (found.authors, found.editors) == (("Ann Lee",), ("Cy Dorn",))


def test_a_photographer_that_is_listed_with_the_authors_is_none() -> None:
    head = json_ld(author=[{"name": "Ann Lee"}, {"name": "Bo Chan"}])
    assert read(f"{TITLE}<p>By Ann Lee</p><p>Photography by Bo Chan</p>{PROSE}", head).authors == ("Ann Lee",)
    both = read(f"{TITLE}<p>Words and photos by Bo Chan</p>{PROSE}", head)
    assert both.authors == ("Ann Lee", "Bo Chan")
    assert ("Bo Chan", "photographer") in named(both)


def test_nobody_is_named_twice_in_one_role() -> None:
    body = f"{TITLE}<p>By Ann Lee</p>{PROSE}<p>Editor: Cy Dorn</p><p>Editor: CY DORN</p>"
    assert named(read(body, json_ld(author={"name": "Ann Lee"}))) == [("Ann Lee", "author"), ("Cy Dorn", "editor")]


def test_chinese_roles_stand_apart_and_the_origin_is_a_source_and_an_agency() -> None:
    body = (
        "<h1>渡轮在港口沉没 十人获救</h1><p>2021年11月10日09:20　来源：新华社</p>"
        "<p>本报讯（记者 张三 通讯员 王五）昨天晚上，一艘渡轮在港口沉没，十人获救。</p><p>摄影：赵六</p><p>（责任编辑：李四_NF12）</p>"
    )
    found = read(body, lang="zh-CN")
    assert set(named(found)) == {
        ("张三", "reporter"), ("王五", "correspondent"), ("赵六", "photographer"), ("李四", "editor"),
        ("新华社", "source"), ("新华社", "agency"),
    }  # fmt: skip
    assert (found.authors, found.editors, found.source) == (("张三", "王五"), ("李四",), "新华社")


@pytest.mark.parametrize(
    "part",
    [
        "<aside><p>Editor: Cy Dorn</p></aside>",
        "<div class=comments><p>Editor: Cy Dorn</p></div>",
        "<div class=related><p>Photos by Cy Dorn</p></div>",
        f"{PROSE * 20}<p>Source: Statistics Office</p>",
        f"{PROSE * 20}<p>Photo: Cy Dorn</p>",
        f"{PROSE * 20}<p>Author: Cy Dorn</p>",
        "<p>Photo: Getty Images</p>",
        "<p>Foto: Cy Dorn/dpa</p>",
    ],
)
def test_those_of_other_articles_pictures_and_charts_are_not_its_own(part: str) -> None:
    found = read(f"<div>{TITLE}<p>By Ann Lee</p></div>{PROSE}{part}", json_ld(author={"name": "Ann Lee"}))
    assert [credit.name for credit in found.credits if credit.role != Role.PHOTOGRAPHER or "Foto" not in part] == ["Ann Lee"]


def test_what_a_page_says_hands_them_on() -> None:
    body = f"<article>{TITLE}<p>By Ann Lee</p>{PROSE * 5}<p>Editor: Cy Dorn</p></article>"
    found = extract(f"<html lang=en><body>{body}</body></html>", url="https://news.example.com/ferry", fetched_at=NOW)
    assert [(credit.name, credit.role) for credit in found.credits] == [("Ann Lee", Role.AUTHOR), ("Cy Dorn", Role.EDITOR)]


@given(st.lists(st.sampled_from(["Editor: ", "Foto：", "(", ")", "Ann Lee", "\n", ":", "记者 ", "기자", "photos by ", " by ", "摄影：", "，", "文/图：", "Reuters", "dpa/"]), max_size=40).map("".join))  # fmt: skip
def test_no_mixture_of_credits_makes_it_raise(text: str) -> None:
    for lang in ("en", "zh"):
        for credit in read(f"{TITLE}<p>{text}</p>", lang=lang).credits:
            assert credit.name == credit.name.strip() != ""

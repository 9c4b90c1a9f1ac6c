"""Names that readers see in bylines, lines and closing sentences."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from worker.extract.blocks import collect
from worker.extract.credits import choose_authors, explain_authors
from worker.extract.evidence import read_evidence
from worker.extract.metadata import credits_of

TITLE = "<h1>Ferry sinks off the northern coast</h1>"
PROSE = "<p>" + "The ferry left the harbour in the morning with ten people aboard. " * 5 + "</p>"


def authors_of(body: str, *, head: str = "", lang: str = "en") -> tuple[str, ...]:
    tree = LexborHTMLParser(f"<!DOCTYPE html><html lang='{lang}'><head>{head}</head><body>{body}</body></html>")
    evidence = read_evidence(tree, collect(tree), url="https://news.example.com/ferry", fetched_at=1.7e9)
    return choose_authors(credits_of(evidence)).authors


@pytest.mark.parametrize(
    ("body", "authors"),
    [
        (f"{TITLE}<span class='author vcard'><a href=/author/x>seagull77</a></span>{PROSE}", ("seagull77",)),
        (f"{TITLE}<h4 class='vcard author'>vom <span class=fn>Hafenblogger</span></h4>{PROSE}", ("Hafenblogger",)),
        (f"{TITLE}<div><p>Written by</p><p>Edda Tallow</p></div>{PROSE}", ("Edda Tallow",)),
        (f"{TITLE}<p>25.10.2022 - Rainer Nagler</p>{PROSE}", ("Rainer Nagler",)),
        (f"{TITLE}<p>Autor: Peter Mahler/SP-X</p>{PROSE}", ("Peter Mahler",)),
        (f"{TITLE}{PROSE}<p>Erstellt von Andrea Brynner</p>", ("Andrea Brynner",)),
        (f"{TITLE}{PROSE}<p>Dieser Beitrag wurde von Andrea am 3. Mai 2020 veröffentlicht.</p>", ("Andrea",)),
        (f"{TITLE}{PROSE}<p>This entry was posted in Travel by Ann Lee on May 3, 2020.</p>", ("Ann Lee",)),
        (f"{TITLE}<p class=byline>Ann Lee, Fr, 18. Oktober 2019</p>{PROSE}", ("Ann Lee",)),
        (f"{TITLE}<p class=byline>BoatFan on Friday</p>{PROSE}", ("BoatFan",)),
        (f"{TITLE}{PROSE}<div class=author-box><h4 class=author-box__name>Dora Hebe</h4></div>", ("Dora Hebe",)),
        (f"{TITLE}{PROSE}<div class=comments><span class='author fn'>Bo Chan</span></div>", ()),
        (f"{TITLE}<p>text</p><p>Bo Chan</p>{PROSE}", ()),
        (f"{TITLE}<p>January 5, 2020</p><p>Northern Coast</p>{PROSE}", ()),
    ],
)  # fmt: skip
def test_the_author_is_who_the_page_shows_to_have_written_it(body: str, authors: tuple[str, ...]) -> None:
    assert authors_of(body) == authors


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("작성 2020-05-03 홍길동 기자", ("홍길동",)),
        ("신문사 홍길동 선임기자", ("홍길동",)),
    ],
)
def test_a_korean_reporter_is_the_author(line: str, authors: tuple[str, ...]) -> None:
    assert authors_of(f"<h1>여객선이 북쪽 해안에서 침몰했다고 당국이 밝혔다</h1><p>{line}</p>{PROSE}", lang="ko") == authors


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("作者：宋怡 杨志华", ("宋怡", "杨志华")),
        ("新华网黑龙江频道 记者 伊琳 李清芬", ("伊琳", "李清芬")),
        ("本报记者罗科苏盈发自北京", ("罗科苏盈",)),
        ("执笔人：闵乐夫 赵兰波", ("闵乐夫", "赵兰波")),
        ("本贴由大卫于2005年8月12日16:12:21发表", ("大卫",)),
        ("海姑娘写于2005年6月12日", ("海姑娘",)),
        ("02日14:25 作者： 赵婕 出自[人民文学出版社]", ("赵婕",)),
        ("王平", ("王平",)),
    ],
)
@pytest.mark.parametrize("lang", ["zh", ""])
def test_a_chinese_page_credits_its_author_in_a_line(lang: str, line: str, authors: tuple[str, ...]) -> None:
    text = "渡轮于上午离开港口，船上共有十人，全部获救后送往医院接受检查。" * 6
    body = f"<h1>渡轮在北部海岸沉没船上十人全部获救送往医院</h1><p>{line}</p><p>{text}</p>"
    assert authors_of(body, lang=lang) == authors


def test_every_candidate_is_explained_and_one_is_chosen() -> None:
    html = (
        f"<html lang=en><head><meta name=author content='Coast News'></head><body>{TITLE}<p>By Ann Lee</p>{PROSE}</body></html>"
    )
    tree = LexborHTMLParser(html)
    evidence = read_evidence(tree, collect(tree), url="https://news.example.com/ferry", fetched_at=1.7e9)
    candidates = explain_authors(credits_of(evidence))
    assert {item.value for item in candidates if item.chosen} == {"Ann Lee"}
    assert ("Coast News", "meta") in [(item.value, item.source) for item in candidates]
    assert all(item.why for item in candidates)

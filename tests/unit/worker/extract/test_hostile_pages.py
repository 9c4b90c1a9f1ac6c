"""Pages whose texts are made to hold up regular expressions, normalisation or our own loops, to trip them, or to fill the memory.

Some 300 kB each. A step that takes the square of its input needs minutes for one of them; what is right needs a
fraction of a second, so the bound tells the two apart on any machine.
"""

import time
import tracemalloc

import pytest
from selectolax.lexbor import LexborHTMLParser

from worker.extract.addresses import absolute
from worker.extract.article import extract
from worker.extract.assemble import LONGEST_ALT, LONGEST_CAPTION
from worker.extract.blocks import collect
from worker.extract.headline import LONGEST_CLAIM
from worker.extract.hints import CHROME, surrounds, words
from worker.extract.images import largest
from worker.extract.jsonld import nodes_of
from worker.extract.metadata import read_metadata
from worker.extract.renditions import same_picture
from worker.models import Extraction
from worker.normalise.text import MOST_MARKS, fold, plain, squeeze
from worker.urls import MAX_LENGTH

BRIEF_S = 2.0  # of processor time, ten times and more what these pages take
URL, NOW = "https://news.example/a/b.html", 1.79e9
TITLE = "A ferry runs again"
TEXT = "<p>The ferry has been running again since Monday morning, the harbour office said, and the council is glad of it.</p>" * 8
N = 300_000
MARKS = "a" + "\u0301\u0316" * (N // 4)  # two combining classes in turn: putting them in canonical order is quadratic


def page(*, head: str = "", body: str = "") -> str:
    return f"<html><head><title>{TITLE}</title>{head}</head><body><h1>{TITLE}</h1>{TEXT}{body}</body></html>"


def described(json: str) -> str:
    return page(head=f"<script type='application/ld+json'>{json}</script>")


def read(html: str) -> Extraction:
    return extract(html, url=URL, fetched_at=NOW)


SLOW = {
    "srcset of commas": page(body=f'<p><img src=/a.jpg srcset="a{"," * N}"></p>'),
    "srcset of blanks and commas": page(body=f'<p><img src=/a.jpg srcset="a{" ," * (N // 2)}"></p>'),
    "width of blanks": page(body=f'<p><img src=/a.jpg width="1{" " * N}x"></p>'),
    "file name of sizes": page(
        head="<meta property=og:image content=/b.jpg>", body=f'<p><img src="/x{"-w1" * (N // 3)}!.jpg"></p>'
    ),
    "many file names of sizes": page(
        head="<meta property=og:image content=/b.jpg>",
        body="".join(f'<p><img src="/{n}{"-w1" * 600}!.jpg"></p>' for n in range(N // 1_800)),
    ),
    "blanks after a comment's end": described('{"a": 1}-->' + " " * N + "x"),
    "blanks after author": described('{"@type": "NewsArticle", "author":' + " " * N + "x"),
    "authors and blanks": described('{"@type": "NewsArticle", ' + ('"author": {' + " " * 400) * (N // 400)),
    "headline of dashes": described('{"@type": "NewsArticle", "headline": "' + "A - " * (N // 4) + '"}'),
    "name of bars": described('{"@type": "NewsArticle", "name": "' + "A | " * (N // 4) + '"}'),
    "combining marks in a paragraph": page(body=f"<p>{MARKS}</p>"),
    "combining marks in a host": page(body=f'<p>word <a href="http://{MARKS}/">x</a></p>'),
    "combining marks in an author": described(
        '{"@type": "NewsArticle", "headline": "A ferry runs again", "author": "' + MARKS + '"}'
    ),
    "combining marks in a canonical address": page(head=f'<link rel=canonical href="http://{MARKS}/">'),
    "lists in lists": page(body="<ul><li>" * 240 + TEXT * 30),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", SLOW)
def test_a_page_made_to_be_slow_is_not(name: str) -> None:
    began = time.process_time()
    extraction = read(SLOW[name])
    assert time.process_time() - began < BRIEF_S
    assert extraction.title == TITLE or "NewsArticle" in SLOW[name]


TRIPPING = {
    "a number of an entity": page(head="<meta name=description content='&amp;amp; &amp;#" + "1" * 4_700 + "'>"),
    "a number of an entity in broken JSON": described('{"a": &#' + "1" * 5_000 + "; }"),
    "a number in JSON": described('{"@type": "NewsArticle", "headline": ' + "1" * 5_000 + "}"),
    "JSON in JSON": described("[" * 200_000),
    "a bracket in an address": page(body="<p><a href='http://['>next</a><img src='//[x/a.jpg'>", head="<base href='http://['>"),
}


@pytest.mark.parametrize("name", TRIPPING)
def test_a_page_made_to_trip_its_reader_is_read(name: str) -> None:
    assert read(TRIPPING[name]).title == TITLE


@pytest.mark.parametrize("url", ["http://[", "http://[x/a", "http://a\u2100b/", "", "a/b.html"])
def test_a_page_without_a_proper_address_is_read_with_nothing_relative_to_it(url: str) -> None:
    html = page(head="<link rel=canonical href=/c>", body="<p>a <a href=/d>link</a> and <a href=b_2.html>next page</a></p>")
    extraction = extract(html, url=url, fetched_at=NOW)
    assert (extraction.title, extraction.reason, extraction.declared_canonical) == (TITLE, None, None)
    tree = LexborHTMLParser(html)
    assert read_metadata(tree, collect(tree), url=url, fetched_at=NOW).title == TITLE


def test_half_characters_and_nuls_of_json_reach_nothing_that_is_stored() -> None:
    described_by = {"headline": "A", "description": "The", "author": "Ann", "articleSection": "Sea"}
    fields = ", ".join(rf'"{key}": "{value} \ud800one\u0000 two\udfff"' for key, value in described_by.items())
    html = described(f'{{"@type": "NewsArticle", {fields}}}').replace(f"<h1>{TITLE}</h1>", "")
    extraction = read(html)
    assert extraction.title == "A one two"
    assert extraction.description == "The one two"
    assert extraction.authors == ("Ann one two",)
    assert extraction.section == "Sea one two"


def test_half_characters_of_a_body_in_json_reach_no_paragraph() -> None:
    body = r"The council said on Monday that \ud800 the ferry\u0000 would run again. " * 30
    html = described('{"@type": "NewsArticle", "headline": "A ferry", "articleBody": "' + body + '"}').replace(
        TEXT, "<p>Subscribe.</p>"
    )
    extraction = read(html)
    text = "".join(span.text for block in extraction.document.blocks for span in getattr(block, "spans", ()))
    assert "the ferry would run" in text
    text.encode()
    assert "\0" not in text


def test_marks_on_a_letter_are_kept_as_far_as_languages_stack_them() -> None:
    honest = "q" + "\u0316\u0317\u0318" * 6  # no composed form: each mark stays
    assert squeeze(honest) == plain(honest) == honest
    assert squeeze("q" + "\u0316" * 500) == "q" + "\u0316" * MOST_MARKS
    assert fold("q" + "\u0316" * 500) == "q"


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "marks", [MARKS, "\u304b" + "\uff9e\u0301" * (N // 4)], ids=["marks", "letters that NFKC makes marks of"]
)
def test_marks_in_great_number_take_no_time_to_fold(marks: str) -> None:
    began = time.process_time()
    fold(marks)
    assert time.process_time() - began < BRIEF_S


def test_a_long_line_of_signs_that_are_no_marks_stays_whole() -> None:
    assert squeeze("…" * 90 + "中") == "…" * 90 + "中"


def test_an_address_of_more_than_the_longest_is_none() -> None:
    assert absolute("/" + "a" * (MAX_LENGTH - 30), URL) is not None
    assert absolute("/" + "a" * MAX_LENGTH, URL) is None
    assert absolute("/" + "\u4e2d" * (MAX_LENGTH // 2), URL) is None  # nine characters each once escaped


def test_a_picture_keeps_no_more_of_its_words_than_a_reader_would_read() -> None:
    captions = f"<figcaption>{'Word and word. ' * 10}</figcaption>" * 40
    html = page(body=f"<figure><img src=/a.jpg alt='{'word ' * 9_000}'>{captions}</figure>{TEXT}")
    image = read(html).images[0]
    assert 0 < len(image.alt) <= LONGEST_ALT
    assert 0 < len(image.caption) <= LONGEST_CAPTION


def test_a_title_is_no_longer_than_titles_may_be() -> None:
    html = described('{"@type": "NewsArticle", "headline": "' + "word " * 90_000 + '"}').replace(f"<h1>{TITLE}</h1>", "")
    assert len(read(html).title) <= LONGEST_CLAIM


def test_names_of_megabytes_are_looked_at_in_part_and_not_remembered() -> None:
    html = page(body="".join(f"<div class='share {n} {'x' * N}'><p>Word.</p></div>" for n in range(30)))
    read(html)  # what is remembered once
    tracemalloc.start()
    try:
        read(html.replace("share", "related"))
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < N
    assert surrounds(words("share " + "x" * N)) & CHROME


def test_an_author_is_still_found_in_broken_json() -> None:
    block = '{"@type": "NewsArticle", "author": [ {"@type": "Person", "name": "Ann Lee"} ], "headline": "A "ferry" runs"}'
    assert nodes_of([block])[0]["author"] == "Ann Lee"


@pytest.mark.parametrize(
    ("srcset", "best"),
    [
        ("a.jpg 1x, b.jpg 2x", "b.jpg"),
        ("a.jpg, b.jpg 2x", "b.jpg"),
        ("/w,300/a.jpg 300w,/w,600/b.jpg 600w", "/w,600/b.jpg"),
        (" ,, a.jpg 10w 20h ,\n b.jpg\t5w", "a.jpg"),
        ("a.jpg,,,", "a.jpg"),
        ("data:image/gif;base64,R0lG 900w, a.jpg 2w", "a.jpg"),
        (",", None),
        ("", None),
    ],
)
def test_a_srcset_is_read_as_browsers_do(srcset: str, best: str | None) -> None:
    assert largest(srcset) == best


def test_a_picture_is_known_under_any_marks_of_size() -> None:
    assert same_picture(
        "https://a.example/1/harbour-at-dawn-1024x768-scaled.jpg", "https://b.example/harbour-at-dawn@r1.5_300w.jpg"
    )
    assert not same_picture("https://a.example/harbour-at-dawn-2.jpg", "https://a.example/harbour-at-dawn-3.jpg")

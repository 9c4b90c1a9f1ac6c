"""The rule of `worker.markdown`: a CommonMark parser shows exactly the text that went in."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from worker.document import Span
from worker.markdown import code_span, destination, escape
from worker.rendering import paragraph_markdown

MARKS = "\\`*_{}[]()<>#+-.!|&;:/=~^\"'$%@?, \n"
LETTERS = "aZ09é說好。，“”《》（）　…"
words = st.text(alphabet=st.sampled_from(MARKS + LETTERS), min_size=1, max_size=40)
# Line by line without white space at the edges, as extraction makes it.
texts = words.map(lambda text: "\n".join(line for part in text.split("\n") if (line := part.strip(" \u3000")))).filter(bool)


def shown(markdown: str) -> list[tuple[str, str]]:
    """What a CommonMark parser shows: each block's tag and text."""
    tokens = MarkdownIt("commonmark").parse(markdown)
    return [(opening.tag, inline_text(token)) for opening, token in pairwise(tokens) if token.type == "inline"]


def inline_text(token: Token) -> str:
    parts = []
    for child in token.children or []:
        if child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("html_inline", "image"):
            parts.append(f"<{child.type}>")
    return "".join(parts)


@given(texts)
@example("1. no list")
@example("+ no list")
@example("a\n===")
@example("a\n-")
@example("***")
@example("[a]: b")
@example("&amp; &#35; &copy")
@example("<b> <http://a.b>")
@example("a\\\nb")
@example("`` ` ``")
@example("# x #")
@example("~~~")
def test_plain_text_is_shown_as_written(text: str) -> None:
    assert shown(paragraph_markdown((Span(text),))) == [("p", text)]


styled = st.builds(
    Span,
    text=words.filter(lambda text: "\n" not in text and bool(text.strip(" \u3000"))),
    href=st.sampled_from((None, None, "https://a.example/b?c=d&e=f_g(h)")),
    strong=st.booleans(),
    emphasis=st.booleans(),
    code=st.sampled_from((False, False, False, True)),
)


@given(st.lists(styled, min_size=1, max_size=4))
@example([Span("wow!"), Span("link", href="https://a.example/")])
@example([Span("说"), Span("“好。”", strong=True), Span("他")])
@example([Span("a", strong=True), Span("b", emphasis=True)])
@example([Span("a", code=True), Span("b", code=True)])
def test_styled_text_is_shown_as_written(spans: list[Span]) -> None:
    edges = " \u3000"
    spans[0] = Span(spans[0].text.lstrip(edges), spans[0].href, spans[0].strong, spans[0].emphasis, spans[0].code)
    spans[-1] = Span(spans[-1].text.rstrip(edges), spans[-1].href, spans[-1].strong, spans[-1].emphasis, spans[-1].code)
    spans = [span for span in spans if span.text]
    text = "".join(span.text for span in spans)
    if text.strip(edges) != text or not text:
        return
    assert shown(paragraph_markdown(tuple(spans))) == [("p", text)]


@pytest.mark.parametrize(
    "text",
    [
        "疫情防控“红色防线”（秦州区）。",
        "“党委班子领队+村级组织+镇村干部+党员”、3-4个、24小时",
        "Prices rose 3.5% - 4% (see table), C++ & C#; it's fine!",
        "snake_case and 2 * 3 = 6, [sic], a|b, ~10",
        "一、标题 1.5 第2）条 #话题#",
        "AT&T, R&D; 5 < 6 > 4",
    ],
)
def test_ordinary_prose_needs_no_escape(text: str) -> None:
    assert paragraph_markdown((Span(text),)) == text


def test_strong_next_to_han_moves_punctuation_outside_so_that_it_works() -> None:
    assert paragraph_markdown((Span("说"), Span("“好。”", strong=True), Span("他"))) == "说“**好**。”他"


def test_strong_emphasis_and_links_are_written() -> None:
    spans = (
        Span("a "),
        Span("b", strong=True),
        Span(" "),
        Span("c", emphasis=True),
        Span(" "),
        Span("d", href="https://e.example/"),
    )
    assert paragraph_markdown(spans) == "a **b** *c* [d](https://e.example/)"


def test_a_line_break_is_a_hard_one() -> None:
    assert paragraph_markdown((Span("a\nb"),)) == "a\\\nb"


@given(st.text(alphabet="ab` ", min_size=1, max_size=12).filter(lambda text: bool(text.strip())))
def test_a_code_span_holds_any_backticks(text: str) -> None:
    assert shown(f"x{code_span(text)}x") == [("p", f"x{text}x")]


@given(st.text(alphabet=st.sampled_from("abé ()<>\\&;[]*_!\"'"), max_size=15))
def test_a_destination_stays_inside_its_link(path: str) -> None:
    [opening] = [
        child
        for token in MarkdownIt("commonmark").parse(f"[x]({destination('https://a.example/' + path)})")
        for child in token.children or []
        if child.type == "link_open"
    ]
    assert str(opening.attrs["href"]).startswith("https://a.example/")


def test_escape_in_a_link_guards_brackets() -> None:
    assert escape("a [b] c", in_link=True) == "a \\[b\\] c"

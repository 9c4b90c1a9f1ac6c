import pytest
from selectolax.lexbor import LexborHTMLParser

from worker.extract.screen import DEEPEST, suspicion

BOMBS = {
    "unclosed divs": ("<div>" * 20_000, "deep nesting"),
    "a million divs": ("<div>" * 1_000_000, "too many tags"),
    "balanced divs": ("<div>" * 10_000 + "</div>" * 10_000, "deep nesting"),
    "custom elements": ("".join(f"<x-{i}>" for i in range(5_000)), "deep nesting"),
    "upper case": ("<DIV>" * 5_000, "deep nesting"),
    "100,000 attributes": ("<div " + " ".join(f"a{i}=1" for i in range(100_000)) + ">", "too many attributes"),
    "attributes that hold tags": ("<div " + " ".join(f"a{i}='<b></b>'" for i in range(5_000)) + ">", "too many attributes"),
    "attributes between slashes": ("<div " + "/".join(f"a{i}" for i in range(5_000)) + ">", "too many attributes"),
    "options": ("<option>" * 20_000, "too many options"),
    "links and divs": ("<a><div>" * 20_000, "formatting left open"),
    "fonts": ("".join(f"<font a={i}>" for i in range(20_000)), "formatting left open"),
    "bold and italic": (
        "".join(f"<b {i}>" for i in range(500)) + "".join(f"<i {i}>" for i in range(500)) + "x</b>" * 500,
        "formatting left open",
    ),
    "a million paragraphs": ("<p>x" * 1_000_000, "too many tags"),
    "divs in a style inside svg": ("<svg><style>" + "<div>" * 5_000 + "</style></svg>", "deep nesting"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_every_known_bomb_is_suspected(name: str) -> None:
    html, reason = BOMBS[name]
    assert suspicion("<!DOCTYPE html><html><head><script>a<b</script></head><body>" + html) == reason
    assert suspicion(html) == reason


ARTICLE = (
    "<article><h1>Title</h1>" + "<p>A <b>paragraph</b> with a <a href='/x'>link</a>.<br><img src=a.jpg>" * 300 + "</article>"
)


@pytest.mark.parametrize(
    "html",
    [
        "",
        ARTICLE,
        "<ul>" + "<li>one<li>two" * 5_000 + "</ul>",
        "<table>" + "<tr><td>1<td>2" * 5_000 + "</table>",
        "<div>" * (DEEPEST // 2) + "</div>" * (DEEPEST // 2),
        "<script>" + "document.write('<div><b>');" * 3_000 + "</script>" + ARTICLE,
        "<!--" + "<div>" * 3_000 + "-->" + ARTICLE,
        "<div data-state='" + '{"a": "b", "c": "d"} ' * 2_000 + "'></div>" + ARTICLE,
        "<p title='it's an odd quotation mark>" + ARTICLE * 3,
        "<DIV><Font size=2>mixed case</FONT></div>" * 2_000,
        "<" * 100_000,
    ],
)
def test_honest_pages_pass_however_untidy(html: str) -> None:
    assert suspicion(html) is None


def test_what_passes_at_the_limit_is_parsed_without_harm() -> None:
    html = "<div>" * DEEPEST + "x"
    assert suspicion(html) is None
    assert LexborHTMLParser(html).text() == "x"

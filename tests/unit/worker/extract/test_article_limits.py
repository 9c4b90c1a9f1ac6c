"""What is no article, and that nothing a page does makes the extractor raise."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stories import P1, P2, P3, STORY, URL, page, paragraphs
from worker.extract.article import extract
from worker.rendering import to_markdown, to_text

# ---------------------------------------------------------------- what is no article


def test_a_short_news_item_is_an_article() -> None:
    text = (
        "A man of 40 was hurt on Tuesday when his boat struck a rock off the northern cape. The coast guard brought him ashore; "
        "he is in hospital and is said to be doing well, a police spokesman told this newspaper."
    )
    assert paragraphs(page(f"<h1>Man hurt at sea</h1><p>{text}</p>")) == [text]


def test_a_story_told_by_pictures_is_an_article() -> None:
    shots = "".join(f"<p><img src='/{n}.jpg'></p><p>Picture {n}: the old bridge, seen from the river bank.</p>" for n in range(4))
    extraction = page(f"<h1>Bridge to close</h1><article>{shots}</article>")
    assert extraction.reason is None
    assert len(extraction.images) == 4


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("", "no text"),
        ("<p>Soon.</p>", "too little text"),
        (f"<h1>Just a moment...</h1><p>{P1}</p>", "a challenge page"),
        (f"<h1>Log in</h1><p>{P1}</p>", "a log-in page"),
        (f"<h1>404 Not Found</h1><p>{P1}</p>", "a page that is gone"),
        ("".join(f"<li><a href=/{n}>Some headline of the day number {n}</a></li>" for n in range(30)), "a list of links"),
    ],
)
def test_a_page_that_is_no_article_says_what_it_is(html: str, reason: str) -> None:
    title = html[4:].split("<")[0] if html.startswith("<h1>") else "A page"
    extraction = extract(f"<html><head><title>{title}</title></head><body>{html}</body></html>", url=URL, fetched_at=1.7e9)
    assert extraction.reason == reason
    assert not extraction.document.blocks
    assert not extraction.images


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        ("Product", "a product"),
        ("DiscussionForumPosting", "a forum thread"),
        ("SearchResultsPage", "search results"),
        ("CollectionPage", "a list of links"),
        ("NewsArticle", None),
    ],
)
def test_what_a_page_declares_itself_to_be_is_heard(declared: str, reason: str | None) -> None:
    ld = json.dumps({"@type": declared, "name": "Bridge", "headline": "Bridge to close"})
    assert page(f"<h1>Bridge to close</h1>{STORY}", f"<script type='application/ld+json'>{ld}</script>").reason == reason


def test_the_front_page_of_a_site_is_no_article() -> None:
    html = f"<html><head><title>News</title></head><body>{STORY}</body></html>"
    assert extract(html, url="https://news.example/", fetched_at=1.7e9).reason == "a front page"


def test_a_paywall_stub_is_named_so() -> None:
    ld = json.dumps({"@type": "NewsArticle", "headline": "Bridge to close", "isAccessibleForFree": False})
    extraction = page("<h1>Bridge to close</h1><p>The council voted.</p>", f"<script type='application/ld+json'>{ld}</script>")
    assert extraction.reason == "a paywall stub"


def test_an_article_without_an_address_keeps_its_text() -> None:
    html = f"<html><body><h1>Bridge to close</h1>{STORY}<img src=a.jpg></body></html>"
    assert paragraphs(extract(html, url="", fetched_at=1.7e9)) == [P1, P2, P3]


# ---------------------------------------------------------------- never raises

tags = st.sampled_from(
    [
        "p",
        "div",
        "span",
        "a",
        "b",
        "i",
        "em",
        "br",
        "hr",
        "table",
        "tr",
        "td",
        "th",
        "ul",
        "ol",
        "li",
        "h1",
        "h2",
        "h3",
        "img",
        "picture",
        "source",
        "noscript",
        "figure",
        "figcaption",
        "blockquote",
        "pre",
        "code",
        "iframe",
        "video",
        "article",
        "section",
        "aside",
        "nav",
        "script",
        "style",
        "template",
        "svg",
        "form",
        "input",
        "base",
        "body",
        "head",
        "html",
        "center",
        "font",
        "dl",
        "dt",
        "dd",
    ]
)
attributes = st.sampled_from(
    [
        "", " class=content", " id=comments", " href=http://[", " href='\\\\x'", " src=//a.example/x.jpg", " src='data:,'", " hidden",
        " style='display:none'", " srcset='a 1x, b 2x,, c'", " srcset=','", " width=99999999999", " href='http://ü.example/ö'",
        " role=navigation", " itemprop=articleBody", " content=x", " href='http://a.example:99999999/'", " src='http://\u3000/'",
    ]
)  # fmt: skip
pieces = st.one_of(
    st.builds(lambda tag, attribute: f"<{tag}{attribute}>", tags, attributes),
    st.builds(lambda tag: f"</{tag}>", tags),
    st.sampled_from(
        [
            P1,
            "说。",
            "\u3000\u3000",
            " ",
            "\n",
            "&nbsp;",
            "&#0;",
            "\x00",
            "<!--",
            "-->",
            "<![CDATA[",
            "<",
            "\ufffd",
            "\udc80",
            "|",
        ]
    ),
    st.text(max_size=5),
)


@given(st.lists(pieces, max_size=60).map("".join), st.sampled_from([URL, "", "http://192.0.2.1:8080/?a=b#c"]))
def test_mangled_html_never_raises(html: str, url: str) -> None:
    extraction = extract(html, url=url, fetched_at=1.7e9)
    to_markdown(extraction.document, extraction.images)
    assert (extraction.reason is None) == bool(extraction.document.blocks)


def test_deep_nesting_is_read_to_the_bottom() -> None:
    html = "<div>" * 3000 + f"<h1>Bridge to close</h1>{STORY}" + "</div>" * 3000
    assert paragraphs(page(html)) == [P1, P2, P3]
    quotes = "<blockquote>" * 300 + STORY + "</blockquote>" * 300
    assert P1 in to_text(page(f"<h1>Bridge to close</h1>{quotes}").document)

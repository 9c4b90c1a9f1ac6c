"""Whatever the page and whatever its URL: the extractor answers, and its answer is one that can be stored and shown."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.fuzz.checks import FETCHED_AT, faults, rendering_faults
from worker.extract.article import extract
from worker.models import Extraction

PROSE = "<p>The ferry has been running again since Monday morning, the harbour office said, and the council is glad of it.</p>"
SOUP = [
    "<html>", "<head>", "<title>A ferry runs</title>", "<body>", "</body>", "<article>", "</article>", "<div class=share>", "</div>", "<p>", "</p>",
    PROSE, PROSE, PROSE, PROSE, "<h1>A ferry runs</h1>", "<h2>", "</h2>", "<ul><li>", "<li>", "</ul>", "<ol>", "<table><tr><td>a|b<td>", "<th>", "</table>",
    "<blockquote>", "</blockquote>", "<pre>a\n\tb", "</pre>", "<code>", "</code>", "<b>", "</b>", "<i>", "</i>", "<br>", "<br><br>", "<hr>",
    "<a href='/a'>", "<a href='javascript:x'>", "<a href='http://[::1'>", "<a href='//b.example:99999/'>", "<a href=''>", "</a>",
    "<base href='/b/'>", "<base href='data:,x'>", "<base href='//['>", "<img src=/a.jpg alt='a \x00 b'>", "<img src='data:image/png;base64,AA'>",
    "<img srcset='a.jpg 1x, , b.jpg 2x'>", "<img data-src='http://['>", "<picture><source srcset=/w.webp 800w>", "</picture>", "<figure>", "</figure>",
    "<figcaption>A ferry. Photo: B. Smith/AP</figcaption>", "<noscript><img src=/n.jpg></noscript>", "<iframe src='https://v.example/embed/1'>",
    "<iframe src='about:blank'>", "<video src=/v.mp4 title='a film'>", "<!--", "-->", "<script>", "</script>", "<template>", "<svg>", "<math>",
    "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":[{}],\"author\":[[],{\"name\":\"A\\u0000 B\"}],\"image\":{\"url\":[1]}}</script>",
    "<script type='application/ld+json'>{\"@graph\":[{\"@type\":\"NewsArticle\",\"datePublished\":\"0000-99-99\",\"articleBody\":\"\\ud800\"}]}</script>",
    "<meta property=og:image content='//c.example/\x7f.jpg'>", "<meta name=author content='&#1;'>", "<meta property=og:title content='\x1b[31m'>",
    "<link rel=canonical href='http://['>", "<link rel=next href='?page=2'>", "<link rel=canonical href='mailto:a@b.example'>",
    "<time datetime='99999-01-01T99:99'>", "2026年13月40日", "记者 张三", "（来源：\u3000）", "&nbsp;", "&#8232;", "&zwj;", "\u3000\u3000", "\u202e", "\ufeff",
    "1. ", "- ", "# ", "> ", "*", "_", "`", "|", "[x](", "]: ", "&amp;amp;", "&lt;b&gt;", "\\", "~~~", "word", " ", "\n",
]  # fmt: skip
soups = st.lists(st.sampled_from(SOUP), max_size=40).map("".join)
pages = st.one_of(
    soups, soups, st.text(max_size=300), st.lists(st.one_of(st.sampled_from(SOUP), st.text(max_size=8)), max_size=30).map("".join)
)
urls = st.one_of(
    st.just("https://news.example/2026/03/04/a.html"),
    st.text(max_size=30),
    st.sampled_from(("", "https://", "http://[", "https://[::1]/", "file:///a", "https://a.example:0/", "https://a.example:x/", "//a.example", "\ud800")),
    st.text(alphabet=":/?#[]@!%&.-_0a\\ ", max_size=20).map("https:".__add__),
)  # fmt: skip


def read(html: str, url: str = "https://news.example/2026/03/04/a.html") -> Extraction:
    return extract(html, url=url, fetched_at=FETCHED_AT)


@settings(max_examples=200, deadline=None)
@given(pages, urls)
@example("", "")
@example("<a href='http://[::1'>" + PROSE * 9, "http://[")
@example("\ud800" + PROSE * 9, "\ud800")
def test_any_page_at_any_url_gets_an_answer_without_a_fault(html: str, url: str) -> None:
    assert faults(read(html, url)) == []


@settings(max_examples=100, deadline=None)
@given(soups)
@example("<ul><li>" + PROSE * 9 + "<table><tr><td>a|b<td>`</table>")
def test_the_markdown_of_any_page_shows_what_its_document_says(soup: str) -> None:
    assert rendering_faults(read(PROSE * 6 + soup)) == []


@settings(max_examples=50, deadline=None)
@given(st.text(min_size=1, max_size=40))
def test_text_never_becomes_markup_that_the_document_does_not_hold(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    assert rendering_faults(read(f"{PROSE * 6}<p>{escaped} and {escaped}</p>{PROSE}")) == []


def test_controls_are_no_text() -> None:
    said = read(
        f"<title>A\x01 ferry</title>{PROSE * 6}<p>Up &#7;and\x0b\x1b[31m down the river they go, said the mayor\x7f.</p><pre>a\x08b</pre>"
    )
    assert faults(said) == []

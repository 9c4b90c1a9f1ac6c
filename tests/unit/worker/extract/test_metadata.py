import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from worker.extract.blocks import collect
from worker.extract.decode import decode
from worker.extract.metadata import Metadata, read_metadata
from worker.models import Credit, Role

NOW = 1_714_564_800.0  # 2024-05-01 12:00 UTC
URL = "https://www.example.com/news/quiet-harbour"
PAGES = Path(__file__).parents[3] / "pages"


def read(html: str, url: str = URL) -> Metadata:
    tree = LexborHTMLParser(html)
    return read_metadata(tree, collect(tree), url=url, fetched_at=NOW)


def json_ld(**article: Any) -> str:
    described = {"@context": "https://schema.org", "@type": "NewsArticle", **article}
    return f'<script type="application/ld+json">{json.dumps(described)}</script>'


def page(head: str = "", body: str = "", lang: str = "en") -> str:
    return f"<!DOCTYPE html><html lang={lang}><head>{head}</head><body>{body}</body></html>"


# ---------------------------------------------------------------- the whole


def test_a_page_that_tells_machines_everything_is_read_from_that() -> None:
    found = read(
        page(
            json_ld(
                headline="A quiet day at the harbour",
                author=[{"@type": "Person", "name": "Ann Lee"}, {"@type": "Person", "name": "Bo Chan"}],
                datePublished="2021-11-10T09:20:00+01:00",
                dateModified="2021-11-11T10:00:00+01:00",
                publisher={"@type": "Organization", "name": "Example News"},
                articleSection="Local",
                keywords=["ferry", "harbour"],
                image={"@type": "ImageObject", "url": "/img/harbour.jpg"},
                isAccessibleForFree="False",
                articleBody="First.\n\nSecond &amp; last.",
            )
            + '<meta property="og:type" content="Article"><meta property="og:description" content="Nothing happened.">'
            + '<link rel=canonical href="/news/quiet-harbour?utm_source=x">',
            "<h1>A quiet day at the harbour</h1>",
        )
    )
    assert found == Metadata(
        title="A quiet day at the harbour",
        title_candidates=("A quiet day at the harbour",),
        authors=("Ann Lee", "Bo Chan"),
        credits=(Credit(name="Ann Lee", role=Role.AUTHOR), Credit(name="Bo Chan", role=Role.AUTHOR)),
        site_name="Example News",
        published_at="2021-11-10T09:20:00+01:00",
        modified_at="2021-11-11T10:00:00+01:00",
        language="en",
        description="Nothing happened.",
        section="Local",
        tags=("ferry", "harbour"),
        lead_image="https://www.example.com/img/harbour.jpg",
        lead_candidates=("https://www.example.com/img/harbour.jpg",),
        declared_canonical="https://www.example.com/news/quiet-harbour?utm_source=x",
        article_body="First.\nSecond & last.",
        schema_types=frozenset({"newsarticle"}),
        og_type="article",
        paywalled=True,
    )


def test_a_page_that_says_nothing_gives_nothing() -> None:
    assert read("<p>text</p>") == Metadata()
    assert read("") == Metadata()


@pytest.mark.parametrize("name", ["tianshui-article", "mirror-article", "mirror-article-gbk"])
def test_the_chinese_pages_are_read_as_published(name: str) -> None:
    expected = json.loads((PAGES / f"{name}.expected.json").read_text())
    text = decode((PAGES / f"{name}.html").read_bytes(), content_type=None).text
    found = read(text, expected["url"])
    assert found.title == expected["title"]
    assert found.editors == (expected["editor"],)
    assert found.authors == ()
    assert found.source == (expected["source"] or "")
    assert (found.published_at or "")[:10] == expected["published_date"]
    assert (found.language or "").startswith("zh")


def test_the_tree_is_left_as_it_was() -> None:
    tree = LexborHTMLParser(page(json_ld(headline="A"), "<h1>A <script>x</script><b>b</b></h1><p class=byline>By Ann Lee"))
    before = tree.html
    read_metadata(tree, collect(tree), url=URL, fetched_at=NOW)
    assert tree.html == before


@given(st.lists(st.sampled_from(["<h1>", "</h1>", "<time datetime='2021-13-45'>", "<meta name=author content='", "'>", "<script type=application/ld+json>", "</script>", '{"@type":', "[", "}", '"author":', "<title>", "By Ann", "来源：", "2021-11-10", "<svg>", "\x00", "&#0;"]), max_size=25).map("".join), st.sampled_from([URL, "", "http://[", "nonsense", "http://例子.测试/2021/1/1/"]))  # fmt: skip
def test_no_page_makes_it_raise(html: str, url: str) -> None:
    assert isinstance(read(html, url), Metadata)


# ---------------------------------------------------------------- title


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Ferry sinks | Example News</title>", "<h1>Ferry sinks</h1>", "Ferry sinks"),
        ("<title>Ferry sinks off the coast - Example News</title>", "<p>text", "Ferry sinks off the coast"),
        ("<title>渡轮在港口沉没 十人获救_社会新闻_示例网</title>", "<div>渡轮在港口沉没 十人获救</div>", "渡轮在港口沉没 十人获救"),
        ("<title>渡轮在港口沉没 十人获救_社会新闻_示例网</title>", "", "渡轮在港口沉没 十人获救"),
        ('<meta property="og:title" content="Ferry sinks off coast">', "<h1><a href='/'>Example News</a></h1><h2>Ferry sinks off coast</h2>", "Ferry sinks off coast"),
        ('<meta property="og:title" content="Ferry sinks &amp;amp; ten are saved">', "", "Ferry sinks & ten are saved"),
        ('<meta property="og:title" content="Ferry sinks off the coast of …"><title>Ferry sinks off the coast of Norway</title>', "", "Ferry sinks off the coast of Norway"),
        ('<meta property="og:title" content="Ferry sinks off the coast">', "<h1>Disaster Ferry sinks off the coast</h1>", "Ferry sinks off the coast"),
        ("<title>Ferry sinks</title>", "<h1>Ferry<br>sinks <script>1</script></h1>", "Ferry sinks"),
        ("<title>Ferry sinks off the coast</title>", "<h1>Opinion</h1><h2>Ferry sinks off the coast</h2>", "Ferry sinks off the coast"),
        ("", "<svg><title>Menu</title></svg><h1>Ferry sinks off the coast</h1>", "Ferry sinks off the coast"),
    ],
)  # fmt: skip
def test_the_title_is_what_readers_know_the_article_by(head: str, body: str, title: str) -> None:
    assert read(page(head, body)).title == title


def test_a_newsroom_that_says_it_twice_beats_the_shortened_heading() -> None:
    head = (
        json_ld(headline="Veterans' day: Medals for murder")
        + '<meta property="og:title" content="Veterans\' day: Medals for murder">'
    )
    assert read(page(head, "<h1>Medals for murder</h1>")).title == "Veterans' day: Medals for murder"


# ---------------------------------------------------------------- JSON-LD as it is found


@pytest.mark.parametrize(
    "block",
    [
        '{"@context":"https://schema.org","@graph":[{"@type":"WebSite","name":"Example"},{"@type":"Article","headline":"H","author":{"@id":"#ann"},"datePublished":"2021-11-10"},{"@type":"Person","@id":"#ann","name":"Ann Lee"}]}',
        '[{"@type":"BreadcrumbList"},{"@type":["Article","NewsArticle"],"headline":"H","author":"Ann Lee","datePublished":"2021-11-10"}]',
        '<!-- {"@type":"NewsArticle","headline":"H","author":[{"name":"Ann Lee"}],"datePublished":"2021-11-10",} -->',
        '//<![CDATA[\n{"@type":"schema:NewsArticle","headline":"H","author":{"name":["Ann Lee"]},"datePublished":"2021-11-10"}\n//]]>',
        '{"@type":"NewsArticle","headline":"H","description":"two\nlines","author":{"@type":"Person","name":"Ann Lee"},"datePublished":"2021-11-10"}',
        '{"@type":"WebPage","mainEntity":{"@type":"http://schema.org/Article","headline":"H","author":"By Ann Lee","datePublished":"2021-11-10"}}',
        '{"@type":"NewsArticle","headline":"H","author":{"@type":"Person","name":"Ann Lee"},"datePublished":"2021-11-10","articleBody":"a "quoted" word"}',
    ],
    ids=["graph", "list", "comment and comma", "cdata", "raw line break", "main entity", "broken"],
)
def test_an_article_is_found_in_json_ld_however_it_is_written(block: str) -> None:
    found = read(page(f"<script type='application/ld+json'>{block}</script>"))
    assert (found.authors, found.published_at) == (("Ann Lee",), "2021-11-10")


def test_of_several_described_articles_the_page_s_own_counts() -> None:
    other = {"@type": "NewsArticle", "headline": "Another", "url": "https://www.example.com/news/other", "author": "Bo Chan"}
    own = {"@type": "NewsArticle", "headline": "Mine", "url": "http://example.com/news/quiet-harbour/", "author": "Ann Lee"}
    block = f"<script type='application/ld+json'>{json.dumps([other, own])}</script>"
    assert read(page(block)).authors == ("Ann Lee",)


def test_articles_in_a_list_of_others_are_not_this_one() -> None:
    listing = {"@type": "WebPage", "name": "x", "itemListElement": [{"@type": "NewsArticle", "author": "Bo Chan"}]}
    assert read(page(f"<script type='application/ld+json'>{json.dumps(listing)}</script>")).authors == ()


# ---------------------------------------------------------------- people


@pytest.mark.parametrize(
    ("head", "body", "authors"),
    [
        ('<meta name="author" content="Ann Lee">', "", ("Ann Lee",)),
        ('<meta name="author" content="Ann Lee, Bo Chan">', "", ("Ann Lee", "Bo Chan")),
        ('<meta property="article:author" content="https://www.facebook.com/annlee"><meta name="author" content="Ann Lee">', "", ("Ann Lee",)),
        ("", "<h1>Ferry sinks off coast</h1><p class='byline'>By Ann Lee</p>", ("Ann Lee",)),
        ("", "<h1>Ferry sinks off coast</h1><a rel=author href='/ann'>Ann Lee</a>", ("Ann Lee",)),
        ("", "<h1>Ferry sinks off coast</h1><p>By Ann Lee and Bo Chan</p>", ("Ann Lee", "Bo Chan")),
        ("", "<h1>Ferry sinks off coast</h1><p>Ann Lee | Senior Writer | May 2, 2021</p>", ("Ann Lee",)),
        ("", "<h1>Ferry sinks off coast</h1><span itemprop=author itemscope><span itemprop=name>Ann Lee</span></span>", ("Ann Lee",)),
        ('<meta name="author" content="Example News">', "<h1>Ferry sinks off coast</h1><p class=byline>By Ann Lee</p>", ("Ann Lee",)),
        ('<meta name="author" content="Example News">', "<h1>Ferry sinks off coast</h1>", ("Example News",)),
        ("", "<h1>Ferry sinks off coast</h1><p>text</p><div class=comments><span class=author>Bo Chan</span></div>", ()),
        ("", "<h1>Ferry sinks off coast</h1><p>text</p><footer><span class=author>Bo Chan</span></footer>", ()),
    ],
)  # fmt: skip
def test_authors_are_people_from_the_most_trusted_place_that_names_one(head: str, body: str, authors: tuple[str, ...]) -> None:
    assert read(page(head, body)).authors == authors


def test_chinese_roles_are_kept_apart() -> None:
    body = (
        "<h1>渡轮在港口沉没 十人获救</h1><p>2021年11月10日09:20&nbsp;&nbsp;来源：<a href=#>新华社</a></p>"
        "<p>本报讯（记者 张三）昨天晚上，一艘渡轮在港口沉没，十人获救。</p><p>（责任编辑：李四_NF12）</p>"
    )
    found = read(page("<title>渡轮在港口沉没 十人获救_示例网</title>", body, "zh-CN"))
    assert (found.authors, found.editors, found.source) == (("张三",), ("李四",), "新华社")
    assert found.published_at == "2021-11-10T09:20:00+08:00"


def test_a_stated_source_loses_its_label() -> None:
    assert read(page('<meta name="source" content="来源：人民网-时政频道">')).source == "人民网-时政频道"


# ---------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("head", "body", "published"),
    [
        ('<meta property="article:published_time" content="2021-11-10T09:20:00-05:00">', "", "2021-11-10T09:20:00-05:00"),
        ("", "<h1>Ferry sinks off coast</h1><time datetime='2021-11-10T09:20:00-05:00'>yesterday</time>", "2021-11-10T09:20:00-05:00"),
        ("", "<h1>Ferry sinks off coast</h1><p>November 10, 2021</p>", "2021-11-10"),
        ("", "<h1>Ferry sinks off coast</h1><p>Updated: November 12, 2021. Published: November 10, 2021", "2021-11-10"),
        ("", "<h1>Ferry sinks off coast</h1><p>OSLO, Nov. 10, 2021 - A ferry sank on Monday off the coast of Norway, and nobody was hurt, police said. " + "More follows. " * 10, "2021-11-10"),
        ("", "<h1>Ferry sinks off coast</h1>" + "<p>It sank. " * 5 + "<p>Posted on November 10, 2021", "2021-11-10"),
        ("", "<h1>Ferry sinks off coast</h1><p>3 hours ago</p>", "2024-05-01"),
        ("<script>window.state = {\"publishedAt\": \"2021-11-10T09:20:00+02:00\"}</script>", "<h1>Ferry sinks off coast</h1>", "2021-11-10T09:20:00+02:00"),
        ('<script>var ct = "1636536030";</script>', "<h1>Ferry sinks off coast</h1>", "2021-11-10T09:20:30+00:00"),
        ("", "<h1>Ferry sinks off coast</h1><div class=sidebar><time datetime=2021-11-10>x</time></div>", None),
        ("", "<h1>Ferry sinks off coast</h1><footer>Copyright 10 November 2021</footer>", None),
        # What tells only of its last change is dated by it.
        ('<meta property="article:modified_time" content="2021-11-10">', "", "2021-11-10"),
    ],
)  # fmt: skip
def test_the_date_comes_from_the_article_and_never_from_beside_it(head: str, body: str, published: str | None) -> None:
    assert read(page(head, body)).published_at == published


def test_the_url_dates_a_page_that_does_not() -> None:
    assert read(page(), "https://www.example.com/2021/11/10/story.html").published_at == "2021-11-10"
    assert read(page(), "https://www.example.com/20211110/t20211110_1.html").published_at == "2021-11-10"
    assert read(page(), "https://www.example.com/99120/2.html").published_at is None


def test_a_stated_day_takes_the_time_that_readers_see() -> None:
    body = "<h1>渡轮在港口沉没 十人获救</h1><p>2021-11-10 09:20</p>"
    assert read(page(json_ld(datePublished="2021-11-10"), body, "zh-CN")).published_at == "2021-11-10T09:20:00+08:00"


def test_a_moment_in_utc_is_told_on_the_clock_of_its_readers() -> None:
    stamp = '<meta property="article:published_time" content="2023-11-09T01:09:55Z">'
    body = "<h1>Ferry sinks off coast</h1><p>Published: November 8, 2023 at 6:09 p.m.</p>"
    assert read(page(stamp, body)).published_at == "2023-11-08T18:09:55-07:00"
    assert read(page(stamp, lang="de")).published_at == "2023-11-09T02:09:55+01:00"
    assert read(page(stamp)).published_at == "2023-11-09T01:09:55+00:00"


def test_what_was_changed_is_told_apart_from_what_was_published() -> None:
    stamp = '<meta property="article:published_time" content="2021-11-10">'
    found = read(page(stamp, "<h1>Ferry sinks off coast</h1><p>Updated November 12, 2021</p>"))
    assert (found.published_at, found.modified_at) == ("2021-11-10", "2021-11-12")
    shown = read(page("", "<h1>Ferry sinks off coast</h1><p>Published November 10, 2021 · Updated November 12, 2021</p>"))
    assert (shown.published_at, shown.modified_at) == ("2021-11-10", "2021-11-12")


def test_a_page_that_tells_only_of_its_last_change_is_dated_by_it() -> None:
    found = read(page("", "<h1>Ferry sinks off coast</h1><p>Updated November 12, 2021</p>"))
    assert (found.published_at, found.modified_at) == ("2021-11-12", "2021-11-12")


# ---------------------------------------------------------------- the rest


@pytest.mark.parametrize(
    ("lang", "head", "title", "language"),
    [
        ("en_us", "", "Ferry sinks", "en-US"),
        ("ZH-hans-cn", "", "渡轮沉没", "zh-Hans-CN"),
        ("cn", "", "渡轮沉没", "zh"),
        ("en", "", "渡轮在港口沉没", "zh"),
        ("en", "", "フェリーが沈没した", "ja"),
        ("en", "", "여객선이 침몰했다", "ko"),
        ("''", '<meta property="og:locale" content="de_DE">', "Fähre sinkt", "de-DE"),
        ("x", "", "Ferry sinks", None),
    ],
)
def test_the_language_is_a_valid_tag_that_fits_the_script(lang: str, head: str, title: str, language: str | None) -> None:
    assert read(page(f"<title>{title}</title>{head}", "", lang)).language == language


def test_a_free_page_says_so_and_silence_is_silence() -> None:
    assert read(page(json_ld(isAccessibleForFree=True))).paywalled is False
    assert read(page(json_ld(isAccessibleForFree="http://schema.org/False"))).paywalled is True
    assert read(page(json_ld())).paywalled is None


def test_tags_are_split_once_and_told_once() -> None:
    assert read(page('<meta name="keywords" content="ferry, Norway；ferry">')).tags == ("ferry", "Norway")


def test_tags_are_words_and_no_numbers_and_chinese_ones_may_stand_between_blanks() -> None:
    assert read(page(json_ld(keywords=["ferry", "100312362"]))).tags == ("ferry",)
    assert read(page('<meta name="keywords" content="渡轮沉没 港口 救援2024">')).tags == ("渡轮沉没", "港口", "救援2024")
    assert read(page('<meta name="keywords" content="ferry services">')).tags == ("ferry services",)


def test_tags_that_only_readers_see_are_the_first_list_of_links_to_them() -> None:
    shown = "<p>Text.</p><ul><li><a href=/tag/ferry>#ferry</a><li><a href='/tag/norway/'>Norway</a></ul>"
    cloud = "<p>a</p><p>b</p><p>c</p><a href=/tag/football>football</a>"
    assert read(page(body=shown + cloud)).tags == ("ferry", "Norway")
    assert read(page('<meta name="keywords" content="boats">', shown)).tags == ("boats",)
    assert read(page(body="<a href=/tagged>x</a><a href=/tag/>y</a><a href=/news/tag/x/y>z</a>")).tags == ()


def test_images_and_canonical_urls_that_are_none_are_left_out() -> None:
    found = read(page('<meta property="og:image" content="data:image/png;base64,xx"><link rel=canonical href="javascript:x">'))
    assert (found.lead_image, found.declared_canonical) == (None, None)

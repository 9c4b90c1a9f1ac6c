"""The body of whole pages: what is the article, what stands around it."""

import json
from urllib.parse import urljoin

import pytest

from tests.stories import P1, P2, P3, PAGES, STORY, URL, page, paragraphs
from worker.document import Heading, ListBlock, Paragraph, Quote, Span, Table
from worker.extract.article import extract
from worker.extract.decode import decode
from worker.rendering import to_markdown, to_text

# ---------------------------------------------------------------- the three pages of the fixture


@pytest.mark.parametrize("name", ["tianshui-article", "mirror-article", "mirror-article-gbk"])
def test_a_fixture_gives_its_title_and_every_line_in_order(name: str) -> None:
    expected = json.loads((PAGES / f"{name}.expected.json").read_text(encoding="utf-8"))
    html = decode((PAGES / f"{name}.html").read_bytes(), content_type=None).text
    extraction = extract(html, url=expected["url"], fetched_at=1.7e9)
    markdown = to_markdown(extraction.document, extraction.images)
    wanted = [line for line in expected["markdown"].split("\n") if line]
    wanted = [f"![]({urljoin(expected['url'], line[4:-1])})" if line.startswith("![](") else line for line in wanted]
    if name == "mirror-article-gbk":  # its damaged line is another room's to mend
        assert len(markdown.split("\n\n")) == len(wanted)
    else:
        assert markdown.split("\n\n") == wanted
        assert extraction.title == expected["title"]
    assert not [word for word in expected["must_not_contain"] if word in markdown]
    assert extraction.reason is None


def test_the_mirror_gives_the_sample_to_the_byte() -> None:
    extraction = extract((PAGES / "mirror-article.html").read_text(encoding="utf-8"), url=URL, fetched_at=1.7e9)
    markdown = to_markdown(extraction.document, extraction.images).replace("https://news.example", "")
    sample = (PAGES / "sample-article.txt").read_text(encoding="utf-8")
    assert markdown.replace("\n\n", "\n") == sample.removesuffix(" |")  # the list's separator is the page's, not the story's


@pytest.mark.parametrize("name", ["tianshui-article", "mirror-article"])
def test_the_ten_images_of_a_fixture_are_in_place_with_the_one_caption(name: str) -> None:
    expected = json.loads((PAGES / f"{name}.expected.json").read_text(encoding="utf-8"))
    html = decode((PAGES / f"{name}.html").read_bytes(), content_type=None).text
    extraction = extract(html, url=expected["url"], fetched_at=1.7e9)
    wanted = [(image["url"], image["position"], (image["caption"] or "")[1:-1]) for image in expected["images"]]
    assert [(image.url, image.position, image.caption) for image in extraction.images if not image.skip] == wanted
    caption = extraction.document.blocks[2]
    assert isinstance(caption, Paragraph)
    assert caption.caption_of == 0
    assert all(not isinstance(b, Paragraph) or b.caption_of is None for b in extraction.document.blocks[3:])


# ---------------------------------------------------------------- what is kept


def test_the_story_is_found_among_chrome() -> None:
    extraction = page(
        "<nav><a href=/>Home</a> <a href=/a>News</a></nav><header><h1>Bridge to close</h1><p class=byline>By A. Writer</p></header>"
        f"<div class=wrap><main><div class=entry-content>{STORY}</div></main><aside class=sidebar><h3>Latest</h3>"
        "<ul><li><a href=/1>One more thing that happened today in town</a></li></ul></aside></div>"
        "<footer>All rights reserved by the publisher of this fine newspaper.</footer>"
    )
    assert paragraphs(extraction) == [P1, P2, P3]
    assert extraction.title == "Bridge to close"
    assert extraction.reason is None


@pytest.mark.parametrize(
    "chrome",
    [
        "<div class=related><p>The other bridge, which stands a mile to the south, was repaired in nineteen ninety.</p></div>",
        "<div id=comments><p>I have used this bridge for forty years and never saw a crack in it. What a waste of money!</p></div>",
        "<div class='newsletter-signup'><p>Get the best of our stories in your inbox every morning, free of charge.</p></div>",
        "<div id=cookie-banner><p>We and our partners use cookies to store and read data on your device. Is that all right?</p></div>",
        "<div class=share-bar><a href=#>Share</a> <a href=#>Post</a></div>",
        "<div style='display: none'><p>This text is here for machines only and nobody who reads the page will see it.</p></div>",
        "<div hidden><p>This text is here for machines only and nobody who reads the page will see it.</p></div>",
        "<aside><p>This box tells about something else altogether, in a few long sentences of its own.</p></aside>",
        "<script>document.write('<p>written</p>')</script><style>p{}</style><!-- a comment -->",
        "<ul><li><a href=/1>Another story</a></li><li><a href=/2>A third story</a></li><li><a href=/3>A fourth</a></li></ul>",
        "<p>Read also: <a href=/4>Why the bridge was built in the first place</a></p>",
        "<p><a href=/4>Why the bridge was built in the first place, and who paid for it</a></p>",
    ],
)
@pytest.mark.parametrize("place", ["inside", "after"])
def test_chrome_inside_or_after_the_story_is_left_out(chrome: str, place: str) -> None:
    story = f"<p>{P1}</p><p>{P2}</p>{chrome}<p>{P3}</p>" if place == "inside" else f"{STORY}{chrome}"
    assert paragraphs(page(f"<h1>Bridge to close</h1><article>{story}</article>")) == [P1, P2, P3]


def test_paragraphs_made_of_divs_of_breaks_and_of_nothing_are_found() -> None:
    assert paragraphs(page(f"<h1>Bridge to close</h1><div><div>{P1}</div><div>{P2}<br><br>{P3}</div></div>")) == [P1, P2, P3]


def test_a_single_break_stays_a_line_break_and_one_before_an_indent_begins_a_paragraph() -> None:
    extraction = page(f"<h1>Bridge to close</h1><div>{P1}<br>{P2}<br>\u3000\u3000{P3}<br>&nbsp;&nbsp;&nbsp;{P1}</div>")
    assert paragraphs(extraction) == [f"{P1}\n{P2}", P3, P1]


def test_an_old_table_layout_with_unclosed_upper_case_paragraphs_is_read() -> None:
    html = (
        "<TABLE><TR><TD><A HREF=/>Home</A> | <A HREF=/n>News</A> | <A HREF=/s>Sport</A></TD></TR><TR><TD>"
        "<TABLE ALIGN=left><TR><TD><A HREF=/ad>Buy our boots now</A></TD></TR></TABLE>"
        f"<H1>Bridge to close</H1><P>\u3000\u3000{P1}<P>\u3000\u3000{P2}<P>\u3000\u3000{P3}</TD><TD WIDTH=200>"
        "<A HREF=/1>Another story</A><BR><A HREF=/2>A third story</A></TD></TR></TABLE>"
    )
    assert paragraphs(page(html)) == [P1, P2, P3]


def test_wrapped_source_lines_join_without_a_space_between_han() -> None:
    story = "疫情防控一线在哪里，党组织就覆盖\n到哪里，党旗就飘扬在哪里。面对严峻的\n　形势，秦州区积极发挥作用，成立一百二十个临时组织，共同 ABC\n守护家园。"
    assert paragraphs(page(f"<h1>标题</h1><div><p>{story}</p></div>")) == [
        "疫情防控一线在哪里，党组织就覆盖到哪里，党旗就飘扬在哪里。面对严峻的　形势，秦州区积极发挥作用，成立一百二十个临时组织，共同 ABC 守护家园。"
    ]


def test_structure_inside_the_story_is_kept() -> None:
    extraction = page(
        f"<h1>Bridge to close</h1><article><p>{P1}</p><h2>What happens now</h2><ol><li>Close it<ul><li>at night</li></ul></li>"
        f"<li>Mend it</li></ol><blockquote><p>{P3}</p></blockquote>"
        f"<table><tr><th>Year</th><th>Cars</th></tr><tr><td>2020</td><td>1,200</td></tr></table><pre>a  b\n  c</pre><p>{P2}</p></article>"
    )
    kinds = [type(block).__name__ for block in extraction.document.blocks]
    assert kinds == ["Paragraph", "Heading", "ListBlock", "Quote", "Table", "Code", "Paragraph"]
    heading, listing, quote, table = extraction.document.blocks[1:5]
    assert isinstance(heading, Heading)
    assert (heading.level, heading.spans) == (2, (Span("What happens now"),))
    assert isinstance(listing, ListBlock)
    assert listing.ordered
    assert [len(item) for item in listing.items] == [2, 1]
    assert isinstance(quote, Quote)
    assert isinstance(table, Table)
    assert table.header
    assert to_text(extraction.document).count("2020\t1,200") == 1


def test_links_strong_emphasis_and_code_are_spans_with_absolute_addresses() -> None:
    extraction = page(
        f"<h1>Bridge to close</h1><article><p>Say <a href='/x y'>the <b>plan</b></a> is <i>late</i>, <code>x=1</code>, "
        f"<a href='javascript:void(0)'>no link</a>. {P1}</p><p>{P2}</p></article>"
    )
    first = extraction.document.blocks[0]
    assert isinstance(first, Paragraph)
    assert first.spans[:7] == (
        Span("Say "),
        Span("the ", href="https://news.example/x%20y"),
        Span("plan", href="https://news.example/x%20y", strong=True),
        Span(" is "),
        Span("late", emphasis=True),
        Span(", "),
        Span("x=1", code=True),
    )
    assert first.spans[8] == Span("no link")


def test_the_headline_and_the_date_line_are_no_body_but_a_standfirst_is() -> None:
    standfirst = "Cracks were found in two of its piers, says a report"
    extraction = page(
        f"<div><h1>Bridge to close</h1><p class=standfirst>{standfirst}</p><div class=meta>12 May 2024</div></div>"
        f"<div class=article-body><div>Monday 12 May</div>{STORY}</div>"
    )
    assert paragraphs(extraction) == [standfirst, P1, P2, P3]


@pytest.mark.parametrize("body", ["<div class=article-body>", "<div>"])
def test_the_page_s_description_under_the_headline_is_a_standfirst_too(body: str) -> None:
    standfirst = "Cracks were found in two of its piers, says a report"
    extraction = page(
        f"<div><h1>Bridge to close</h1><div>{standfirst}</div>{body}{STORY}</div></div>",
        f"<meta name=description content='{standfirst}'>",
    )
    assert paragraphs(extraction) == [standfirst, P1, P2, P3]


@pytest.mark.parametrize(
    "tail",
    [
        "<p>上一篇：<a href=/1>路灯检修</a></p>",
        "<p>版权声明：凡本网注明来源的作品，转载请注明出处。</p><p>打印本页</p>",
        "<p>扫一扫，关注我们的微信公众号</p>",
        "<h3>相关阅读</h3><p>冬季供暖热线公布，市民可以拨打电话咨询有关的问题。</p>",
        "<div>责任链接</div> | <a href=/2>下一篇</a>",
    ],
)
def test_the_tail_of_a_chinese_page_is_cut_and_its_editor_line_stays(tail: str) -> None:
    story = "疫情防控一线在哪里，党组织就覆盖到哪里，党旗就飘扬在哪里。面对严峻的疫情防控形势，秦州区积极发挥各级党组织战斗堡垒作用，筑起防线。"
    editor = "（天水在线编辑：李俊锋）"
    extraction = page(f"<h1>标题</h1><div class=content><p>{story}</p><p>{story}</p><p align=right>{editor}</p>{tail}</div>")
    got = paragraphs(extraction)
    assert got[:3] == [story, story, editor]
    assert [text for text in got[3:] if text != "责任链接"] == []


def test_words_of_a_tail_inside_the_story_cut_nothing() -> None:
    one = "记者在上一篇报道中写道，市民可以扫一扫二维码登记，也可以在网站上分享到朋友圈，让更多的人知道这件事情。"
    two = "他说，版权声明并不是一纸空文，大家都应当遵守，并且积极举报那些违法的行为，共同维护良好的网络环境和秩序。"
    assert paragraphs(page(f"<h1>标题</h1><div><p>{one}</p><p>{two}</p><p>{one}</p></div>")) == [one, two, one]


def test_a_wechat_body_that_waits_for_its_script_is_no_hidden_text() -> None:
    body = f'<div id="js_content" class="rich_media_content" style="visibility: hidden;"><p>{P1}</p><section><p>{P2}</p></section></div>'
    assert paragraphs(page(f"<h1 id=activity-name>Bridge to close</h1>{body}")) == [P1, P2]


def test_a_body_that_a_paywall_hides_is_shown() -> None:
    hidden = "".join(f"<p style='display:none'>{text}</p>" for text in (P2, P3, P1))
    assert paragraphs(page(f"<h1>Bridge to close</h1><article><p>{P1}</p>{hidden}</article>")) == [P1, P2, P3, P1]


def test_a_body_declared_in_json_ld_stands_in_for_a_stub() -> None:
    declared = json.dumps(
        {"@type": "NewsArticle", "headline": "Bridge to close", "articleBody": "\n".join((P1, P2, P3, P1, P2, P3))}
    )
    extraction = page(f"<h1>Bridge to close</h1><p>{P1}</p>", f"<script type='application/ld+json'>{declared}</script>")
    assert paragraphs(extraction) == [P1, P2, P3, P1, P2, P3]


def test_of_several_articles_on_a_page_the_headline_s_own_is_taken() -> None:
    other = f"<article><h1>Another day</h1><p>{P3} {P3} {P3}</p><p>{P2} {P2} {P2}</p></article>"
    assert paragraphs(page(f"<main><article><h1>Bridge to close</h1><p>{P1}</p><p>{P2} {P3}</p></article>{other}</main>")) == [
        P1,
        f"{P2} {P3}",
    ]


def test_text_with_names_that_mislead_is_still_found() -> None:
    assert paragraphs(
        page(f"<div class='share-page with-sidebar'><h1>Bridge to close</h1><div class='widget'>{STORY}</div></div>")
    ) == [
        P1,
        P2,
        P3,
    ]

"""Pictures of an article: the best address, the place, the caption, and which nobody wants."""

import pytest

from worker.document import Image, Paragraph
from worker.extract.article import extract
from worker.extract.images import address_of, declared_size, largest, skip_reason
from worker.models import Extraction

URL = "https://news.example/2024/05/story.html"
BASE = "https://news.example/2024/05/"
P1 = "The council voted on Monday to close the old bridge for a year, after engineers found cracks in two of its piers."
P2 = "Traffic will be sent over the new crossing to the north, which was opened last spring and has room to spare."


def article(*blocks: str, head: str = "") -> Extraction:
    body = f"<h1>Bridge to close</h1><article><p>{P1}</p>{''.join(blocks)}<p>{P2}</p></article>"
    return extract(
        f"<html><head><title>Bridge to close</title>{head}</head><body>{body}</body></html>", url=URL, fetched_at=1.7e9
    )


def urls(extraction: Extraction) -> list[str]:
    return [image.url for image in extraction.images if not image.skip]


# ---------------------------------------------------------------- which address


@pytest.mark.parametrize(
    ("attrs", "address"),
    [
        ({"src": "a.jpg"}, "a.jpg"),
        ({"src": "blank.gif", "data-src": "b.jpg"}, "b.jpg"),
        ({"src": "data:image/gif;base64,x", "data-original": "/c.jpg"}, "/c.jpg"),
        ({"src": "loading.gif", "data-actualsrc": "d.jpg"}, "d.jpg"),
        ({"src": "a.jpg", "data-src": "b.jpg", "data-original": "c.jpg"}, "b.jpg"),
        ({"src": "static/none.gif", "zoomfile": "e.jpg", "file": "f.jpg"}, "e.jpg"),
        ({"src": "a.jpg", "_src": "g.jpg"}, "g.jpg"),
        ({"src": "a.jpg", "data-src": "@@pic1@@"}, "a.jpg"),
        ({"src": "a.jpg", "data-src": "{{image}}"}, "a.jpg"),
        ({"src": "a.jpg", "data-src": "true"}, "a.jpg"),
        ({"src": "s.jpg", "srcset": "s.jpg 300w, l.jpg 1200w, m.jpg 600w"}, "l.jpg"),
        ({"src": "s.jpg", "srcset": "s.jpg, l.jpg 2x"}, "l.jpg"),
        ({"src": "s.jpg", "data-srcset": "l.jpg 2x", "srcset": "blank.gif 1x"}, "l.jpg"),
        ({"src": "a.jpg", "data-url": "/photos/list?id=3"}, "a.jpg"),
        ({"src": "blank.gif", "data-kept-for-later": "h.jpg?w=3"}, "h.jpg?w=3"),
        ({"src": "spacer.gif"}, None),
        ({"src": ""}, None),
        ({}, None),
    ],
)
def test_the_best_address_is_taken(attrs: dict[str, str | None], address: str | None) -> None:
    wanted = None if address is None else f"https://news.example{address}" if address.startswith("/") else BASE + address
    assert address_of(attrs, (), URL) == wanted


def test_a_picture_s_sources_are_asked_for_the_largest() -> None:
    sources = ({"srcset": "w.webp 400w, x.webp 1600w"}, {"srcset": "y.jpg 800w"})
    assert address_of({"src": "s.jpg"}, sources, URL) == BASE + "x.webp"


@pytest.mark.parametrize(
    ("srcset", "address"),
    [
        ("a.jpg", "a.jpg"),
        ("a.jpg 1x, b.jpg 2x", "b.jpg"),
        ("a,b.jpg 100w, c.jpg 50w", "a,b.jpg"),
        ("  a.jpg   100w  ,\n b.jpg 200w ,", "b.jpg"),
        ("a.jpg 1.5x,b.jpg 1x", "a.jpg"),
        (
            "https://c.example/w_200,h_100/a.jpg 200w, https://c.example/w_400,h_200/a.jpg 400w",
            "https://c.example/w_400,h_200/a.jpg",
        ),
        ("", None),
        (" , ", None),
    ],
)
def test_a_srcset_gives_its_largest_candidate(srcset: str, address: str | None) -> None:
    assert largest(srcset) == address


# ---------------------------------------------------------------- which are wanted


@pytest.mark.parametrize(
    ("attrs", "reason"),
    [
        ({"src": "a.jpg", "width": "600", "height": "400"}, None),
        ({"src": "a.jpg", "width": "100%"}, None),
        ({"src": "a.jpg", "width": "1", "height": "1"}, "tracker"),
        ({"src": "a.gif", "style": "width:0px;height:0px"}, "tracker"),
        ({"src": "/count/hits.gif"}, "tracker"),
        ({"src": "/ad/2021.gif"}, "tracker"),
        ({"src": "a.png", "width": "16", "height": "16"}, "icon"),
        ({"src": "/images/share.png", "width": "80", "height": "30"}, "icon"),
        ({"src": "/logo.svg"}, "icon"),
        ({"src": "/ewm.jpg", "width": "110"}, "qr_code"),
        ({"src": "a.jpg", "alt": "扫一扫二维码"}, "qr_code"),
        ({"src": "/static/emoji/1f600.png"}, "emoji"),
        ({"src": "/theme/gallery-icon.png"}, "icon"),
        ({"src": "/static/share.png"}, "icon"),
        ({"src": "/img/authors/ann-lee.jpg"}, "avatar"),
        ({"src": "/2024/summer_werbung_3.jpg"}, "advert"),
        ({"src": "/news/share-of-the-vote.jpg"}, None),
        ({"src": "/news/ad-astra.jpg"}, None),
        ({"src": "/2021/leader-visits-square.jpg"}, None),
        ({"src": "/news/iconic-building.jpg", "width": "640"}, None),
    ],
)
def test_a_picture_that_nobody_wants_has_a_reason(attrs: dict[str, str | None], reason: str | None) -> None:
    assert skip_reason(attrs, address_of(attrs, (), URL)) == reason


def test_a_stand_in_alone_is_a_placeholder() -> None:
    assert skip_reason({"src": "spacer.gif"}, None) == "placeholder"


def test_sizes_are_read_from_attributes_before_styles() -> None:
    assert declared_size({"width": "100px", "style": "width: 200px; height: 50px; max-width: 3px"}) == (100, 50)
    assert declared_size({"width": "auto"}) == (None, None)


def test_a_skipped_picture_is_recorded_and_not_shown() -> None:
    extraction = article("<p><img src=/count/hits.gif></p>")
    assert [(image.skip, image.position) for image in extraction.images] == [("tracker", None)]
    assert not any(isinstance(block, Image) for block in extraction.document.blocks)


# ---------------------------------------------------------------- place and caption


def test_pictures_stand_in_their_place() -> None:
    extraction = article("<p><img src=1.jpg></p>", f"<p>{P2}</p>", "<div>before <img src='2.jpg' alt=' a  dog '> after</div>")
    assert [(image.url, image.position, image.alt) for image in extraction.images] == [
        (BASE + "1.jpg", 1, ""),
        (BASE + "2.jpg", 4, "a dog"),
    ]
    assert [type(block).__name__ for block in extraction.document.blocks] == [
        "Paragraph", "Image", "Paragraph", "Paragraph", "Image", "Paragraph", "Paragraph",
    ]  # fmt: skip


def test_position_counts_the_top_block_around_a_picture() -> None:
    extraction = article("<ul><li>one</li><li>two<img src=1.jpg></li></ul>")
    assert [image.position for image in extraction.images] == [1]


def test_a_figcaption_belongs_to_its_picture_with_its_credit() -> None:
    extraction = article(
        "<figure><a href=/big.jpg><img src=1.jpg></a><figcaption>The bridge in May. <span>Photo: A. Smith</span></figcaption></figure>"
    )
    [image] = extraction.images
    assert (image.url, image.caption, image.credit) == (BASE + "1.jpg", "The bridge in May. Photo: A. Smith", "A. Smith")
    assert len(extraction.document.blocks) == 3


def test_a_credit_in_its_own_box_is_no_caption() -> None:
    extraction = article(
        "<figure><img src=1.jpg><figcaption><div class=cap>The bridge.</div><div class=photo-credit>A. Smith</div></figcaption></figure>"
    )
    assert (extraction.images[0].caption, extraction.images[0].credit) == ("The bridge.", "A. Smith")


@pytest.mark.parametrize(
    ("line", "caption", "credit"),
    [
        ("（秦州区集中隔离点成立）", "秦州区集中隔离点成立", ""),
        ("(秦州區(qū)觀察點(diǎn)成立)", "秦州區(qū)觀察點(diǎn)成立", ""),
        ("▲老桥五月的样子", "老桥五月的样子", ""),
        ("图为老桥五月的样子。", "图为老桥五月的样子。", ""),
        ("老桥五月的样子。 记者 贾天勇 摄", "老桥五月的样子。 记者 贾天勇 摄", "记者 贾天勇"),
        ("图源：视觉中国", "图源：视觉中国", "视觉中国"),
    ],
)
def test_the_line_under_a_picture_is_its_caption_by_the_signs_of_chinese_pages(line: str, caption: str, credit: str) -> None:
    extraction = article("<p align=center><img src=1.jpg></p>", f"<p>{line}</p>", "<p>（第二行不是说明）</p>")
    assert (extraction.images[0].caption, extraction.images[0].credit) == (caption, credit)
    block, following = extraction.document.blocks[2:4]
    assert isinstance(block, Paragraph)
    assert isinstance(following, Paragraph)
    assert (block.caption_of, following.caption_of) == (0, None)
    assert block.spans[0].text == line


@pytest.mark.parametrize(
    "line",
    [
        "阵地建在最前沿。",
        "（天水在线编辑：李俊锋）",
        "他说：“老桥（建于一九八〇年）要关了。”",
        "力量聚在第一线",
        "（一）总则（二）细则",
    ],
)
def test_a_short_line_without_a_sign_is_no_caption(line: str) -> None:
    extraction = article("<p align=center><img src=1.jpg></p>", f"<p align=center>{line}</p>")
    assert extraction.images[0].caption == ""
    assert all(not isinstance(block, Paragraph) or block.caption_of is None for block in extraction.document.blocks)


def test_a_small_centred_line_is_a_caption() -> None:
    extraction = article("<center><img src=1.jpg></center>", "<p align=center><font color=blue size=2>老桥五月的样子</font></p>")
    assert extraction.images[0].caption == "老桥五月的样子"


# ---------------------------------------------------------------- each picture once


@pytest.mark.parametrize(
    "markup",
    [
        "<img src=blank.gif class=lazy><noscript><img src=1.jpg></noscript>",
        "<noscript><img src=1.jpg></noscript><img src=blank.gif data-src=1.jpg>",
        "<img src=1.jpg><noscript><img src=1.jpg?w=1200></noscript>",
        "<picture><source srcset='1.jpg 1200w'><img src=small.jpg></picture>",
        "<img src=1.jpg><p></p><img src=1.jpg>",
    ],
)
def test_a_picture_is_shown_once(markup: str) -> None:
    assert urls(article(f"<div>{markup}</div>")) == [BASE + "1.jpg"]


def test_addresses_are_mended_the_way_browsers_do() -> None:
    extraction = article(
        "<p><img src='//cdn.example/a.jpg'></p><p><img src='..\\b c.jpg'></p><p><img src='/图/d.jpg'></p>",
        head="<base href='https://base.example/x/y/'>",
    )
    assert urls(extraction) == [
        "https://cdn.example/a.jpg",
        "https://base.example/x/b%20c.jpg",
        "https://base.example/%E5%9B%BE/d.jpg",
    ]


# ---------------------------------------------------------------- the lead image


def test_a_lead_image_outside_the_body_comes_last_without_a_place() -> None:
    extraction = article("<p><img src=1.jpg></p>", head="<meta property=og:image content=https://cdn.example/lead.jpg>")
    assert [(image.url, image.position) for image in extraction.images] == [
        (BASE + "1.jpg", 1),
        ("https://cdn.example/lead.jpg", None),
    ]
    assert extraction.lead_image == "https://cdn.example/lead.jpg"


def test_a_figure_between_headline_and_body_opens_the_article() -> None:
    html = (
        "<h1>Bridge to close</h1><div><figure><img src=1.jpg><figcaption>The bridge.</figcaption></figure></div>"
        f"<div class=article-body><p>{P1}</p><p>{P2}</p></div>"
    )
    extraction = extract(html, url=URL, fetched_at=1.7e9)
    assert [(image.position, image.caption) for image in extraction.images] == [(0, "The bridge.")]


def test_a_picture_in_a_teaser_is_left_out() -> None:
    assert (
        urls(article("<div><a href=/2><img src=2.jpg></a> <a href=/2>Why the bridge was built in the first place</a></div>"))
        == []
    )

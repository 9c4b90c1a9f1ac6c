"""Which pictures belong to the article, wherever the page puts them, and their captions."""

import pytest

from worker.document import Image, Paragraph
from worker.extract.article import extract
from worker.models import Extraction, ImageRef

URL = "https://news.example/2024/05/story.html"
BASE = "https://news.example/2024/05/"
P1 = "The council voted on Monday to close the old bridge for a year, after engineers found cracks in two of its piers."
P2 = "Traffic will be sent over the new crossing to the north, which was opened last spring and has room to spare."
P3 = "“We looked at every other way,” the mayor said, adding that the works would cost the city four million pounds."


def page(*, above: str = "", opening: str = "", inside: str = "", end: str = "", head: str = "") -> Extraction:
    return extract(
        f"<html><head><title>Bridge to close</title>{head}</head><body><main><article>{above}<header><h1>Bridge to close</h1></header>"
        f"{opening}<div class=article-body><p>{P1}</p><p>{P2}</p>{inside}<p>{P3}</p>{end}</div></article></main></body></html>",
        url=URL,
        fetched_at=1.7e9,
    )


def pictures(extraction: Extraction) -> list[ImageRef]:
    return [image for image in extraction.images if not image.skip]


def names(extraction: Extraction) -> list[str]:
    return [image.url.removeprefix(BASE) for image in pictures(extraction)]


# ---------------------------------------------------------------- outside the body


@pytest.mark.parametrize(
    "opening",
    [
        "<figure><img src=1.jpg><figcaption>The bridge.</figcaption></figure>",
        "<div class=hero-media><figure><img src=1.jpg><figcaption><div>The bridge.</div></figcaption></figure></div>",
        "<div class='sidebar-grid'><figure><img src=1.jpg><figcaption>The bridge.</figcaption></figure></div>",
        "<div class=featured-image><img src=1.jpg><div>The bridge.</div></div>",
        "<div class=image-box><a href=1-large.jpg><img src=1.jpg></a><span class=caption>The bridge.</span></div>",
    ],
)
@pytest.mark.parametrize("place", ["above", "opening"])
def test_the_opening_picture_stands_above_or_below_the_headline(opening: str, place: str) -> None:
    extraction = page(above=opening) if place == "above" else page(opening=opening)
    assert [(image.url, image.caption) for image in pictures(extraction)] == [(BASE + "1.jpg", "The bridge.")]
    assert extraction.lead_image == BASE + "1.jpg"


def test_a_picture_that_metadata_states_opens_the_article_without_a_frame_too() -> None:
    opening = "<div><img src=1.jpg></div>"
    assert names(page(opening=opening, head="<meta property=og:image content=1.jpg?w=1200>")) == ["1.jpg"]
    assert names(page(opening=opening)) == []


@pytest.mark.parametrize(
    "opening",
    [
        "<div class=author-card><figure><img src=1.jpg alt='Ann Lee'></figure></div>",
        "<aside><figure><img src=1.jpg><figcaption>Another story.</figcaption></figure></aside>",
        "<div class=related-stories><a href=/other.html><figure><img src=1.jpg></figure></a></div>",
        "<div style='display:none'><figure><img src=1.jpg></figure></div>",
    ],
)
def test_what_is_not_the_article_s_does_not_open_it(opening: str) -> None:
    assert names(page(opening=opening)) == []


# ---------------------------------------------------------------- inside the body


@pytest.mark.parametrize(
    "inside",
    [
        "<a href='#zoom'><figure><img src=1.jpg><figcaption>The bridge.</figcaption></figure></a>",
        "<figure><a href=/gallery/12><img src=1.jpg><figcaption>The bridge.</figcaption></a></figure>",
        "<section class=teaser-image><figure><img src=1.jpg></figure><figcaption>The bridge.</figcaption></section>",
        "<div class=newsitem-image><div><img src=1.jpg></div><div class=info>The bridge.</div></div>",
        "<figure><img src=1.jpg><svg></svg><img src=/static/zoom.svg><figcaption>The bridge.</figcaption></figure>",
        "<figure><img src=1.jpg><figcaption>The bridge.</figcaption><figcaption class=sr-only>The bridge.</figcaption></figure>",
    ],
)
def test_a_picture_keeps_its_caption_however_they_are_boxed(inside: str) -> None:
    extraction = page(inside=inside)
    assert [(image.url, image.position, image.caption) for image in pictures(extraction)] == [(BASE + "1.jpg", 2, "The bridge.")]
    assert [type(block) for block in extraction.document.blocks] == [Paragraph, Paragraph, Image, Paragraph]


def test_slides_of_a_gallery_have_each_their_own_caption() -> None:
    slides = "".join(
        f"<li><figure><img src=harbour-{n}.jpg><figcaption>The harbour {n}.</figcaption></figure></li>" for n in "abc"
    )
    extraction = page(inside=f"<ul class=gallery>{slides}</ul>")
    assert [(image.url.removeprefix(BASE), image.caption) for image in pictures(extraction)] == [
        (f"harbour-{n}.jpg", f"The harbour {n}.") for n in "abc"
    ]


def test_two_pictures_of_a_figure_take_the_captions_that_follow_them() -> None:
    extraction = page(
        inside="<figure><img src=1.jpg><figcaption>One.</figcaption><img src=2.jpg><figcaption>Two.</figcaption></figure>"
    )
    assert [image.caption for image in pictures(extraction)] == ["One.", "Two."]


def test_a_line_in_a_small_box_with_a_picture_describes_it_and_stays_text() -> None:
    extraction = page(inside="<div>Photo: A. Smith<img src=1.jpg><div>The bridge in May, before the works began.</div></div>")
    [image] = pictures(extraction)
    assert (image.caption, image.credit) == ("The bridge in May, before the works began.", "A. Smith")
    assert any(isinstance(block, Paragraph) and block.caption_of == 0 for block in extraction.document.blocks)


@pytest.mark.parametrize(
    "inside",
    [
        "<div class=sponsor><img src=1.jpg></div>",
        "<section class='voc-author'><figure><img src=1.jpg></figure></section>",
        "<div class=newsletter-box><img src=1.jpg></div>",
        "<div><a href=https://shop.example/><img src=1.jpg></a></div>",
        "<div><a href=https://shop.example/><img src=1.jpg alt=shop.example></a></div>",
        "<article><a href=/other.html><img src=1.jpg></a></article>",
    ],
)
def test_pictures_of_others_inside_the_body_are_left_out(inside: str) -> None:
    assert names(page(inside=inside)) == []


def test_a_linked_picture_that_is_described_stays() -> None:
    assert names(page(inside="<p><a href=https://album.example/1><img src=1.jpg alt='The bridge in May'></a></p>")) == ["1.jpg"]

"""The picture that leads an article."""

import pytest

from worker.document import Block, Document, Heading, Image, Paragraph, Span
from worker.extract.article import extract
from worker.extract.head import Head
from worker.extract.lead import choose_lead, is_emblem, is_news, stated_leads, with_lead
from worker.models import Extraction, ImageRef

URL = "https://news.example/story"
HERO, LATER, CARD = "https://cdn.example/hero.jpg", "https://cdn.example/later.jpg", "https://cdn.example/card-1200x630.jpg"
STORY = "The council voted on Monday to close the old bridge for a year, after engineers found cracks in two of its piers. "


def paragraph(text: str) -> Paragraph:
    return Paragraph((Span(text),))


def lead(*blocks: Block, stated: tuple[str, ...], framed: bool = True, news: bool = True, skip: str | None = None) -> str | None:
    places = {block.ref: place for place, block in enumerate(blocks) if isinstance(block, Image)}
    images = tuple(
        ImageRef(url=url, position=places.get(ref), skip=skip if ref == 0 else None) for ref, url in enumerate((HERO, LATER))
    )
    return choose_lead(Document(blocks), images, stated, framed=frozenset((HERO,)) if framed else frozenset(), news=news)


def test_a_stated_picture_that_the_article_shows_leads_at_the_article_s_address() -> None:
    assert lead(Image(0), paragraph(STORY), Image(1), stated=(f"{LATER}?w=1200",)) == LATER


def test_a_news_article_is_led_by_the_framed_picture_that_opens_it() -> None:
    assert lead(Heading(2, (Span("In May"),)), paragraph("A standfirst."), Image(0), stated=(CARD,)) == HERO


@pytest.mark.parametrize(
    ("blocks", "framed", "news"),
    [
        ((Image(0), paragraph(STORY)), False, True),
        ((Image(0), paragraph(STORY)), True, False),
        ((paragraph(STORY * 4), Image(0)), True, True),
        ((paragraph("One."), paragraph("Two."), paragraph("Three."), Image(0)), True, True),
    ],
)
def test_without_such_a_picture_the_stated_one_leads(blocks: tuple[Block, ...], framed: bool, news: bool) -> None:
    assert lead(*blocks, stated=(CARD,), framed=framed, news=news) == CARD


def test_an_emblem_leads_only_an_article_without_pictures() -> None:
    emblem = "https://cdn.example/logo-big.png"
    assert lead(paragraph(STORY), paragraph(STORY), paragraph(STORY), Image(0), stated=(emblem,), framed=False) == HERO
    assert choose_lead(Document(), (), (emblem,), framed=frozenset(), news=True) == emblem
    assert choose_lead(Document(), (), (), framed=frozenset(), news=True) is None


def test_a_picture_that_nobody_wants_does_not_lead() -> None:
    assert lead(Image(0), paragraph(STORY), stated=(HERO, CARD), skip="advert") == CARD


@pytest.mark.parametrize(
    ("url", "emblem"),
    [
        ("https://a.example/img/logo.png", True),
        ("https://a.example/og-default.jpg?x=1", True),
        ("https://a.example/share-image.png", True),
        ("https://a.example/site.svg", True),
        ("https://a.example/logos/2024/catalogue-of-ships.jpg", False),
        ("https://a.example/logographer.jpg", False),
    ],
)
def test_an_emblem_is_known_by_its_file(url: str, emblem: bool) -> None:
    assert is_emblem(url) is emblem


def test_what_metadata_states_comes_once_in_order_emblems_and_logos_last() -> None:
    head = Head(
        meta={"og:image": ["/logo.png", "/a.jpg", "/a.jpg"], "twitter:image": ["https://cdn.example/t.jpg", "blank.gif"]},
        links={}, blocks=(), title="", lang="", base="",
    )  # fmt: skip
    article = {"image": [{"url": "/b.jpg"}, "/c.jpg"], "thumbnailUrl": "/site.jpg", "publisher": {"logo": {"url": "/site.jpg"}}}
    assert stated_leads(head, article, [], URL) == (
        "https://news.example/a.jpg",
        "https://news.example/b.jpg",
        "https://news.example/c.jpg",
        "https://cdn.example/t.jpg",
        "https://news.example/logo.png",
    )


def test_a_lead_image_that_is_none_of_the_article_s_is_added_last_and_an_emblem_is_not() -> None:
    images = (ImageRef(url=HERO, position=0),)
    assert with_lead(images, CARD) == (*images, ImageRef(url=CARD, position=None))
    assert with_lead(images, HERO) == images
    assert with_lead(images, "https://a.example/logo.png") == images
    assert with_lead(images, None) == images


def test_news_is_what_says_so() -> None:
    assert is_news(frozenset(("newsarticle", "person")))
    assert not is_news(frozenset(("article",)))


def page(head: str, opening: str) -> Extraction:
    story = "".join(f"<p>{STORY}{n}</p>" for n in range(4))
    html = f"<html><head><title>Bridge to close</title>{head}</head><body><article><h1>Bridge to close</h1>{opening}{story}</article>"
    return extract(html, url=URL, fetched_at=1.7e9)


def test_the_lead_image_is_one_of_the_images_whatever_its_size_in_the_metadata() -> None:
    extraction = page(
        "<meta property=og:image content=https://cdn.example/bridge-in-may-1200x630.jpg>",
        "<figure><img src=https://cdn.example/bridge-in-may-600x400.jpg><figcaption>The bridge.</figcaption></figure>",
    )
    assert extraction.lead_image == "https://cdn.example/bridge-in-may-600x400.jpg"
    assert [image.url for image in extraction.images] == [extraction.lead_image]

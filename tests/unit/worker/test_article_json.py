"""One article as JSON: exactly the contract's keys, images in place, late ones too."""

import json
from dataclasses import replace

import pytest

from tests.building import NOON, image, news, paragraph
from worker.article_json import StoredArticle, article_json, extracted_json
from worker.document import Document, Image
from worker.models import Extraction, ImageRef, ImageState, State

KEYS = [
    "id", "url", "final_url", "canonical_url", "aliases", "title", "authors", "editors", "credits", "source", "site_name", "published_at",
    "modified_at", "language", "description", "section", "tags", "text", "markdown", "title_normalised", "authors_normalised", "editors_normalised",
    "text_normalised", "markdown_normalised",
    "images", "lead_image", "cluster", "canonical_copy", "near_copies", "version", "fetched_at", "http", "extractor", "quality", "job", "outcome",
]  # fmt: skip
IMAGE_KEYS = [
    "url", "position", "alt", "caption", "credit", "state", "reason", "sha256", "media_type", "width", "height", "bytes",
]  # fmt: skip
PICTURE = "https://img.example/a.png"


@pytest.fixture
def stored() -> StoredArticle:
    article = news(
        "https://a.example/1?utm_source=x",
        images=(image(PICTURE, ImageState.STORED, body=b"png", alt="Boats", caption="The harbour"),),
        authors=("Ada Example",),
        published_at="2026-09-23",
        language="en",
        quality={"short": True},
        lead_image=PICTURE,
    )
    return StoredArticle(
        id=7,
        url=article.url,
        final_url=article.final_url,
        canonical_url=article.key,
        aliases=("https://a.example/amp/1",),
        extraction=article.extraction,
        images=article.images,
        text=article.text,
        http=article.http,
        extractor="test",
        version=2,
        fetched_at=NOON,
        job="job",
        outcome=State.UNCHANGED,
    )


def test_a_stored_article_has_exactly_the_keys_of_the_contract(stored: StoredArticle) -> None:
    values = article_json(stored)
    assert list(values) == KEYS
    assert [list(shown) for shown in values["images"]] == [IMAGE_KEYS]
    assert list(values["http"]) == ["status", "etag", "last_modified", "content_type", "charset", "charset_by"]


def test_what_is_stored_stands_under_its_key(stored: StoredArticle) -> None:
    values = article_json(stored)
    assert values["id"] == 7
    assert values["url"] == "https://a.example/1?utm_source=x"
    assert values["canonical_url"] == "https://a.example/1"
    assert values["aliases"] == ["https://a.example/amp/1"]
    assert values["authors"] == ["Ada Example"]
    assert values["published_at"] == "2026-09-23"
    assert values["fetched_at"] == "2026-09-23T12:00:00+00:00"
    assert values["text"] == "A short text."
    assert values["version"] == 2
    assert (values["job"], values["outcome"]) == ("job", "unchanged")
    assert values["quality"] == {"short": True}
    assert values["http"]["charset_by"] == "header"
    assert values["images"][0]["state"] == "stored"
    assert (values["images"][0]["media_type"], values["images"][0]["bytes"]) == ("image/png", 3)


def test_an_article_comes_through_json_unchanged(stored: StoredArticle) -> None:
    values = article_json(stored)
    assert json.loads(json.dumps(values)) == values


def test_images_stand_in_the_markdown_at_their_place_with_caption(stored: StoredArticle) -> None:
    assert article_json(stored)["markdown"] == f"![Boats]({PICTURE})\n\nThe harbour\n\nA short text."


def test_markdown_shows_the_images_as_the_rows_have_them(stored: StoredArticle) -> None:
    moved = replace(stored.images[0], ref=replace(stored.images[0].ref, alt="Boats, late"))
    assert "![Boats, late]" in article_json(replace(stored, images=(moved,)))["markdown"]


def test_an_image_that_did_not_come_says_why_and_has_no_content(stored: StoredArticle) -> None:
    shown = article_json(replace(stored, images=(image(PICTURE, ImageState.FAILED),)))["images"][0]
    assert (shown["state"], shown["reason"]) == ("failed", "gone")
    assert (shown["sha256"], shown["media_type"], shown["width"], shown["height"], shown["bytes"]) == (None,) * 5


def test_an_extraction_has_the_same_keys_and_nothing_that_only_the_store_can_know() -> None:
    refs = (ImageRef(url=PICTURE, position=0), ImageRef(url="https://img.example/dot.gif", position=None, skip="tracker"))
    extraction = Extraction(document=Document((Image(0), paragraph("Words."))), title="T", images=refs)
    values = extracted_json(extraction, url="https://a.example/1", canonical_url=None, http={"charset": "gbk"}, extractor="1")
    assert list(values) == KEYS
    assert values["text"] == "Words."
    assert values["markdown"] == f"![]({PICTURE})\n\nWords."
    assert [(shown["state"], shown["reason"]) for shown in values["images"]] == [("pending", None), ("skipped", "tracker")]
    assert values["http"]["charset"] == "gbk"
    assert [values[key] for key in ("id", "version", "fetched_at", "job", "outcome")] == [None] * 5


def test_a_page_without_an_article_has_no_text_and_a_reason() -> None:
    extraction = Extraction(document=Document((paragraph("Menu"),)), reason="a list of links")
    values = extracted_json(extraction, url=None, canonical_url=None, http={}, extractor="1")
    assert (values["text"], values["markdown"], values["reason"]) == ("", "", "a list of links")

"""Whole pages as they come, read by everything on the way: the original, its twin in Traditional characters and its mirrors."""

import asyncio
from pathlib import Path

import pytest

from tests.fakes import OpenQuarantine
from tests.mirrors import converted
from worker.article import article_of, forms_of
from worker.exchange import Exchange, Fetched
from worker.models import Article
from worker.normalise.likeness import SAME, agreement
from worker.pages import Pages
from worker.store.clusters import copy_of

PAGES = Path(__file__).parents[2] / "pages"
ORIGINAL, MIRROR, BYTES = "tianshui-article.html", "mirror-article.html", "mirror-article-gbk.html"


def article(body: bytes, content_type: str, url: str) -> Article:
    exchange = Exchange(
        url=url,
        method="GET",
        request_headers=(),
        status=200,
        reason="OK",
        headers=(("Content-Type", content_type),),
        wire_body=body,
        body=body,
        address=None,
        started_at=1.7e9,
    )
    fetched = Fetched(url=url, hops=(), exchange=exchange)
    return asyncio.run(_article(fetched, Pages(OpenQuarantine())))


async def _article(fetched: Fetched, pages: Pages) -> Article:
    async def no_further(url: str) -> Fetched | None:
        return None

    read = await pages.read(fetched)
    whole = await pages.whole(read.extraction, fetched.url, no_further)
    return article_of(fetched.url, fetched, read, whole, forms=forms_of(fetched.url, fetched, read.extraction))


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    found = {
        name: article((PAGES / name).read_bytes(), "text/html", f"https://news.example/{name}")
        for name in (ORIGINAL, MIRROR, BYTES)
    }
    twin = converted((PAGES / ORIGINAL).read_bytes().decode("gb18030"), "s2twp").replace("gb2312", "utf-8")
    return found | {"twin": article(twin.encode(), "text/html; charset=utf-8", "https://news.example/twin")}


@pytest.mark.parametrize("name", [MIRROR, BYTES, "twin"])
def test_a_copy_of_the_original_is_the_same_article(articles: dict[str, Article], name: str) -> None:
    marks = [found.likeness.signature for found in (articles[ORIGINAL], articles[name]) if found.likeness is not None]
    assert marks[0] is not None
    assert marks[1] is not None
    assert agreement(marks[0], marks[1]) >= SAME


def test_mirrors_are_known_as_such_and_the_others_are_not(articles: dict[str, Article]) -> None:
    found = {name: copy_of(one.extraction, one.likeness, fetched_at=one.fetched_at) for name, one in articles.items()}
    assert {name for name, copy in found.items() if copy is not None and copy.mirror} == {MIRROR, BYTES}


def test_the_original_text_is_stored_with_its_annotations(articles: dict[str, Article]) -> None:
    assert "發(fā)揮" in articles[MIRROR].text

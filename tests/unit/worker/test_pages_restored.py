"""A corrupted mirror is restored when all its pages are together."""

import asyncio
from dataclasses import replace
from functools import partial

from tests.chinese import BRIDGE, LIBRARY
from tests.fakes import Answer, CannedWeb, OpenQuarantine
from tests.mirrors import mirrored, sample_dictionary
from worker.exchange import Fetched
from worker.models import Extraction
from worker.normalise.restoring import restored
from worker.pages import Pages
from worker.rendering import to_text

URL = "https://mirror.example/news/1.html"
NEXT = "https://mirror.example/news/1_2.html"


def markup(text: str) -> bytes:
    paragraphs = "".join(f"<p>{line}</p>" for line in text.strip().splitlines())
    return f"<html><meta charset=utf-8><title>大橋</title><article><h1>大橋</h1>{paragraphs}</article></html>".encode()


def whole_of(web: CannedWeb, *, following: str | None) -> tuple[Extraction, Extraction]:
    """Return what the first page of *web* says, and the whole article, which goes on at *following*."""
    get = partial(web.page, ref="", validators=None, identity=False)
    pages = Pages(OpenQuarantine())

    async def bring(url: str) -> Fetched | None:
        return await get(url)

    async def reading() -> tuple[Extraction, Extraction]:
        first = replace((await pages.read(await get(URL))).extraction, next_page=following)
        return first, await pages.whole(first, URL, bring)

    return asyncio.run(reading())


def test_pages_that_decide_nothing_alone_are_restored_once_they_are_joined() -> None:
    article = [line for text in (LIBRARY, BRIDGE) for line in text.strip().splitlines()]
    few = {char: reading for char, reading in sample_dictionary().items() if char in "開會們這時過對來線還將"}
    front, back = (mirrored("\n".join(part), few) for part in (article[:3], article[3:8]))
    web = CannedWeb({URL: Answer(body=markup(front)), NEXT: Answer(body=markup(back))})
    first, whole = whole_of(web, following=NEXT)
    assert first.restored is None
    assert restored(first) is first
    assert whole.restored is not None
    assert to_text(whole.restored.document).split("\n\n") == article[:8]
    assert whole.quality["mirror"]["unresolved"] == []

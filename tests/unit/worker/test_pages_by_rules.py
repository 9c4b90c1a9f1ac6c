"""Pages are read by the rules of their site, wherever they are parsed."""

import asyncio

import pytest

from tests.fakes import Answer, CannedWeb, OpenQuarantine
from worker import pages as room
from worker.extract.site_rules import SiteBook, SiteRules
from worker.models import Extraction
from worker.pages import Pages
from worker.rendering import to_text

URL = "https://news.example/pier"
STORY = "The harbour board met on Tuesday and agreed to repair the northern pier before the winter storms arrive. " * 3
PAGE = (
    f"<html><title>Pier</title><body><article><h1>Pier</h1><p>{STORY}</p><p class='x'>{STORY[::-1]}</p></article></body></html>"
)
RULES = SiteBook([SiteRules(name="courier", hosts=("news.example",), remove=(".x",))])


def read(url: str, quarantine: OpenQuarantine, page: str = PAGE) -> Extraction:
    async def reading() -> Extraction:
        fetched = await CannedWeb({url: Answer(body=page.encode())}).page(url, ref="", validators=None, identity=False)
        return (await Pages(quarantine, RULES.find).read(fetched)).extraction

    return asyncio.run(reading())


@pytest.mark.parametrize("threshold", [0, 10_000_000], ids=["in a thread", "on the loop"])
def test_in_this_process(monkeypatch: pytest.MonkeyPatch, threshold: int) -> None:
    monkeypatch.setattr(room, "THREAD_BYTES", threshold)
    found = read(URL, OpenQuarantine())
    assert (to_text(found.document), found.quality) == (STORY.strip(), {"site_rule": "courier"})


def test_and_in_quarantine() -> None:
    quarantine = OpenQuarantine()
    found = read(URL, quarantine, PAGE.replace("<article>", "<div>" * 1_500 + "<article>"))
    assert (len(quarantine.given), found.quality) == (1, {"site_rule": "courier"})


def test_but_not_those_of_another_site() -> None:
    assert read("https://gazette.example/pier", OpenQuarantine()).quality == {}

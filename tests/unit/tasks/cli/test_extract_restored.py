"""A corrupted mirror is restored in the same way wherever it is read."""

import asyncio
import json

from tasks.cli.explaining import explained
from tasks.cli.extracting import Page, article_of
from tasks.cli.page_source import Source
from tests.chinese import BRIDGE
from tests.fakes import Answer, CannedWeb, OpenQuarantine
from tests.mirrors import SAMPLE
from worker.exchange import Fetched
from worker.models import Extraction
from worker.pages import Pages
from worker.rendering import to_markdown, to_text

URL = "https://mirror.example/news/1.html"


def fetched(body: bytes) -> Fetched:
    return asyncio.run(CannedWeb({URL: Answer(body=body)}).page(URL, ref="", validators=None, identity=False))


def ingested(body: bytes) -> Extraction:
    """Return what a worker reads in *body*, an article of one page."""
    pages = Pages(OpenQuarantine())

    async def nothing(_url: str) -> None:
        return None

    async def reading() -> Extraction:
        return await pages.whole((await pages.read(fetched_page)).extraction, URL, nothing)

    fetched_page = fetched(body)
    return asyncio.run(reading())


def test_every_way_to_read_a_page_restores_it_alike() -> None:
    body = (SAMPLE.parent / "mirror-article.html").read_bytes()
    whole = ingested(body)
    assert whole.restored is not None
    said = article_of(Page(body=body, url=URL, content_type="text/html"), lambda _url: None)
    assert said["title_normalised"] == whole.restored.title
    assert said["authors_normalised"] == list(whole.restored.authors)
    assert said["editors_normalised"] == list(whole.restored.editors)
    assert said["text_normalised"] == to_text(whole.restored.document)
    assert said["text"] == to_text(whole.document)
    assert said["markdown_normalised"] == to_markdown(whole.restored.document, whole.images)
    assert said["quality"] == json.loads(json.dumps(whole.quality))
    assert explained(Source(fetched=fetched(body), origin="a file"), None)["quality"] == whole.quality


def test_an_ordinary_page_has_no_normalised_form() -> None:
    paragraphs = "".join(f"<p>{line}</p>" for line in BRIDGE.strip().splitlines())
    body = f"<html><meta charset=utf-8><title>大桥</title><article><h1>大桥</h1>{paragraphs}</article></html>".encode()
    said = article_of(Page(body=body, url=URL, content_type="text/html"), lambda _url: None)
    assert (said["title_normalised"], said["text_normalised"], said["markdown_normalised"]) == (None, None, None)
    assert "mirror" not in said["quality"]

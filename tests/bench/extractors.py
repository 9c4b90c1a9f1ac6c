"""One extractor over some pages, in a process and an environment of its own.

    python tests/bench/extractors.py NAME PAGES.jsonl OUT.jsonl [--repeat N]

Imports nothing but the standard library, the one extractor, and selectolax for the bare parse that all are measured
against; the network is shut. PAGES has one object a page: id, url, html. OUT gets one each: the prediction, `cpu_s`,
`parse_s`, `failed`; and at the end one with `version` and `peak_mb`.
"""

import argparse
import contextlib
import json
import logging
import resource
import socket
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

PARSES = 3  # of each page, since it is the small side of every ratio: the one in the middle, or as the extractor's
WARM_UP = 3  # pages that are read once before: imports, tables, compiled patterns are paid once in a process's life
UNKNOWN = "https://page.example/"  # for extractors that need some URL

Said = dict[str, Any]
Extractor = Callable[[str, str], Said]


def newsmill() -> Extractor:
    """Ours, with everything it says and the plain text rendered."""
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from tests.accuracy.predict import predict

    return lambda html, url: predict(html, url=url)


def trafilatura() -> Extractor:
    """With its defaults."""
    from trafilatura import bare_extraction

    def extract(html: str, url: str) -> Said:
        said = bare_extraction(html, url=url or None, with_metadata=True)
        if said is None:
            return {}
        images = {"lead_image": said.image, "images": []}
        return {"text": said.text, "title": said.title, "authors": said.author or "", "date": said.date, **images}

    return extract


def newspaper4k() -> Extractor:
    """Without fetching pictures to measure them."""
    from newspaper import Article

    def extract(html: str, url: str) -> Said:
        article = Article(url or UNKNOWN, fetch_images=False)
        article.download(input_html=html)
        article.parse()
        images = {"lead_image": article.top_image or article.meta_img, "images": list(article.images)}
        date = str(article.publish_date or "")
        return {"text": article.text, "title": article.title, "authors": article.authors, "date": date, **images}

    return extract


def readability_lxml() -> Extractor:
    """Its summary, which is HTML, and its short title."""
    from readability import Document

    def extract(html: str, url: str) -> Said:
        document = Document(html, url=url or None)
        return {"html": document.summary(), "title": document.short_title()}

    return extract


def resiliparse() -> Extractor:
    """Main content without the alternative texts of pictures."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    def extract(html: str, url: str) -> Said:
        tree = HTMLTree.parse(html)
        return {"text": extract_plain_text(tree, main_content=True, alt_texts=False), "title": tree.title}

    return extract


def magic_html() -> Extractor:
    """Its extractor for articles, the default."""
    from magic_html import GeneralExtractor

    extractor = GeneralExtractor()
    return lambda html, url: dict(extractor.extract(html, base_url=url or UNKNOWN))


def goose3() -> Extractor:
    """Without fetching pictures to measure them."""
    from goose3 import Goose

    goose = Goose({"enable_image_fetching": False})

    def extract(html: str, url: str) -> Said:
        article = goose.extract(raw_html=html)
        lead = (article.opengraph or {}).get("image")
        date = str(article.publish_date or "")
        said = {"text": article.cleaned_text, "title": article.title, "authors": article.authors, "date": date}
        return said | {"lead_image": lead if isinstance(lead, str) else None, "images": []}

    return extract


def gne() -> Extractor:
    """With its defaults."""
    from gne import GeneralNewsExtractor

    extractor = GeneralNewsExtractor()

    def extract(html: str, url: str) -> Said:
        said = extractor.extract(html, host=url or "")
        return {"text": said["content"], "title": said["title"], "authors": said["author"], "date": said["publish_time"],
                "images": said["images"]}  # fmt: skip

    return extract


EXTRACTORS: dict[str, tuple[str, Callable[[], Extractor]]] = {
    "newsmill": ("newsmill", newsmill),
    "trafilatura": ("trafilatura", trafilatura),
    "newspaper4k": ("newspaper4k", newspaper4k),
    "readability-lxml": ("readability-lxml", readability_lxml),
    "resiliparse": ("resiliparse", resiliparse),
    "magic-html": ("magic-html", magic_html),
    "goose3": ("goose3", goose3),
    "gne": ("gne", gne),
}


def main() -> int:
    """Read the pages and write what was said and what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=EXTRACTORS)
    parser.add_argument("pages", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--repeat", type=int, default=1, help="read each page so often; the fastest counts")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable()
    socket.socket.connect = _offline  # type: ignore[method-assign]
    distribution, make = EXTRACTORS[given.name]
    extractor = make()
    for page in islice(_pages(given.pages), WARM_UP):
        with contextlib.suppress(Exception):
            extractor(page["html"], page["url"])
    with given.out.open("w", encoding="utf-8") as out:
        for page in _pages(given.pages):
            line = {"id": page["id"], **_measured(extractor, page["html"], page["url"], given.repeat)}
            out.write(json.dumps(line, default=str) + "\n")
        out.write(json.dumps({"version": version(distribution), "peak_mb": peak_mb()}) + "\n")
    return 0


def _offline(*_: object) -> NoReturn:
    raise OSError("the network is shut while extractors are measured")


def _pages(path: Path) -> Iterator[Said]:
    """Yield one page after the other: what is held of them must not count as the extractor's memory."""
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _measured(extractor: Extractor, html: str, url: str, repeat: int) -> Said:
    parses, _ = _timed(lambda: LexborHTMLParser(html), PARSES)
    parse_s = parses[0] if repeat > 1 else parses[PARSES // 2]
    cpu_s, failed = 0.0, ""
    said: Said = {}
    try:
        runs, said = _timed(lambda: extractor(html, url), repeat)
        cpu_s = runs[0]
    except Exception as error:  # a page that an extractor fails on is a page without an answer
        failed = type(error).__name__
    return {**_prediction(said, url), "cpu_s": cpu_s, "parse_s": parse_s, "failed": failed}


def _timed(work: Callable[[], Any], times: int) -> tuple[list[float], Any]:
    """Return the CPU seconds of each time that *work* was done, ascending, and what it gave at last."""
    taken, result = [], None
    for _ in range(times):
        began = time.process_time()
        result = work()
        taken.append(time.process_time() - began)
    return sorted(taken), result


def _prediction(said: Said, url: str) -> Said:
    """Return *said* with the text and pictures of its `html`, where an extractor gives that; not part of what it takes."""
    html = said.pop("html", None)
    if html:
        tree = LexborHTMLParser(html)
        tree.strip_tags(["script", "style", "noscript"])
        said["text"] = tree.root.text(separator="\n") if tree.root else ""
        said["images"] = [urljoin(url, src) for image in tree.css("img") if (src := image.attributes.get("src"))]
    return said


def peak_mb() -> float:
    """Return the most memory that this process has held at once, in MB (`VmHWM`: `ru_maxrss` counts the parent's too)."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # bytes on macOS


if __name__ == "__main__":
    sys.exit(main())

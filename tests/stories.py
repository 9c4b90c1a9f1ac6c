"""A small story of three paragraphs, and the page it is put into."""

from pathlib import Path

from worker.extract.article import extract
from worker.models import Extraction
from worker.rendering import to_text

PAGES = Path(__file__).parent / "pages"
URL = "https://news.example/2024/05/story.html"
P1 = "The council voted on Monday to close the old bridge for a year, after engineers found cracks in two of its piers."
P2 = "Traffic will be sent over the new crossing to the north, which was opened last spring and has room to spare."
P3 = "“We looked at every other way,” the mayor said, adding that the works would cost four million pounds."
STORY = f"<p>{P1}</p><p>{P2}</p><p>{P3}</p>"


def page(body: str, head: str = "") -> Extraction:
    html = f"<html><head><title>Bridge to close</title>{head}</head><body>{body}</body></html>"
    return extract(html, url=URL, fetched_at=1.7e9)


def paragraphs(extraction: Extraction) -> list[str]:
    return to_text(extraction.document).split("\n\n") if extraction.document.blocks else []

"""A stored article as a page of its own, to read: title, byline, address and lead image above the body."""

from collections.abc import Sequence
from html import escape

from worker.article_json import StoredArticle
from worker.document import Document, Heading, Image, Paragraph, Span
from worker.models import ImageRef, ImageState
from worker.rendering import to_html, to_markdown


def markdown_page(article: StoredArticle, images: Sequence[ImageRef]) -> str:
    """Return *article* as CommonMark; *images* are its own in their order, with addresses that suit the reader."""
    return to_markdown(_page(article), images) + "\n"


def text_page(article: StoredArticle) -> str:
    """Return *article* as plain text."""
    head = "\n".join(part for part in (_title(article), _byline(article), article.canonical_url) if part)
    return f"{head}\n\n{article.text}\n"


def html_page(article: StoredArticle) -> str:
    """Return *article* as an HTML document without scripts, styles or foreign attributes."""
    language = f' lang="{escape(article.extraction.language)}"' if article.extraction.language else ""
    body = to_html(_page(article), [image.ref for image in article.images])
    return (
        f'<!doctype html>\n<html{language}>\n<head><meta charset="utf-8"><title>{escape(_title(article))}</title></head>\n'
        f"<body>\n<article>\n{body}\n</article>\n</body>\n</html>\n"
    )


def _page(article: StoredArticle) -> Document:
    """Return the body with what stands above it."""
    byline, address = _byline(article), article.canonical_url
    head = (
        Heading(1, (Span(_title(article)),)),
        *((Paragraph((Span(byline, emphasis=True),)),) if byline else ()),
        Paragraph((Span(address, href=address),)),
        *(Image(ref) for ref in _lead(article)),
    )
    return Document((*head, *article.extraction.document.blocks))


def _title(article: StoredArticle) -> str:
    return " ".join(article.extraction.title.split()) or article.canonical_url


def _byline(article: StoredArticle) -> str:
    said = article.extraction
    origin = said.source if said.source != said.site_name else ""
    parts = (said.site_name, origin, ", ".join(said.authors), said.published_at or "")
    return " · ".join(" ".join(part.split()) for part in parts if part)


def _lead(article: StoredArticle) -> list[int]:
    """Return the ordinal of the lead image when it stands outside the body."""
    return [
        ref
        for ref, image in enumerate(article.images)
        if image.ref.position is None and image.ref.url == article.extraction.lead_image and image.state is not ImageState.SKIPPED
    ][:1]

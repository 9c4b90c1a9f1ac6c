"""A stored article as a page of its own, to read: title, byline, address and lead image above the body."""

from collections.abc import Iterator, Sequence
from html import escape

from worker.article_json import NearCopy, Relation, StoredArticle
from worker.document import Document, Heading, Image, Paragraph, Span
from worker.models import ImageRef, ImageState
from worker.rendering import to_html, to_markdown

COPIES_SHOWN = 5  # a paragraph; the article's JSON has more


def markdown_page(article: StoredArticle, images: Sequence[ImageRef]) -> str:
    """Return *article* as CommonMark; *images* are its own in their order, with addresses that suit the reader."""
    return to_markdown(_page(article), images) + "\n"


def text_page(article: StoredArticle) -> str:
    """Return *article* as plain text."""
    copies = "\n".join("".join(span.text for span in line) for line in _copies(article))
    head = "\n".join(part for part in (_title(article), _byline(article), article.canonical_url, copies) if part)
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
        *(Paragraph(line) for line in _copies(article)),
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


def _copies(article: StoredArticle) -> list[tuple[Span, ...]]:
    """Return a line for the copies of *article* and one for what is near to it, as far as there are any."""
    same = [copy for copy in article.near_copies if copy.relation is Relation.SAME]
    near = [copy for copy in article.near_copies if copy.relation is Relation.NEAR]
    stands = (
        "this is its canonical copy"
        if article.canonical_copy == article.id
        else f"its canonical copy is {article.canonical_copy}"
    )
    lines = []
    if article.cluster is not None:
        lines.append((Span(f"Cluster {article.cluster}; {stands}. Copies: "), *_listed(same)))
    if near:
        lines.append((Span("Near copies: "), *_listed(near)))
    return lines


def _listed(copies: Sequence[NearCopy]) -> Iterator[Span]:
    for place, copy in enumerate(copies[:COPIES_SHOWN]):
        yield Span(f"{', ' if place else ''}{copy.id} ({copy.likeness:.0%}) ")
        yield Span(copy.url, href=copy.url)
    if len(copies) > COPIES_SHOWN:
        yield Span(f" and {len(copies) - COPIES_SHOWN} more")


def _lead(article: StoredArticle) -> list[int]:
    """Return the ordinal of the lead image when it stands outside the body."""
    return [
        ref
        for ref, image in enumerate(article.images)
        if image.ref.position is None and image.ref.url == article.extraction.lead_image and image.state is not ImageState.SKIPPED
    ][:1]

"""What one page says about its article."""

import re
from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser

from worker.document import Document, Paragraph, Span
from worker.extract.addresses import base_of, parseable
from worker.extract.assemble import Assembly
from worker.extract.blocks import collect
from worker.extract.body import Selection, select
from worker.extract.images import with_lead
from worker.extract.inline import squeeze, weigh
from worker.extract.metadata import Metadata, read_metadata
from worker.extract.pagination import next_page
from worker.extract.verdict import judge
from worker.models import Extraction, ImageRef

DECLARED_MIN = 500  # weight of a JSON-LD articleBody that is worth more than a stub of a page
DECLARED_OVER = 2  # how much longer it must be than what the page shows: else the page, with its pictures, is better
_PARAGRAPHS = re.compile(r"\s*\n\s*")


def extract(html: str, *, url: str, fetched_at: float) -> Extraction:
    """Return what the page *html* at its final *url* says about its article.

    *fetched_at* (epoch seconds) anchors relative dates. Never raises: a page without an article gives an Extraction
    with an empty document and a *reason*.
    """
    tree, url = LexborHTMLParser(html), parseable(url)
    meta = read_metadata(tree, url=url, fetched_at=fetched_at)
    page = collect(tree)
    selection = select(page, meta)
    document, images = _document(selection, meta, base_of(tree, url))
    reason = judge(page, selection, document, meta, url)
    return Extraction(
        document=document if reason is None else Document(),
        title=meta.title,
        authors=meta.authors,
        editors=meta.editors,
        source=meta.source,
        site_name=meta.site_name,
        published_at=meta.published_at,
        modified_at=meta.modified_at,
        language=meta.language,
        description=meta.description,
        section=meta.section,
        tags=meta.tags,
        images=with_lead(images, meta.lead_image) if reason is None else (),
        lead_image=meta.lead_image,
        declared_canonical=meta.declared_canonical,
        next_page=next_page(tree, url) if reason is None else None,
        quality={"paywalled": True} if meta.paywalled else {},
        reason=reason,
    )


def _document(selection: Selection, meta: Metadata, base: str) -> tuple[Document, tuple[ImageRef, ...]]:
    """Return the body as the page shows it, or as its JSON-LD declares it where the page shows only a part."""
    document = Document()
    images: tuple[ImageRef, ...] = ()
    if selection.root is not None:
        document, images = Assembly(base, selection.root).document(selection.leaves)
    declared = meta.article_body or ""
    shown = sum(leaf.weight for leaf in selection.leaves)
    if weigh(declared) > max(DECLARED_MIN, DECLARED_OVER * shown):
        texts = [text for part in _PARAGRAPHS.split(declared) if (text := squeeze(part))]
        document = Document(tuple(Paragraph((Span(text),)) for text in texts))
        images = tuple(replace(image, position=None) for image in images)
    return document, images

"""What one page says about its article."""

import gc
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborHTMLParser

from worker.document import Document, Paragraph, Span
from worker.extract.addresses import base_from, parseable
from worker.extract.assemble import Assembly
from worker.extract.blocks import Page, collect
from worker.extract.body import Selection, select
from worker.extract.evidence import Evidence, declared_languages, read_evidence
from worker.extract.inline import squeeze, weigh
from worker.extract.language import article_language, sample_of
from worker.extract.lead import choose_lead, is_news, with_lead
from worker.extract.metadata import Metadata, metadata_of
from worker.extract.pagination import next_page
from worker.extract.pictures import Arrangement, arrange
from worker.extract.site_ruled import Ruled
from worker.extract.site_rules import SiteRules
from worker.extract.verdict import judge
from worker.models import Extraction, ImageRef

DECLARED_MIN = 500  # weight of a JSON-LD articleBody that is worth more than a stub of a page
DECLARED_OVER = 2  # how much longer it must be than what the page shows: else the page, with its pictures, is better
_PARAGRAPHS = re.compile(r"\s*\n\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What each step of reading a page came to, before the verdict on it.

    *shown* is the page that *selection* was made of: *page*, or what the rules of the site name as its body.
    """

    tree: LexborHTMLParser
    url: str
    base: str
    ruled: Ruled
    page: Page
    evidence: Evidence
    meta: Metadata
    shown: Page
    selection: Selection
    pictured: Arrangement
    document: Document
    images: tuple[ImageRef, ...]
    lead: str | None


def extract(html: str, *, url: str, fetched_at: float, rules: SiteRules | None = None) -> Extraction:
    """Return what the page *html* at its final *url* says about its article.

    *fetched_at* (epoch seconds) anchors relative dates; *rules* are those of its site, if an operator has written some.
    Never raises: a page without an article gives an Extraction with an empty document and a *reason*.
    """
    with _garbage_left():
        return said(read(html, url=url, fetched_at=fetched_at, rules=rules))


@contextmanager
def _garbage_left() -> Iterator[None]:
    """Keep the cycle collector from looking through the thousands of objects made for a page again and again.

    They hold no cycles and are gone when the page is; with the collector, the walk over a page takes 1.6 times as long.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def read(html: str, *, url: str, fetched_at: float, rules: SiteRules | None = None) -> Steps:
    """Return what `extract`, called in the same way, chooses its words from."""
    tree, url = LexborHTMLParser(html), parseable(url)
    ruled = Ruled(tree, rules, url=url, fetched_at=fetched_at)
    page = collect(tree)
    evidence = ruled.evidence(read_evidence(tree, page, url=url, fetched_at=fetched_at, html=html))
    meta = ruled.facts(metadata_of(evidence))
    shown, selection = ruled.body() or (page, select(page, meta))
    base = base_from(evidence.head.base, url)
    pictured = arrange(shown, selection.root, selection.leaves, title=selection.title, stated=meta.lead_candidates, base=base)
    document, images = _document(selection, pictured, meta, base)
    lead = ruled.said("lead_image") or choose_lead(
        document, images, meta.lead_candidates, framed=pictured.framed, news=is_news(meta.schema_types)
    )
    return Steps(
        tree=tree, url=url, base=base, ruled=ruled, page=page, evidence=evidence, meta=meta, shown=shown, selection=selection,
        pictured=pictured, document=document, images=images, lead=lead,
    )  # fmt: skip


def said(steps: Steps) -> Extraction:
    """Return what the *steps* through a page come to, and whether that is an article."""
    meta, ruled, lead = steps.meta, steps.ruled, steps.lead
    looks = judge(steps.page, steps.selection, steps.document, meta, steps.url)
    reason = ruled.verdict(looks, empty=not steps.document.blocks)
    language, disagreement = _language(steps)
    return Extraction(
        document=steps.document if reason is None else Document(),
        title=meta.title,
        authors=meta.authors,
        editors=meta.editors,
        credits=meta.credits,
        source=meta.source,
        site_name=meta.site_name,
        published_at=meta.published_at,
        modified_at=meta.modified_at,
        language=language,
        description=meta.description,
        section=meta.section,
        tags=meta.tags,
        images=ruled.lead(with_lead(steps.images, lead)) if reason is None else (),
        lead_image=lead,
        declared_canonical=meta.declared_canonical,
        declared_forms=meta.declared_forms,
        next_page=ruled.next_page(next_page(steps.tree, steps.url)) if reason is None else None,
        quality=({"paywalled": True} if meta.paywalled else {}) | dict(disagreement) | ruled.quality,
        reason=reason,
    )


def _language(steps: Steps) -> tuple[str | None, Mapping[str, object]]:
    """Return the language of the article, and for its quality whether the page declares another; an operator's word stands."""
    if steps.ruled.language:
        return steps.meta.language, {}
    declared = declared_languages(steps.evidence.head, steps.evidence.article)
    return article_language(declared, sample_of(steps.meta.title, steps.document), otherwise=steps.meta.language)


def _document(selection: Selection, pictured: Arrangement, meta: Metadata, base: str) -> tuple[Document, tuple[ImageRef, ...]]:
    """Return the body as the page shows it, or as its JSON-LD declares it where the page shows only a part."""
    document = Document()
    images: tuple[ImageRef, ...] = ()
    if selection.root is not None:
        document, images = Assembly(base, selection.root).document(pictured)
    declared = meta.article_body or ""
    shown = sum(leaf.weight for leaf in selection.leaves)
    if weigh(declared) > max(DECLARED_MIN, DECLARED_OVER * shown):
        texts = [text for part in _PARAGRAPHS.split(declared) if (text := squeeze(part))]
        document = Document(tuple(Paragraph((Span(text),)) for text in texts))
        images = tuple(replace(image, position=None) for image in images)
    return document, images

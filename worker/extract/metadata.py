"""What a page says about its article, apart from the body.

Sources in order of trust: JSON-LD (schema.org), then meta elements (Open Graph, Dublin Core, the dialects of content
systems), then what readers see near the headline.
"""

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from worker.extract import jsonld
from worker.extract.blocks import Page
from worker.extract.canonical import declared_forms
from worker.extract.credits import CreditEvidence, choose_authors
from worker.extract.crew import credit_everybody
from worker.extract.dateline import choose_dates
from worker.extract.evidence import Evidence, read_evidence, text_of
from worker.extract.head import Head
from worker.extract.lead import stated_leads
from worker.models import Credit
from worker.normalise.text import distinct, plain, squeeze
from worker.urls import MAX_LENGTH

LONGEST_TAG = 80  # characters; longer is a sentence
MOST_TAGS = 50  # more is a dump of the site's vocabulary
MOST_LINKED_TAGS = 25  # links to tags; more are the cloud of a whole site
TAGS_APART = 2  # texts between two tags of one list: a comma, a heading
_BETWEEN_TAGS = re.compile("[,;，；、|]")
_SPACES = re.compile(r"\s+")
_SPACED_HAN = re.compile("[\u3400-\u9fff]{2,}(?: [\u3400-\u9fffA-Za-z0-9]{2,})+")  # no commas in Chinese keywords: blanks
_TAG_WORDS = ("/tag", "/keyword", "/schlagwort", "/thema", "/themen", "/topic")
_TAG_PAGE = re.compile(r"/(?:tags?|keywords?|schlagworte?|thema|themen|topics?)/[^/?#]+/?$", re.IGNORECASE)
_BLOCK_TAG = re.compile(r"</?(?:p|div|br|li|h[1-6])\b[^<>]{0,200}>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The facts of a page; "" or () or None where it does not say.

    *published_at*, *modified_at*: ISO 8601, with offset where time and offset are known, else a bare date.
    *language*: BCP 47. *lead_image*, *declared_canonical*, *declared_forms*: absolute URLs, not yet believed;
    *lead_candidates* all addresses that are stated for the picture, *lead_image* first.
    *article_body*: JSON-LD articleBody, plain. *schema_types*: schema.org types of all nodes, lower-case.
    *paywalled*: the contrary of schema.org isAccessibleForFree.
    """

    title: str = ""
    title_candidates: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    credits: tuple[Credit, ...] = ()
    source: str = ""
    site_name: str = ""
    published_at: str | None = None
    modified_at: str | None = None
    language: str | None = None
    description: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    lead_image: str | None = None
    lead_candidates: tuple[str, ...] = ()
    declared_canonical: str | None = None
    declared_forms: tuple[str, ...] = ()
    article_body: str | None = None
    schema_types: frozenset[str] = frozenset()
    og_type: str = ""
    paywalled: bool | None = None


def read_metadata(tree: LexborHTMLParser, page: Page, *, url: str, fetched_at: float, html: str | None = None) -> Metadata:
    """Return what the page *tree* at *url*, fetched at *fetched_at* (epoch seconds), says about its article.

    *page* is what `worker.extract.blocks.collect` made of the tree, *html* what the tree was made of: with it, less
    must be searched.

    Never raises and never changes the tree. A time without an offset is kept where the page's host or language has a
    single time zone (`worker.normalise.zones`); elsewhere the bare date is given.
    """
    return metadata_of(read_evidence(tree, page, url=url, fetched_at=fetched_at, html=html))


def metadata_of(evidence: Evidence) -> Metadata:
    """Return what the *evidence* of a page comes to."""
    head, nodes, article = evidence.head, evidence.nodes, evidence.article
    leads = stated_leads(head, article, nodes, evidence.dates.url)
    dates = choose_dates(evidence.dates)
    named = credits_of(evidence)
    credited, everybody = credit_everybody(named, choose_authors(named))
    return Metadata(
        title=evidence.headline.title,
        title_candidates=evidence.headline.candidates,
        authors=credited.authors,
        editors=credited.editors,
        credits=everybody,
        source=credited.source,
        site_name=evidence.site_name,
        published_at=dates.published,
        modified_at=dates.modified,
        language=evidence.language,
        description=head.first("og:description", "description", "twitter:description", "dc.description")
        or text_of(article, "description"),
        section=text_of(article, "articleSection") or head.first("article:section", "parsely-section", "section", "category"),
        tags=_tags(head, article, evidence.page),
        lead_image=next(iter(leads), None),
        lead_candidates=leads,
        declared_canonical=evidence.canonical,
        declared_forms=declared_forms(head, article, url=evidence.dates.url, canonical=evidence.canonical),
        article_body=_article_body(article),
        schema_types=frozenset().union(*map(jsonld.types_of, nodes)) if nodes else frozenset(),
        og_type=head.first("og:type").lower(),
        paywalled=_paywalled(article, nodes),
    )


def credits_of(evidence: Evidence) -> CreditEvidence:
    """Return what there is of the *evidence* to tell who wrote the article."""
    return CreditEvidence(
        article=evidence.article,
        nodes=evidence.nodes,
        head=evidence.head,
        around=evidence.dates.around,
        chinese=(evidence.language or "").startswith("zh"),
        language=(evidence.language or "").partition("-")[0],
        site_names=(evidence.site_name, evidence.publisher),
    )


def _tags(head: Head, article: jsonld.Node | None, page: Page) -> tuple[str, ...]:
    """Return the article's keywords: from its tag elements, its JSON-LD, its keywords, else its links to pages of tags."""
    said = head.every("article:tag")
    if not said and article is not None:
        said = jsonld.texts_of(article.get("keywords"))
    said = said or head.every("news_keywords", "keywords", "parsely-tags", "sailthru.tags")
    separator = _SPACES if len(said) == 1 and _SPACED_HAN.fullmatch(said[0]) else _BETWEEN_TAGS
    parts = (part.strip() for text in said for part in (separator.split(text) if len(said) < 3 else [text]))
    return distinct(part for part in parts if _is_tag(part))[:MOST_TAGS] or _linked_tags(page)


def _linked_tags(page: Page) -> tuple[str, ...]:
    """Return the texts of the first group of links that lead to a page of everything under a tag."""
    found: list[str] = []
    last = 0
    linked = [leaf for leaf in page.leaves if leaf.linked]
    addresses = " ".join([style[0] for leaf in linked for _, style in leaf.pieces if style[0]])
    if not any(word in addresses for word in _TAG_WORDS):  # most pages: spares them a pattern for each link
        return ()
    for leaf in linked:
        here = [squeeze(text) for text, style in leaf.pieces if style[0] and _TAG_PAGE.search(style[0][:MAX_LENGTH])]
        if here and found and leaf.index - last > TAGS_APART:
            break
        if here:
            found += here
            last = leaf.index
    tags = distinct(text for text in (one.removeprefix("#") for one in found) if _is_tag(text))
    return tags if len(tags) <= MOST_LINKED_TAGS else ()


def _is_tag(text: str) -> bool:
    return len(text) <= LONGEST_TAG and not text.isdecimal()


def _article_body(article: jsonld.Node | None) -> str | None:
    body = article.get("articleBody") if article is not None else None
    if not isinstance(body, str) or not body.strip():
        return None
    if "<" in body:
        body = _BLOCK_TAG.sub("\n", body)
    return "\n".join(filter(None, map(plain, body.splitlines()))) or None


def _paywalled(article: jsonld.Node | None, nodes: list[jsonld.Node]) -> bool | None:
    for node in (article, *nodes) if article is not None else nodes:
        said = node.get("isAccessibleForFree") if node is not None else None
        if isinstance(said, bool):
            return not said
        if isinstance(said, str) and said.strip().lower().rsplit("/", 1)[-1] in {"true", "false"}:
            return said.strip().lower().endswith("false")
    return None

"""What a page says about its article, apart from the body.

Sources in order of trust: JSON-LD (schema.org), then meta elements (Open Graph, Dublin Core, the dialects of content
systems), then what readers see near the headline.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from worker.extract import jsonld
from worker.extract.credits import choose_authors
from worker.extract.dateline import choose_dates
from worker.extract.head import Head, read_head
from worker.extract.headline import Headline, choose_headline
from worker.extract.language import choose_language, month_first
from worker.extract.surroundings import Surroundings
from worker.normalise.dates import Habits
from worker.normalise.text import distinct, fold, plain
from worker.normalise.zones import zone_of
from worker.urls import resolve

LONGEST_TAG = 80  # characters; longer is a sentence
MOST_TAGS = 50  # more is a dump of the site's vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The facts of a page; "" or () or None where it does not say.

    *published_at*, *modified_at*: ISO 8601, with offset where time and offset are known, else a bare date.
    *language*: BCP 47. *lead_image*, *declared_canonical*: absolute URLs, the latter not yet believed.
    *article_body*: JSON-LD articleBody, plain. *schema_types*: schema.org types of all nodes, lower-case.
    *paywalled*: the contrary of schema.org isAccessibleForFree.
    """

    title: str = ""
    title_candidates: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    source: str = ""
    site_name: str = ""
    published_at: str | None = None
    modified_at: str | None = None
    language: str | None = None
    description: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    lead_image: str | None = None
    declared_canonical: str | None = None
    article_body: str | None = None
    schema_types: frozenset[str] = frozenset()
    og_type: str = ""
    paywalled: bool | None = None


def read_metadata(tree: LexborHTMLParser, *, url: str, fetched_at: float) -> Metadata:
    """Return what the page *tree* at *url*, fetched at *fetched_at* (epoch seconds), says about its article.

    Never raises and never changes the tree. A time without an offset is kept where the page's host or language has a
    single time zone (`worker.normalise.zones`); elsewhere the bare date is given.
    """
    host = _host(url)
    head = read_head(tree)
    nodes = jsonld.nodes_of(head.blocks)
    og_title = head.first("og:title", "twitter:title", "title", "dc.title", "headline", "parsely-title", "sailthru.title")
    canonical = _canonical(head, url)
    keys = frozenset(jsonld.address_key(address) for address in (url, canonical) if address)
    article = jsonld.main_article(nodes, urls=keys, title=og_title or head.title)
    site_name = _site_name(head, article, nodes)
    headline = _headline(tree, head, article, og_title, site_name, host)
    language = _language(head, article, headline)
    habits = Habits(now=fetched_at, zone=zone_of(language, host), month_first=month_first(language, host))
    around = Surroundings(tree, headline.node)
    dates = choose_dates(
        published=_dates(article, "datePublished", "dateCreated", "uploadDate"),
        modified=_dates(article, "dateModified"),
        head=head,
        around=around,
        url=url,
        habits=habits,
    )
    credited = choose_authors(
        article=article,
        nodes=nodes,
        head=head,
        around=around,
        chinese=(language or "").startswith("zh"),
        site_names=(site_name, _publisher(article, nodes)),
    )
    return Metadata(
        title=headline.title,
        title_candidates=headline.candidates,
        authors=credited.authors,
        editors=credited.editors,
        source=credited.source,
        site_name=site_name,
        published_at=dates.published,
        modified_at=dates.modified,
        language=language,
        description=head.first("og:description", "description", "twitter:description", "dc.description")
        or _text(article, "description"),
        section=_text(article, "articleSection") or head.first("article:section", "parsely-section", "section", "category"),
        tags=_tags(head, article),
        lead_image=_lead_image(head, article, nodes, url),
        declared_canonical=canonical,
        article_body=_article_body(article),
        schema_types=frozenset().union(*map(jsonld.types_of, nodes)) if nodes else frozenset(),
        og_type=head.first("og:type").lower(),
        paywalled=_paywalled(article, nodes),
    )


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:  # no URL at all: nothing is known of the site
        return ""


def _text(article: jsonld.Node | None, *keys: str) -> str:
    return next(filter(None, (jsonld.text_of(article.get(key)) for key in keys)), "") if article is not None else ""


def _dates(article: jsonld.Node | None, *keys: str) -> list[str]:
    return [said for key in keys if article is not None and (said := jsonld.text_of(article.get(key)))]


def _canonical(head: Head, url: str) -> str | None:
    for said in (head.link("canonical"), head.first("og:url")):
        if said and (absolute := resolve(url, said)) is not None:
            return absolute
    return None


def _publisher(article: jsonld.Node | None, nodes: list[jsonld.Node]) -> str:
    return jsonld.text_of(jsonld.joined(article.get("publisher"), nodes)) if article is not None else ""


def _site_name(head: Head, article: jsonld.Node | None, nodes: list[jsonld.Node]) -> str:
    site = next((jsonld.text_of(node.get("name")) for node in nodes if "website" in jsonld.types_of(node)), "")
    return (
        head.first("og:site_name")
        or _publisher(article, nodes)
        or site
        or head.first("application-name", "apple-mobile-web-app-title", "al:android:app_name")
    )


def _headline(
    tree: LexborHTMLParser, head: Head, article: jsonld.Node | None, og_title: str, site_name: str, host: str
) -> Headline:
    headline = _text(article, "headline")
    stated = [text for text in (headline, og_title, _text(article, "name")) if text]
    edited = article is not None and any("news" in kind for kind in jsonld.types_of(article))
    agreed = headline if edited and fold(headline) == fold(og_title) else ""
    return choose_headline(tree, stated=stated, agreed=agreed, document_title=head.title, site_name=site_name, host=host)


def _language(head: Head, article: jsonld.Node | None, headline: Headline) -> str | None:
    declared = (head.lang, _text(article, "inLanguage"), head.first("content-language", "language", "dc.language", "og:locale"))
    return choose_language(declared, f"{headline.title} {head.first('description', 'og:description')}")


def _tags(head: Head, article: jsonld.Node | None) -> tuple[str, ...]:
    said = jsonld.texts_of(article.get("keywords")) if article is not None else []
    said = head.every("article:tag") or said or head.every("news_keywords", "keywords", "parsely-tags", "sailthru.tags")
    parts = [part.strip() for text in said for part in (re.split(r"[,;，；、|]", text) if len(said) < 3 else [text])]
    return distinct(part for part in parts if len(part) <= LONGEST_TAG)[:MOST_TAGS]


def _lead_image(head: Head, article: jsonld.Node | None, nodes: list[jsonld.Node], url: str) -> str | None:
    stated = [*head.every("og:image", "og:image:secure_url", "og:image:url")]
    if article is not None:
        stated.append(jsonld.url_of(jsonld.joined(article.get("image"), nodes)))
    stated += [*head.every("twitter:image", "twitter:image:src", "image", "thumbnail"), head.link("image_src")]
    return next((absolute for said in stated if said and (absolute := resolve(url, said)) is not None), None)


def _article_body(article: jsonld.Node | None) -> str | None:
    body = article.get("articleBody") if article is not None else None
    if not isinstance(body, str) or not body.strip():
        return None
    broken = re.sub(r"(?i)</?(?:p|div|br|li|h[1-6])\b[^<>]{0,200}>", "\n", body)
    return "\n".join(filter(None, map(plain, broken.splitlines()))) or None


def _paywalled(article: jsonld.Node | None, nodes: list[jsonld.Node]) -> bool | None:
    for node in (article, *nodes) if article is not None else nodes:
        said = node.get("isAccessibleForFree") if node is not None else None
        if isinstance(said, bool):
            return not said
        if isinstance(said, str) and said.strip().lower().rsplit("/", 1)[-1] in {"true", "false"}:
            return said.strip().lower().endswith("false")
    return None

"""All that a page says to machines, and what stands near its headline: what the facts of the article are chosen from."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from worker.extract import jsonld
from worker.extract.blocks import Page
from worker.extract.dateline import DateEvidence
from worker.extract.head import Head, read_head
from worker.extract.headline import Claims, Headline, choose_headline
from worker.extract.language import choose_language, month_first
from worker.extract.surroundings import Surroundings
from worker.normalise.dates import Habits
from worker.normalise.text import fold
from worker.normalise.zones import zone_of
from worker.urls import MAX_LENGTH, resolve

_TITLES = ("og:title", "twitter:title", "title", "dc.title", "headline", "parsely-title", "sailthru.title")
_NORMAL_URL = re.compile(
    r"https?://(?:[a-z][a-z0-9-]{0,60}[a-z0-9]\.){1,5}[a-z]{2,20}/[\w/-]*(?:\.[A-Za-z0-9]{1,5})?", re.ASCII
)  # of which `resolve` would make nothing else


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was read of a page, before anything but title and language is chosen; *article* is the node of JSON-LD about it."""

    page: Page
    head: Head
    nodes: list[jsonld.Node]
    article: jsonld.Node | None
    canonical: str | None
    site_name: str
    publisher: str
    claims: Claims
    headline: Headline
    language: str | None
    dates: DateEvidence


def read_evidence(tree: LexborHTMLParser, page: Page, *, url: str, fetched_at: float, html: str | None = None) -> Evidence:
    """Return what the page *tree* at *url* says; see `worker.extract.metadata.read_metadata` for the arguments."""
    host = _host(url)
    head = read_head(tree, html)
    nodes = jsonld.nodes_of(head.blocks)
    canonical = _canonical(head, url)
    keys = frozenset(jsonld.address_key(address) for address in (url, canonical) if address)
    article = jsonld.main_article(nodes, urls=keys, title=head.first(*_TITLES) or head.title)
    publisher = jsonld.text_of(jsonld.joined(article.get("publisher"), nodes)) if article is not None else ""
    site_name = _site_name(head, publisher, nodes)
    claims = _claims(head, article, site_name, host)
    headline = choose_headline(page, claims)
    language = _language(head, article, headline)
    dates = DateEvidence(
        published=_dates(article, "datePublished", "dateCreated", "uploadDate"),
        modified=_dates(article, "dateModified"),
        head=head,
        around=Surroundings(tree, page, headline.leaf),
        url=url,
        habits=Habits(
            now=fetched_at,
            zone=zone_of(language, host),
            month_first=month_first(language, host),
            language=(language or "").partition("-")[0] or None,
        ),
    )
    return Evidence(
        page=page, head=head, nodes=nodes, article=article, canonical=canonical, site_name=site_name, publisher=publisher,
        claims=claims, headline=headline, language=language, dates=dates,
    )  # fmt: skip


def text_of(article: jsonld.Node | None, *keys: str) -> str:
    """Return the text of the first of *keys* that the article's node has, or ""."""
    return next(filter(None, (jsonld.text_of(article.get(key)) for key in keys)), "") if article is not None else ""


def absolute(url: str, said: str) -> str | None:
    """Return *said* relative to *url*; what is absolute already, as most is, needs no joining, and often no reading."""
    if len(said) <= MAX_LENGTH and _NORMAL_URL.fullmatch(said):
        return said
    return resolve("" if said.startswith(("https://", "http://")) else url, said)


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:  # no URL at all: nothing is known of the site
        return ""


def _dates(article: jsonld.Node | None, *keys: str) -> list[str]:
    return [said for key in keys if article is not None and (said := jsonld.text_of(article.get(key)))]


def _canonical(head: Head, url: str) -> str | None:
    declared = head.link("canonical")
    return (absolute(url, declared) if declared else None) or (absolute(url, said) if (said := head.first("og:url")) else None)


def _site_name(head: Head, publisher: str, nodes: list[jsonld.Node]) -> str:
    site = next((jsonld.text_of(node.get("name")) for node in nodes if "website" in jsonld.types_of(node)), "")
    return (
        head.first("og:site_name")
        or publisher
        or site
        or head.first("application-name", "apple-mobile-web-app-title", "al:android:app_name")
    )


def _claims(head: Head, article: jsonld.Node | None, site_name: str, host: str) -> Claims:
    """Return what the page tells machines its title is."""
    headline = text_of(article, "headline")
    stated = [("JSON-LD headline", headline), *_first_of(head, _TITLES), ("JSON-LD name", text_of(article, "name"))]
    social = next((text for source, text in stated[1:] if source in _TITLES), "")
    edited = article is not None and any("news" in kind for kind in jsonld.types_of(article))
    agreed = bool(headline) and fold(headline) == fold(social)
    return Claims(
        stated=tuple((source, text) for source, text in stated if text),
        agreed=headline if edited and agreed else "",
        confirmed=edited and (agreed or fold(headline) == fold(head.title)),
        document_title=head.title,
        site_name=site_name,
        host=host,
    )


def _first_of(head: Head, names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return the first of *names* that has a content, with that."""
    return next(([(name, text)] for name in names if (text := head.first(name))), [])


def _language(head: Head, article: jsonld.Node | None, headline: Headline) -> str | None:
    described = next((value for name in ("description", "og:description") for value in head.meta.get(name, ())), "")
    return choose_language(declared_languages(head, article), f"{headline.title} {described}")


def declared_languages(head: Head, article: jsonld.Node | None) -> tuple[str, ...]:
    """Return what a page says that its language is, the weightiest first, as it says it: tags, "" or nonsense."""
    return head.lang, text_of(article, "inLanguage"), head.first("content-language", "language", "dc.language", "og:locale")

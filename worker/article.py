"""From what a page says to the article that is stored: the URL it is known under, and what tells it from its next version."""

import hashlib
import json

from worker.exchange import Fetched
from worker.extract import VERSION
from worker.extract.canonical import believed_canonical, believed_forms, is_home
from worker.models import Article, Extraction
from worker.normalise.likeness import likeness_of_article
from worker.pages import Read
from worker.rendering import to_text
from worker.urls import canonicalise


def forms_of(asked: str, fetched: Fetched, extraction: Extraction) -> tuple[str, tuple[str, ...]]:
    """Return the key of the article, and every other canonical form of it: what led from the URL *asked* to it, and what of
    the page's word for itself is to be believed (`worker.extract.canonical`).

    A front page that led to it is none: it will lead to another article tomorrow. Raises InvalidUrl when a URL on the way
    has no canonical form.
    """
    declared = extraction.declared_forms
    believed = believed_canonical(extraction.declared_canonical, final_url=fetched.url, also=declared)
    key = canonicalise(believed or fetched.url)
    way = (canonicalise(form) for form in (asked, *fetched.hops, fetched.url))
    forms = [form for form in way if not is_home(form)] + list(believed_forms(declared, key=key))
    return key, tuple(dict.fromkeys(form for form in forms if form != key))


def article_of(asked: str, fetched: Fetched, read: Read, whole: Extraction, *, forms: tuple[str, tuple[str, ...]]) -> Article:
    """Return the article of *whole*, all its pages joined, of which *fetched* and *read* are the first; still without images.

    *forms* is what `forms_of` says of the first page.
    """
    key, aliases = forms
    text = to_text(whole.document)
    return Article(
        url=asked,
        final_url=fetched.url,
        key=key,
        aliases=aliases,
        extraction=whole,
        images=(),
        text=text,
        content_hash=_content_hash(whole, text),
        fetched_at=fetched.exchange.started_at,
        http=_http(fetched, read),
        extractor=VERSION,
        likeness=likeness_of_article(whole, text),
    )


def _http(fetched: Fetched, read: Read) -> dict[str, object]:
    exchange = fetched.exchange
    return {
        "status": exchange.status,
        "etag": exchange.header("etag"),
        "last_modified": exchange.header("last-modified"),
        "content_type": exchange.header("content-type"),
        "charset": read.charset,
        "charset_by": read.charset_by,
    }


def _content_hash(extraction: Extraction, text: str) -> str:
    """Return what tells a changed article from an unchanged one: what people read and see of it."""
    seen = [extraction.title, extraction.authors, extraction.published_at, text, [image.url for image in extraction.images]]
    return hashlib.sha256(json.dumps(seen, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()

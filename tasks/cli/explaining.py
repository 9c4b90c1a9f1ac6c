"""What there is to say about a URL and its page, as values that `json` can write."""

from dataclasses import asdict
from typing import Any

from tasks.cli.page_source import Source
from worker.article_json import iso
from worker.errors import Bomb, InvalidUrl
from worker.exchange import Fetched
from worker.extract.canonical import believed_canonical
from worker.extract.charset_prescan import header_charset
from worker.extract.decode import Decoded, decode
from worker.extract.explain import explain
from worker.extract.screen import suspicion
from worker.extract.site_rules import SiteRules
from worker.models import Extraction
from worker.normalise.restoring import restored
from worker.urls import canonicalise, masked

GROUPS = ("titles", "dates", "authors", "bodies", "images")  # of candidates
CHARSETS = {  # what decided how the bytes were read, in words
    "bom": "a byte order mark says so",
    "utf-8": "the bytes are valid UTF-8, whatever is declared",
    "header": "the Content-Type says so, and the text makes sense",
    "meta": "the page says so, and the text makes sense",
    "guess": "of the likely encodings it gives the best text; what is declared does not fit",
    "fallback": "nothing fits",
}


def explained(source: Source, rules: SiteRules | None) -> dict[str, Any]:
    """Return every decision on the page of *source*, which is subject to *rules*."""
    fetched = source.fetched
    decoded = decode(fetched.exchange.body, content_type=fetched.exchange.header("content-type"))
    suspect = suspicion(decoded.text)
    values = {
        "http": _http(source),
        "charset": _charset(decoded, fetched),
        "screen": suspect,
        "site_rule": rules.name if rules is not None else None,
    }
    url, at = fetched.url, fetched.exchange.started_at
    if suspect is not None:
        return values | {"reason": _apart(decoded.text, url=url, at=at, rules=rules)}
    found = explain(decoded.text, url=url, fetched_at=at, rules=rules)
    said = restored(found.extraction)
    return values | {
        "reason": said.reason,
        "quality": dict(said.quality),
        "known_as": _known_as(said, url),
        "next_page": said.next_page,
        "verdict": asdict(found.verdict),
        **{name: [asdict(one) for one in getattr(found, name)] for name in GROUPS},
    }


def _http(source: Source) -> dict[str, Any]:
    exchange, fetched = source.fetched.exchange, source.fetched
    return {
        "from": source.origin,
        "at": iso(exchange.started_at),
        "status": exchange.status or None,
        "final_url": masked(fetched.url) or None,
        "hops": [masked(hop) for hop in fetched.hops],
        "content_type": exchange.header("content-type"),
        "etag": exchange.header("etag"),
        "last_modified": exchange.header("last-modified"),
        "bytes": len(exchange.body),
    }


def _charset(decoded: Decoded, fetched: Fetched) -> dict[str, Any]:
    header = header_charset(fetched.exchange.header("content-type"))
    return {"charset": decoded.charset, "by": decoded.by, "why": CHARSETS[decoded.by], "header": header}


def _known_as(said: Extraction, url: str) -> dict[str, Any]:
    """Return the URL that the article is known under, and whether that is because the page says so."""
    declared = said.declared_canonical
    try:
        own = canonicalise(url)
    except InvalidUrl:
        own = None
    believed = believed_canonical(declared, final_url=url, also=said.declared_forms) if own else None
    if believed is not None:
        why = "the page declares it, and may" if believed != own else "the page's own URL, which it declares too"
    elif own is None:
        why = "nothing is known of where the page stands; say it by --url"
    elif declared:
        why = "what the page declares is another site, a home page, a section or another article, and not believed"
    else:
        why = "the page's own URL; it declares no other"
    return {"canonical_url": believed or own, "declared": declared, "why": why}


def _apart(html: str, *, url: str, at: float, rules: SiteRules | None) -> str | None:
    """Return why a suspicious page is no article, None when it is one; its candidates stay in the child that reads it."""
    import asyncio  # here, since it is wanted for one page in thousands

    from worker.quarantine import Quarantine

    try:
        return asyncio.run(Quarantine().extract(html, url=url, fetched_at=at, rules=rules)).reason
    except Bomb as bomb:
        return f"bomb: {bomb.detail}"

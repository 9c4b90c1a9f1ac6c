"""Feeds: RSS 0.9x, 1.0 and 2.0 and Atom by feedparser, JSON Feed by `jsonfeed`."""

import io
from collections.abc import Iterator, Mapping

import feedparser

from worker.errors import WrongType
from worker.sources.announced import announced_feed
from worker.sources.dates import NO_CLOCK
from worker.sources.essence import MOST_ENTRIES, essence
from worker.sources.jsonfeed import gather_json
from worker.sources.listing import Gathering, Link, Listing
from worker.sources.unwrap import Looks, unwrap

_PAGE_TYPES = frozenset(("text/html", "application/xhtml+xml", ""))


def read_feed(body: bytes, *, url: str, content_type: str | None, now: float = NO_CLOCK) -> Listing:
    """Return what the feed *body*, fetched from *url* at *now* (epoch seconds), lists; its links absolute, each once.

    What is not well-formed gives what can be had and a note. An HTML page gives the feed that it announces as
    `further`. Raises WrongType for anything else, TooLarge for what passes a site map's limit once unpacked.
    Sources: RSS 2.0, RSS 1.0, RFC 4287 (Atom), JSON Feed 1.1, RFC 7303 (encodings of XML).
    """
    document = unwrap(body, content_type=content_type)
    gathering = Gathering(url, most=MOST_ENTRIES, now=now)
    notes = list(document.notes)
    match document.looks:
        case Looks.FEED:
            notes += gather_feed(document.text, url, gathering)
        case Looks.JSON:
            gather_json(document.text, gathering)
        case Looks.HTML:
            return _announced(document.text, url)
        case Looks.SITE_MAP:
            raise WrongType("it is a site map, not a feed: write sitemap = … in place of feed = … in the sources file")
        case other:
            raise WrongType(f"it is no feed but {other}: put the address of an RSS, Atom or JSON feed into the sources file")
    return Listing(gathering.links, notes=(*notes, *gathering.notes()))


def gather_feed(text: str, url: str, gathering: Gathering) -> list[str]:
    """Gather the entries of the RSS or Atom feed *text*, which begins with its first element; return notes."""
    reduced, note = essence(text)
    parsed = feedparser.parse(
        io.BytesIO(reduced.encode()),  # a string, or bare bytes, it would take for a URL or file to open
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": url},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    for entry in parsed.entries:
        gathering.add(_link(entry), _dates(entry), _text(entry, "title"))
    ill = ["it is not well-formed XML: what could be read of it was"] if parsed.bozo and not note else []
    return [*ill, *([note] if note else [])]


def _link(entry: Mapping[str, object]) -> str:
    """Return the address of an entry's page: FeedBurner's original, the first alternate link, or else a guid that is one."""
    original = _text(entry, "feedburner_origlink")
    links = entry.get("links")
    alternates = (
        _text(link, "href")
        for link in (links if isinstance(links, list) else ())
        if _text(link, "rel") == "alternate" and _text(link, "type") in _PAGE_TYPES
    )
    return original or next(filter(None, alternates), "") or _text(entry, "link")


def _dates(entry: Mapping[str, object]) -> Iterator[str]:
    return (_text(entry, name) for name in ("published", "updated", "created") if name in entry)


def _text(entry: Mapping[str, object], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""


def _announced(html: str, url: str) -> Listing:
    feed = announced_feed(html, url=url)
    if feed is None:
        raise WrongType("it is an HTML page, and announces no feed: look for the site's RSS or Atom feed, or use its site map")
    note = f"this is an HTML page; the feed it announces, {feed}, was read; put that into the sources file"
    return Listing((), further=(Link(feed, None),), notes=(note,))

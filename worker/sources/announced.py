"""The feed that an HTML page announces in its head."""

from selectolax.lexbor import LexborHTMLParser

from worker.extract.addresses import base_of
from worker.extract.screen import suspicion
from worker.urls import resolve

LOOKED_AT = 500_000  # characters; announcements stand in the head, after at most some scripts and styles
FEED_TYPES = frozenset(("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"))


def announced_feed(html: str, *, url: str) -> str | None:
    """Return the absolute URL of the first feed that the page *html* at *url* announces, None if it announces none.

    Sites announce their main feed first and those of comments or tags after it. A page that would be costly to parse
    announces nothing. Source: RSS Advisory Board, "RSS Autodiscovery"; WHATWG HTML §4.6.7.1 (`alternate`).
    """
    head = html[:LOOKED_AT]
    if suspicion(head) is not None:
        return None
    tree = LexborHTMLParser(head)
    base = base_of(tree, url)
    for node in tree.css("link[rel][type][href]"):
        rel, media_type = (node.attributes[name] or "" for name in ("rel", "type"))
        if "alternate" in rel.lower().split() and media_type.partition(";")[0].strip().lower() in FEED_TYPES:
            feed = resolve(base, node.attributes["href"] or "")
            if feed is not None and feed != url:
                return feed
    return None

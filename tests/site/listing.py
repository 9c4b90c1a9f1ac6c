"""The pages that lead to the articles: front page, RSS feed, news site map, robots.txt."""

import gzip
from collections.abc import Callable, Sequence
from datetime import datetime
from email.utils import format_datetime
from html import escape

from tests.site.entries import Entry

FEED_ITEMS = 12  # a feed shows the newest only; the site map shows all

ROBOTS = """\
User-agent: *
Disallow: /private/

Sitemap: {base}/sitemap.xml
"""


def front_page(base: str, listed: Sequence[Entry]) -> str:
    """Return the HTML of the front page: every listed article under its title, and the ways on."""
    items = "\n".join(f'<li><a href="{escape(entry.path)}">{escape(entry.title)}</a></li>' for entry in listed)
    return f"""<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>The Saltmarsh Courier</title>
<link rel="alternate" type="application/rss+xml" title="All stories" href="{base}/feed.xml"></head>
<body>
<header><h1>The Saltmarsh Courier</h1><p>An invented newspaper for machines to read.</p></header>
<nav><a href="/section/transport/">Transport</a> <a href="/section/culture/">Culture</a>
<a href="/search?q=harbour">Search</a></nav>
<main><ul class="stories">
{items}
</ul></main>
<footer><a href="/private/minutes.html">Board</a> <a href="/sitemap.xml">Site map</a></footer>
</body>
</html>
"""


def feed(base: str, listed: Sequence[Entry]) -> str:
    """Return the first of the listed articles as RSS 2.0."""
    items = "\n".join(_item(base, entry) for entry in listed[:FEED_ITEMS])
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>The Saltmarsh Courier</title>
<link>{base}/</link>
<description>An invented newspaper for machines to read.</description>
<atom:link href="{base}/feed.xml" rel="self" type="application/rss+xml"/>
{items}
</channel></rss>
"""


def _item(base: str, entry: Entry) -> str:
    link = escape(base + entry.path)
    return f"<item><title>{escape(entry.title)}</title><link>{link}</link><guid>{link}</guid>{_rss_date(entry)}</item>"


def _rss_date(entry: Entry) -> str:
    """Return the pubDate element; nothing for a bare date, as RSS knows no date without an hour."""
    if entry.published_at is None or "T" not in entry.published_at:
        return ""
    return f"<pubDate>{format_datetime(datetime.fromisoformat(entry.published_at))}</pubDate>"


def broken_feed(base: str, listed: Sequence[Entry]) -> str:
    """Return a feed as they come: relative links, an undefined entity, wrong dates, an entry twice, one that links to no page."""
    first, second, third = listed[:3]
    return f"""<rss version="2.0"><channel><title>Courier &nbsp; Broken</title><link>/</link>
<item><title>{escape(first.title)}</title><link>{escape(first.path)}</link><pubDate>Mon, 32 Foo 2026 25:61:00 GMT</pubDate></item>
<item><title>A&nbsp;ferry & a pier</title><link>{escape(second.path)}</link><pubDate>Tue, 01 Jan 2999 00:00:00 GMT</pubDate></item>
<item><title>The same again</title><link>{escape(base + second.path)}</link></item>
<item><title>Write to us</title><link>mailto:desk@courier.example</link></item>
<item><title>{escape(third.title)}</title><link>{escape(third.path)}</link>{_rss_date(third)}</item>
"""


def news_page(base: str, _: Sequence[Entry]) -> str:
    """Return an HTML page that people give for the feed it announces."""
    announced = f'<link rel="alternate" type="application/rss+xml" title="All stories" href="{base}/feed.xml">'
    return f"<!DOCTYPE html><html><head><title>News</title>{announced}</head><body><h1>News</h1></body></html>"


def site_map_index(base: str, _: Sequence[Entry]) -> str:
    """Return an index of two site maps, the older one first."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>{base}/sitemap-archive.xml.gz</loc><lastmod>2026-01-31</lastmod></sitemap>
<sitemap><loc>{base}/sitemap.xml</loc><lastmod>2026-03-01T06:00:00+00:00</lastmod></sitemap>
</sitemapindex>
"""


def archive_site_map(base: str, listed: Sequence[Entry]) -> bytes:
    """Return those of the listed articles that the feed no longer shows, as a packed site map."""
    urls = "\n".join(f"<url><loc>{escape(base + entry.path)}</loc></url>" for entry in listed[FEED_ITEMS:])
    return gzip.compress(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}\n</urlset>\n'.encode(), mtime=0)


def site_map(base: str, listed: Sequence[Entry]) -> str:
    """Return all listed articles as a news site map (sitemaps.org 0.9 with the news extension)."""
    urls = "\n".join(
        f"<url><loc>{escape(base + entry.path)}</loc><news:news><news:publication><news:name>The Saltmarsh Courier</news:name>"
        f"<news:language>{entry.language}</news:language></news:publication>"
        f"<news:publication_date>{entry.published_at}</news:publication_date><news:title>{escape(entry.title)}</news:title></news:news></url>"
        for entry in listed
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
{urls}
</urlset>
"""


def robots(base: str, _: Sequence[Entry]) -> str:
    """Return robots.txt (RFC 9309)."""
    return ROBOTS.format(base=base)


Render = Callable[[str, Sequence[Entry]], str | bytes]
LISTINGS: dict[str, tuple[Render, str]] = {
    "/": (front_page, "text/html; charset=utf-8"),
    "/news.html": (news_page, "text/html; charset=utf-8"),
    "/feed.xml": (feed, "application/rss+xml; charset=utf-8"),
    "/feed-broken.xml": (broken_feed, "text/xml; charset=utf-8"),
    "/sitemap.xml": (site_map, "application/xml; charset=utf-8"),
    "/sitemap-index.xml": (site_map_index, "application/xml; charset=utf-8"),
    "/sitemap-archive.xml.gz": (archive_site_map, "application/gzip"),
    "/robots.txt": (robots, "text/plain; charset=utf-8"),
}

"""The pages that lead to the articles: front page, RSS feed, news site map, robots.txt."""

from datetime import datetime
from email.utils import format_datetime
from html import escape

from tests.site.catalogue import LISTED, Entry

FEED_ITEMS = 12  # a feed shows the newest only; the site map shows all

ROBOTS = """\
User-agent: *
Disallow: /private/

Sitemap: {base}/sitemap.xml
"""


def front_page(base: str) -> str:
    """Return the HTML of the front page: every listed article under its title, and the ways on."""
    items = "\n".join(f'<li><a href="{escape(entry.path)}">{escape(entry.title)}</a></li>' for entry in LISTED)
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


def feed(base: str) -> str:
    """Return the newest listed articles as RSS 2.0."""
    items = "\n".join(_item(base, entry) for entry in LISTED[:FEED_ITEMS])
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


def site_map(base: str) -> str:
    """Return all listed articles as a news site map (sitemaps.org 0.9 with the news extension)."""
    urls = "\n".join(
        f"<url><loc>{escape(base + entry.path)}</loc><news:news><news:publication><news:name>The Saltmarsh Courier</news:name>"
        f"<news:language>{entry.language}</news:language></news:publication>"
        f"<news:publication_date>{entry.published_at}</news:publication_date><news:title>{escape(entry.title)}</news:title></news:news></url>"
        for entry in LISTED
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
{urls}
</urlset>
"""


def robots(base: str) -> str:
    """Return robots.txt (RFC 9309)."""
    return ROBOTS.format(base=base)

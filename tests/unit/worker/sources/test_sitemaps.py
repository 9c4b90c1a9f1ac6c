"""What site maps list: pages, and further site maps."""

import gzip
from datetime import UTC, datetime

import pytest

from worker.errors import TooLarge, WrongType
from worker.sources.listing import Link, Listing
from worker.sources.sitemaps import MOST_LINKS, read_sitemap
from worker.sources.unwrap import MAX_BYTES

URL = "https://news.example/sitemap.xml"
NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NOW = datetime(2026, 3, 1, tzinfo=UTC).timestamp()


def at(*moment: int) -> float:
    return datetime(*moment, tzinfo=UTC).timestamp()  # type: ignore[arg-type,misc]


def read(body: str | bytes, *, content_type: str | None = "application/xml") -> Listing:
    return read_sitemap(body if isinstance(body, bytes) else body.encode(), url=URL, content_type=content_type, now=NOW)


def urlset(*urls: str, attributes: str = NAMESPACE) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {attributes}>{"".join(urls)}</urlset>'


def page(loc: str, more: str = "") -> str:
    return f"<url><loc>{loc}</loc>{more}</url>\n"


def urls(listing: Listing) -> list[str]:
    return [link.url for link in listing.links]


def test_pages_come_in_the_order_of_the_map_dated_by_their_last_change() -> None:
    body = urlset(
        page("https://news.example/1", "<lastmod>2026-02-09T15:40:00+01:00</lastmod><changefreq>daily</changefreq>"),
        page("\n  https://news.example/2\n  ", "<lastmod>2026-02-09</lastmod><priority>0.8</priority>"),
        page("https://news.example/3?a=1&amp;b=2", "<lastmod/>"),
    )
    assert read(body) == Listing((
        Link("https://news.example/1", at(2026, 2, 9, 14, 40)),
        Link("https://news.example/2", at(2026, 2, 9)),
        Link("https://news.example/3?a=1&b=2", None),
    ))  # fmt: skip


def test_the_news_extension_gives_title_and_date_of_publication_whatever_its_prefix() -> None:
    news = (
        "<lastmod>2026-02-20</lastmod><{0}:news><{0}:publication><{0}:name>Courier</{0}:name><{0}:language>en</{0}:language>"
        "</{0}:publication><{0}:publication_date>2026-02-09T15:40:00Z</{0}:publication_date>"
        "<{0}:title>Fish &amp; chips</{0}:title></{0}:news>"
    )
    for prefix in ("news", "n"):
        attributes = f'{NAMESPACE} xmlns:{prefix}="http://www.google.com/schemas/sitemap-news/0.9"'
        body = urlset(page("https://news.example/1", news.format(prefix)), attributes=attributes)
        assert read(body).links == (Link("https://news.example/1", at(2026, 2, 9, 15, 40), "Fish & chips"),)


def test_pictures_films_and_translations_of_a_page_are_no_pages() -> None:
    more = (
        "<image:image><image:loc>https://cdn.example/a.jpg</image:loc><image:title>Picture</image:title></image:image>"
        "<video:video><video:title>Film</video:title><video:player_loc>https://cdn.example/p</video:player_loc>"
        "<video:publication_date>2020-01-01</video:publication_date></video:video>"
        '<xhtml:link rel="alternate" hreflang="de" href="https://news.example/de/1"/>'
    )
    assert read(urlset(page("https://news.example/1", more))).links == (Link("https://news.example/1", None),)
    before = urlset("<url><image:image><image:loc>https://cdn.example/a.jpg</image:loc></image:image><loc>/1</loc></url>")
    assert urls(read(before)) == ["https://news.example/1"]


def test_the_site_maps_of_an_index_are_to_be_read_the_newest_first() -> None:
    maps = (
        "<sitemap><loc>https://news.example/undated.xml</loc></sitemap>"
        "<sitemap><loc>https://news.example/old.xml.gz</loc><lastmod>2025-01-01</lastmod></sitemap>"
        "<sitemap><loc>/new.xml</loc><lastmod>2026-02-28T23:00:00Z</lastmod></sitemap>"
        "<sitemap><loc>https://news.example/undated-too.xml</loc><lastmod>soon</lastmod></sitemap>"
        f"<sitemap><loc>{URL}</loc></sitemap>"
    )
    listing = read(f"<sitemapindex {NAMESPACE}>{maps}</sitemapindex>")
    assert [link.url.rpartition("/")[2] for link in listing.further] == [
        "new.xml",
        "old.xml.gz",
        "undated.xml",
        "undated-too.xml",
    ]
    assert (listing.links, listing.notes) == ((), ("1 of 5 entries have a date that cannot be right, which was ignored",))


def test_plain_text_lists_a_page_a_line() -> None:
    body = "\ufeffhttps://news.example/1\r\n\r\n  https://news.example/新闻  \nhttps://news.example/1\nnot a line of it\n"
    listing = read(body, content_type="text/plain; charset=utf-8")
    assert urls(listing) == ["https://news.example/1", "https://news.example/%E6%96%B0%E9%97%BB"]
    assert listing.notes == ("1 of 4 entries link to no page",)


@pytest.mark.parametrize("body", [urlset(page("/1")), "https://news.example/1\n"])
@pytest.mark.parametrize("content_type", ["application/gzip", "application/x-gzip", "application/xml", "text/plain", None])
def test_packed_site_maps_are_known_by_their_bytes(body: str, content_type: str | None) -> None:
    assert urls(read(gzip.compress(body.encode()), content_type=content_type)) == ["https://news.example/1"]


def test_a_feed_may_stand_for_a_site_map() -> None:
    rss = (
        '<rss version="2.0"><channel><item><link>/1</link><pubDate>Mon, 09 Feb 2026 15:40:00 GMT</pubDate></item></channel></rss>'
    )
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="/1"/><updated>2026-02-09T15:40:00Z</updated></entry></feed>'
    )
    for feed in (rss, atom):
        assert read(feed) == Listing((Link("https://news.example/1", at(2026, 2, 9, 15, 40)),))


@pytest.mark.parametrize(
    "attributes", ["", 'xmlns="http://www.google.com/schemas/sitemap/0.84"', 'xmlns="http://elsewhere.example/"']
)
def test_namespaces_old_wrong_or_missing_do_not_matter(attributes: str) -> None:
    assert urls(read(urlset(page("/1"), attributes=attributes))) == ["https://news.example/1"]
    assert urls(read("<s:urlset><s:url><s:loc>/1</s:loc></s:url></s:urlset>")) == ["https://news.example/1"]


@pytest.mark.parametrize(
    ("loc", "url"),
    [
        ("/a?b=1&c=2", "https://news.example/a?b=1&c=2"),
        ("<![CDATA[/a?b=1&c=2]]>", "https://news.example/a?b=1&c=2"),
        ("/caf&eacute;s", "https://news.example/caf&eacute;s"),
        ("//cdn.example/a", "https://cdn.example/a"),
        ("/天水", "https://news.example/%E5%A4%A9%E6%B0%B4"),
    ],
)
def test_addresses_are_read_as_they_were_meant(loc: str, url: str) -> None:
    assert read(urlset(page(loc))) == Listing((Link(url, None),))


@pytest.mark.parametrize("codec", ["gb18030", "utf-16", "iso-8859-1"])
def test_a_site_map_may_be_in_another_encoding(codec: str) -> None:
    path = "/café" if codec == "iso-8859-1" else "/天水晚报的新闻在这里"
    body = urlset(page(path)).replace("UTF-8", codec).encode(codec)
    assert urls(read(body)) == urls(read(urlset(page(path))))


# ---------------------------------------------------------------- what is wrong with them

GOOD = page("/1") + page("/2")


@pytest.mark.parametrize(
    "body",
    [
        f"<urlset>{GOOD}<url><loc>https://news.example/thr",
        f"<urlset>{GOOD}<url><loc>/3</url></urlset>",
        f"<urlset>{GOOD}<url><loc>/<3</loc></url></urlset>",
        f"<urlset>{GOOD}</urlset><urlset>",
    ],
)
def test_what_came_before_the_fault_is_read(body: str) -> None:
    listing = read(body)
    assert urls(listing) == ["https://news.example/1", "https://news.example/2"]
    assert listing.notes[0].startswith("it is not well-formed XML: it was read up to line ")


def test_half_a_packed_site_map_gives_half_of_its_pages() -> None:
    packed = gzip.compress(urlset(*(page(f"/{n * 7919}") for n in range(5_000))).encode())
    listing = read(packed[: len(packed) // 2])
    assert 1_000 < len(listing.links) < 4_000
    assert listing.notes[0] == "its gzip packing breaks off"


def test_declared_entities_are_refused() -> None:
    listing = read(f'<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY a "b">]><urlset>{page("/&a;s")}{page("/1")}</urlset>')
    assert urls(listing) == ["https://news.example/&a;s", "https://news.example/1"]
    assert listing.notes == ("it declares entities, which were ignored",)


def test_entries_that_lead_nowhere_are_counted() -> None:
    listing = read(urlset(page(""), "<url/>", page("mailto:a@b.example"), page("/1")))
    assert listing == Listing((Link("https://news.example/1", None),), notes=("3 of 4 entries link to no page",))


def test_no_more_links_are_read_than_a_site_map_may_have() -> None:
    pages = [f"<url><loc>/{n}</loc></url>" for n in range(MOST_LINKS + 1)]
    assert read(urlset(*pages[:-1])).notes == ()
    listing = read(urlset(*pages))
    assert (len(listing.links), listing.notes) == (MOST_LINKS, (f"only its first {MOST_LINKS:,} entries were read",))


def test_nesting_without_end_is_not_followed() -> None:
    assert "nested too deeply" in read("<urlset>" + "<a>" * 2_000_000).notes[0]


def test_more_than_fifty_megabytes_are_refused() -> None:
    with pytest.raises(TooLarge):
        read(gzip.compress(b"<urlset>" + b" " * MAX_BYTES, compresslevel=1))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<!DOCTYPE html><html><body>404</body></html>", "an HTML page"),
        ("User-agent: *\nDisallow:\n", "without a URL"),
        ("<catalogue/>", "XML of another kind"),
        ('{"items": []}', "JSON"),
        ("", "an empty document"),
    ],
)
def test_what_is_no_site_map_is_refused_with_what_it_is(body: str, said: str) -> None:
    with pytest.raises(WrongType) as refused:
        read(body)
    assert said in refused.value.detail

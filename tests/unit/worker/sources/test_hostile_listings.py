"""Feeds and site maps made to harm: no time, no memory, no file, and no error but those that say what is wrong."""

import builtins
import gzip
import socket
import time
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.errors import TooLarge, WrongType
from worker.sources.essence import DEEPEST, LONGEST_TEXT, MOST_ENTRIES
from worker.sources.feeds import read_feed
from worker.sources.listing import Listing
from worker.sources.sitemaps import read_sitemap
from worker.urls import canonicalise

URL = "https://news.example/listing.xml"
RSS = b'<?xml version="1.0"?><rss version="2.0"><channel>'
ENTRY = b"<item><link>https://news.example/1</link></item>"
URLSET = b'<?xml version="1.0"?><urlset>'
Reader = Callable[..., Listing]
READERS = (read_feed, read_sitemap)

# ---------------------------------------------------------------- whatever the bytes

PIECES = """<rss> <rss|version="2.0"> <channel> <item> </item> <link> </link> <link/> <link|href="/a"/> <guid> </guid> <title> </title>
<guid|isPermaLink="false"> <title|type="xhtml"> <title|mode="base64"> <pubDate> </pubDate> <dc:date> </dc:date> <entry> </entry>
<feed|xmlns="http://www.w3.org/2005/Atom"|xml:base="http://[::1/"> <source|url="x"> </source> <image> </image> <textinput> <url> </url>
&#0; &#xD800; &#99999999; &nbsp; & <![CDATA[ ]]> <!-- --> http://a.example/%zz http://[ //x javascript:a 2026-02-30 9999-12-31T23:59:59-14:00
<svg> <link|rel="enclosure"|url="a"> <feedburner:origLink> </feedburner:origLink> <rdf:RDF> <item|rdf:about="x"> <urlset> </urlset>
<sitemapindex> <sitemap> </sitemap> <loc> </loc> <lastmod> <news:news> <news:title> {"items":[ {"url":"a"} ]} <html> <!DOCTYPE|html>
<!DOCTYPE|rss|[<!ENTITY|a|"b">]> <?xml|version="1.0"|encoding="gbk"?> <link|xml:base="http://["> <a:b|xmlns:a=""> <item|href="x"|lastmod="y">
<link:> <:link> <content:encoded> </content:encoded> " ' < > / = \ufeff \u2028 \x00 \x1f\x8b \ud800"""
STARTS = ("", "<rss><channel><item>", "<feed><entry>", "<rdf:RDF>", "<urlset><url><loc>", "<sitemapindex><sitemap>", '{"items":[')
pieces = st.lists(st.sampled_from([piece.replace("|", " ") for piece in PIECES.split()]) | st.text(max_size=5), max_size=40)
nearly = st.builds(lambda start, rest: (start + "".join(rest)).encode("utf-8", "surrogatepass"), st.sampled_from(STARTS), pieces)
packed = st.builds(lambda body, cut: gzip.compress(body)[: -cut or None], nearly, st.integers(0, 20))


@pytest.mark.parametrize("read", READERS)
@given(
    body=st.binary(max_size=300) | nearly | packed,
    content_type=st.sampled_from([None, "text/xml; charset=gbk", "application/rss+xml; charset=utf-16", "a; charset=\x00"]),
)
@settings(max_examples=600, deadline=None)
def test_any_bytes_give_a_listing_or_are_refused(read: Reader, body: bytes, content_type: str | None) -> None:
    try:
        listing = read(body, url=URL, content_type=content_type)
    except (WrongType, TooLarge):
        return
    found = [link.url for link in (*listing.links, *listing.further)]
    assert len(set(found)) == len(found)
    assert all(canonicalise(url).startswith("http") for url in found)
    assert all(listing.notes)


def test_characters_that_json_can_spell_and_utf_8_cannot_do_no_harm() -> None:
    listing = read_feed(
        rb'{"items": [{"url": "/1", "title": "\ud800x\u0000", "date_published": "\ud800"}]}', url=URL, content_type=None
    )
    assert [link.title for link in listing.links] == ["x"]


# ---------------------------------------------------------------- nothing is opened


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + RSS + b"<item><title>&a;</title><link>/1</link></item>",
        b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">' + RSS + ENTRY,
        b'<!DOCTYPE urlset [<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;]>' + URLSET + b"<url><loc>/&a;</loc></url>",
        b"/etc/passwd",
        b"http://127.0.0.1:9/feed.xml",
        RSS + b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>' + ENTRY,
    ],
)
def test_no_body_makes_its_reader_open_a_file_or_a_connection(read: Reader, body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    read_feed(RSS + ENTRY, url=URL, content_type=None)  # whatever is imported on first use has been
    opened: list[object] = []
    monkeypatch.setattr(builtins, "open", lambda *arguments, **_: opened.append(arguments))
    monkeypatch.setattr(socket, "create_connection", lambda *arguments, **_: opened.append(arguments))
    try:
        listing = read(body, url=URL, content_type=None)
        assert "root:" not in repr(listing)
    except WrongType:
        pass
    assert opened == []


def test_entities_are_no_bomb() -> None:
    ten = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    bomb = f'<!DOCTYPE x [\n<!ENTITY a "aaaaaaaaaa">{ten}]>\n'.encode()
    feed = read_feed(bomb + RSS + b"<item><title>&j;</title><link>/1</link></item>", url=URL, content_type=None)
    assert [(link.title, feed.notes[0]) for link in feed.links] == [("&j;", "it declares entities, which were ignored")]
    with_long_one = b'<!DOCTYPE x [\n<!ENTITY a "%s">\n]>' % (b"a" * 50_000) + RSS + b"<item><title>%s" % (b"&a;" * 50_000)
    assert read_feed(with_long_one, url=URL, content_type=None).links == ()


# ---------------------------------------------------------------- time and memory

MEGABYTES = 1  # quadratic behaviour of the parsers in use takes minutes from here, linear a second or two
SECONDS, BYTES = 15.0, 60_000_000  # with room for a slow and busy machine

FLOODS = {
    "entries": (RSS, ENTRY),
    "tags": (RSS, b"<a>"),
    "open entries": (RSS, b"<item>"),
    "open links": (RSS + b"<item>", b"<link>"),
    "closed entries": (RSS + b"</item>" * 50_000, b'<item xml:base="a/">'),
    "bases": (RSS, b'<entry xml:base="b/">'),
    "guids": (RSS + b"<item>", b"<guid>a</guid>"),
    "categories": (RSS + b"<item>", b"<category>a</category>"),
    "an author": (RSS + b"<item><author>", b"a"),
    "a title": (RSS + b"<item><title>", b"a"),
    "a title in pieces": (RSS + b"<item><title>", b"a<b>"),
    "ampersands": (RSS + b"<item><title>", b"&"),
    "references": (RSS + b"<item><link>", b"&amp;a"),
    "angles": (RSS, b"<"),
    "open tags": (RSS, b"<link "),
    "open quotes": (RSS, b'<link a="'),
    "attributes": (RSS + b"<link ", b'a="b" '),
    "comments": (RSS, b"<!--"),
    "blocks": (RSS, b"<![CDATA["),
    "instructions": (RSS, b"<?a "),
    "contents": (RSS + b"<item>", b"<content:encoded>"),
    "contents with ends": (RSS + b"<item>", b"<description><![CDATA[</description>]]>"),
    "blanks in a tag": (RSS + b"<item", b" "),
    "blanks before": (b"", b"\n"),
    "pages": (URLSET, b"<url><loc>/a</loc></url>"),
    "empty pages": (URLSET, b"<url/>"),
    "depth": (URLSET, b"<url>"),
    "one long place": (URLSET + b"<url><loc>", b"a"),
    "lines": (b"", b"https://news.example/a\n"),
    "no lines": (b"", b"a\n"),
}


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_takes_time_in_proportion(read: Reader, flood: str) -> None:
    head, unit = FLOODS[flood]
    body = head + unit * (MEGABYTES * 1_000_000 // len(unit))
    began = time.process_time()
    try:
        read(body, url=URL, content_type="application/xml")
    except (WrongType, TooLarge):
        pass
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("flood", ["bases", "closed entries", "entries", "references", "open links", "contents"])
def test_a_flood_takes_memory_in_proportion(flood: str) -> None:
    head, unit = FLOODS[flood]
    body = head + unit * (200_000 // len(unit))
    tracemalloc.start()
    try:
        read_feed(body, url=URL, content_type="application/xml")
        assert tracemalloc.get_traced_memory()[1] < BYTES
    finally:
        tracemalloc.stop()


def test_names_that_are_never_closed_are_looked_for_a_few_times_only() -> None:
    body = RSS + b"".join(b"<a%d:content>" % n for n in range(100_000)) + ENTRY
    began = time.process_time()
    assert len(read_feed(body, url=URL, content_type=None).links) == 1
    assert time.process_time() - began < SECONDS


# ---------------------------------------------------------------- limits


def test_of_an_endless_feed_the_first_entries_are_read() -> None:
    items = b"".join(b"<item><link>/%d</link></item>" % n for n in range(MOST_ENTRIES + 10))
    listing = read_feed(RSS + items + b"</channel></rss>", url=URL, content_type=None)
    assert (len(listing.links), listing.notes) == (MOST_ENTRIES, (f"only its first {MOST_ENTRIES:,} entries were read",))
    exactly = b"".join(b"<item><link>/%d</link></item>" % n for n in range(MOST_ENTRIES))
    assert read_feed(RSS + exactly + b"</channel></rss>", url=URL, content_type=None).notes == ()


def test_entries_that_are_never_closed_are_read_up_to_a_depth() -> None:
    body = RSS + b"".join(b"<item><link>/%d</link>" % n for n in range(2 * DEEPEST))
    listing = read_feed(body, url=URL, content_type=None)
    assert 0 < len(listing.links) <= DEEPEST
    assert "left open" in listing.notes[0]


def test_half_of_an_overlong_link_is_no_link() -> None:
    pieces = b"".join(b"<![CDATA[%s]]>" % (b"/a" * 500) for _ in range(LONGEST_TEXT // 1_000 + 1))
    body = RSS + b"<item><link>https://news.example" + pieces + b"</link></item>" + ENTRY + b"</channel></rss>"
    listing = read_feed(body, url=URL, content_type=None)
    assert [link.url for link in listing.links] == ["https://news.example/1"]

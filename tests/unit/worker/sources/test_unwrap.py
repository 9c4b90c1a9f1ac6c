"""What a body is, whatever its server calls it."""

import gzip
import time
import zlib

import pytest

from worker.errors import TooLarge, WrongType
from worker.sources.unwrap import MAX_BYTES, MAX_MEMBERS, Looks, Unwrapped, unwrap

FEED = b'<rss version="2.0"><channel/></rss>'


def of(body: bytes, content_type: str | None = None) -> Unwrapped:
    return unwrap(body, content_type=content_type)


@pytest.mark.parametrize(
    ("body", "looks"),
    [
        (FEED, Looks.FEED),
        (b'<?xml version="1.0"?>\n<!-- <html> -->\n<rdf:RDF xmlns="x">', Looks.FEED),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"/>', Looks.FEED),
        (b"<a:feed>", Looks.FEED),
        (b"<urlset>", Looks.SITE_MAP),
        (b"\xef\xbb\xbf<sitemapindex/>", Looks.SITE_MAP),
        (b"<!DOCTYPE html><p>no element named here</p>", Looks.HTML),
        (b"<!doctype HTML><html><body><rss>", Looks.HTML),
        (b"<head><title>x</title></head>", Looks.HTML),
        (b' {"version": ""}', Looks.JSON),
        (b"<opml><body/></opml>", Looks.HTML),
        (b"<catalogue/>", Looks.XML),
        (b"https://news.example/a\n", Looks.TEXT),
        (b"", Looks.EMPTY),
        (b" \n\t", Looks.EMPTY),
    ],
)
def test_a_document_is_known_by_its_first_element(body: bytes, looks: Looks) -> None:
    assert of(body, "text/html").looks is looks


def test_what_stands_before_the_first_element_is_cut_off_with_its_declarations() -> None:
    rubbish = b"<br />\n<b>Warning</b>: in feed.php on line 3\n"
    document = of(rubbish + b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + FEED)
    assert document.text == FEED.decode()
    assert document.notes == ("it declares entities, which were ignored",)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("?a=1&b=2", "?a=1&amp;b=2"),
        ("&nbsp;&eacute;", "&amp;nbsp;&amp;eacute;"),
        ("&amp;&lt;&#233;&#xE9;&quot;", "&amp;&lt;&#233;&#xE9;&quot;"),
        ("&#0;&#xD800;&#9999999;&#xFFFF;&#11;", "&amp;#0;&amp;#xD800;&amp;#9999999;&amp;#xFFFF;&amp;#11;"),
        ("<![CDATA[a&b]]>&", "<![CDATA[a&b]]>&amp;"),
        ("a\x0bb\x00c\ufffe", "abc"),
    ],
)
def test_what_would_end_an_xml_document_is_escaped_or_goes(written: str, read: str) -> None:
    assert of(f"<rss>{written}</rss>".encode()).text == f"<rss>{read}</rss>"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<rss>天水晚报</rss>".encode(), "text/xml; charset=iso-8859-1"),
        ("<rss>天水晚报</rss>".encode(), "text/xml"),
        (b"\xef\xbb\xbf" + "<rss>天水晚报</rss>".encode(), None),
        ("<rss>天水晚报</rss>".encode("utf-16"), None),
        ("<rss>天水晚报</rss>".encode("gbk"), "application/xml; charset=gb2312"),
        ('<?xml version="1.0" encoding="GBK"?><rss>天水晚报</rss>'.encode("gbk"), "application/xml"),
        (
            '<?xml version="1.0" encoding="utf-8"?><rss>天水晚报记者在西安报道了一件事</rss>'.encode("gbk"),
            "text/xml; charset=utf-8",
        ),
    ],
)
def test_the_bytes_tell_the_encoding_where_labels_are_wrong(body: bytes, content_type: str | None) -> None:
    assert "天水晚报" in of(body, content_type).text


def test_gzip_is_undone_whatever_the_type_says_member_after_member() -> None:
    packed = gzip.compress(FEED[:10]) + gzip.compress(FEED[10:]) + b"\0\0padding"
    assert of(packed, "application/xml").text == FEED.decode()


def test_half_a_gzip_body_gives_what_came_and_a_note() -> None:
    packed = gzip.compress(b"<urlset>" + bytes(range(256)) * 100)
    for cut in (packed[: len(packed) // 2], packed[:-8]):
        document = of(cut)
        assert document.text.startswith("<urlset>")
        assert document.notes == ("its gzip packing breaks off",)


def test_damaged_gzip_gives_what_came_before_the_damage_or_is_refused() -> None:
    packed = gzip.compress(b"<urlset>" + bytes(1_000_000))
    assert of(packed[:-5] + b"wrong").notes == ("its gzip packing breaks off",)
    for damaged in (b"\x1f\x8b\x08nonsense that is no stream at all", gzip.compress(FEED)[:-5] + b"wrong"):
        with pytest.raises(WrongType):
            of(damaged)


def test_a_gzip_bomb_is_refused_within_its_limit() -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join([packer.compress(bytes(1_000_000)) for _ in range(60)]) + packer.flush()
    with pytest.raises(TooLarge):
        of(bomb)
    with pytest.raises(TooLarge):
        of(gzip.compress(b"") * (MAX_MEMBERS + 1))


def test_fifty_megabytes_are_allowed() -> None:
    assert len(of(gzip.compress(b"<urlset>" + b" " * (MAX_BYTES - 8), compresslevel=1)).text) == MAX_BYTES


@pytest.mark.parametrize("unit", [b"<!--", b"<!DOCTYPE ", b"<?xml ", b"\n", b"&", b"<![CDATA[", b"<!ENTITY a ", b"<rss"])
def test_the_look_takes_time_in_proportion(unit: bytes) -> None:
    began = time.process_time()
    of(unit * (2_000_000 // len(unit)))
    of(b"<rss>" + unit * (2_000_000 // len(unit)))
    assert time.process_time() - began < 10

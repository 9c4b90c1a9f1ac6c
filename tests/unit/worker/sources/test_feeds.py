"""What feeds list: of every kind, as they should be and as they are."""

from datetime import UTC, datetime

import pytest

from worker.errors import WrongType
from worker.sources.feeds import read_feed
from worker.sources.listing import Link, Listing

URL = "https://news.example/feeds/all.xml"
NOW = datetime(2026, 3, 1, tzinfo=UTC).timestamp()
DAY = datetime(2026, 2, 9, 15, 40, tzinfo=UTC).timestamp()
ITEM = "<item><title>One</title><link>https://news.example/1</link></item>"
ONE = Link("https://news.example/1", None, "One")


def read(body: str | bytes, *, url: str = URL, content_type: str | None = "application/xml") -> Listing:
    return read_feed(body if isinstance(body, bytes) else body.encode(), url=url, content_type=content_type, now=NOW)


def rss(*items: str, head: str = "", attributes: str = "") -> str:
    return (
        f'<?xml version="1.0"?><rss version="2.0" {attributes}><channel><title>News</title>{head}{"".join(items)}</channel></rss>'
    )


def atom(*entries: str, attributes: str = "") -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>News</title>{"".join(entries)}</feed>'


def urls(listing: Listing) -> list[str]:
    return [link.url for link in listing.links]


# ---------------------------------------------------------------- the kinds

RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
KINDS = {
    "RSS 0.91 with its DOCTYPE": (
        '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" '
        '"http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel>'
        "<item><title>One</title><link>https://news.example/1</link></item></channel></rss>"
    ),
    "RSS 0.90": (
        f'<rdf:RDF {RDF} xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>News</title></channel>'
        "<item><title>One</title><link>https://news.example/1</link></item></rdf:RDF>"
    ),
    "RSS 1.0": (
        f'<rdf:RDF {RDF} xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        '<channel rdf:about="https://news.example/"><items><rdf:Seq><rdf:li resource="https://news.example/0"/></rdf:Seq></items></channel>'
        '<item rdf:about="https://news.example/1"><title>One</title><link>https://news.example/1</link>'
        "<dc:date>2026-02-09T15:40:00Z</dc:date></item></rdf:RDF>"
    ),
    "RSS 2.0": rss(
        "<item><title>One</title><link>https://news.example/1</link><guid isPermaLink='false'>17</guid>"
        "<pubDate>Mon, 09 Feb 2026 15:40:00 GMT</pubDate></item>"
    ),
    "Atom 1.0": atom(
        '<entry><title>One</title><id>tag:1</id><link href="https://news.example/1"/>'
        "<published>2026-02-09T15:40:00Z</published><updated>2026-02-20T00:00:00Z</updated></entry>"
    ),
    "Atom 0.3": (
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>One</title>'
        '<link rel="alternate" type="text/html" href="https://news.example/1"/>'
        "<modified>2026-02-20T00:00:00Z</modified><issued>2026-02-09T15:40:00Z</issued></entry></feed>"
    ),
    "Atom under a prefix": (
        '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>One</a:title>'
        '<a:link href="https://news.example/1"/><a:updated>2026-02-09T15:40:00Z</a:updated></a:entry></a:feed>'
    ),
    "JSON Feed": (
        '{"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": [{"id": "1", "title": "One", '
        '"url": "https://news.example/1", "date_published": "2026-02-09T16:40:00+01:00"}]}'
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_feed_of_every_kind_lists_its_entries(kind: str) -> None:
    at = None if kind in {"RSS 0.90", "RSS 0.91 with its DOCTYPE"} else DAY  # these know no dates
    assert read(KINDS[kind]) == Listing((Link("https://news.example/1", at, "One"),))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("content_type", [None, "text/html; charset=iso-8859-1", "application/octet-stream", "nonsense"])
def test_what_the_server_calls_a_feed_does_not_matter(kind: str, content_type: str | None) -> None:
    assert read(KINDS[kind], content_type=content_type) == read(KINDS[kind])


def test_an_empty_feed_is_no_mistake() -> None:
    assert read(rss()) == Listing(())
    assert read(atom()) == Listing(())
    assert read('{"items": []}') == Listing(())


# ---------------------------------------------------------------- links


def test_relative_links_stand_on_xml_base_or_else_on_where_the_feed_came_from() -> None:
    link = "<item><link>../story?id=1</link></item>"
    assert urls(read(rss(link))) == ["https://news.example/story?id=1"]
    assert urls(read(atom('<entry><link href="story"/></entry>', attributes='xml:base="/a/b/"'))) == [
        "https://news.example/a/b/story"
    ]
    nested = '<entry xml:base="c/"><link href="story"/></entry><entry><link href="story"/></entry>'
    assert urls(read(atom(nested, attributes='xml:base="https://a.example/b/"'))) == [
        "https://a.example/b/c/story",
        "https://a.example/b/story",
    ]
    assert urls(read('{"items": [{"url": "/story"}]}')) == ["https://news.example/story"]


def test_a_guid_is_the_link_where_there_is_none_unless_it_says_that_it_is_no_link() -> None:
    assert urls(read(rss("<item><guid>https://news.example/1</guid></item>"))) == ["https://news.example/1"]
    assert urls(read(rss("<item><link/><guid isPermaLink='true'>https://news.example/1</guid></item>"))) == [
        "https://news.example/1"
    ]
    assert urls(read(rss("<item><link></link><guid>https://news.example/1</guid></item>"))) == ["https://news.example/1"]
    assert urls(read(rss("<item><guid isPermaLink='false'>https://news.example/1</guid></item>"))) == []
    both = "<item><guid>https://news.example/guid</guid><link>https://news.example/link</link></item>"
    assert urls(read(rss(both))) == ["https://news.example/link"]


def test_of_atoms_links_the_first_page_counts() -> None:
    links = [
        '<link rel="self" href="/self"/>',
        '<link rel="enclosure" type="audio/mpeg" href="/sound.mp3"/>',
        '<link rel="alternate" type="application/json" href="/api/1"/>',
        '<link rel="alternate" type="text/html" href="/page"/>',
        '<link rel="alternate" type="text/html" hreflang="fr" href="/fr/page"/>',
        '<link rel="replies" type="text/html" href="/replies"/>',
    ]
    assert urls(read(atom(f"<entry>{''.join(links)}</entry>"))) == ["https://news.example/page"]


def test_a_feed_burnt_elsewhere_gives_the_original_links() -> None:
    item = (
        "<item><link>http://feeds.burner.example/~r/news/~3/x/</link>"
        "<feedburner:origLink>https://news.example/1</feedburner:origLink></item>"
    )
    namespace = 'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
    assert urls(read(rss(item, attributes=namespace))) == ["https://news.example/1"]


def test_links_of_pictures_sounds_sources_and_the_channel_are_none_of_an_entrys() -> None:
    item = (
        '<item><title>One</title><media:content url="https://cdn.example/a.jpg"><media:title>Picture</media:title></media:content>'
        '<enclosure url="https://cdn.example/a.mp3" type="audio/mpeg"/><source url="https://other.example/rss">Other</source>'
        "<image><url>https://cdn.example/i.png</url><link>https://news.example/i</link><title>Logo</title></image>"
        "<itunes:title>Sound</itunes:title><link>https://news.example/1</link></item>"
    )
    space = 'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    head = "<link>https://news.example/</link><image><title>Logo</title><link>https://news.example/</link></image>"
    assert read(rss(item, head=head, attributes=space)).links == (ONE,)
    entry = (
        "<entry><title>One</title><source><id>x</id><title>Other</title><link href='https://other.example/'/></source>"
        "<link href='https://news.example/1'/><content type='xhtml'><div><title>no</title><a href='/x'>x</a></div></content></entry>"
    )
    assert read(atom(entry)).links == (ONE,)


@pytest.mark.parametrize(
    "link",
    [
        "mailto:desk@news.example",
        "javascript:void(0)",
        "https://user:pw@news.example/",
        "ftp://news.example/",
        "http://",
        "",
        "file:///etc/passwd",
    ],
)
def test_what_leads_to_no_page_is_left_out_and_counted(link: str) -> None:
    listing = read(rss(f"<item><link>{link}</link></item>", ITEM))
    assert listing == Listing((ONE,), notes=("1 of 2 entries link to no page",))


def test_an_entry_listed_twice_counts_once_in_its_first_place() -> None:
    assert urls(read(rss(ITEM, "<item><link>/2</link></item>", ITEM))) == ["https://news.example/1", "https://news.example/2"]


def test_of_a_json_feeds_item_the_page_counts_before_what_it_is_about() -> None:
    items = '{"url": "/1", "external_url": "/2", "id": "/3"}, {"external_url": "/4"}, {"id": "https://news.example/5"}, {"id": "6"}, 7'
    listing = read(f'{{"items": [{items}]}}')
    assert urls(listing) == ["https://news.example/1", "https://news.example/4", "https://news.example/5"]
    assert listing.notes == ("1 of 4 entries link to no page",)


# ---------------------------------------------------------------- texts and dates


def test_titles_come_without_their_markup() -> None:
    titles = [
        "<title>Bread &amp;amp; butter</title>",
        "<title><![CDATA[Bread & <b>butter</b>]]></title>",
        "<title>Bread &amp; &lt;i&gt;butter&lt;/i&gt;</title>",
        '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Bread &amp; <b>butter</b></div></title>',
        "<title>Bread&nbsp;& butter</title>",
    ]
    listing = read(rss(*(f"<item>{title}<link>/{n}</link></item>" for n, title in enumerate(titles))))
    assert {link.title for link in listing.links} == {"Bread & butter"}
    assert listing.notes == ()


def test_dates_that_cannot_be_right_are_ignored_and_counted_in_one_note() -> None:
    dates = ["Mon, 32 Foo 2026 25:61:00 GMT", "Fri, 01 Jan 2999 00:00:00 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", "09/02/26", ""]
    items = [f"<item><link>/{n}</link><pubDate>{date}</pubDate></item>" for n, date in enumerate(dates)]
    listing = read(rss(*items, "<item><link>/5</link><pubDate>Mon, 09 Feb 2026 15:40:00 GMT</pubDate></item>"))
    assert [link.at for link in listing.links] == [None] * 5 + [DAY]
    assert listing.notes == ("4 of 6 entries have a date that cannot be right, which was ignored",)


def test_where_the_date_of_publication_is_wrong_that_of_the_last_change_stands_in() -> None:
    entry = "<entry><link href='/1'/><published>0001-01-01</published><updated>2026-02-09T15:40:00Z</updated></entry>"
    assert [(link.at) for link in read(atom(entry)).links] == [DAY]


@pytest.mark.parametrize(
    ("declared", "content_type", "codec"),
    [
        ("gb2312", "text/xml", "gb18030"),
        ("utf-8", "text/xml; charset=gbk", "gb18030"),
        ("iso-8859-1", "text/xml", "utf-8"),
        ("utf-16", "application/rss+xml", "utf-16"),
        ("utf-8", None, "utf-8-sig"),
        ("big5", None, "big5"),
        ("shift_jis", "application/xml; charset=utf-8", "cp932"),
    ],
)
def test_titles_are_read_in_the_encoding_that_the_bytes_are_in(declared: str, content_type: str | None, codec: str) -> None:
    title = {"big5": "台灣的新聞報導說了許多事情", "cp932": "日本のニュースはこのように書かれています"}.get(
        codec, "天水晚报的记者在市里看到了这些人"
    )
    text = f'<?xml version="1.0" encoding="{declared}"?><rss version="2.0"><channel><item><title>{title}</title><link>/1</link></item></channel></rss>'
    listing = read(text.encode(codec), content_type=content_type)
    assert [link.title for link in listing.links] == [title]
    assert listing.notes == ()


# ---------------------------------------------------------------- ill-formed, and no feed at all


@pytest.mark.parametrize(
    "body",
    [
        f'<rss version="2.0"><channel>{ITEM}<item><title>Two</title><link>https://news.example/2',  # cut off
        f'<rss version="2.0"><channel>{ITEM}</chanel></rss>',
        f'<rss version="2.0"><channel>{ITEM}<a:b></channel></rss>'.replace("<title>One", "<x:date>2026</x:date><title>One"),
        '<rss version="2.0"><channel><item><title>One</title><link>https://news.example/1</item></channel>',  # never closed
    ],
)
def test_ill_formed_xml_gives_what_can_be_had_and_a_note(body: str) -> None:
    listing = read(body)
    assert listing.links[0] == ONE
    assert len(listing.links) == 1
    assert listing.notes[0] == "it is not well-formed XML: what could be read of it was"


@pytest.mark.parametrize(
    "harmless",
    [
        "<description>Fish & chips &nbsp; <br> and <b>more</description>",
        "<description><![CDATA[</item></description>]]></description>",
        "<content:encoded>a < b</content:encoded>",
        "<category>A & B</category><author>&copy; us</author>",
        "<title>A\x0bB</title>",
    ],
)
def test_faults_in_what_nobody_needs_are_no_news(harmless: str) -> None:
    space = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    listing = read(rss(f"<item><title>One</title>{harmless}<link>https://news.example/1</link></item>", attributes=space))
    assert (urls(listing), listing.notes) == (["https://news.example/1"], ())


def test_what_a_script_said_before_the_feed_is_passed_over() -> None:
    assert read("<br />\n<b>Warning</b>: mysql_connect() in feed.php\n" + rss(ITEM)) == Listing((ONE,))
    assert read("\n\n  " + rss(ITEM)) == Listing((ONE,))


@pytest.mark.parametrize(
    "kind", ["application/rss+xml", "application/atom+xml", "application/feed+json", "Application/RSS+XML; charset=x"]
)
def test_an_html_page_leads_to_the_feed_that_it_announces(kind: str) -> None:
    head = (
        '<link rel="stylesheet" type="text/css" href="/s.css"><!-- <link rel="alternate" type="application/rss+xml" href="/old"> -->'
        f'<link rel="alternate" hreflang="fr" href="/fr/"><link href="rss?a=1&amp;b=2" type="{kind}" rel="home ALTERNATE">'
        '<link rel="alternate" type="application/rss+xml" href="/comments/feed">'
    )
    listing = read(f"<!DOCTYPE html><html><head>{head}</head><body>{ITEM}</body></html>", url="https://news.example/news/")
    feed = "https://news.example/news/rss?a=1&b=2"
    assert listing == Listing(
        (),
        further=(Link(feed, None),),
        notes=(f"this is an HTML page; the feed it announces, {feed}, was read; put that into the sources file",),
    )


def test_an_announcement_stands_on_the_pages_base() -> None:
    page = '<html><base href="https://cdn.example/x/"><link rel="alternate" type="application/rss+xml" href="feed">'
    assert read(page).further == (Link("https://cdn.example/x/feed", None),)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<html><body>Just a moment…</body></html>", "announces no feed"),
        (f'<html><link rel="alternate" type="application/rss+xml" href="{URL}">', "announces no feed"),  # itself
        ('<html><link rel="alternate" type="application/rss+xml" href="javascript:x">', "announces no feed"),
        ("<html>" + "<b>" * 5_000 + '<link rel="alternate" type="application/rss+xml" href="/f">', "announces no feed"),
        ("<urlset/>", "sitemap ="),
        ("<catalogue/>", "XML of another kind"),
        ("Not here, sorry.", "plain text"),
        ("", "an empty document"),
        (b"%PDF-1.7 \xff\xfe", "plain text"),
        ('{"items": 3}', "no JSON Feed"),
        ("[1, 2]", "no JSON Feed"),
        ('{"items": [', "cut off"),
        ("[" * 100_000, "JSON and is none"),
        ("[" + "9" * 5_000 + "]", "JSON and is none"),
    ],
)
def test_what_is_no_feed_is_refused_with_what_it_is(body: str | bytes, said: str) -> None:
    with pytest.raises(WrongType) as refused:
        read(body)
    assert said in refused.value.detail

"""Cases of our own from the text of the WHATWG URL standard; where we refuse what it takes, `canonicalise` says why."""

import pytest

from worker.errors import InvalidUrl
from worker.urls import canonicalise


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        # §4.4 basic URL parser: white space around, scheme and host in any case, default ports
        ("\t http://news.example/a \r\n", "http://news.example/a"),
        ("hTtPs://NeWs.ExAmPlE/A", "https://news.example/A"),
        ("https://news.example:443", "https://news.example/"),
        ("https://news.example:00443/", "https://news.example/"),
        ("http://news.example:443/", "http://news.example:443/"),
        ("https://news.example:80/", "https://news.example:80/"),
        ("http://news.example:/a", "http://news.example/a"),
        ("http://news.example?a=1", "http://news.example/?a=1"),
        ("http://news.example#top", "http://news.example/"),
        # dot segments, also as %2e, and above the root
        ("http://news.example/a/./b", "http://news.example/a/b"),
        ("http://news.example/a/%2E/b", "http://news.example/a/b"),
        ("http://news.example/a/b/%2e%2E/c", "http://news.example/a/c"),
        ("http://news.example/a/b/.%2e", "http://news.example/a/"),
        ("http://news.example/../../..", "http://news.example/"),
        ("http://news.example/a/.../b", "http://news.example/a/.../b"),
        ("http://news.example/.a/..b/c.", "http://news.example/.a/..b/c."),
        ("http://news.example/?q=/../x", "http://news.example/?q=/../x"),
        # percent-encode sets of path and query; what is escaped already is not escaped again
        ("http://news.example/ä", "http://news.example/%C3%A4"),
        ("http://news.example/%c3%a4", "http://news.example/%C3%A4"),
        ("http://news.example/%25C3", "http://news.example/%25C3"),
        ('http://news.example/a b"<>`{}^|', "http://news.example/a%20b%22%3C%3E%60%7B%7D%5E%7C"),
        ("http://news.example/%41%7A%7e%2d", "http://news.example/Az~-"),
        ("http://news.example/%2F%3f%23", "http://news.example/%2F%3F%23"),
        ("http://news.example/%zz%", "http://news.example/%25zz%25"),
        ("http://news.example/?q='a'+b%20c", "http://news.example/?q='a'+b%20c"),
        ("http://news.example/?q=%E5%8C%97&r=%B1%B1", "http://news.example/?q=%E5%8C%97&r=%B1%B1"),
        ("http://news.example/?url=http://a.example/?b", "http://news.example/?url=http://a.example/?b"),
        # §3.5 host parser: IDNA, case mapping before it, ASCII left alone, a final dot
        ("http://MÜNCHEN.example/", "http://xn--mnchen-3ya.example/"),
        ("http://XN--MNCHEN-3YA.example/", "http://xn--mnchen-3ya.example/"),
        ("http://straße.example/", "http://xn--strae-oqa.example/"),
        ("http://新闻.example./", "http://xn--efvy88h.example/"),
        ("http://a_b.news.example/", "http://a_b.news.example/"),
        ("http://a--b.news.example/", "http://a--b.news.example/"),
        # IPv4 in every notation; a name whose last label is no number is no address
        ("http://192.0.2.1/", "http://192.0.2.1/"),
        ("http://192.0.513/", "http://192.0.2.1/"),
        ("http://192.513/", "http://192.0.2.1/"),
        ("http://3221225985/", "http://192.0.2.1/"),
        ("http://0xC0000201/", "http://192.0.2.1/"),
        ("http://0300.0.02.01/", "http://192.0.2.1/"),
        ("http://0xc0.0X0.2.1./", "http://192.0.2.1/"),
        ("http://0x/", "http://0.0.0.0/"),
        ("http://4294967295/", "http://255.255.255.255/"),
        ("http://1.2.3.4.example/", "http://1.2.3.4.example/"),
        # IPv6: the longest run of zeros, lower case, an embedded IPv4
        ("http://[2001:DB8:0:0:0:0:0:1]/", "http://[2001:db8::1]/"),
        ("http://[1:0:0:2:0:0:0:3]/", "http://[1:0:0:2::3]/"),
        ("http://[::]:80/", "http://[::]/"),
        ("http://[64:ff9b::192.0.2.1]/", "http://[64:ff9b::c000:201]/"),
    ],
)
def test_it_is_read_as_the_standard_says(url: str, canonical: str) -> None:
    assert canonicalise(url) == canonical
    assert canonicalise(canonical) == canonical


@pytest.mark.parametrize(
    "url",
    [
        *("http://news.example:65536/", "http://news.example:8o/", "http://news.example:٨٠/", "http://:80/", "http://?a"),
        *("http://256.0.0.1/", "http://1.2.3.256/", "http://4294967296/", "http://1.2.3.09/", "http://1..2/", "http://a.0x1g.1/"),
        *("http://[1::2::3]/", "http://[::g]/", "http://[1:2:3]/", "http://[::1]x/", "http://[::1]:x/", "http://::1/"),
        *(
            "http://a b.example/",
            "http://a%00.example/",
            "http://a^b.example/",
            "http://a|b.example/",
            "http://xn--a/",
            "http://xn--mnchen-3YA.xn--80/",
            "http://xn--hello-.example/",
        ),
        *("http://\u00ad/", "http://%/", "http://news.example..//", "http://\U000e0001.example/"),
    ],
)
def test_what_the_standard_calls_a_failure_is_one(url: str) -> None:
    with pytest.raises(InvalidUrl):
        canonicalise(url)


@pytest.mark.parametrize(
    "url",
    [
        *("http:/news.example/", "http:news.example", "http:\\\\news.example\\a", "http://news.example\\@evil.example/"),
        *("http://me@news.example/", "http://:@news.example/", "http://news.example%2fa/", "http://n%65ws.example/"),
        *("http://ｎｅｗｓ.example/", "http://１２７.0.0.1/", "http://news。example/", "http://news.exa\u00admple/"),
        *("http://new\ts.example/", "http://news.example/a\nb", "http://news.example/a\x7fb", "http://[fe80::1%25eth0]/"),
        *("http://news.example:0/", "http://\u2603.example/", "http://a$b.example/", f"http://{'a.' * 130}example/"),
    ],
)
def test_what_browsers_take_and_two_programs_may_read_differently_is_refused(url: str) -> None:
    with pytest.raises(InvalidUrl):
        canonicalise(url)

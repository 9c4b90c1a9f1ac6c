from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import InvalidUrl
from worker.urls import MAX_LENGTH, canonicalise, fingerprint, host_of, masked, resolve, twins


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://News.Example.COM:80", "http://news.example.com/"),
        ("https://example.com:443/a", "https://example.com/a"),
        ("https://example.com:8443/a", "https://example.com:8443/a"),
        ("https://example.com./a", "https://example.com/a"),
        ("http://example.com/a/./b/../c/", "http://example.com/a/c/"),
        ("http://example.com/../../a", "http://example.com/a"),
        ("http://example.com/a/..", "http://example.com/"),
        ("http://example.com/%7euser/%2e%2e/x", "http://example.com/x"),
        ("http://example.com/%7euser/caf%c3%a9", "http://example.com/~user/caf%C3%A9"),
        ("http://example.com/café?q=ü x", "http://example.com/caf%C3%A9?q=%C3%BC%20x"),
        ("http://example.com/100%", "http://example.com/100%25"),
        ("http://example.com/?list[]=1&list%5B%5D=2", "http://example.com/?list%5B%5D=1&list%5B%5D=2"),
        ("http://example.com/a?", "http://example.com/a"),
        ("http://example.com/a?&", "http://example.com/a"),
        ("http://example.com/a?&&b=1&&c=2&", "http://example.com/a?b=1&c=2"),
        ("http://example.com//a///b//", "http://example.com/a/b/"),
        ("http://example.com/a//../b", "http://example.com/a/b"),
        ("http://example.com/web/2026//http://other.example//a", "http://example.com/web/2026/http://other.example/a"),
        ("http://example.com/a.jsp;jsessionid=1F.n2?id=5", "http://example.com/a.jsp?id=5"),
        ("http://example.com/..;jsessionid=1/a", "http://example.com/a"),
        ("http://example.com/a?PHPSESSID=0f&id=5", "http://example.com/a?id=5"),
        ("http://example.com/a#:~:text=pier", "http://example.com/a"),
        ("http://example.com/a#utm_source=x", "http://example.com/a"),
        ("http://example.com/a#!", "http://example.com/a"),
        ("http://example.com/#/", "http://example.com/"),
        ("http://example.com/#!/Story/ä b", "http://example.com/#!/Story/%C3%A4%20b"),
        ("http://example.com/a#part", "http://example.com/a"),
        ("  http://example.com/a\r\n", "http://example.com/a"),
        ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ("http://例子.测试/", "http://xn--fsqu00a.xn--0zwm56d/"),
        ("http://[2001:DB8:0::1]:8080/", "http://[2001:db8::1]:8080/"),
        ("http://[::FFFF:127.0.0.1]/", "http://[::ffff:7f00:1]/"),
    ],
)
def test_spellings_of_one_address_come_to_one_form(url: str, canonical: str) -> None:
    assert canonicalise(url) == canonical


@pytest.mark.parametrize("spelling", ["0x7f000001", "2130706433", "127.1", "0177.0.0.1", "0x7f.0.0.0x1", "127.0.0.1."])
def test_every_numeric_spelling_of_an_ipv4_address_becomes_its_four_decimals(spelling: str) -> None:
    assert canonicalise(f"http://{spelling}/") == "http://127.0.0.1/"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://example.com/#!/story/1", "http://example.com/#!/story/2"),
        ("http://example.com/app#/article/1", "http://example.com/app#/article/2"),
        ("http://example.com/a?id=1&id=2", "http://example.com/a?id=2&id=1"),
        ("http://example.com/a?x=1+2", "http://example.com/a?x=1%2B2"),
        ("http://example.com/a%2Fb", "http://example.com/a/b"),
        ("http://example.com/A", "http://example.com/a"),
        ("http://example.com/a", "http://example.com/a/"),
        ("http://example.com/a;1", "http://example.com/a;2"),
        ("http://example.com/s?wd=%B1%B1", "http://example.com/s?wd=%E5%8C%97"),
        ("http://example.com/a?from=1", "http://example.com/a?from=2"),
        ("http://example.com/?u=http://a.example//b", "http://example.com/?u=http://a.example/b"),
    ],
)
def test_what_may_be_two_articles_has_two_keys(one: str, other: str) -> None:
    assert canonicalise(one) != canonicalise(other)


def test_a_query_in_gbk_keeps_its_bytes() -> None:
    assert canonicalise("http://example.com/s?wd=%b1%b1%BE%a9&x=%83A") == "http://example.com/s?wd=%B1%B1%BE%A9&x=%83A"


@pytest.mark.parametrize(
    "tracker",
    [
        "utm_source=x",
        "UTM_Medium=y",
        "fbclid=1",
        "gclid=2",
        "spm=a.b",
        "from=singlemessage",
        "xhsshare=1",
        "share_token=q",
        "%75tm_id=5",
    ],
)
def test_traces_of_sharing_are_dropped_and_the_rest_keeps_its_order(tracker: str) -> None:
    assert canonicalise(f"http://example.com/a?z=1&{tracker}&a=2&a=1") == "http://example.com/a?z=1&a=2&a=1"
    assert canonicalise(f"http://example.com/a?{tracker}") == "http://example.com/a"


def test_a_parameter_that_chooses_content_stays_whatever_its_name() -> None:
    assert (
        canonicalise("http://example.com/?from=2021-01-01&source=agency") == "http://example.com/?from=2021-01-01&source=agency"
    )


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "example.com/a",
            "//example.com/a",
            "/a",
            "ftp://example.com/",
            "javascript:alert(1)",
            "mailto:a@b.example",
            "http:///a",
            "http://",
        ),
        *("http://user:secret@example.com/", "http://user@example.com/", "http://example.com@127.0.0.1/"),
        *(
            "http://exam\nple.com/",
            "http://exam\tple.com/",
            "http://example.com/a\x00b",
            "http://exa mple.com/",
            "http://example.com/\ud800",
        ),
        *("http://evil.example\\@good.example/", "http://evil.example\\good.example/", "http://good.example/a\\b"),
        *(
            "http://①②⑦.0.0.1/",
            "http://１２７.0.0.1/",
            "http://localhost。/",
            "http://ｅｘａｍｐｌｅ.com/",
            "http://%6c%6fcalhost/",
        ),
        *("http://example.com:99999/", "http://example.com:0/", "http://example.com:8a/", "http://example.com:-1/"),
        *(
            "http://xn--/",
            "http://xn--abc-.example/",
            "http://a..b/",
            "http://.a/",
            f"http://{'a' * 64}.example/",
            "http://a<b>.example/",
        ),
        *(
            "http://[::1",
            "http://[fe80::1%25eth0]/",
            "http://[1.2.3.4]/",
            "http://1.2.3.4.5/",
            "http://256.1.1.1/",
            "http://0xg.1/",
        ),
        "http://example.com/" + "a" * MAX_LENGTH,
        "http://example.com/" + "京" * (MAX_LENGTH // 5),
    ],
)
def test_what_is_no_http_url_or_can_be_read_in_two_ways_is_refused_in_one_sentence(url: str) -> None:
    with pytest.raises(InvalidUrl) as refused:
        canonicalise(url)
    assert refused.value.detail
    assert "\n" not in refused.value.detail
    assert "secret" not in refused.value.detail


URLS = st.one_of(
    st.text(max_size=60),
    st.builds(
        lambda scheme, host, path: scheme + host + path,
        st.sampled_from(["http://", "https://", "HTTP://", "http:/", "http://u:p@"]),
        st.one_of(
            st.sampled_from(["example.com", "EXAMPLE.com.", "1.2.3.4", "0x7f.1", "[::1]", "bücher.de", "xn--bcher-kva.de:80"]),
            st.text(st.sampled_from("abc.:-_0123[]%\\@。①"), max_size=12),
        ),
        st.text(st.sampled_from("/ab.%2eE0?&=#;utm_x~ é京\\+[]|'\"<>"), max_size=40),
    ),
)


# Pieces that are cut out of URLs, and what may come together where they were.
CUTS = st.lists(
    st.sampled_from(
        [
            "/",
            "//",
            ".",
            "..",
            "%2e",
            ";",
            ";jsessionid=1",
            ";jsessionid=%2e",
            "(S(abcdefghijklmnopqrstuv05))",
            ":",
            "?",
            "&",
            "&&",
            "=",
            "#",
            "!",
            "#!",
            "#/",
            "utm_x=1",
            "sid=1",
            "t=1",
            "a",
            "ä",
            "%",
            "%41",
            "sid=0123456789abcdef0123456789abcdef",
            "cdn.ampproject.org/c/s/",
            "www.google.com/amp/s/",
            "c",
            "s",
            "amp",
            "www.",
            "example.com",
        ]
    ),
    max_size=14,
).map("".join)
HOSTS = st.sampled_from(["example.com/", "www-example-com.cdn.ampproject.org/", "cdn.ampproject.org/", "www.google.com/"])


@given(st.one_of(URLS, st.builds("https://{}{}".format, HOSTS, CUTS)))
def test_canonicalising_twice_changes_nothing_and_only_our_error_flies(url: str) -> None:
    try:
        canonical = canonicalise(url)
    except InvalidUrl:
        return
    assert canonicalise(canonical) == canonical
    assert canonical.isascii()
    assert len(canonical) <= MAX_LENGTH
    assert "#" not in canonical or canonical.partition("#")[2][0] in "!/"


@given(URLS)
def test_the_standard_library_reads_the_same_host_in_a_canonical_url(url: str) -> None:
    try:
        canonical = canonicalise(url)
    except InvalidUrl:
        return
    assert urlsplit(canonical).netloc == host_of(canonical) == host_of(url.strip(" \t\r\n\f"))


@given(st.text(max_size=80), st.text(max_size=80))
def test_resolving_gives_a_valid_url_or_nothing(base: str, reference: str) -> None:
    resolved = resolve(base, reference)
    if resolved is not None:
        assert canonicalise(resolved)


@given(st.text(max_size=200))
def test_masking_takes_any_string_and_is_idempotent(url: str) -> None:
    shown = masked(url)
    assert masked(shown) == shown
    assert not set(shown) & set(map(chr, (*range(32), *range(127, 160))))


@pytest.mark.parametrize(
    ("reference", "resolved"),
    [
        ("b?c=1#d", "https://example.com/x/b?c=1#d"),
        ("//cdn.example/a.jpg", "https://cdn.example/a.jpg"),
        ("/Files/ä b.jpg", "https://example.com/Files/%C3%A4%20b.jpg"),
        ("..\\img\\a.jpg", "https://example.com/img/a.jpg"),
        (" \n https://other.example/a\n b ", "https://other.example/a%20b"),
        ("?page=2", "https://example.com/x/y.html?page=2"),
        ("#top", "https://example.com/x/y.html#top"),
        ("https://example.com/?utm_source=kept", "https://example.com/?utm_source=kept"),
        ("", "https://example.com/x/y.html"),
        ("javascript:void(0)", None),
        ("mailto:a@example.com", None),
        ("data:image/gif;base64,R0", None),
        ("http://[broken", None),
        ("https://u:p@example.com/", None),
    ],
)
def test_references_resolve_as_in_a_browser(reference: str, resolved: str | None) -> None:
    assert resolve("https://example.com/x/y.html", reference) == resolved


def test_an_absolute_reference_needs_no_base() -> None:
    assert resolve("", "http://example.com/a") == "http://example.com/a"
    assert resolve("", "a.html") is None


def test_the_host_is_lower_case_and_carries_only_an_unusual_port() -> None:
    assert host_of("https://Example.COM:443/a") == "example.com"
    assert host_of("https://Example.COM:8443/a") == "example.com:8443"


@pytest.mark.parametrize(
    ("url", "others"),
    [
        ("https://a.example/x", ("http://a.example/x", "https://www.a.example/x", "http://www.a.example/x")),
        ("http://www.a.example/x", ("https://www.a.example/x", "http://a.example/x", "https://a.example/x")),
        ("https://a.example:8443/x", ("https://www.a.example:8443/x",)),
        ("http://192.0.2.1/x", ("https://192.0.2.1/x",)),
        ("http://[::1]/x", ()),
        ("http://localhost/x", ("https://localhost/x",)),
    ],
)
def test_twins_are_the_other_spellings_of_one_site(url: str, others: tuple[str, ...]) -> None:
    assert twins(url) == others


@given(URLS)
def test_twins_of_a_canonical_url_are_canonical_and_have_it_as_a_twin(url: str) -> None:
    try:
        canonical = canonicalise(url)
    except InvalidUrl:
        return
    for twin in twins(canonical):
        if len(twin) <= MAX_LENGTH and len(host_of(canonical)) < 249:
            assert canonicalise(twin) == twin or ":" in host_of(canonical)


def test_fingerprints_are_sixteen_bytes_and_differ() -> None:
    assert len(fingerprint("http://a.example/")) == 16
    assert fingerprint("http://a.example/") != fingerprint("http://b.example/")


def test_secrets_never_reach_a_message() -> None:
    shown = masked("https://me:pw@example.com/a?token=t1&keyword=k&X-Amz-Signature=t2&api_key=t3&page=4#access_token=t5\n")
    assert shown == "https://***@example.com/a?token=***&keyword=k&X-Amz-Signature=***&api_key=***&page=4#access_token=***"
    assert masked("http://a:secret\\@b/") == "http://***@b/"

import pytest

from worker.amp_caches import origin_of
from worker.urls import canonicalise

STORY = "https://www.example.com/2026/story"


@pytest.mark.parametrize(
    "copy",
    [
        "https://www-example-com.cdn.ampproject.org/c/s/www.example.com/2026/story",
        "https://www-example-com.cdn.ampproject.org/v/s/www.example.com/2026/story?usqp=mq331AQ&amp_js_v=0.1#aoh=1",
        "https://www-example-com.cdn.ampproject.org/wp/s/www.example.com/2026/story",
        "https://www-example-com.cdn.ampproject.org/c/s/WWW.Example.com/2026//story",
        "https://www-example-com.cdn.ampproject.org//c/s/www.example.com/2026/story",
        "https://www-example-com.bing-amp.com/c/s/www.example.com/2026/story",
        "https://cdn.ampproject.org/c/s/www.example.com/2026/story",
        "https://www.google.com/amp/s/www.example.com/2026/story",
        "https://google.com/amp/s/www.example.com/2026/story#referrer=x",
        "https://www.google.com/amp/s/www-example-com.cdn.ampproject.org/c/s/www.example.com/2026/story",
    ],
)
def test_a_copy_in_a_cache_is_known_as_its_origin(copy: str) -> None:
    assert canonicalise(copy) == STORY


@pytest.mark.parametrize(
    ("host", "path", "origin"),
    [
        ("example-com.cdn.ampproject.org", "/c/example.com/a", "http://example.com/a"),
        ("example-com.cdn.ampproject.org", "/c/s/example.com", "https://example.com/"),
        ("the--news-example-com.cdn.ampproject.org", "/c/s/the-news.example.com/a", "https://the-news.example.com/a"),
        ("0-en--us-example-com-0.cdn.ampproject.org", "/c/s/en-us.example.com/a", "https://en-us.example.com/a"),
    ],
)
def test_the_caches_host_is_the_origins_spelt_out(host: str, path: str, origin: str) -> None:
    assert origin_of(host, path) == origin


@pytest.mark.parametrize(
    "url",
    [
        "https://www-example-com.cdn.ampproject.org/c/s/www.other.example/story",  # a path that its host does not bear out
        "https://evil.www-example-com.cdn.ampproject.org/c/s/www.example.com/story",
        "https://www-example-com.cdn.ampproject.org.evil.example/c/s/www.example.com/story",
        "https://www-example-com.cdn.ampproject.org/i/s/www.example.com/photo.jpg",  # an image is no page
        "https://www-example-com.cdn.ampproject.org/c/s/",
        "https://www-example-com.cdn.ampproject.org/",
        "https://www-example-com.cdn.ampproject.org:8443/c/s/www.example.com/story",
        "https://cdn.ampproject.org/c/s/127.0.0.1/story",
        "https://www.google.com/amp/s/localhost/story",
        "https://www.google.com/search/amp/s/www.example.com/story",
        "https://google.com.evil.example/amp/s/www.example.com/story",
        "https://www.google.evil/amp/s/www.example.com/story",
        "https://news.example/amp/s/www.example.com/story",
        "https://www.google.com/amp/s/exa%20mple.com/story",
    ],
)
def test_what_is_not_well_formed_stays_what_it_is(url: str) -> None:
    assert canonicalise(url).split("/")[2] == url.split("/")[2]


def test_copies_of_copies_of_copies_are_looked_through_in_one_go() -> None:
    nested = "https://www.google.com/amp/s/" + "cdn.ampproject.org/c/s/" * 80 + "www.example.com/2026/story"
    assert canonicalise(nested) == STORY

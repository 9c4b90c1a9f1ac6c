"""The sample site's feeds and site maps, in good order and in bad, as the product reads them."""

from collections.abc import Iterator

import httpx
import pytest

from tests.site.catalogue import LISTED
from tests.site.listing import FEED_ITEMS
from tests.site.server import Site, serve
from worker.sources.feeds import read_feed
from worker.sources.listing import Listing
from worker.sources.sitemaps import read_sitemap

LATE = "/Html/2021-11/10/261110.html"  # an article that the site does not list of itself


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as running:
        yield running


def feed(site: Site, path: str = "/feed.xml") -> Listing:
    answer = httpx.get(site.url(path))
    return read_feed(answer.content, url=site.url(path), content_type=answer.headers["content-type"], now=site.requests[-1].at)


def site_map(site: Site, url: str) -> Listing:
    answer = httpx.get(url)
    return read_sitemap(answer.content, url=url, content_type=answer.headers["content-type"], now=site.requests[-1].at)


def urls(listing: Listing) -> list[str]:
    return [link.url for link in listing.links]


def test_the_feed_shows_the_newest_articles_in_order(site: Site) -> None:
    listing = feed(site)
    assert urls(listing) == [site.url(entry.path) for entry in LISTED[:FEED_ITEMS]]
    assert [link.title for link in listing.links] == [entry.title for entry in LISTED[:FEED_ITEMS]]
    assert listing.notes == ()


def test_the_index_leads_to_all_listed_articles_the_newer_map_first(site: Site) -> None:
    index = site_map(site, site.url("/sitemap-index.xml"))
    recent, archive = [site_map(site, link.url) for link in index.further]
    assert urls(recent) == [site.url(entry.path) for entry in LISTED]
    assert urls(archive) == [site.url(entry.path) for entry in LISTED[FEED_ITEMS:]]


def test_the_broken_feed_gives_three_links_and_says_what_is_wrong(site: Site) -> None:
    listing = feed(site, "/feed-broken.xml")
    assert urls(listing) == [site.url(entry.path) for entry in LISTED[:3]]
    assert [link.at is None for link in listing.links[:2]] == [True, True]
    assert len(listing.notes) == 3


@pytest.mark.parametrize("path", ["/news.html", "/"])
def test_an_html_page_announces_the_feed(site: Site, path: str) -> None:
    assert [link.url for link in feed(site, path).further] == [site.url("/feed.xml")]


def test_the_feed_is_not_sent_again_until_something_is_published(site: Site) -> None:
    first = httpx.get(site.url("/feed.xml"))
    known = {"if-none-match": first.headers["etag"]}
    again = httpx.get(site.url("/feed.xml"), headers=known)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert site.publish(LATE) == site.url(LATE)
    assert httpx.get(site.url("/feed.xml"), headers=known).status_code == 200
    assert urls(feed(site))[0] == site.url(LATE)
    assert urls(site_map(site, site.url("/sitemap.xml")))[0] == site.url(LATE)


def test_what_is_published_again_moves_to_the_top(site: Site) -> None:
    path = LISTED[3].path
    site.publish(path)
    assert urls(feed(site))[0] == site.url(path)
    assert len(set(urls(feed(site)))) == FEED_ITEMS


def test_what_one_site_publishes_no_other_does(site: Site) -> None:
    site.publish(LATE)
    with serve() as other:
        assert other.url(LATE) not in urls(feed(other))

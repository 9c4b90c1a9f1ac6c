"""The sample site keeps what its catalogue promises: otherwise the tests that lean on it test nothing."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urljoin
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree as ET

import httpx
import pytest
from PIL import Image
from selectolax.lexbor import LexborHTMLParser

from tests.parts import absent
from tests.site import behaviour, pictures
from tests.site.catalogue import ARTICLES, BY_PATH, CATALOGUE, DEMO, FIXTURES, LISTED, RETRIED, Entry, Serving
from tests.site.server import Site, serve

ROOT = Path(__file__).parents[2]
READABLE = [entry for entry in CATALOGUE if entry.page and not entry.serving.value.endswith(("gzip", "short"))]
READABLE += [entry for entry in CATALOGUE if entry.serving is Serving.GZIP]
NAMESPACES = {"map": "http://www.sitemaps.org/schemas/sitemap/0.9", "news": "http://www.google.com/schemas/sitemap-news/0.9"}


def by_path(entry: Entry) -> str:
    return entry.path


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serve() as running:
        yield running


@pytest.fixture(scope="module")
def client(site: Site) -> Iterator[httpx.Client]:
    # Some URLs answer in their own good time; none takes more than a few seconds.
    with httpx.Client(base_url=site.base_url, timeout=10) as http_client:
        yield http_client


class Reader:
    """Reads each page once, however often a flaky one has to be asked."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._read: dict[str, httpx.Response] = {}

    def response(self, entry: Entry) -> httpx.Response:
        if entry.fixture and not (behaviour.FIXTURE_PAGES / (entry.page or "")).exists():
            absent(f"tests/pages/{entry.page}", "it belongs to the repository")
        while entry.path not in self._read or self._read[entry.path].status_code == 503:
            self._read[entry.path] = self._client.get(entry.path)
        return self._read[entry.path]

    def html(self, entry: Entry) -> str:
        """The whole story, with its second page where it has one."""
        content = self.response(entry).content
        if entry.fixture:  # the bytes of one were damaged on their way, and a few of them mean nothing
            return content.decode("gb18030" if "gb2312" in entry.content_type else "utf-8", "replace")
        html = content.decode(entry.charset)
        onward = LexborHTMLParser(html).css_first("a.next")
        return html if onward is None else html + self.html(BY_PATH[onward.attributes["href"] or ""])


@pytest.fixture(scope="module")
def reader(client: httpx.Client) -> Reader:
    return Reader(client)


def text_of(html: str) -> str:
    return LexborHTMLParser(html).text(separator=" ")


def image_urls(html: str) -> set[str]:
    """Every address under which the page shows a picture, in any of the ways that pages do."""
    found: set[str] = set()
    for node in LexborHTMLParser(html).css("img, amp-img, source"):
        for name, value in node.attributes.items():
            if not value or name not in {"src", "srcset", "data-src", "data-original", "data-lazy-src"}:
                continue
            found |= {part.split()[0] for part in value.split(", ")} if name == "srcset" else {value}
    return {url for url in found if not url.startswith("data:")}


# ---------------------------------------------------------------- the catalogue


def test_no_path_stands_twice_in_the_catalogue() -> None:
    assert len(BY_PATH) == len(CATALOGUE)


def test_the_demo_knows_all_its_urls_and_has_more_than_a_dozen_articles() -> None:
    assert set(DEMO) <= set(BY_PATH)
    assert len(set(DEMO)) == len(DEMO)
    assert sum(BY_PATH[path].outcome == "stored" for path in DEMO) > 12


def test_the_demo_has_nothing_that_is_retried_at_leisure() -> None:
    assert not set(DEMO) & {entry.path for entry in RETRIED}


def test_an_entry_admits_its_outcome_and_the_named_alternatives_alone() -> None:
    paywall = BY_PATH["/premium/orchard-prices.html"]
    assert paywall.admits("stored")
    assert paywall.admits("rejected", "not_article")
    assert not paywall.admits("rejected", "gone")
    assert not paywall.admits("failed", "timeout")


# ---------------------------------------------------------------- pages


@pytest.mark.parametrize("entry", READABLE, ids=by_path)
def test_a_page_is_served_as_promised(reader: Reader, entry: Entry) -> None:
    response = reader.response(entry)
    assert response.status_code == entry.status
    assert response.headers["content-type"] == entry.content_type


@pytest.mark.parametrize("entry", [entry for entry in READABLE if entry.first_words], ids=by_path)
def test_title_and_first_and_last_words_stand_on_the_page(reader: Reader, entry: Entry) -> None:
    text = text_of(reader.html(entry))
    assert entry.title in text
    assert 0 <= text.find(entry.first_words) < text.rfind(entry.last_words)


@pytest.mark.parametrize("entry", ARTICLES, ids=by_path)
def test_what_must_not_come_in_stands_on_the_page_outside_the_story(reader: Reader, entry: Entry) -> None:
    text = text_of(reader.html(entry))
    assert [words for words in entry.absent if words not in text] == []


@pytest.mark.parametrize("entry", ARTICLES, ids=by_path)
def test_an_article_is_long_enough_to_be_one(reader: Reader, entry: Entry) -> None:
    text = text_of(reader.html(entry))
    body = text[text.find(entry.first_words) :]
    east_asian = (entry.language or "") in {"zh", "ja", "ko"}
    assert len(body) > 300 if east_asian else len(body.split()) > 140


@pytest.mark.parametrize("entry", ARTICLES, ids=by_path)
def test_structured_data_is_json_and_says_the_same_as_the_catalogue(reader: Reader, entry: Entry) -> None:
    tree = LexborHTMLParser(reader.html(entry))
    for script in tree.css('script[type="application/ld+json"]'):
        data = json.loads(script.text())
        story = next(node for node in data.get("@graph", [data]) if node["@type"] == "NewsArticle")
        assert story["headline"] == entry.title
        assert story["datePublished"] == entry.published_at


def test_a_canonical_link_leads_to_a_url_of_the_catalogue(site: Site, reader: Reader) -> None:
    for entry in ARTICLES:
        link = LexborHTMLParser(reader.html(entry)).css_first("link[rel=canonical]")
        if link is not None:
            assert urljoin(site.url(entry.path), link.attributes["href"] or "") == site.url(entry.path)


def test_the_amp_page_names_the_canonical_story(site: Site, client: httpx.Client) -> None:
    link = LexborHTMLParser(client.get("/amp/lighthouse-keeper").text).css_first("link[rel=canonical]")
    assert link is not None
    assert link.attributes["href"] == site.url(BY_PATH["/amp/lighthouse-keeper"].twin_of or "")


# ---------------------------------------------------------------- pictures


@pytest.mark.parametrize("entry", ARTICLES + FIXTURES, ids=by_path)
def test_all_pictures_of_a_page_are_there_and_decode(site: Site, client: httpx.Client, reader: Reader, entry: Entry) -> None:
    urls = {urljoin(site.url(entry.path), url) for url in image_urls(reader.html(entry))}
    missing = set()
    for url in urls:
        response = client.get(url)
        if response.status_code == 503:
            continue  # the flaky one has a test of its own
        if response.status_code == 404:
            missing.add(url)
            continue
        with Image.open(io.BytesIO(response.content)) as image:
            image.load()
            assert response.headers["content-type"] == f"image/{(image.format or '').lower()}"
    assert len(missing) == entry.images_failed
    assert len(urls) >= entry.images


def test_a_picture_has_the_width_that_is_asked_for(client: httpx.Client) -> None:
    with Image.open(io.BytesIO(client.get("/media/2026/03/ferry-at-the-pier.jpg?w=320").content)) as image:
        assert image.size == (320, 213)


def test_every_picture_is_drawn_in_its_size_and_the_same_each_time() -> None:
    for path, picture in pictures.PICTURES.items():
        with Image.open(io.BytesIO(pictures.draw(path)[0])) as image:
            assert image.size == (picture.width, picture.height)
            assert image.format == picture.format
    before = pictures.draw("/beeld/molen-de-gans.jpg")
    pictures.draw.cache_clear()
    assert pictures.draw("/beeld/molen-de-gans.jpg") == before


def test_pictures_come_in_four_formats_and_are_not_one_another() -> None:
    assert {picture.format for picture in pictures.PICTURES.values() if picture.kind == "photo"} == {"JPEG", "PNG", "WEBP", "GIF"}
    photos = [pictures.draw(path)[0] for path, picture in pictures.PICTURES.items() if picture.kind == "photo"]
    assert len(set(photos)) == len(photos)


def test_names_outside_ascii_are_found(client: httpx.Client) -> None:
    path = next(path for path in pictures.PICTURES if not path.isascii())
    answer = client.get(path)
    assert answer.status_code == 200
    assert unquote(answer.url.raw_path.decode()) == path


# ---------------------------------------------------------------- leading to articles


def test_feed_and_site_map_are_xml_and_agree_with_the_catalogue(site: Site, client: httpx.Client) -> None:
    items = ET.fromstring(client.get("/feed.xml").content).findall("channel/item")
    entries = ET.fromstring(client.get("/sitemap.xml").content).findall("map:url", NAMESPACES)
    listed = {site.url(entry.path): entry for entry in LISTED}
    for item in items:
        assert item.findtext("title") == listed[item.findtext("link") or ""].title
    assert {entry.findtext("map:loc", namespaces=NAMESPACES) for entry in entries} == set(listed)
    for node in entries:
        entry = listed[node.findtext("map:loc", namespaces=NAMESPACES) or ""]
        assert node.findtext("news:news/news:publication_date", namespaces=NAMESPACES) == entry.published_at
        assert node.findtext("news:news/news:title", namespaces=NAMESPACES) == entry.title


def test_the_front_page_links_to_every_listed_article(client: httpx.Client) -> None:
    links = {node.attributes["href"] for node in LexborHTMLParser(client.get("/").text).css("main a")}
    assert links == {entry.path for entry in LISTED}


def test_robots_txt_forbids_the_private_folder_and_nothing_else(site: Site, client: httpx.Client) -> None:
    rules = RobotFileParser()
    rules.parse(client.get("/robots.txt").text.splitlines())
    forbidden = {entry.path for entry in CATALOGUE if not rules.can_fetch("newsmill", site.url(entry.path))}
    assert forbidden == {entry.path for entry in CATALOGUE if entry.cause == "robots"}
    assert rules.site_maps() == [site.url("/sitemap.xml")]

"""One visit to a crawl job's source, told with fakes: what is read, what is kept, and what the next visit is told."""

import asyncio
from collections.abc import Mapping

import pytest

from tests.fakes import NOW, Answer, CannedWeb, MemoryArchive, OpenGovernor
from worker import listings
from worker.errors import Gone, IngestError, OwnTrouble, TimedOut, WrongType
from worker.exchange import Validators
from worker.listings import LONGEST_NOTE, MAX_FURTHER, Listings
from worker.models import Crawled, Form, Source, Visit

FEED = "https://news.example/feed.xml"
INDEX = "https://news.example/sitemap.xml"


def feed(*paths: str) -> bytes:
    items = "".join(f"<item><title>{p}</title><link>https://news.example/{p}</link></item>" for p in paths)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{items}</channel></rss>'.encode()


def index(*urls: str) -> bytes:
    entries = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>'.encode()


def site_map(*paths: str) -> bytes:
    entries = "".join(f"<url><loc>https://news.example/{path}</loc></url>" for path in paths)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'.encode()


def xml(body: bytes, etag: str | None = None) -> Answer:
    return Answer(body=body, content_type="application/xml", etag=etag)


class Desk:
    """Visits over fakes; each knows what the one before it found, as the ledger would have it."""

    def __init__(self, pages: Mapping[str, Answer | IngestError], source: Source) -> None:
        self.web, self.archive, self.governor = CannedWeb(dict(pages)), MemoryArchive(), OpenGovernor()
        self.source, self.validators, self.sha256 = source, Validators(), None
        self._listings = Listings(fetcher=self.web, governor=self.governor, archive=self.archive, clock=lambda: NOW)

    def visit(self) -> Crawled:
        visit = Visit(source=self.source, slot=NOW, validators=self.validators, sha256=self.sha256)
        read = asyncio.run(self._listings.visit(visit, ref="1"))
        self.validators, self.sha256 = read.validators, read.sha256 or self.sha256  # type: ignore[assignment]
        return read


def of_feed(*pages: tuple[str, Answer | IngestError], **options: object) -> Desk:
    return Desk(dict(pages), Source(form=Form.FEED, url=FEED, **options))  # type: ignore[arg-type]


def of_index(*pages: tuple[str, Answer | IngestError]) -> Desk:
    return Desk(dict(pages), Source(form=Form.SITEMAP, url=INDEX))


def test_a_feeds_links_are_found_and_those_wanted_chosen() -> None:
    desk = of_feed((FEED, xml(feed("politics/a", "sport/b", "politics/c?print=1"))), include=("/politics/",), exclude=("print",))
    read = desk.visit()
    assert (read.found, read.links) == (3, ("https://news.example/politics/a",))
    assert read.note == ""


def test_what_was_read_is_archived_once_however_often_it_says_the_same() -> None:
    desk = of_feed((FEED, xml(feed("a"))))
    assert len(desk.visit().records) == 1
    again = desk.visit()
    assert (again.records, again.links) == ((), ("https://news.example/a",))
    desk.web.pages[FEED] = xml(feed("a", "b"))
    assert len(desk.visit().records) == 1
    assert len(desk.archive.kept) == 2


def test_a_source_that_has_not_changed_is_not_read_again() -> None:
    desk = of_feed((FEED, xml(feed("a"), etag='"7"')))
    assert desk.visit().validators.etag == '"7"'
    again = desk.visit()
    assert (again.sha256, again.links, again.validators.etag) == (None, (), '"7"')


def test_the_site_maps_of_an_index_are_read_each_in_a_turn_of_its_own() -> None:
    one, two = "https://news.example/1.xml", "https://maps.example/2.xml"
    desk = of_index((INDEX, xml(index(one, two), etag='"1"')), (one, xml(site_map("a", "b"))), (two, xml(site_map("c"))))
    read = desk.visit()
    assert (read.found, len(read.links), len(read.records)) == (3, 3, 3)
    assert desk.governor.turns == ["news.example", "maps.example"]  # the first turn is the caller's
    assert read.validators == Validators()  # its parts may change while the index stays the same


def test_a_part_that_cannot_be_had_is_noted_and_the_others_are_read() -> None:
    one, two, three = (f"https://news.example/{n}.xml" for n in (1, 2, 3))
    pages = (one, Gone("HTTP 404", status=404)), (two, TimedOut("nothing came")), (three, xml(site_map("a")))
    read = of_index((INDEX, xml(index(one, two, three))), *pages).visit()
    assert read.links == ("https://news.example/a",)
    assert f"{one} could not be read: HTTP 404" in read.note
    assert f"{two} could not be read: nothing came" in read.note


def test_a_trouble_of_our_own_is_nobodys_note() -> None:
    one = "https://news.example/1.xml"
    with pytest.raises(OwnTrouble):
        of_index((INDEX, xml(index(one))), (one, OwnTrouble("Redis does not answer"))).visit()


def test_of_an_endless_index_the_first_site_maps_are_read_and_the_rest_named() -> None:
    parts = [f"https://news.example/{n}.xml" for n in range(MAX_FURTHER + 5)]
    desk = of_index((INDEX, xml(index(*parts))), *((part, xml(site_map("a"))) for part in parts))
    read = desk.visit()
    assert len(desk.web.asked) == 1 + MAX_FURTHER
    assert f"names {MAX_FURTHER + 5} site maps" in read.note


def test_site_maps_on_a_slow_host_are_read_as_far_as_time_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    class SlowGovernor(OpenGovernor):
        async def turn(self, host: str, ref: str, *, patient: bool = False) -> None:
            if len(self.turns) == 2:
                await asyncio.Event().wait()
            await super().turn(host, ref, patient=patient)

    monkeypatch.setattr(listings, "FURTHER_S", 0.5)
    parts = [f"https://news.example/{n}.xml" for n in range(4)]
    desk = of_index((INDEX, xml(index(*parts))), *((part, xml(site_map(str(n)))) for n, part in enumerate(parts)))
    slow = SlowGovernor()
    desk._listings = Listings(fetcher=desk.web, governor=slow, archive=desk.archive, clock=lambda: NOW)
    read = desk.visit()
    assert len(read.links) == 2
    assert "names 4 site maps, of which the first 2 were read" in read.note


def test_a_note_shows_no_secret_and_stays_a_note() -> None:
    parts = [f"https://news.example/{n}.xml?token=hush&{'x' * 1_500}" for n in range(5)]
    read = of_index((INDEX, xml(index(*parts)))).visit()
    assert "token=***" in read.note
    assert "hush" not in read.note
    assert len(read.note) == LONGEST_NOTE


def test_of_more_links_than_a_site_map_has_the_newest_are_taken_and_the_cut_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listings, "MAX_LINKS", 2)
    read = of_feed((FEED, xml(feed("a", "b", "c")))).visit()
    assert (read.found, len(read.links)) == (3, 2)
    assert "only the newest 2 of its links" in read.note


def test_a_page_in_place_of_a_feed_leads_to_the_feed_it_announces() -> None:
    home = b'<html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head><body>News</body></html>'
    desk = of_feed((FEED, Answer(body=home)), ("https://news.example/rss", xml(feed("a"))))
    read = desk.visit()
    assert read.links == ("https://news.example/a",)
    assert "https://news.example/rss" in read.note


def test_what_is_no_feed_at_all_is_refused_with_a_sentence() -> None:
    with pytest.raises(WrongType) as refused:
        of_feed((FEED, Answer(body=b"<html><body>Hello</body></html>"))).visit()
    assert refused.value.detail

"""The story of one URL, told with fakes: what ends how, and what is kept on the way."""

import asyncio
import hashlib
import random
from collections.abc import Callable

import pytest

from tests.fakes import (
    NOW,
    Answer,
    CannedWeb,
    MemoryArchive,
    MemoryLedger,
    MemorySeen,
    OpenGovernor,
    OpenQuarantine,
)
from tests.pictures import png
from worker.errors import ConnectFailed, Gone, HostBusy, IngestError, OwnTrouble, TimedOut
from worker.exchange import Exchange, Record, Validators
from worker.images import ImageFetcher
from worker.ingest import EARLY_S, Ingestor
from worker.listings import Listings
from worker.models import Ended, Form, ImageState, Later, Source, State, Visit
from worker.pages import Pages
from worker.urls import canonicalise, fingerprint

URL = "https://news.example/a/story.html"
IMAGE = "https://news.example/a/photo.png"
SENTENCE = "The harbour board met on Tuesday and agreed to repair the northern pier before the winter storms arrive. "


def page(*, body: str = "", head: str = "", images: str = '<img src="photo.png">') -> Answer:
    """Return a plain article page."""
    text = body or "".join(f"<p>{n}. {SENTENCE * 2}</p>" for n in range(4))
    html = (
        f"<html lang=en><head><title>Pier to be repaired</title>{head}</head>"
        f"<body><article><h1>Pier to be repaired</h1>{text}{images}</article></body></html>"
    )
    return Answer(body=html.encode(), etag='"1"')


class Desk:
    """An ingestor at work over fakes."""

    def __init__(self, pages: dict[str, Answer | IngestError], *urls: str, governor: OpenGovernor | None = None) -> None:
        self.web = CannedWeb(pages)
        self.ledger = MemoryLedger(*(urls or (URL,)))
        self.archive, self.seen, self.quarantine = MemoryArchive(), MemorySeen(), OpenQuarantine()
        self.governor = governor or OpenGovernor()
        rng = random.Random(1)
        images = ImageFetcher(
            fetcher=self.web,
            archive=self.archive,
            ledger=self.ledger,
            max_images=3,
            deadline_s=5.0,
            clock=lambda: NOW,
            rng=rng,
        )
        self.ingestor = Ingestor(
            ledger=self.ledger,
            fetcher=self.web,
            governor=self.governor,
            archive=self.archive,
            seen=self.seen,
            pages=Pages(self.quarantine),
            images=images,
            listings=Listings(fetcher=self.web, governor=self.governor, archive=self.archive, clock=lambda: NOW),
            deadline_s=20.0,
            clock=lambda: NOW,
            rng=rng,
        )

    def ingest(self, url_id: int = 1, *, alone: bool = False) -> str:
        return asyncio.run(self.ingestor.ingest(url_id, "news.example", alone=alone))


def test_an_article_is_stored_with_its_image_and_both_are_archived() -> None:
    desk = Desk({URL: page(), IMAGE: Answer(body=png(320, 200), content_type="image/png")})
    assert desk.ingest() == "stored · images 1/1"
    stored = desk.ledger.articles[1]
    assert stored.extraction.title == "Pier to be repaired"
    assert stored.text.count("northern pier") == 8
    (image,) = stored.images
    assert image.picture is not None
    assert (image.state, image.picture.width, image.picture.height) == (ImageState.STORED, 320, 200)
    assert [kept.url for kept in desk.archive.kept] == [URL, IMAGE]
    assert desk.web.referers == {URL}


def test_a_row_that_is_not_ours_is_left_alone() -> None:
    desk = Desk({URL: page()})
    desk.ledger.rows[1].state = State.STORED
    assert desk.ingest() == "not ours to take"
    assert desk.web.asked == []


def test_who_comes_too_late_commits_nothing_and_says_so_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk({URL: page(images="")})
    keep = desk.archive.keep

    async def taken_over_meanwhile(exchange: Exchange) -> Record:
        desk.ledger.rows[1].fence += 1  # the lease ran out, and another process claimed the row
        return await keep(exchange)

    desk.archive.keep = taken_over_meanwhile  # type: ignore[method-assign]
    assert desk.ingest().startswith("fenced out")
    assert desk.ledger.articles == {}
    (said,) = caplog.records
    assert (said.message, vars(said)["url_id"], vars(said)["url"]) == ("fenced_out", 1, URL)


def test_a_suspect_is_taken_only_by_a_process_that_works_alone() -> None:
    desk = Desk({URL: page(images="")})
    desk.ledger.rows[1].suspect = True
    assert desk.ingest() == "not ours to take"
    assert desk.ingest(alone=True).startswith("stored")


def test_a_row_of_a_busy_host_is_due_again_in_time_for_its_turn() -> None:
    desk = Desk({URL: page()}, governor=OpenGovernor(HostBusy(NOW + 30)))
    assert desk.ingest() == "later: news.example is busy for 30 s"
    assert (desk.ledger.rows[1].next_at, desk.ledger.rows[1].fence) == (NOW + 30 - EARLY_S, 0)


def test_a_governor_without_redis_gives_the_row_back_for_a_while() -> None:
    desk = Desk({URL: page()}, governor=OpenGovernor(OwnTrouble("Redis: gone")))
    assert desk.ingest() == "later: Redis: gone, in 10 s"
    assert (desk.ledger.rows[1].next_at, desk.ledger.rows[1].fence) == (NOW + 10, 0)


def test_half_a_surrogate_pair_in_what_a_page_says_is_no_bug_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk({URL: page(images="")})
    monkeypatch.setattr("worker.article.to_text", lambda _: "half a pair: \ud83d")
    assert desk.ingest().startswith("stored")


@pytest.mark.parametrize(
    ("error", "state", "told"),
    [
        (Gone("HTTP 404", status=404), State.REJECTED, "rejected: gone"),
        (ConnectFailed("refused"), State.PENDING, "later: refused"),
        (OwnTrouble("archive: disk full"), State.PENDING, "later: archive: disk full"),
    ],
)
def test_an_error_of_the_fetch_is_settled_by_the_table(error: IngestError, state: State, told: str) -> None:
    desk = Desk({URL: error})
    assert desk.ingest().startswith(told)
    assert desk.ledger.rows[1].state is state


def test_a_page_that_is_no_article_is_rejected_with_the_reason_and_kept_in_the_archive() -> None:
    links = "".join(f'<li><a href="/n/{n}">A headline of some other story, number {n}</a></li>' for n in range(60))
    desk = Desk({URL: Answer(body=f"<html><body><ul>{links}</ul></body></html>".encode())})
    assert desk.ingest() == "rejected: not_article"
    (ending,) = desk.ledger.rows[1].endings
    assert isinstance(ending, Ended)
    assert ending.detail
    assert len(ending.records) == len(desk.archive.kept) == 1


def test_the_same_picture_at_two_addresses_is_archived_once() -> None:
    other = "https://cdn.example/copy.png"
    both = f'<img src="photo.png"><p>{SENTENCE}</p><img src="{other}">'
    shot = Answer(body=png(320, 200), content_type="image/png")
    desk = Desk({URL: page(images=both), IMAGE: shot, other: shot})
    desk.ledger.pictures.add(hashlib.sha256(shot.body).hexdigest())
    assert desk.ingest() == "stored · images 2/2"
    assert [kept.url for kept in desk.archive.kept] == [URL]


def test_an_image_that_fails_does_not_fail_the_article() -> None:
    pages: dict[str, Answer | IngestError] = {URL: page(), IMAGE: Gone("HTTP 404", status=404)}
    desk = Desk(pages)
    assert desk.ingest() == "stored · images 0/1"
    (image,) = desk.ledger.articles[1].images
    assert (image.state, image.reason) == (ImageState.FAILED, "gone")


def test_an_image_that_may_come_later_stays_pending() -> None:
    desk = Desk({URL: page(), IMAGE: TimedOut("slow")})
    assert desk.ingest() == "stored · images 0/1"
    (image,) = desk.ledger.articles[1].images
    assert image.state is ImageState.PENDING


def test_html_that_poses_as_a_picture_is_failed_as_the_wrong_type() -> None:
    desk = Desk({URL: page(), IMAGE: Answer(body=b"<html>no</html>", content_type="image/png")})
    desk.ingest()
    (image,) = desk.ledger.articles[1].images
    assert (image.state, image.reason) == (ImageState.FAILED, "wrong_type")


def test_a_tracking_pixel_is_skipped_by_its_size() -> None:
    desk = Desk({URL: page(), IMAGE: Answer(body=png(1, 1), content_type="image/png")})
    desk.ingest()
    (image,) = desk.ledger.articles[1].images
    assert (image.state, image.reason) == (ImageState.SKIPPED, "tracker")


def test_no_more_images_are_fetched_than_the_budget_allows() -> None:
    shown = "".join(f'<img src="/i/{n}.png"><p>{n} {SENTENCE}</p>' for n in range(5))
    shots = {f"https://news.example/i/{n}.png": Answer(body=png(100 + n, 90), content_type="image/png") for n in range(5)}
    desk = Desk({URL: page(images=shown), **shots})
    assert desk.ingest() == "stored · images 3/3"
    assert [image.reason for image in desk.ledger.articles[1].images] == [None, None, None, "max_images", "max_images"]


def test_a_page_fetched_again_that_says_the_same_is_unchanged() -> None:
    desk = Desk({URL: page(images="")})
    desk.ingest()
    desk.ledger.reopen(1)
    desk.web.pages[URL] = Answer(body=page(images="").body, etag='"2"')
    assert desk.ingest() == "unchanged"


def test_a_304_is_unchanged_and_archives_nothing() -> None:
    desk = Desk({URL: page(images="")})
    desk.ingest()
    desk.ledger.reopen(1)
    assert desk.ingest() == "unchanged"
    assert len(desk.archive.kept) == 1


def test_a_changed_page_is_stored_again_and_its_known_images_are_not_fetched_anew() -> None:
    desk = Desk({URL: page(), IMAGE: Answer(body=png(320, 200), content_type="image/png")})
    desk.ingest()
    desk.ledger.reopen(1)
    desk.web.pages[URL] = Answer(body=page().body.replace(b"Tuesday", b"Friday"), etag='"2"')
    assert desk.ingest() == "stored · images 1/1"
    assert desk.web.asked.count(IMAGE) == 1


def test_a_url_that_leads_to_a_stored_article_is_a_duplicate_before_its_images_are_fetched() -> None:
    second = "https://news.example/go?id=7"
    desk = Desk({URL: page(images=""), second: Answer(body=page().body, final_url=URL, hops=(second,))}, URL, second)
    desk.ingest(1)
    assert desk.ingest(2) == "duplicate"
    assert IMAGE not in desk.web.asked


def test_the_commit_settles_a_duplicate_that_the_cache_forgot() -> None:
    second = "https://news.example/go?id=7"
    desk = Desk({URL: page(images=""), second: Answer(body=page().body, final_url=URL, hops=(second,))}, URL, second)
    desk.ingest(1)
    desk.seen.marks.clear()
    assert desk.ingest(2) == "duplicate"
    assert list(desk.ledger.articles) == [1]


def test_a_forged_mark_in_the_cache_stops_no_article() -> None:
    desk = Desk({URL: page(images="")})
    desk.seen.marks.add(fingerprint(canonicalise(URL)))
    assert desk.ingest().startswith("stored")


def test_the_pages_of_an_article_are_joined_in_order() -> None:
    second = "https://news.example/a/story_2.html"
    one = page(images=f'<img src="photo.png"><p><a href="{second}">Next page</a></p>')
    two = page(body=f"<p>On the second page: {SENTENCE * 3}</p><p>And so it ended. {SENTENCE}</p>", images="<img src='b.png'>")
    shot = Answer(body=png(320, 200), content_type="image/png")
    desk = Desk({URL: one, second: two, IMAGE: shot, "https://news.example/a/b.png": shot})
    assert desk.ingest() == "stored · images 2/2"
    stored = desk.ledger.articles[1]
    assert stored.text.index("On the second page") > stored.text.index("3. The harbour")
    assert [image.ref.position for image in stored.images] == sorted(image.ref.position or 0 for image in stored.images)
    assert desk.governor.turns == ["news.example", "news.example"]


def test_a_suspicious_page_is_parsed_in_quarantine() -> None:
    body = "<div>" * 3_000 + page().body.decode() + "</div>" * 3_000
    desk = Desk({URL: Answer(body=body.encode())})
    desk.ingest()
    assert len(desk.quarantine.given) == 1


def test_an_ending_waits_for_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.ingest.SETTLE_WAITS_S", (0.0, 0.0, 0.0))
    desk = Desk({URL: page(images="")})
    desk.ledger.trouble = [OwnTrouble("database: gone")] * 3
    assert desk.ingest().startswith("stored")


def test_a_source_on_another_host_than_its_message_said_is_read_in_a_turn_there() -> None:
    moved = "https://moved.example/feed.xml"
    feed = b"<rss><channel><item><link>https://moved.example/a</link></item></channel></rss>"
    desk = Desk({moved: Answer(body=feed, content_type="application/xml")})
    source = Source(form=Form.FEED, url=moved)
    desk.ledger.rows[1].visit = Visit(source=source, slot=NOW, validators=Validators(), sha256=None)
    told = asyncio.run(desk.ingestor.read_listing(1, "news.example", alone=False))
    assert told.startswith("stored")
    assert desk.governor.turns == ["news.example", "moved.example"]


def cancelled(desk: Desk, when: Callable[[], bool]) -> str:
    async def story() -> str:
        task = asyncio.create_task(desk.ingestor.ingest(1, "news.example", alone=False))
        while not when():
            await asyncio.sleep(0)
        task.cancel()
        return await task

    return asyncio.run(story())


def test_a_cancelled_try_is_handed_back_uncharged(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk({URL: page()})

    async def hang(url: str, *, referer: str) -> None:
        desk.web.asked.append(url)
        await asyncio.Event().wait()

    monkeypatch.setattr(desk.web, "image", hang)
    assert cancelled(desk, lambda: IMAGE in desk.web.asked) == "handed back"
    row = desk.ledger.rows[1]
    assert (row.state, row.attempts, row.endings) == (State.PENDING, 0, [])


def test_a_bug_makes_the_row_a_suspect_and_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk({URL: page()})
    monkeypatch.setattr("worker.article.to_text", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        desk.ingest()
    assert (desk.ledger.rows[1].state, desk.ledger.rows[1].suspect) == (State.PENDING, True)


def test_an_article_that_passes_its_deadline_is_timed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk({URL: page()})
    desk.ingestor._deadline_s = 0.01

    async def hang(url: str, **_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(desk.web, "page", hang)
    assert desk.ingest().startswith("later: not done within")
    (ending,) = desk.ledger.rows[1].endings
    assert isinstance(ending, Later)
    assert ending.cause == "timeout"

"""The images of an article within their budgets: what a deadline costs, what a 429 costs, and how much memory they take."""

import asyncio
import random

import pytest

from tests.fakes import NOW, Answer, CannedWeb, MemoryArchive, MemoryLedger
from tests.pictures import png
from worker.errors import HostBusy, IngestError, RateLimited
from worker.exchange import Fetched
from worker.images import LARGE_BYTES, ROOM_BYTES, ImageFetcher, Images
from worker.models import Charge, ImageRef, ImageState
from worker.outcomes import MAX_DEFERRALS, RULES, TimedOut


class Gallery:
    """Images that come as the test says."""

    def __init__(self, pages: dict[str, Answer | IngestError], *, deadline_s: float = 5.0) -> None:
        self.web = CannedWeb(pages)
        self.fetcher = ImageFetcher(
            fetcher=self.web,
            archive=MemoryArchive(),
            ledger=MemoryLedger(),
            max_images=100,
            deadline_s=deadline_s,
            clock=lambda: NOW,
            rng=random.Random(1),
        )

    def hang(self, monkeypatch: pytest.MonkeyPatch, *urls: str) -> None:
        """Let these addresses never answer."""
        image = self.web.image

        async def hanging(url: str, *, referer: str) -> Fetched:
            if url in urls:
                await asyncio.Event().wait()
            return await image(url, referer=referer)

        monkeypatch.setattr(self.web, "image", hanging)

    def fetch(self, *urls: str, attempts: int = 0, deferrals: int = 0) -> Images:
        refs = tuple(ImageRef(url=url, position=n) for n, url in enumerate(urls))
        return asyncio.run(self.fetcher.fetch_all(refs, referer="r", known={}, attempts=attempts, deferrals=deferrals))


ONE, TWO = "https://img.example/1.png", "https://img.example/2.png"
SHOT = Answer(body=png(320, 200), content_type="image/png")


def test_a_round_in_which_no_image_came_to_an_end_is_a_try(monkeypatch: pytest.MonkeyPatch) -> None:
    gallery = Gallery({}, deadline_s=0.01)
    gallery.hang(monkeypatch, ONE)
    tried = gallery.fetch(ONE)
    assert (tried.charge, tried.images[0].state) == (Charge.ATTEMPT, ImageState.PENDING)
    assert tried.wait_s > 0


def test_images_that_never_come_in_time_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    gallery = Gallery({}, deadline_s=0.01)
    gallery.hang(monkeypatch, ONE)
    (image,) = gallery.fetch(ONE, attempts=RULES[TimedOut].tries - 1).images
    assert (image.state, image.reason) == (ImageState.FAILED, "timeout")


def test_what_the_deadline_cuts_off_while_others_came_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    gallery = Gallery({TWO: SHOT}, deadline_s=0.05)
    gallery.hang(monkeypatch, ONE)
    tried = gallery.fetch(ONE, TWO)
    assert [image.state for image in tried.images] == [ImageState.PENDING, ImageState.STORED]
    assert tried.charge is Charge.NOTHING


@pytest.mark.parametrize(
    ("errors", "charge"),
    [
        ({ONE: RateLimited("HTTP 429"), TWO: SHOT}, Charge.DEFERRAL),
        ({ONE: RateLimited("HTTP 429"), TWO: TimedOut("slow")}, Charge.ATTEMPT),
        ({ONE: HostBusy(NOW + 60), TWO: SHOT}, Charge.NOTHING),
    ],
)
def test_a_round_costs_the_dearest_that_one_of_its_images_met(errors: dict[str, Answer | IngestError], charge: Charge) -> None:
    assert Gallery(errors).fetch(ONE, TWO).charge is charge


def test_an_image_that_is_rate_limited_for_ever_ends_at_last() -> None:
    (image,) = Gallery({ONE: RateLimited("HTTP 429")}).fetch(ONE, deferrals=MAX_DEFERRALS - 1).images
    assert (image.state, image.reason) == (ImageState.FAILED, "rate_limited")


def test_the_bodies_of_all_articles_together_take_no_more_than_their_room(monkeypatch: pytest.MonkeyPatch) -> None:
    urls = [f"https://img{n % 40}.example/{n}.png" for n in range(200)]
    gallery = Gallery(dict.fromkeys(urls, SHOT))
    under_way, most, seen = 0, [0], []
    image = gallery.web.image

    async def slow(url: str, *, referer: str) -> Fetched:
        nonlocal under_way
        under_way += 1
        most[0] = max(most[0], under_way)
        await asyncio.sleep(0)
        under_way -= 1
        seen.append(under_way)
        return await image(url, referer=referer)

    monkeypatch.setattr(gallery.web, "image", slow)

    async def side_by_side() -> list[Images]:
        refs = [tuple(ImageRef(url=url, position=0) for url in urls[n::20]) for n in range(20)]
        return list(await asyncio.gather(*(gallery.fetcher.fetch_all(ref, referer="r", known={}) for ref in refs)))

    found = asyncio.run(side_by_side())
    assert sum(image.state is ImageState.STORED for one in found for image in one.images) == 200
    assert most[0] > ROOM_BYTES // LARGE_BYTES, "small images have proved to be small"
    assert max(seen[:5]) < ROOM_BYTES // LARGE_BYTES, "before that, each is taken for a large one"

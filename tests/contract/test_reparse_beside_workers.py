"""Reading archived pages again while workers are at it, on each database: what they have under way, or brought since, stands."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from tests.fakes import Answer
from tests.pictures import png
from tests.press import PHOTO, URL, Press, page, seeing_none, stale
from worker.errors import TimedOut
from worker.extract import VERSION
from worker.models import Charge, Claim, Extraction, ImageState, Later, State
from worker.reparse import Became, Reread
from worker.store import claims, schema
from worker.store.library import snapshot
from worker.store.settle import settle
from worker.store.transaction import transaction
from worker.store.writer import Write, Writer

SHOWN = f'<img src="{PHOTO}" width=800 height=600>'


@pytest.fixture
def press(engine: Engine, tmp_path: Path) -> Iterator[Press]:
    press = Press(engine, tmp_path / "archive")
    press.put(**{URL: page(), PHOTO: Answer(body=png(640, 480), content_type="image/png")})
    yield press
    press.close()


def mistitled(extraction: Extraction) -> Extraction:
    return replace(extraction, title="Home")


def claim(press: Press, kind: str = "article") -> Claim:
    with transaction(press.engine) as tx:
        row = tx.connection.execute(select(schema.url.c.id).where(schema.url.c.kind == kind)).scalar_one()
        tx.connection.execute(schema.url.update().where(schema.url.c.id == row).values(next_at=0))
        claimed = claims.claim(tx, row, owner="a worker", alone=False)
    assert claimed is not None
    return claimed


def read_then(press: Press, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object]) -> list[Reread]:
    """Read again what is stale; when the first page is read and before it is written, *meanwhile* happens."""
    waiting = [meanwhile]

    class Hesitant(Writer):
        def submit(self, write: Write) -> "Future[Any]":
            if waiting:
                waiting.pop()()
            return super().submit(write)

    monkeypatch.setattr("worker.reparse.Writer", Hesitant)
    return press.reparse()


def versions(press: Press) -> int:
    with snapshot(press.engine) as connection:
        return int(connection.execute(select(func.count()).select_from(schema.article_version)).scalar_one())


def test_an_article_that_is_being_fetched_is_left_alone_and_read_again_by_the_next_call(press: Press) -> None:
    with press.earlier(mistitled):
        press.ingest()
    press.accept(URL)
    claimed = claim(press)
    assert [one.became for one in press.reparse()] == [Became.BUSY]
    assert (press.article().extraction.title, press.article().version, press.row()["fence"]) == ("Home", 1, claimed.fence)
    with transaction(press.engine) as tx:
        assert not settle(tx, claimed, Later(wait_s=60.0, charge=Charge.ATTEMPT)).fenced_out
    assert [one.became for one in press.reparse()] == [Became.CHANGED]


def test_the_later_capture_wins_over_one_that_was_read_before_it_came(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    with press.earlier(mistitled):
        press.ingest()
    press.put(**{URL: page(title="Pier repaired")})
    (one,) = read_then(press, monkeypatch, press.ingest)
    assert one.became is Became.BUSY
    assert (press.article().extraction.title, press.article().version, versions(press)) == ("Pier repaired", 2, 1)
    assert press.stale() == 0


def test_an_unchanged_page_is_not_confirmed_over_a_later_capture(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    with press.earlier():
        press.ingest()
    press.put(**{URL: page(title="Pier repaired")})

    def fetched_by_a_worker_of_the_earlier_version() -> None:
        with press.earlier():
            press.ingest()

    (one,) = read_then(press, monkeypatch, fetched_by_a_worker_of_the_earlier_version)
    assert one.became is Became.BUSY
    assert press.stale() == 1
    assert [one.became for one in press.reparse()] == [Became.UNCHANGED]
    assert press.article().extraction.title == "Pier repaired"


def test_a_rejected_page_that_somebody_asks_for_meanwhile_is_left_to_the_worker(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    with press.earlier(seeing_none):
        press.ingest()
    (one,) = read_then(press, monkeypatch, lambda: press.accept(URL))
    assert (one.became, press.row()["state"]) == (Became.BUSY, State.PENDING)
    with snapshot(press.engine) as connection:
        assert connection.execute(select(func.count()).select_from(schema.article)).scalar_one() == 0


def test_an_image_that_comes_while_its_page_is_read_again_is_kept(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    press.put(**{URL: page(tail=SHOWN), PHOTO: TimedOut("slow")})
    with press.earlier(mistitled):
        press.ingest()
    assert [image.state for image in press.article().images] == [ImageState.PENDING]
    press.put(**{PHOTO: Answer(body=png(640, 480), content_type="image/png")})
    (one,) = read_then(press, monkeypatch, lambda: press.late(claim_due(press)))
    assert one.became is Became.CHANGED
    assert [image.state for image in press.article().images] == [ImageState.STORED]


def test_images_that_are_being_fetched_keep_their_places(press: Press) -> None:
    press.put(**{URL: page(tail=SHOWN), PHOTO: TimedOut("slow")})
    with press.earlier(mistitled):
        press.ingest()
    claim(press, "images")
    assert [one.became for one in press.reparse()] == [Became.BUSY]
    assert press.article().version == 1


def test_an_image_that_is_still_to_come_comes_after_its_page_was_read_again(press: Press) -> None:
    press.put(**{URL: page(tail=SHOWN), PHOTO: TimedOut("slow")})
    with press.earlier(mistitled):
        press.ingest()
    assert [one.became for one in press.reparse()] == [Became.CHANGED]
    assert [image.state for image in press.article().images] == [ImageState.PENDING]
    press.put(**{PHOTO: Answer(body=png(640, 480), content_type="image/png")})
    press.late(claim_due(press))
    assert [image.state for image in press.article().images] == [ImageState.STORED]


def claim_due(press: Press) -> int:
    """Make the images of the one article due, and return their row."""
    table = schema.url
    with transaction(press.engine) as tx:
        tx.connection.execute(table.update().where(table.c.kind == "images").values(next_at=0))
        return int(tx.connection.execute(select(table.c.id).where(table.c.kind == "images")).scalar_one())


def test_two_calls_at_once_store_each_article_once(press: Press) -> None:
    urls = [f"https://news.example/{n}.html" for n in range(12)]
    rejected = [f"https://news.example/{n}.htm" for n in range(12)]
    press.put(**{url: page() for url in urls + rejected})
    with press.earlier(mistitled):
        for url in urls:
            press.ingest(url)
    with press.earlier(seeing_none):
        for url in rejected:
            press.ingest(url)
    became: list[Became] = []

    def read() -> None:
        became.extend(one.became for one in press.reparser().run(stale()))

    both = [threading.Thread(target=read) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert (became.count(Became.CHANGED), became.count(Became.FOUND)) == (12, 12)
    assert {press.article(url).version for url in urls} == {2}
    assert {press.article(url).version for url in rejected} == {1}
    assert {press.article(url).extractor for url in urls + rejected} == {VERSION}

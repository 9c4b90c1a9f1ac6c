"""What of the archive belongs to which article, on each database."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.building import DAY, NOON, Stacks, image, news, record
from worker.exchange import Record, Validators
from worker.models import ImageState, Stored, Unchanged
from worker.store.accept import reopen
from worker.store.archived import Archived, archived
from worker.store.database import open_database
from worker.store.library import Wanted
from worker.store.migrate import migrate
from worker.store.transaction import transaction

A, B, C = "https://a.example/1", "https://b.example/2", "https://c.example/3"
PICTURE, AGAIN = "https://img.example/a.png", "https://img.example/again.png"
ODD = NOON + 0.123456789  # as exact as a float can be


@pytest.fixture
def stacks(database_url: str) -> Iterator[Stacks]:
    engine = open_database(database_url)
    migrate(engine)
    yield Stacks(engine)
    engine.dispose()


def at(url: str, moment: float) -> Record:
    return replace(record(url, "0" * 64), at=moment)


def again(stacks: Stacks, url: str) -> int:
    row = stacks.accept(url)
    with transaction(stacks.engine) as tx:
        reopen(tx, [row], urgent=False)
    return row


def found(stacks: Stacks, wanted: Wanted | None = None, batch: int = 2) -> list[Archived]:
    return list(archived(stacks.engine, wanted or Wanted(), batch=batch))


def test_the_pages_are_those_of_the_visit_that_gave_the_current_version(stacks: Stacks) -> None:
    old = Stored(article=news(A, title="Old"), page_records=(at(A, NOON), at(A + "?2", NOON + 1)), picture_records=())
    article_id = stacks.settle(stacks.accept(A), old).article_id
    assert article_id is not None
    pages = (at(A, ODD + DAY), at(A + "?2", ODD + DAY + 1), at(A + "?3", ODD + DAY + 2))
    new = Stored(article=news(A, title="New", fetched_at=ODD + DAY), page_records=pages, picture_records=())
    stacks.settle(again(stacks, A), new)
    same = Unchanged(article_id=article_id, validators=Validators(), records=(at(A, NOON + 2 * DAY),))
    stacks.settle(again(stacks, A), same)
    (one,) = found(stacks)
    assert (one.article_id, one.url, one.fetched_at, one.pages) == (article_id, A, ODD + DAY, pages)


def test_an_image_leads_to_the_record_of_its_bytes_whoever_brought_them(stacks: Stacks) -> None:
    missing = image("https://img.example/b.png", ImageState.FAILED)
    stacks.store(news(A, images=(image(PICTURE, ImageState.STORED, body=b"x"), missing)))
    stacks.store(news(B, images=(image(AGAIN, ImageState.STORED, body=b"x"),)))
    one, two = found(stacks)
    assert [(url, kept.url) for url, kept in (*one.images, *two.images)] == [(PICTURE, PICTURE), (AGAIN, PICTURE)]


def test_articles_come_in_their_order_and_only_those_that_are_wanted(stacks: Stacks) -> None:
    ids = [stacks.store(news(url), job=job) for url, job in ((A, "x"), (B, "y"), (C, "x"))]
    assert [one.article_id for one in found(stacks)] == ids
    assert [one.article_id for one in found(stacks, Wanted(job="x"))] == [ids[0], ids[2]]
    assert found(stacks, Wanted(host="nowhere.example")) == []

"""Rows on the edges of the protocol: doubles that come late, claims whose asker has gone, images taken up again."""

import asyncio
import threading

import pytest
from sqlalchemy import Engine, select, update

from tests.values import article, candidate, record
from worker.errors import OwnTrouble
from worker.exchange import Validators
from worker.models import ImagesTried, State, Stored, Unchanged
from worker.store import claims, schema
from worker.store.accept import accept, reopen
from worker.store.ledger import SqlLedger
from worker.store.settle import settle
from worker.store.transaction import Transaction, transaction
from worker.store.writer import Writer

URL = "https://a.example/1.html"


def accepted(engine: Engine) -> int:
    with transaction(engine) as tx:
        return accept(tx, [candidate(URL)], job="job", urgent=False)[0].url_id


def row(engine: Engine, kind: str = "article") -> object:
    with engine.connect() as connection:
        return connection.execute(select(schema.url).where(schema.url.c.kind == kind)).one()


def test_a_late_double_of_a_message_brings_no_retry_forward(engine: Engine) -> None:
    """The double finds its host busy and postpones the row, which has been settled meanwhile: due again in an hour."""
    url_id = accepted(engine)
    with transaction(engine) as tx:
        later = tx.now + 3600
        tx.connection.execute(update(schema.url).values(next_at=later))
        claims.postpone(tx, url_id, until=tx.now + 30)
    assert row(engine).next_at == later  # type: ignore[attr-defined]


def test_a_postponed_row_is_due_at_its_time_and_may_be_published_again(engine: Engine) -> None:
    url_id = accepted(engine)
    with transaction(engine) as tx:
        tx.connection.execute(update(schema.url).values(published_at=tx.now))
        claims.postpone(tx, url_id, until=tx.now + 30)
        now = tx.now
    assert (row(engine).next_at, row(engine).published_at) == (now + 30, None)  # type: ignore[attr-defined]


@pytest.mark.parametrize("how", ["cancelled", "too slow"])
def test_a_claim_that_nobody_waits_for_any_more_is_handed_back(engine: Engine, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    url_id, gate = accepted(engine), threading.Event()
    writer = Writer(engine, before_commit=lambda: None)

    async def story() -> None:
        ledger = SqlLedger(engine, writer, "p")
        writer.submit(lambda _: gate.wait(20))
        asking = asyncio.create_task(ledger.claim(url_id, alone=False))
        await asyncio.sleep(0)  # so that it has been asked
        if how == "cancelled":
            asking.cancel()
        with pytest.raises(asyncio.CancelledError if how == "cancelled" else OwnTrouble):
            await asking
        assert ledger.held == frozenset()

    monkeypatch.setattr("worker.store.ledger.WRITE_LIMIT_S", 0.05)
    asyncio.run(story())
    gate.set()
    for _ in range(3):  # the claim, what hands it back, and one behind them
        writer.submit(lambda _: None).result(timeout=20)
    writer.close()
    assert (row(engine).state, row(engine).suspect, row(engine).fence) == (State.PENDING, False, 1)  # type: ignore[attr-defined]


def images_row(tx: Transaction) -> int:
    return int(tx.connection.execute(select(schema.url.c.id).where(schema.url.c.kind == "images")).scalar_one())


def test_images_that_died_with_their_process_get_a_fresh_start_when_the_page_is_asked_again(engine: Engine) -> None:
    url_id = accepted(engine)
    with transaction(engine) as tx:
        claim = claims.claim(tx, url_id, owner="p", alone=False)
        assert claim is not None
        settled = settle(tx, claim, Stored(article=article(URL, pending=2), page_records=(record(URL),), picture_records=()))
        tx.connection.execute(update(schema.url).where(schema.url.c.kind == "images").values(suspect=True, crashes=2))
    with transaction(engine) as tx:
        tx.now += 1
        assert claims.claim(tx, images_row(tx), owner="q", alone=True) is not None
        assert claims.crashed(tx, owner="q") == 1
    assert row(engine, "images").state == State.DEAD  # type: ignore[attr-defined]
    with transaction(engine) as tx:
        tx.now += 2
        reopen(tx, [url_id], urgent=False)
        claim = claims.claim(tx, url_id, owner="p", alone=False)
        assert claim is not None
        assert settled.article_id is not None
        settle(tx, claim, Unchanged(article_id=settled.article_id, validators=Validators()))
    with transaction(engine) as tx:
        tx.now += 3
        late = claims.claim(tx, images_row(tx), owner="crowd", alone=False)
        assert late is not None
        assert late.late is not None
        assert len(late.late.images) == 2


def test_images_under_way_are_fenced_out_when_their_article_is_stored_anew(engine: Engine) -> None:
    """Their ordinals are those of the former version: what they bring must not land on the new one's."""
    url_id = accepted(engine)
    with transaction(engine) as tx:
        claim = claims.claim(tx, url_id, owner="p", alone=False)
        assert claim is not None
        settle(tx, claim, Stored(article=article(URL, pending=2), page_records=(record(URL),), picture_records=()))
    with transaction(engine) as tx:
        tx.now += 1
        late = claims.claim(tx, images_row(tx), owner="slow", alone=False)
        assert late is not None
        assert late.late is not None
        reopen(tx, [url_id], urgent=False)
        again = claims.claim(tx, url_id, owner="p", alone=False)
        assert again is not None
        other = article(URL, words="rewritten", pending=1)
        settle(tx, again, Stored(article=other, page_records=(record(URL),), picture_records=()))
        gone = ImagesTried(
            article_id=late.late.article_id, images=((0, article(URL, failed=1).images[0]),), picture_records=(), wait_s=None
        )
        assert settle(tx, late, gone).fenced_out
    with engine.connect() as connection:
        assert connection.execute(select(schema.image.c.state)).scalars().all() == ["pending"]

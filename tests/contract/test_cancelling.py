"""A cancelled job: what is pending ends, what is in flight gets no other try, and the totals stay true at every state."""

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select, update

from tests.building import Stacks, image, news
from tests.values import article, candidate, record
from worker.errors import Cause, OwnTrouble
from worker.exchange import Validators
from worker.models import (
    Charge,
    Claim,
    Crawled,
    Ended,
    Ending,
    Form,
    ImagesTried,
    Later,
    Settled,
    Source,
    State,
    Stored,
    Unchanged,
)
from worker.store import claims, jobs, schema, totals
from worker.store.accept import accept, reopen
from worker.store.crawls import note_job, open_slot, runs
from worker.store.database import open_database
from worker.store.migrate import migrate
from worker.store.publishing import choose_due
from worker.store.settle import settle
from worker.store.transaction import Transaction, transaction
from worker.store.writer import Writer

URLS = [f"https://h{n % 3}.example/{n}" for n in range(7)]
SOURCE = Source(form=Form.FEED, url="https://feeds.example/all.xml")


def bring(engine: Engine, *urls: str, job: str = "job") -> list[int]:
    with transaction(engine) as tx:
        return [answer.url_id for answer in accept(tx, [candidate(url) for url in urls], job=job, urgent=False)]


def claimed(engine: Engine, url_id: int, *, owner: str = "p", alone: bool = False) -> Claim:
    with transaction(engine) as tx:
        tx.now += 10
        claim = claims.claim(tx, url_id, owner=owner, alone=alone)
    assert claim is not None
    return claim


def cancel(engine: Engine, job: str = "job") -> Counter[str]:
    return sum(jobs.cancel(engine, job), Counter())


def settled(engine: Engine, claim: Claim, ending: Ending) -> Settled:
    with transaction(engine) as tx:
        return settle(tx, claim, ending)


def states(engine: Engine, kind: str = "article") -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(select(schema.url.c.state).where(schema.url.c.kind == kind)).scalars())


def images(engine: Engine) -> list[tuple[str, str | None]]:
    with engine.connect() as connection:
        rows = connection.execute(select(schema.image.c.state, schema.image.c.reason))
        return [(row.state, row.reason) for row in rows]


def counted(engine: Engine, job: str = "job") -> totals.Totals:
    with engine.connect() as connection:
        return totals.totals(connection)[1][job]


def published(tx: Transaction) -> None:
    tx.now += 10
    assert choose_due(tx, window=10, per_host=10)


def waiting(tx: Transaction) -> None:
    tx.connection.execute(update(schema.url).values(next_at=tx.now + 3_600, attempts=2, cause="timeout"))


def suspect(tx: Transaction) -> None:
    tx.now += 10
    (url_id,) = tx.connection.execute(select(schema.url.c.id).where(schema.url.c.url == URLS[0])).scalars()
    assert claims.claim(tx, url_id, owner="p", alone=False) is not None
    assert claims.crashed(tx, owner="p") == 1


@pytest.mark.parametrize("standing", [lambda _: None, published, waiting, suspect])
@pytest.mark.parametrize("paused", [False, True])
def test_pending_rows_end_as_cancelled_wherever_they_stand(
    engine: Engine, standing: Callable[[Transaction], None], paused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BATCH", 2)
    ids = bring(engine, *URLS)
    with transaction(engine) as tx:
        standing(tx)
    bring(engine, "https://other.example/1", job="other")
    if paused:
        sum(jobs.pause(engine, "job"), Counter())
    assert cancel(engine) == {"article": 7}
    assert cancel(engine).total() == 0
    assert (counted(engine).states["cancelled"], counted(engine, "other").states["pending"]) == (7, 1)
    with transaction(engine) as tx:
        tx.now += 10_000
        assert [claims.claim(tx, url_id, owner="p", alone=True) for url_id in ids] == [None] * 7
        row = tx.connection.execute(select(schema.url).where(schema.url.c.id == ids[0])).one()
    assert (row.cause, row.suspect, row.published_at) == (None, False, None)
    assert row.finished_at is not None


def test_what_has_ended_stays_as_it_was(engine: Engine) -> None:
    stacks = Stacks(engine)
    stacks.store(news(URLS[0]))
    stacks.end(URLS[1], Ended(state=State.REJECTED, cause=Cause.GONE, detail=""))
    assert cancel(engine).total() == 0
    assert sorted(states(engine)) == ["rejected", "stored"]


@pytest.mark.parametrize(
    ("ending", "state"),
    [
        (Later(wait_s=60, charge=Charge.ATTEMPT, cause=Cause.TIMEOUT), State.CANCELLED),
        (Ended(state=State.REJECTED, cause=Cause.GONE, detail=""), State.REJECTED),
        (Stored(article=article(URLS[0]), page_records=(record(URLS[0]),), picture_records=()), State.STORED),
    ],
)
def test_a_row_in_flight_ends_with_its_try(engine: Engine, ending: Ending, state: State) -> None:
    claim = claimed(engine, bring(engine, URLS[0])[0])
    assert cancel(engine) == {"in_flight": 1}
    assert counted(engine).states["in_flight"] == 1
    assert settled(engine, claim, ending).state == state
    assert counted(engine).states[state] == 1


def test_a_row_in_flight_that_is_handed_back_or_whose_process_dies_gets_no_other_try(engine: Engine) -> None:
    first, second, third = (claimed(engine, url_id, owner=f"p{url_id}") for url_id in bring(engine, *URLS[:3]))
    assert cancel(engine)["in_flight"] == 3
    with transaction(engine) as tx:
        claims.hand_back(tx, first)
        assert claims.crashed(tx, owner=second.owner) == 1
        claims.give_up(tx, third, "a bug")
    assert states(engine) == ["cancelled"] * 3


def test_a_url_that_kills_its_process_for_the_third_time_is_dead_and_not_cancelled(engine: Engine) -> None:
    (url_id,) = bring(engine, URLS[0])
    with transaction(engine) as tx:
        tx.connection.execute(update(schema.url).values(suspect=True, crashes=2))
    claimed(engine, url_id, alone=True)
    cancel(engine)
    with transaction(engine) as tx:
        assert claims.crashed(tx, owner="p") == 1
    assert states(engine) == ["dead"]


def test_an_article_in_flight_begets_no_late_images_and_no_links(engine: Engine) -> None:
    claim = claimed(engine, bring(engine, URLS[0])[0])
    cancel(engine)
    ending = Stored(
        article=article(URLS[0], pending=2, stored=0), page_records=(), picture_records=(), links=("https://a.example/next",)
    )
    assert settled(engine, claim, ending).state == State.STORED
    assert states(engine) == ["stored"]
    assert (states(engine, "images"), images(engine)) == (["cancelled"], [("failed", "cancelled")] * 2)


def test_late_images_end_as_failed_and_have_another_chance_when_their_page_is_asked_for_again(engine: Engine) -> None:
    article_id = Stacks(engine).store(news(URLS[0], images=(image("https://img.example/1.png"),)))
    assert cancel(engine) == {"images": 1}
    assert (states(engine, "images"), images(engine)) == (["cancelled"], [("failed", "cancelled")])
    (url_id,) = bring(engine, URLS[0])
    with transaction(engine) as tx:
        assert reopen(tx, [url_id], urgent=False) == 1
    settled(engine, claimed(engine, url_id), Unchanged(article_id=article_id, validators=Validators()))
    assert (states(engine, "images"), images(engine)) == (["pending"], [("pending", None)])


def test_late_images_in_flight_get_no_other_try(engine: Engine) -> None:
    article_id = Stacks(engine).store(news(URLS[0], images=(image("https://img.example/1.png"),)))
    with engine.connect() as connection:
        late = connection.execute(select(schema.url.c.id).where(schema.url.c.kind == "images")).scalar_one()
    claim = claimed(engine, late)
    assert cancel(engine) == {"in_flight": 1}
    settled(engine, claim, ImagesTried(article_id=article_id, images=(), picture_records=(), wait_s=60))
    assert (states(engine, "images"), images(engine)) == (["cancelled"], [("failed", "cancelled")])


def test_a_crawl_jobs_open_run_is_finished_as_cancelled(engine: Engine) -> None:
    with transaction(engine) as tx:
        note_job(tx, "job", SOURCE)
        open_slot(tx, "job", SOURCE, tx.now)
    assert cancel(engine)["listing"] == 1
    with transaction(engine) as tx:
        assert [run.outcome for run in runs(tx.connection, "job", limit=9)] == ["cancelled"]
        assert note_job(tx, "job", SOURCE).state == "cancelled"
    sum(jobs.resume(engine, "job"), Counter())
    with transaction(engine) as tx:
        assert note_job(tx, "job", SOURCE).state == "running"
        assert open_slot(tx, "job", SOURCE, tx.now + 1)
    assert states(engine, "listing") == ["pending"]


def test_a_look_at_the_source_in_flight_brings_nothing_and_leaves_its_links_new_to_the_next(engine: Engine) -> None:
    with transaction(engine) as tx:
        note_job(tx, "job", SOURCE)
        open_slot(tx, "job", SOURCE, tx.now - 2)
        listing = tx.connection.execute(select(schema.url.c.id).where(schema.url.c.kind == "listing")).scalar_one()
    claim = claimed(engine, listing)
    with transaction(engine) as tx:
        open_slot(tx, "job", SOURCE, tx.now - 1)  # while the first is under way
    cancel(engine)
    read = Crawled(
        found=1, links=("https://a.example/new",), limit=None, note="", validators=Validators(etag='"1"'), sha256="1", records=()
    )
    assert settled(engine, claim, read).state == State.CANCELLED
    assert (states(engine), states(engine, "listing")) == ([], ["cancelled"])
    with transaction(engine) as tx:
        assert [run.outcome for run in runs(tx.connection, "job", limit=9)] == ["cancelled"] * 2
        assert tx.connection.execute(select(schema.job.c.etag, schema.job.c.sha256)).one() == (None, None)


def test_what_comes_in_afterwards_runs_as_ever_also_what_was_cancelled_in_flight(engine: Engine) -> None:
    (url_id,) = bring(engine, URLS[0])
    first = claimed(engine, url_id)
    cancel(engine)
    settled(engine, first, Later(wait_s=0, charge=Charge.NOTHING))
    (fresh,) = bring(engine, URLS[1])
    with transaction(engine) as tx:
        assert reopen(tx, [url_id], urgent=False) == 1
    for again in (url_id, fresh):
        assert settled(engine, claimed(engine, again), Later(wait_s=0, charge=Charge.NOTHING)).state == State.PENDING


def test_nothing_is_lost_or_counted_twice_while_workers_settle(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "BATCH", 5)
    ids = bring(engine, *(f"https://h{n}.example/{n}" for n in range(60)))
    writer, begun = Writer(engine, before_commit=lambda: None), threading.Event()
    held: list[Claim] = []

    def work() -> None:
        for n, url_id in enumerate(reversed(ids)):
            claim = writer.submit(lambda tx, url_id=url_id: claims.claim(tx, url_id, owner="p", alone=False)).result(20)
            begun.set()
            if claim is not None and n % 3:
                ending = Later(wait_s=0.0, charge=Charge.ATTEMPT)
                writer.submit(lambda tx, claim=claim, ending=ending: settle(tx, claim, ending)).result(20)
            elif claim is not None:
                held.append(claim)

    worker = threading.Thread(target=work)
    worker.start()
    begun.wait(20)
    cancel(engine)
    worker.join()
    for claim in held:
        writer.submit(lambda tx, claim=claim: claims.hand_back(tx, claim)).result(20)
    writer.close()
    assert set(states(engine)) == {"cancelled"}
    assert counted(engine).states["cancelled"] == len(ids)


def test_rows_that_somebody_has_locked_are_waited_for(postgres_url: str) -> None:
    engine = open_database(postgres_url)
    migrate(engine)
    ids = bring(engine, *URLS)
    swept: list[int] = []
    with engine.begin() as connection:
        connection.execute(select(schema.url.c.id).where(schema.url.c.id == ids[3]).with_for_update())
        sweeping = jobs.cancel(engine, "job")
        swept.append(next(sweeping)["article"])
    swept += [batch["article"] for batch in sweeping]
    assert (swept[0], sum(swept)) == (6, 7)
    engine.dispose()


def test_rows_that_stay_locked_are_no_secret(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "BUSY_TIMEOUT_S", 0.1)
    engine = open_database(postgres_url)
    migrate(engine)
    ids = bring(engine, *URLS)
    with engine.begin() as connection:
        connection.execute(select(schema.url.c.id).where(schema.url.c.id == ids[3]).with_for_update())
        with pytest.raises(OwnTrouble, match="stay locked"):
            cancel(engine)
    assert cancel(engine)["article"] == 1
    engine.dispose()

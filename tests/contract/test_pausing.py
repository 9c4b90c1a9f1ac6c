"""A paused job: nothing of it begins, whatever comes in or back meanwhile; resumed, it goes on in its old order."""

import threading
from collections import Counter

import pytest
from sqlalchemy import Engine, select, update

from tests.building import Stacks, image, news
from tests.values import candidate
from worker.models import Charge, Form, Kind, Later, Source, State
from worker.store import claims, jobs, schema, totals
from worker.store.accept import accept, bring_forward, reopen
from worker.store.crawls import listing_id, note_job, open_slot
from worker.store.database import clock
from worker.store.following import standings
from worker.store.parking import PARKED_S
from worker.store.publishing import choose_due, choose_suspects
from worker.store.settle import settle
from worker.store.totals_json import totals_json
from worker.store.transaction import Transaction, transaction

URLS = [f"https://h{n % 3}.example/{n}" for n in range(7)]
NONE_DUE = (0, None)


def bring(engine: Engine, *urls: str, job: str = "job") -> list[int]:
    with transaction(engine) as tx:
        return [answer.url_id for answer in accept(tx, [candidate(url) for url in urls], job=job, urgent=False)]


def pause(engine: Engine, job: str = "job") -> Counter[str]:
    return sum(jobs.pause(engine, job), Counter())


def resume(engine: Engine, job: str = "job") -> Counter[str]:
    return sum(jobs.resume(engine, job), Counter())


def row(engine: Engine, url_id: int) -> object:
    with engine.connect() as connection:
        return connection.execute(select(schema.url).where(schema.url.c.id == url_id)).one()


def next_at(engine: Engine, url_id: int) -> float:
    return float(row(engine, url_id).next_at)  # type: ignore[attr-defined]


def chosen(engine: Engine, *, ahead_s: float = 10.0) -> set[int]:
    """Return what would be published so many seconds from now; nothing is marked as such."""
    with engine.connect() as connection, connection.begin() as trial:
        tx = Transaction(connection, clock(connection) + ahead_s)
        ids = {due.url_id for due in (*choose_due(tx, window=100, per_host=100), *choose_suspects(tx, limit=10))}
        trial.rollback()
    return ids


def test_nothing_of_a_paused_job_is_due_published_or_claimed(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "BATCH", 2)  # so that several are needed
    ids, (other,) = bring(engine, *URLS), bring(engine, "https://other.example/1", job="other")
    assert pause(engine) == {Kind.ARTICLE: 7}
    assert chosen(engine) == {other}
    with transaction(engine) as tx:
        tx.now += 10
        assert [claims.claim(tx, url_id, owner="p", alone=True) for url_id in ids] == [None] * 7
        assert claims.claim(tx, other, owner="p", alone=False) is not None


def test_parked_rows_are_pending_but_no_figure_speaks_of_them_as_due(engine: Engine) -> None:
    bring(engine, *URLS)
    pause(engine)
    with transaction(engine) as tx:
        now = tx.now + 10
        counted = totals.totals(tx.connection)[1]["job"]
        values = totals_json(tx.connection, counted, now=now, job="job")
        assert totals.due_count(tx.connection, now=now) == NONE_DUE
    assert (values["pending"], values["oldest_due_s"], values["next_due_s"], values["eta_s"]) == (7, None, None, None)
    assert values["standing"] == "paused"


def test_pausing_and_resuming_again_changes_nothing_more(engine: Engine) -> None:
    ids = bring(engine, *URLS)
    assert (pause(engine), pause(engine)) == ({Kind.ARTICLE: 7}, {})
    assert PARKED_S < next_at(engine, ids[0]) < 2 * PARKED_S
    assert (resume(engine), resume(engine)) == ({Kind.ARTICLE: 7}, {})
    assert chosen(engine) == set(ids)


def test_a_job_that_never_had_a_row_can_be_paused_and_resumed(engine: Engine) -> None:
    assert (resume(engine, "new"), pause(engine, "new")) == ({}, {})
    (url_id,) = bring(engine, URLS[0], job="new")
    assert next_at(engine, url_id) > PARKED_S
    assert resume(engine, "new") == {Kind.ARTICLE: 1}


def test_resumed_rows_keep_their_order_and_the_oldest_seems_to_have_waited_no_longer_than_before(engine: Engine) -> None:
    first = bring(engine, *URLS[:4])
    with transaction(engine) as tx:  # they came a day ago
        tx.connection.execute(update(schema.url).values(next_at=schema.url.c.next_at - 86_400))
        soon = tx.now + 600
    (later,) = bring(engine, URLS[4])
    with transaction(engine) as tx:
        tx.connection.execute(update(schema.url).where(schema.url.c.id == later).values(next_at=soon))
    pause(engine)
    with transaction(engine) as tx:
        before = tx.now
    resume(engine)
    times = [next_at(engine, url_id) for url_id in first]
    assert times == sorted(times)
    assert len(set(times)) == 4
    assert before - 1 < times[0] < times[-1] < before + 10
    assert next_at(engine, later) == pytest.approx(soon, abs=1e-5)


def test_what_comes_in_while_the_job_is_paused_waits_behind_what_was_there(engine: Engine) -> None:
    first = bring(engine, *URLS[:3])
    pause(engine)
    second = bring(engine, *URLS[3:])
    assert chosen(engine) == set()
    assert resume(engine) == {Kind.ARTICLE: 7}
    times = [next_at(engine, url_id) for url_id in (*first, *second)]
    assert times == sorted(times)
    assert chosen(engine) == {*first, *second}


def test_a_row_that_slipped_through_is_parked_when_somebody_wants_it(engine: Engine) -> None:
    """Accepted by a transaction that had not seen the pause, or published before it."""
    (url_id,) = bring(engine, URLS[0])
    with transaction(engine) as tx:
        tx.connection.execute(schema.job.insert().values(name="job", state="paused", changed_at=tx.now))
    with transaction(engine) as tx:
        tx.now += 10
        assert claims.claim(tx, url_id, owner="p", alone=False) is None
    assert next_at(engine, url_id) > PARKED_S
    assert (row(engine, url_id).state, row(engine, url_id).fence) == (State.PENDING, 0)  # type: ignore[attr-defined]
    resume(engine)
    assert chosen(engine) == {url_id}


def test_what_is_in_flight_ends_and_waits_only_if_it_has_to_be_tried_again(engine: Engine) -> None:
    first, second = bring(engine, *URLS[:2])
    with transaction(engine) as tx:
        tx.now += 10
        held = [claims.claim(tx, url_id, owner="p", alone=False) for url_id in (first, second)]
    assert pause(engine) == {}
    with transaction(engine) as tx:
        assert held[0] is not None
        assert held[1] is not None
        assert settle(tx, held[0], Later(wait_s=5, charge=Charge.ATTEMPT)).state == State.PENDING
        claims.hand_back(tx, held[1])
    with transaction(engine) as tx:
        tx.now += 20
        assert claims.claim(tx, first, owner="p", alone=False) is None
        assert claims.claim(tx, second, owner="p", alone=False) is None
    assert resume(engine) == {Kind.ARTICLE: 2}


@pytest.mark.parametrize("paused", ["job", "another"])
def test_what_is_asked_for_again_waits_with_its_job(engine: Engine, paused: str) -> None:
    stacks = Stacks(engine)
    stacks.store(news(URLS[0]))
    url_id = stacks.accept(URLS[0])
    bring(engine, *URLS[1:3], job="another")
    pause(engine, paused)
    with transaction(engine) as tx:
        assert reopen(tx, [url_id], urgent=True) == 1
        bring_forward(tx, [url_id])
    assert (url_id in chosen(engine)) is (paused != "job")
    with engine.connect() as connection:
        standing = standings(connection, [url_id])[url_id]
    assert (standing.paused, standing.job) == (paused == "job", "job")
    assert (standing.next_at is None) is (paused == "job")


def test_neither_a_double_of_its_message_nor_a_person_in_a_hurry_brings_a_parked_row_forward(engine: Engine) -> None:
    (url_id,) = bring(engine, URLS[0])
    pause(engine)
    with transaction(engine) as tx:
        claims.postpone(tx, url_id, until=tx.now + 5)
        bring_forward(tx, [url_id])
    parked = row(engine, url_id)
    assert (parked.next_at > PARKED_S, parked.promised, parked.published_at) == (True, False, None)  # type: ignore[attr-defined]


def test_late_images_and_the_look_at_the_source_wait_too(engine: Engine) -> None:
    Stacks(engine).store(news(URLS[0], images=(image("https://img.example/1.png"),)))
    source = Source(form=Form.FEED, url="https://feeds.example/all.xml")
    with transaction(engine) as tx:
        note_job(tx, "job", source)
        assert open_slot(tx, "job", source, tx.now)
        listing = listing_id(tx.connection, "job")
    assert listing is not None
    assert pause(engine) == {Kind.IMAGES: 1, Kind.LISTING: 1}
    assert chosen(engine) == set()
    with transaction(engine) as tx:
        assert note_job(tx, "job", source).state == "paused"
    assert resume(engine) == {Kind.IMAGES: 1, Kind.LISTING: 1}
    assert listing in chosen(engine)


def test_a_suspect_waits_and_stays_one(engine: Engine) -> None:
    (url_id,) = bring(engine, URLS[0])
    with transaction(engine) as tx:
        tx.now += 1
        assert claims.claim(tx, url_id, owner="p", alone=False) is not None
        assert claims.crashed(tx, owner="p") == 1
    assert pause(engine) == {Kind.ARTICLE: 1}
    assert chosen(engine) == set()
    resume(engine)
    assert chosen(engine) == {url_id}
    assert row(engine, url_id).suspect  # type: ignore[attr-defined]


def test_operators_who_pause_and_resume_at_the_same_time_leave_no_row_parked_in_a_running_job(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BATCH", 3)
    bring(engine, *(f"https://h.example/{n}" for n in range(40)))
    mistakes: list[BaseException] = []

    def go_on_and_off() -> None:
        try:
            for _ in range(4):
                pause(engine)
                resume(engine)
        except BaseException as error:
            mistakes.append(error)

    threads = [threading.Thread(target=go_on_and_off) for _ in range(3)]
    for thread in threads:
        thread.start()
    for n in range(30):
        bring(engine, f"https://more.example/{n}")
    for thread in threads:
        thread.join()
    assert mistakes == []
    with engine.connect() as connection:
        assert jobs.standing_of(connection, "job") == "running"
        assert connection.execute(select(schema.url.c.id).where(schema.url.c.next_at > PARKED_S)).all() == []

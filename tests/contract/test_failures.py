"""What ended without an article: found by cause, host, job and time, and asked for once more."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select, update

from tests.building import Stacks, news
from worker.errors import Cause
from worker.models import Charge, Ended, Later, State
from worker.store import failures as module
from worker.store import jobs, schema, totals
from worker.store.database import open_database
from worker.store.failures import Heap, Which, failures, heaps, replay, try_now, waiting
from worker.store.migrate import migrate
from worker.store.transaction import transaction

A, B = "a.example", "b.example"
ALL = {"cause": None, "host": None, "job": None, "since": None}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_database(database_url)
    migrate(engine)
    stacks = Stacks(engine)
    stacks.end(f"https://{A}/1", Ended(state=State.REJECTED, cause=Cause.GONE, detail=""))
    stacks.end(f"https://{A}/2", Ended(state=State.FAILED, cause=Cause.TIMEOUT, detail=""), job="sport")
    stacks.end(f"https://{B}/3", Ended(state=State.FAILED, cause=Cause.TIMEOUT, detail=""))
    stacks.end(f"https://{B}/4", Ended(state=State.FAILED, cause=Cause.TIMEOUT, detail=""))
    dead = stacks.accept(f"https://{B}/5")
    with transaction(engine) as tx:
        tx.connection.execute(update(schema.url).where(schema.url.c.id == dead).values(state="dead", finished_at=tx.now))
        tx.count_url("job", State.PENDING, None, -1)
        tx.count_url("job", State.DEAD, None, 1)
        old = schema.url.c.url == f"https://{B}/3"
        tx.connection.execute(update(schema.url).where(old).values(finished_at=tx.now - 86_400))
    stacks.store(news(f"https://{A}/6"))
    stacks.accept(f"https://{A}/7", job="dropped")
    assert sum(batch.total() for batch in jobs.cancel(engine, "dropped")) == 1
    yield engine
    with engine.connect() as connection:
        assert totals.recount(connection) == totals.tallied(connection)
    engine.dispose()


def numbers(engine: Engine, **which: object) -> set[int]:
    with engine.connect() as connection:
        return {int(found.url[-1]) for found in failures(connection, Which(**ALL | which))}  # type: ignore[arg-type]


def again(engine: Engine, **which: object) -> int:
    return sum(replay(engine, Which(**ALL | which)))  # type: ignore[arg-type]


def pending(engine: Engine) -> set[int]:
    with engine.connect() as connection:
        rows = connection.execute(select(schema.url.c.url).where(schema.url.c.state == "pending")).scalars()
        return {int(url[-1]) for url in rows}


@pytest.mark.parametrize(
    ("which", "found"),
    [
        ({}, {1, 2, 3, 4, 5}),
        ({"cause": "timeout"}, {2, 3, 4}),
        ({"cause": "dead"}, {5}),
        ({"cause": "cancelled"}, {7}),
        ({"host": A}, {1, 2}),
        ({"job": "sport"}, {2}),
        ({"cause": "timeout", "host": B}, {3, 4}),
        ({"job": "nobody's"}, set()),
    ],
)
def test_the_same_urls_are_listed_counted_and_replayed(engine: Engine, which: dict[str, object], found: set[int]) -> None:
    assert numbers(engine, **which) == found
    with engine.connect() as connection:
        wanted = Which(**ALL | which).ended()  # type: ignore[arg-type]
        assert sum(heap.urls for heap in heaps(connection, wanted)) == len(found)
    assert again(engine, **which) == len(found)
    assert pending(engine) == found
    assert again(engine, **which) == 0


def test_since_looks_at_the_time_of_the_end(engine: Engine) -> None:
    with transaction(engine) as tx:
        lately = tx.now - 3_600
    assert numbers(engine, since=lately) == {1, 2, 4, 5}
    assert again(engine, since=lately) == 4


def test_heaps_are_by_cause_and_host_the_most_first(engine: Engine) -> None:
    with engine.connect() as connection:
        found = heaps(connection, Which(**ALL).ended())  # type: ignore[arg-type]
    assert found == [
        Heap(cause="timeout", host=B, urls=2),
        Heap(cause="dead", host=B, urls=1),
        Heap(cause="gone", host=A, urls=1),
        Heap(cause="timeout", host=A, urls=1),
    ]


def test_a_replay_begins_afresh_and_goes_batch_by_batch(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 2)
    with transaction(engine) as tx:
        tx.connection.execute(update(schema.url).values(attempts=4, deferrals=3, crashes=3))
    assert list(replay(engine, Which(**ALL))) == [2, 2, 1]  # type: ignore[arg-type]
    with engine.connect() as connection:
        rows = connection.execute(select(schema.url).where(schema.url.c.state == "pending")).all()
    fresh = {(row.attempts, row.deferrals, row.crashes, row.cause, row.detail, row.finished_at) for row in rows}
    assert fresh == {(0, 0, 0, None, None, None)}


# ---------------------------------------------------------------- what waits for another try

REFUSED = Later(wait_s=600, charge=Charge.ATTEMPT, cause=Cause.CONNECT, detail="refused by 192.0.2.1:443")
HELD = Later(wait_s=60, charge=Charge.NOTHING, detail="c.example is held for 60 s")
C = "c.example"


@pytest.fixture
def held(engine: Engine) -> Engine:
    """Two URLs have been tried and wait, one waits untried because their host is held; one is merely due."""
    stacks = Stacks(engine)
    stacks.settle(stacks.accept(f"https://{C}/1"), REFUSED)
    stacks.settle(stacks.accept(f"https://{C}/2", job="sport"), REFUSED)
    stacks.settle(stacks.accept(f"https://{C}/3"), HELD)
    stacks.accept(f"https://{C}/4")
    stacks.settle(stacks.accept("https://paused.example/5", job="paused"), REFUSED)
    for _ in jobs.pause(engine, "paused"):
        pass
    return engine


def those_that_wait(engine: Engine, **which: object) -> set[int]:
    with engine.connect() as connection:
        found = list(waiting(connection, Which(**ALL | which)))  # type: ignore[arg-type]
    assert [one.next_at for one in found] == sorted(one.next_at for one in found)
    return {int(one.url[-1]) for one in found}


@pytest.mark.parametrize(
    ("which", "found"),
    [
        ({}, {1, 2}),
        ({"cause": "connect"}, {1, 2}),
        ({"cause": "timeout"}, set()),
        ({"cause": "dead"}, set()),
        ({"job": "sport"}, {2}),
        ({"host": C}, {1, 2, 3}),
        ({"host": C, "cause": "connect"}, {1, 2}),
        ({"host": A}, set()),
        ({"since": 0.0}, set()),
    ],
)
def test_the_same_waiting_urls_are_listed_counted_and_tried_now(held: Engine, which: dict[str, object], found: set[int]) -> None:
    assert those_that_wait(held, **which) == found
    wanted = Which(**ALL | which)  # type: ignore[arg-type]
    with transaction(held) as tx:
        assert sum(heap.urls for heap in heaps(tx.connection, wanted.waiting(tx.now))) == len(found)
    assert sum(try_now(held, wanted)) == len(found)
    with transaction(held) as tx:
        rows = tx.connection.execute(select(schema.url).where(schema.url.c.host == C)).all()
        due = {int(row.url[-1]) for row in rows if row.next_at <= tx.now}
        assert due == found | {4}
        assert {row.attempts for row in rows if int(row.url[-1]) in found} <= {0}
        assert not any(row.urgent for row in rows)


def test_what_a_url_waits_for_is_told_by_its_last_real_failure(held: Engine) -> None:
    with transaction(held) as tx:
        tx.connection.execute(update(schema.url).where(schema.url.c.url == f"https://{C}/1").values(next_at=tx.now))
    Stacks(held).settle(Stacks(held).accept(f"https://{C}/1"), HELD)
    with held.connect() as connection:
        told = {one.url[-1]: (one.cause, one.detail) for one in waiting(connection, Which(**ALL | {"host": C}))}  # type: ignore[arg-type]
    assert told["1"] == ("connect", "refused by 192.0.2.1:443")
    assert told["3"] == (None, "c.example is held for 60 s")


def test_the_totals_count_what_waits_by_cause(held: Engine) -> None:
    with transaction(held) as tx:
        assert totals.waiting_causes(tx.connection, now=tx.now) == {"connect": 2}
        assert totals.waiting_causes(tx.connection, now=tx.now, job="sport") == {"connect": 1}
        assert totals.waiting_causes(tx.connection, now=tx.now, job="paused") == {}
        assert totals.waiting_causes(tx.connection, now=tx.now + 601) == {}

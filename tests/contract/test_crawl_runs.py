"""What happens to a run of a crawl job while its job is changed, its slots pile up, or its source is larger than a commit."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, select, update

from tests.values import record
from worker.errors import OwnTrouble
from worker.exchange import Validators
from worker.models import Claim, Crawled, Form, Kind, Source, State
from worker.store import claims, schema, settle
from worker.store.crawls import listing_id, note_job, open_slot, run_for, runs
from worker.store.jobs import pause, resume
from worker.store.transaction import transaction

COURIER = Source(form=Form.FEED, url="https://news.example/feed.xml")
NARROWER = Source(form=Form.FEED, url="https://news.example/feed.xml", include=("/politics/",))
ELSEWHERE = Source(form=Form.FEED, url="https://other.example/feed.xml")


def note(engine: Engine, source: Source) -> None:
    with transaction(engine) as tx:
        note_job(tx, "courier", source)


def due(engine: Engine, slot: float, source: Source = COURIER) -> None:
    note(engine, source)
    with transaction(engine) as tx:
        assert open_slot(tx, "courier", source, slot)


def begin(engine: Engine, *, alone: bool = False) -> Claim | None:
    with transaction(engine) as tx:
        url_id = listing_id(tx.connection, "courier")
        assert url_id is not None
        return claims.claim(tx, url_id, owner="p", alone=alone)


def end(engine: Engine, claimed: Claim | None, *links: str) -> None:
    assert claimed is not None
    urls = tuple(f"https://news.example/{link}" for link in links)
    read = Crawled(found=len(links), links=urls, limit=None, note="", validators=Validators(etag='"1"'), sha256="a" * 64,
                   records=(record("https://news.example/feed.xml"),))  # fmt: skip
    with transaction(engine) as tx:
        assert not settle.settle(tx, claimed, read).fenced_out


def listing(engine: Engine) -> tuple[str, str, str]:
    with engine.connect() as connection:
        table = schema.url
        row = connection.execute(select(table.c.state, table.c.url, table.c.host).where(table.c.kind == Kind.LISTING)).one()
        return row.state, row.url, row.host


def test_a_source_larger_than_a_commit_is_taken_in_by_several_runs(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settle, "MOST_NEW", 2)
    for slot, new in ((100.0, 2), (200.0, 1)):
        due(engine, slot)
        end(engine, begin(engine), "a", "b", "c")
        with engine.connect() as connection:
            run = run_for(connection, "courier", slot)
        assert run.new == new
        assert (run.note or "").startswith("1 new links are left" if slot == 100.0 else "")


def test_what_was_found_for_the_old_patterns_says_nothing_about_the_new_ones(engine: Engine) -> None:
    due(engine, 100.0)
    claimed = begin(engine)
    note(engine, NARROWER)
    end(engine, claimed, "a")
    due(engine, 200.0, NARROWER)
    again = begin(engine)
    assert again is not None
    assert again.visit is not None
    assert (again.visit.source, again.visit.validators) == (NARROWER, Validators())


def test_a_run_that_waits_goes_to_the_jobs_new_address(engine: Engine) -> None:
    due(engine, 100.0)
    note(engine, ELSEWHERE)
    assert listing(engine) == (State.PENDING, ELSEWHERE.url, "other.example")


def test_a_slot_that_opened_during_a_visit_nobody_had_asked_for_is_run(engine: Engine) -> None:
    due(engine, 100.0)
    with transaction(engine) as tx:
        tx.connection.execute(update(schema.job_run).values(finished_at=tx.now))
    stray = begin(engine)
    assert stray is not None
    assert stray.visit is None
    due(engine, 200.0)
    with transaction(engine) as tx:
        nothing = Crawled(found=0, links=(), limit=None, note="", validators=Validators(), sha256=None)
        settle.settle(tx, stray, nothing)
    assert listing(engine)[0] == State.PENDING
    with engine.connect() as connection:
        assert run_for(connection, "courier", 200.0).finished_at is None


def test_a_source_that_was_dead_does_not_take_its_neighbours_along_at_the_next_slot(engine: Engine) -> None:
    due(engine, 100.0)
    for alone in (False, True, True, True):
        assert begin(engine, alone=alone) is not None
        with transaction(engine) as tx:
            claims.crashed(tx, owner="p")
    assert listing(engine)[0] == State.DEAD
    due(engine, 200.0)
    assert begin(engine) is None, "not among others"
    end(engine, begin(engine, alone=True), "a")
    due(engine, 300.0)
    assert begin(engine) is not None, "it has proved itself"


def test_a_slot_opened_while_its_job_is_cancelled_brings_nothing(engine: Engine) -> None:
    due(engine, 100.0)
    with transaction(engine) as tx:
        tx.connection.execute(update(schema.job).values(state="cancelled"))
    end(engine, begin(engine), "a")
    assert listing(engine)[0] == State.CANCELLED
    with engine.connect() as connection:
        assert run_for(connection, "courier", 100.0).outcome == "cancelled"
        assert connection.execute(select(schema.url.c.id).where(schema.url.c.kind == Kind.ARTICLE)).all() == []


def test_clocks_workers_and_operators_are_not_in_each_others_way(engine: Engine) -> None:
    """PostgreSQL calls it a deadlock when two transactions lock the same rows in different orders."""
    start, rounds = Barrier(4), 40
    troubles: list[OwnTrouble] = []

    def repeat(once: Callable[[int], object]) -> None:
        start.wait()
        for n in range(rounds):
            try:
                once(n)
            except OwnTrouble as trouble:
                troubles.append(trouble)

    def clock(n: int) -> None:
        source = (COURIER, ELSEWHERE)[n % 2]
        with transaction(engine) as tx:
            note_job(tx, "courier", source)
            open_slot(tx, "courier", source, 1_000.0 + n)

    def work(_: int) -> None:
        if (claimed := begin(engine)) is not None:
            end(engine, claimed, "a")

    def operate(_: int) -> None:
        list(pause(engine, "courier"))
        list(resume(engine, "courier"))

    due(engine, 100.0)
    threads = [Thread(target=repeat, args=(once,)) for once in (clock, clock, work, operate)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []


def test_new_links_are_counted_once_however_many_slots_were_due_together(engine: Engine) -> None:
    for slot in (100.0, 200.0, 300.0):
        due(engine, slot)
    end(engine, begin(engine), "a", "b")
    with engine.connect() as connection:
        assert [(run.outcome, run.found, run.new) for run in runs(connection, "courier", limit=9)] == [
            ("stored", 2, 2),
            ("stored", 2, 0),
            ("stored", 2, 0),
        ]
        assert run_for(connection, "courier", 100.0).slot == 300.0, "the one that tells what came of it"


def test_a_run_is_found_behind_any_number_of_later_ones(engine: Engine) -> None:
    due(engine, 100.0)
    end(engine, begin(engine), "a")
    for later in range(40):
        due(engine, 200.0 + later)
    with engine.connect() as connection:
        assert run_for(connection, "courier", 100.0).new == 1
        assert run_for(connection, "courier", 220.0).finished_at is None

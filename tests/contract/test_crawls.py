"""Crawl jobs in the ledger: a slot is opened once, its run takes the links in, and no slot is forgotten."""

from threading import Barrier, Thread

from sqlalchemy import Engine, select, update

from tests.values import candidate, record
from worker.errors import Cause
from worker.exchange import Validators
from worker.models import Charge, Claim, Crawled, Ended, Form, Kind, Later, Settled, Source, State
from worker.store import claims, crawls, schema
from worker.store.accept import accept
from worker.store.crawls import last_runs, listing_id, note_job, open_slot, runs
from worker.store.publishing import choose_due
from worker.store.settle import settle
from worker.store.totals import recount, tallied, totals
from worker.store.transaction import transaction

COURIER = Source(form=Form.FEED, url="https://news.example/feed.xml", include=("/2026/",), exclude=("print",), limit=None)
MARK = Validators(etag='"1"', last_modified="Mon, 02 Mar 2026 10:00:00 GMT")


def due(engine: Engine, slot: float, source: Source = COURIER) -> bool:
    with transaction(engine) as tx:
        note_job(tx, "courier", source)
        return open_slot(tx, "courier", source, slot)


def begin(engine: Engine) -> Claim:
    with transaction(engine) as tx:
        url_id = listing_id(tx.connection, "courier")
        assert url_id is not None
        claimed = claims.claim(tx, url_id, owner="p", alone=False)
    assert claimed is not None
    return claimed


def read(*links: str, limit: int | None = None, sha256: str | None = "a" * 64, note: str = "") -> Crawled:
    urls = tuple(f"https://news.example/2026/{link}" for link in links)
    records = (record("https://news.example/feed.xml"),) if sha256 else ()
    return Crawled(found=len(links), links=urls, limit=limit, note=note, validators=MARK, sha256=sha256, records=records)


def end(engine: Engine, claimed: Claim, ending: Crawled | Ended | Later) -> Settled:
    with transaction(engine) as tx:
        return settle(tx, claimed, ending)


def state_of(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.execute(select(schema.url.c.state).where(schema.url.c.kind == Kind.LISTING)).scalar_one())


def run_of(engine: Engine) -> crawls.Run:
    with engine.connect() as connection:
        return last_runs(connection)["courier"]


def test_a_slot_is_opened_once_whoever_ticks(engine: Engine) -> None:
    assert due(engine, 100.0)
    assert not due(engine, 100.0)
    with engine.connect() as connection:
        assert [run.slot for run in runs(connection, "courier", limit=9)] == [100.0]


def test_of_many_schedulers_at_once_one_opens_the_slot(engine: Engine) -> None:
    start, opened = Barrier(4), list[bool]()

    def tick() -> None:
        start.wait()
        opened.append(due(engine, 100.0))

    ticking = [Thread(target=tick) for _ in range(4)]
    for thread in ticking:
        thread.start()
    for thread in ticking:
        thread.join()
    assert sorted(opened) == [False, False, False, True]


def test_a_due_run_is_published_like_any_other_row_and_first(engine: Engine) -> None:
    with transaction(engine) as tx:
        accept(tx, [candidate(f"https://news.example/{n}") for n in range(5)], job="x", urgent=False)
    due(engine, 100.0)
    with transaction(engine) as tx:
        tx.now += 1
        assert [row.kind for row in choose_due(tx, window=1, per_host=1)] == [Kind.LISTING]


def test_a_run_brings_new_links_in_under_the_jobs_name(engine: Engine) -> None:
    with transaction(engine) as tx:
        accept(tx, [candidate("https://news.example/2026/a")], job="cli", urgent=False)
    due(engine, 100.0)
    claimed = begin(engine)
    assert claimed.visit is not None
    assert (claimed.visit.source, claimed.visit.slot) == (COURIER, 100.0)
    assert end(engine, claimed, read("a", "b", "c", note="two dates were wrong")).state is State.STORED
    run = run_of(engine)
    assert (run.outcome, run.found, run.new, run.note) == ("stored", 3, 2, "two dates were wrong")
    assert run.finished_at is not None
    with engine.connect() as connection:
        _, jobs = totals(connection)
        assert (jobs["courier"].accepted, jobs["courier"].known) == (2, 1)
        assert tallied(connection) == recount(connection)


def test_the_next_visit_knows_what_the_last_one_found(engine: Engine) -> None:
    due(engine, 100.0)
    end(engine, begin(engine), read("a"))
    due(engine, 200.0)
    visit = begin(engine).visit
    assert visit is not None
    assert (visit.slot, visit.validators, visit.sha256) == (200.0, MARK, "a" * 64)


def test_a_source_that_says_nothing_new_keeps_its_marks(engine: Engine) -> None:
    due(engine, 100.0)
    end(engine, begin(engine), read("a"))
    due(engine, 200.0)
    assert end(engine, begin(engine), read(sha256=None)).state is State.UNCHANGED
    run = run_of(engine)
    assert (run.outcome, run.found, run.new) == ("unchanged", None, None)
    due(engine, 300.0)
    visit = begin(engine).visit
    assert visit is not None
    assert (visit.validators, visit.sha256) == (MARK, "a" * 64)


def test_another_address_makes_the_last_visit_forgotten(engine: Engine) -> None:
    due(engine, 100.0)
    end(engine, begin(engine), read("a"))
    other = Source(form=Form.SITEMAP, url="https://other.example/sitemap.xml")
    due(engine, 200.0, other)
    claimed = begin(engine)
    assert (claimed.url, claimed.host) == (other.url, "other.example")
    assert claimed.visit is not None
    assert (claimed.visit.source, claimed.visit.validators, claimed.visit.sha256) == (other, Validators(), None)


def test_a_limit_bounds_the_new_links_and_the_rest_is_taken_by_the_next_runs(engine: Engine) -> None:
    for slot, new, note in ((100.0, 2, "3 new links are left for the next runs"), (200.0, 2, "1 new links"), (300.0, 1, None)):
        due(engine, slot)
        claimed = begin(engine)
        assert claimed.visit is not None
        assert claimed.visit.validators == Validators()  # else a 304 would hide what was left
        end(engine, claimed, read("a", "b", "c", "d", "e", limit=2))
        run = run_of(engine)
        assert run.new == new
        assert (run.note or "").startswith(note or "")
    due(engine, 400.0)
    visit = begin(engine).visit
    assert visit is not None
    assert visit.validators == MARK


def test_a_slot_opened_while_a_run_is_under_way_gets_a_run_of_its_own(engine: Engine) -> None:
    due(engine, 100.0)
    claimed = begin(engine)
    due(engine, 200.0)
    end(engine, claimed, read("a"))
    assert state_of(engine) == State.PENDING
    second = begin(engine)
    assert second.visit is not None
    assert second.visit.slot == 200.0
    end(engine, second, read("a"))
    with engine.connect() as connection:
        assert [run.outcome for run in runs(connection, "courier", limit=9)] == ["stored", "stored"]
    assert state_of(engine) == State.STORED


def test_a_slot_opened_while_a_run_waits_for_another_try_brings_it_forward(engine: Engine) -> None:
    due(engine, 100.0)
    end(engine, begin(engine), Later(wait_s=3_600.0, charge=Charge.ATTEMPT, cause=Cause.CONNECT))
    due(engine, 200.0)
    claimed = begin(engine)
    assert claimed.attempts == 1
    end(engine, claimed, read("a"))
    with engine.connect() as connection:
        assert all(run.finished_at for run in runs(connection, "courier", limit=9))


def test_a_source_that_is_gone_is_told_and_asked_for_again_at_the_next_slot(engine: Engine) -> None:
    due(engine, 100.0)
    end(engine, begin(engine), Ended(state=State.REJECTED, cause=Cause.GONE, detail="HTTP 404", status=404))
    run = run_of(engine)
    assert (run.outcome, run.note) == ("rejected: gone", "HTTP 404")
    assert due(engine, 200.0)
    assert begin(engine).attempts == 0


def test_a_source_that_kills_its_process_ends_dead_and_its_run_is_told(engine: Engine) -> None:
    due(engine, 100.0)
    for alone in (False, True, True, True):
        with transaction(engine) as tx:
            url_id = listing_id(tx.connection, "courier")
            assert url_id is not None
            assert claims.claim(tx, url_id, owner="p", alone=alone) is not None
        with transaction(engine) as tx:
            claims.crashed(tx, owner="p")
    assert state_of(engine) == State.DEAD
    assert run_of(engine).outcome == "dead"


def test_runs_are_no_urls_in_the_totals(engine: Engine) -> None:
    due(engine, 100.0)
    with engine.connect() as connection:
        everything, jobs = totals(connection)
    assert everything.accepted == 0
    assert jobs == {}


def test_a_run_opened_in_the_very_moment_another_ends_is_not_lost(engine: Engine) -> None:
    for round_ in range(10):
        due(engine, 1_000.0 + round_)
        claimed = begin(engine)
        start = Barrier(2)

        def finish(mine: Claim = claimed, start: Barrier = start) -> None:
            start.wait()
            end(engine, mine, read("a"))

        ending = Thread(target=finish)
        ending.start()
        start.wait()
        due(engine, 1_000.5 + round_)
        ending.join()
        assert state_of(engine) == State.PENDING
        end(engine, begin(engine), read("a"))


def test_old_runs_are_forgotten_after_a_season(engine: Engine) -> None:
    due(engine, 100.0)
    end(engine, begin(engine), read("a"))
    with transaction(engine) as tx:
        tx.connection.execute(update(schema.job_run).values(finished_at=101.0))
    due(engine, 100.0 + crawls.KEPT_S + 1)
    with engine.connect() as connection:
        assert len(runs(connection, "courier", limit=9)) == 1

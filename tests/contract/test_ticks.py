"""Any number of clocks may tick: each due slot of the sources file is opened once, whatever becomes of the file."""

import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select, update

from tasks.schedule import tick
from worker.store import schema
from worker.store.crawls import runs
from worker.store.transaction import transaction

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the sources file: a daily job for each name."""
    path, times = tmp_path / "sources.toml", iter(range(1, 100))

    def write(*names: str, more: str = "") -> Path:
        job = '[[job]]\nname = "{0}"\nfeed = "https://news.example/{0}.xml"\nevery = "1d"\n'
        path.write_text("".join(job.format(name) for name in names) + more, encoding="utf-8")
        os.utime(path, (n := next(times), n))  # two writes in one tick of the file system's clock are two files here
        return path

    return write


def opened(engine: Engine) -> dict[str, int]:
    with transaction(engine) as tx:
        run = schema.job_run
        return {job: n for job, n in tx.connection.execute(select(run.c.job, func.count()).group_by(run.c.job))}  # noqa: C416


def test_a_due_job_is_opened_once_and_enters_the_ledger(engine: Engine, write: Write) -> None:
    path = write("courier", "gazette")
    assert tick(engine, path) == ["courier", "gazette"]
    assert tick(engine, path) == []
    assert opened(engine) == {"courier": 1, "gazette": 1}
    with transaction(engine) as tx:
        rows = tx.connection.execute(select(schema.url.c.url, schema.url.c.job, schema.url.c.kind)).all()
    assert sorted(rows) == [
        ("https://news.example/courier.xml", "courier", "listing"),
        ("https://news.example/gazette.xml", "gazette", "listing"),
    ]


def test_many_clocks_that_tick_together_open_a_slot_once(engine: Engine, write: Write) -> None:
    names, clocks = [f"job-{n}" for n in range(8)], 4
    path, together = write(*names), Barrier(clocks)

    def ticks() -> list[str]:
        together.wait()
        return tick(engine, path)

    with ThreadPoolExecutor(clocks) as pool:
        answers = [future.result() for future in [pool.submit(ticks) for _ in range(clocks)]]
    assert sorted(name for answer in answers for name in answer) == names
    assert opened(engine) == dict.fromkeys(names, 1)


def test_of_the_slots_missed_while_nothing_ran_one_is_opened(engine: Engine, write: Write) -> None:
    path = write("courier")
    tick(engine, path)
    with transaction(engine) as tx:
        run = schema.job_run
        tx.connection.execute(update(run).values(slot=run.c.slot - 10 * 86_400))
    assert tick(engine, path) == ["courier"]
    assert tick(engine, path) == []
    with transaction(engine) as tx:
        latest, old = runs(tx.connection, "courier", limit=9)
    assert latest.slot - old.slot == 10 * 86_400, "the last one, at its own time"


@pytest.mark.parametrize("state", ["paused", "cancelled"])
def test_a_job_that_does_not_run_is_left_alone_until_it_does(engine: Engine, write: Write, state: str) -> None:
    path = write("courier")
    with transaction(engine) as tx:
        tx.connection.execute(schema.job.insert().values(name="courier", state=state, changed_at=tx.now))
    assert tick(engine, path) == []
    with transaction(engine) as tx:
        tx.connection.execute(update(schema.job).values(state="running"))
    assert tick(engine, path) == ["courier"]


def test_a_changed_file_is_taken_up_and_a_mistaken_one_is_told_once_and_changes_nothing(
    engine: Engine, write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    assert tick(engine, write("courier")) == ["courier"]
    path = write("courier", "gazette", more='[[job]]\nname = "third"\n')
    with caplog.at_level(logging.ERROR):
        assert tick(engine, path) == []
        assert tick(engine, path) == []
    told = [(vars(record)["place"], vars(record)["why"]) for record in caplog.records]
    assert [place for place, _ in told] == [f"{path}:9"] * 2, "two mistakes, each told once"
    assert tick(engine, write("courier", "gazette")) == ["gazette"]


def test_a_url_that_cannot_be_asked_is_a_mistake_of_the_file(
    engine: Engine, write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    path = write("courier", more='[[job]]\nname = "x"\nfeed = "https://user:secret@news.example/"\nevery = "1d"\n')
    with caplog.at_level(logging.ERROR):
        assert tick(engine, path) == []
    assert vars(caplog.records[0])["place"] == f"{path}:7"
    assert "secret" not in caplog.text


def test_a_missing_file_is_told_once_and_taken_up_when_it_comes(
    engine: Engine, write: Write, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "sources.toml"
    with caplog.at_level(logging.WARNING):
        assert tick(engine, path) == []
        assert tick(engine, path) == []
    assert [record.getMessage() for record in caplog.records] == ["no_crawl_jobs"]
    assert tick(engine, write("courier")) == ["courier"]
    path.unlink()
    assert tick(engine, path) == []

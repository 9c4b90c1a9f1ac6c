"""Group commit: writes that come together are committed together, and one that fails, fails alone."""

import threading
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import OperationalError

from tests.values import candidate
from worker.errors import OwnTrouble
from worker.store import schema
from worker.store.accept import accept
from worker.store.transaction import Transaction, transaction
from worker.store.writer import Writer


def accepting(n: int) -> object:
    def write(tx: Transaction) -> int:
        return accept(tx, [candidate(f"https://a.example/{n}")], job="job", urgent=False)[0].url_id

    return write


def rows(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(schema.url)).scalar_one()


def test_writes_that_come_together_share_a_commit(engine: Engine) -> None:
    commits: list[int] = []
    writer = Writer(engine, before_commit=lambda: commits.append(1))
    futures = [writer.submit(accepting(n)) for n in range(50)]  # type: ignore[arg-type]
    assert len({future.result(timeout=20) for future in futures}) == 50
    writer.close()
    assert rows(engine) == 50
    assert len(commits) < 25


def test_each_write_of_a_batch_that_failed_hears_of_it_by_an_error_of_its_own(engine: Engine) -> None:
    held = threading.Event()

    def full() -> None:
        held.wait(timeout=20)
        raise OwnTrouble("archive: disk full")

    writer = Writer(engine, before_commit=full)
    futures = [writer.submit(accepting(n)) for n in range(20)]  # type: ignore[arg-type]
    held.set()
    told = [future.exception(timeout=20) for future in futures]
    writer.close()
    assert {str(error) for error in told} == {"archive: disk full"}
    assert len({id(error) for error in told}) == len(told), "a shared traceback would tie those who wait together"


def test_a_write_that_fails_is_told_and_the_others_are_kept(engine: Engine) -> None:
    writer = Writer(engine, before_commit=lambda: None)

    def failing(tx: Transaction) -> None:
        accept(tx, [candidate("https://lost.example/")], job="job", urgent=False)
        raise ZeroDivisionError

    good, bad, later = writer.submit(accepting(1)), writer.submit(failing), writer.submit(accepting(2))  # type: ignore[arg-type]
    assert good.result(timeout=20) != later.result(timeout=20)
    with pytest.raises(ZeroDivisionError):
        bad.result(timeout=20)
    writer.close()
    assert rows(engine) == 2
    with transaction(engine) as tx:
        assert tx.connection.execute(select(func.sum(schema.tally.c.n))).scalar_one() == 2


def test_nothing_is_committed_when_the_archive_is_not_safe(engine: Engine) -> None:
    def disk_full() -> None:
        raise OwnTrouble("archive: disk full")

    writer = Writer(engine, before_commit=disk_full)
    with pytest.raises(OwnTrouble, match="disk full"):
        writer.submit(accepting(1)).result(timeout=20)  # type: ignore[arg-type]
    writer.close()
    assert rows(engine) == 0


def test_what_is_queued_when_it_closes_is_committed_and_what_comes_after_is_refused(engine: Engine) -> None:
    gate = threading.Event()
    writer = Writer(engine, before_commit=lambda: None)
    writer.submit(lambda _: gate.wait(5))
    queued = writer.submit(accepting(1))  # type: ignore[arg-type]
    gate.set()
    writer.close()
    assert queued.result(timeout=1)
    with pytest.raises(OwnTrouble):
        writer.submit(accepting(2)).result(timeout=1)  # type: ignore[arg-type]


def test_a_batch_that_meets_deadlocks_is_halved_until_it_gets_through(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    class Deadlock(Exception):
        sqlstate = "40P01"

    together = Writer._try

    def contended(writer: Writer, batch: list[Any]) -> list[Any]:
        if len(batch) > 2:
            raise OwnTrouble("database: deadlock detected") from OperationalError("UPDATE", {}, Deadlock())
        return together(writer, batch)

    monkeypatch.setattr(Writer, "_try", contended)
    gate = threading.Event()
    writer = Writer(engine, before_commit=lambda: None)
    writer.submit(lambda _: gate.wait(5))
    futures = [writer.submit(accepting(n)) for n in range(11)]  # type: ignore[arg-type]
    gate.set()
    assert len({future.result(timeout=20) for future in futures}) == 11
    writer.close()
    assert rows(engine) == 11

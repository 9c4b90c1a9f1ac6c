"""Processes that write at the same time: shared pictures and addresses in every order, and a database that is locked."""

import sqlite3
import threading
from concurrent.futures import Future
from dataclasses import replace

import pytest
from sqlalchemy import Engine, func, select

from tests.building import claimed
from tests.values import article, picture_record, record
from worker.models import Article, Claim, Settled, State, Stored
from worker.store import schema
from worker.store.database import open_database
from worker.store.migrate import migrate
from worker.store.settle import settle
from worker.store.transaction import Transaction
from worker.store.writer import Writer

ARTICLES = 60
SHARED = 8  # pictures that all articles show: logos, a portrait


def stored(claim: Claim, n: int, *, backwards: bool) -> Stored:
    """Return an article that shares its pictures, and one form of its URL, with the others, in an order of its own."""
    shown: Article = article(claim.url, stored=SHARED)
    forms = tuple(f"https://forms.example/{(n * 7 + i) % 20}" for i in range(4))
    pictures = [picture_record(i) for i in range(SHARED)]
    turned = pictures[n % SHARED :] + pictures[: n % SHARED]
    return Stored(
        article=replace(shown, aliases=forms),
        page_records=(record(claim.url),),
        picture_records=tuple(reversed(turned)) if backwards else tuple(turned),
    )


def settling(claim: Claim, ending: Stored) -> object:
    def write(tx: Transaction) -> Settled:
        return settle(tx, claim, ending)

    return write


def test_two_processes_that_settle_articles_with_the_same_pictures_and_forms_both_get_through(
    engines: tuple[Engine, Engine],
) -> None:
    claimed_by = [claimed(engine, owner, ARTICLES) for engine, owner in zip(engines, ("p", "q"), strict=True)]
    writers = [Writer(engine, before_commit=lambda: None) for engine in engines]
    futures: list[Future[Settled]] = []
    for n in range(ARTICLES):
        for backwards in (False, True):
            claim = claimed_by[backwards][ARTICLES - 1 - n if backwards else n]
            ending = stored(claim, n if not backwards else ARTICLES - n, backwards=backwards)
            futures.append(writers[backwards].submit(settling(claim, ending)))  # type: ignore[arg-type]
    ends = [future.result(timeout=60) for future in futures]
    for writer in writers:
        writer.close()
    assert {end.state for end in ends} == {State.STORED}
    with engines[0].connect() as connection:
        assert connection.execute(select(func.count()).select_from(schema.picture)).scalar_one() == SHARED


def test_a_database_that_somebody_keeps_locked_for_a_while_loses_nothing(sqlite_url: str) -> None:
    engine = open_database(sqlite_url)
    migrate(engine)
    (claim,) = claimed(engine, "p", 1)
    writer = Writer(engine, before_commit=lambda: None)
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None) as intruder:
        intruder.execute("BEGIN IMMEDIATE")
        settled = writer.submit(settling(claim, stored(claim, 0, backwards=False)))  # type: ignore[arg-type]
        threading.Timer(0.3, intruder.rollback).run()  # by then the writer waits for the lock
    intruder.close()
    assert settled.result(timeout=20).state == State.STORED
    writer.close()
    engine.dispose()


def test_the_writer_outlives_a_database_that_stays_locked(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.store.database.BUSY_TIMEOUT_S", 0.1)
    engine = open_database(sqlite_url)
    migrate(engine)
    (claim,) = claimed(engine, "p", 1)
    writer = Writer(engine, before_commit=lambda: None)
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None) as intruder:
        intruder.execute("BEGIN IMMEDIATE")
        refused = writer.submit(settling(claim, stored(claim, 0, backwards=False)))  # type: ignore[arg-type]
        assert "locked" in str(refused.exception(timeout=20))
        intruder.rollback()
    intruder.close()
    again = writer.submit(settling(claim, stored(claim, 0, backwards=False)))  # type: ignore[arg-type]
    assert again.result(timeout=20).state == State.STORED
    writer.close()
    engine.dispose()

"""What the reconciler and Flower's pages ask all the time is answered from partial indexes, never by reading the ledger through."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from tests.values import candidate
from worker.store import activity, claims, jobs, totals
from worker.store.accept import accept
from worker.store.database import open_database
from worker.store.migrate import migrate
from worker.store.publishing import choose_due, choose_suspects, forget_published
from worker.store.recent import ended_lately, tried_again_next
from worker.store.transaction import Transaction, transaction

ASKED: dict[str, Callable[[Transaction], object]] = {
    "choose_due": lambda tx: choose_due(tx, window=10, per_host=2),
    "choose_suspects": lambda tx: choose_suspects(tx, limit=2),
    "forget_published": lambda tx: forget_published(tx, before=tx.now),
    "reclaim_expired": claims.reclaim_expired,
    "crashed": lambda tx: claims.crashed(tx, owner="p"),
    "oldest_due_s": lambda tx: totals.oldest_due_s(tx.connection, now=tx.now),
    "claim": lambda tx: claims.claim(tx, 1, owner="p", alone=False),
    "claim of a paused job's row": lambda tx: claims.claim(tx, 41, owner="p", alone=False),
    "due_count": lambda tx: totals.due_count(tx.connection, now=tx.now),
    "oldest_due_of_jobs": lambda tx: activity.oldest_due_of_jobs(tx.connection, now=tx.now),
    "ended_lately": lambda tx: ended_lately(tx.connection, job="job", limit=2),
    "tried_again_next": lambda tx: tried_again_next(tx.connection, job="job", now=tx.now, limit=2),
}
RANGE_OF_BACKLOG = ("oldest_due_s", "due_count", "oldest_due_of_jobs", "tried_again_next")
WHOLE_TABLE = re.compile(r"SCAN url(?! USING)|USING (?:COVERING )?INDEX (?:sqlite_autoindex_url|ix_url_job)|Seq Scan on url")
WHOLE_BACKLOG = re.compile(r"ix_url_pending")  # of which people's questions read what is due, or its first row alone


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_database(database_url)
    migrate(engine)
    with transaction(engine) as tx:
        accept(tx, [candidate(f"https://h{n}.example/{n}") for n in range(40)], job="job", urgent=False)
        accept(tx, [candidate(f"https://h{n}.example/waiting/{n}") for n in range(40)], job="paused", urgent=False)
    assert sum(batch.total() for batch in jobs.pause(engine, "paused")) == 40
    yield engine
    engine.dispose()


@pytest.mark.parametrize("name", ASKED)
def test_a_question_that_is_asked_all_the_time_reads_no_whole_table(engine: Engine, name: str) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    with transaction(engine) as tx:
        tx.now += 10
        sqlite = tx.connection.dialect.name == "sqlite"
        if not sqlite:
            tx.connection.execute(text("SET LOCAL enable_seqscan = off"))  # with so few rows it would not care for an index
        event.listen(engine, "before_cursor_execute", note)
        ASKED[name](tx)
        event.remove(engine, "before_cursor_execute", note)
        plans = {statement: _plan(tx, "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN ", statement, p) for statement, p in asked}
    assert asked
    assert {statement: plan for statement, plan in plans.items() if WHOLE_TABLE.search(plan)} == {}
    if sqlite and name not in RANGE_OF_BACKLOG:  # PostgreSQL knows how few rows there are, and may take any index
        assert {statement: plan for statement, plan in plans.items() if WHOLE_BACKLOG.search(plan)} == {}


def _plan(tx: Transaction, explain: str, statement: str, parameters: Any) -> str:
    cursor = tx.connection.connection.cursor()
    cursor.execute(explain + statement, parameters)
    return "\n".join(str(row[-1]) for row in cursor.fetchall())

"""Copies of an article that two processes commit at the same moment: neither sees the other's, and they are one cluster all the same."""

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

from sqlalchemy import Engine, event, func, select, text

from tests.building import Stacks, claimed
from tests.copies import edited, story, told
from worker.models import Claim, Settled, State, Stored
from worker.store import schema
from worker.store.database import open_database
from worker.store.migrate import migrate
from worker.store.settle import settle
from worker.store.transaction import Transaction, transaction
from worker.store.writer import Writer

TEXTS = 30


def settling(claim: Claim, seed: int, *, last: bool) -> object:
    """Return the write that settles *claim* with the text of *seed*, in one of two readings, and a link that all have."""
    article = told(claim.url, edited(story(seed, 12), int(last) * (seed % 2), seed=999))

    def write(tx: Transaction) -> Settled:
        links = (f"https://links.example/{seed % 5}",)
        return settle(tx, claim, Stored(article=article, page_records=(), picture_records=(), links=links))

    return write


def clusters_of(engine: Engine) -> dict[str, int | None]:
    alike, article = schema.likeness, schema.article
    query = select(article.c.url, alike.c.cluster_id).join(alike, alike.c.article_id == article.c.id)
    with engine.connect() as connection:
        return {row.url: row.cluster_id for row in connection.execute(query)}


def test_the_copies_that_two_processes_store_side_by_side_are_clusters_of_two(engines: tuple[Engine, Engine]) -> None:
    both = [claimed(engine, owner, TEXTS) for engine, owner in zip(engines, ("p", "q"), strict=True)]
    writers = [Writer(engine, before_commit=lambda: None) for engine in engines]
    futures: list[Future[Settled]] = []
    for n in range(TEXTS):
        for other in (False, True):  # the same texts at the same time, in an order of their own
            seed = n ^ 1 if other else n
            futures.append(writers[other].submit(settling(both[other][seed], seed, last=other)))  # type: ignore[arg-type]
    ends = [future.result(timeout=60) for future in futures]
    for writer in writers:
        writer.close()
    assert {end.state for end in ends} == {State.STORED}
    found = clusters_of(engines[0])
    assert None not in found.values()
    assert len(set(found.values())) == TEXTS
    for n in range(TEXTS):
        assert found[f"https://p.example/{n}"] == found[f"https://q.example/{n}"]


def waits_for_the_lock(engine: Engine) -> bool:
    """Say whether a session waits for an advisory lock."""
    with engine.connect() as connection:
        asked = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return connection.execute(asked).scalar_one() > 0


def test_a_copy_waits_for_one_that_is_about_to_be_committed_and_sees_it(postgres_url: str) -> None:
    engines = open_database(postgres_url), open_database(postgres_url)
    migrate(engines[0])
    arrived, go = threading.Event(), threading.Event()

    def held(_connection: object) -> None:  # everything is written, and nobody else can see it
        arrived.set()
        assert go.wait(30)

    stacks = [Stacks(engine) for engine in engines]
    rows = [one.accept(f"https://{name}.example/1") for one, name in zip(stacks, "ab", strict=True)]
    with ThreadPoolExecutor(2) as pool:
        event.listen(engines[0], "commit", held)
        endings = [
            Stored(article=told(f"https://{name}.example/1", story(1)), page_records=(), picture_records=()) for name in "ab"
        ]
        first = pool.submit(stacks[0].settle, rows[0], endings[0])
        assert arrived.wait(30)
        second = pool.submit(stacks[1].settle, rows[1], endings[1])
        until = time.monotonic() + 20
        while not waits_for_the_lock(engines[1]) and not second.done() and time.monotonic() < until:
            time.sleep(0.01)
        early = second.done()
        go.set()
        assert [future.result(30).state for future in (first, second)] == [State.STORED] * 2
    assert not early
    found = clusters_of(engines[1])
    assert len(found) == 2
    assert len(set(found.values())) == 1
    assert None not in found.values()
    for engine in engines:
        engine.dispose()


def test_articles_in_one_batch_see_each_other(engines: tuple[Engine, Engine]) -> None:
    (mine, _) = engines
    found = claimed(mine, "p", TEXTS)
    with transaction(mine) as tx:
        for claim in found:
            settle(tx, claim, Stored(article=told(claim.url, story(1)), page_records=(), picture_records=()))
    assert len(set(clusters_of(mine).values())) == 1
    with mine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(schema.cluster)).scalar_one() == 1

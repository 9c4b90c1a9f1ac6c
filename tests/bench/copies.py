"""What it costs to find an article's copies: its signature, the look-up among many articles, and how near the estimate comes.

    python -m tests.bench.copies [--sizes N…] [--postgresql N…]

The articles that are there already are synthetic: sixteen bands of random numbers each, as texts that are unlike all others
have. The database lies in a temporary folder and goes with it. 3 million articles take 2 GB and a minute of CPU to make.
"""

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import Engine, event, select, text

from tests.copies import CHINESE, edited, story
from tests.parts import PostgresServer
from worker.models import Likeness
from worker.normalise import likeness
from worker.normalise.fold import fold, folded_words
from worker.store import clusters, schema
from worker.store.database import open_database
from worker.store.migrate import migrate
from worker.store.transaction import transaction

SIZES, ON_POSTGRESQL = (1_000, 100_000, 3_000_000), (1_000, 100_000)
PROBES = 640  # of each kind
BATCH = 64  # articles of a transaction, as the writer commits them under load
ALL = 1 << 64

# In the order of the key: in any other, most of the time goes into moving pages about.
SQLITE = (
    """WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {rows})
       INSERT INTO likeness_band SELECT -9223372036854775808 + i * {step} + abs(random() % {step}), 1 + (i * 7919) % {n} FROM n""",
    """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {n})
       INSERT INTO likeness SELECT i, {algo}, randomblob(16), randomblob(256), 2000, 0, 1.0, NULL FROM n""",
)
POSTGRESQL = (
    """INSERT INTO likeness_band SELECT (-9223372036854775808 + i::numeric * {step})::bigint + floor(random() * {step}::float)::bigint,
       1 + (i::bigint * 7919) % {n} FROM generate_series(0, {rows} - 1) AS i""",
    """INSERT INTO likeness SELECT i, {algo}, uuid_send(gen_random_uuid()), decode(repeat(md5(random()::text), 16), 'hex'), 2000,
       false, 1.0, NULL FROM generate_series(1, {n}) AS i""",
    "ANALYZE",
)
KEYS = ("likeness DROP CONSTRAINT fk_likeness_article_id", "near_copy DROP CONSTRAINT fk_near_copy_article_id",
        "near_copy DROP CONSTRAINT fk_near_copy_other_id")  # fmt: skip


def signatures() -> None:
    """Print what a signature costs, and by how much the estimate is off."""
    han = "".join(CHINESE) * 7
    english = "\n".join(story(1, 35))
    print("| text | letters | ms CPU: fold | and signature |\n| --- | --- | --- | --- |")
    for name, said in (("Chinese", han[:2_900]), ("English", english), ("English, very long", english * 10)):
        likeness.likeness_of(said)  # OpenCC's tables are loaded now
        folding, whole = _cpu_ms(lambda said=said: folded_words(said)), _cpu_ms(lambda said=said: likeness.likeness_of(said))
        print(f"| {name} | {len(fold(said)):,} | {folding:.2f} | {whole:.2f} |")
    print("\n| paragraphs of 20 written anew | Jaccard | mean error of the estimate | largest |\n| --- | --- | --- | --- |")
    for changed in (1, 2, 4, 6, 10):
        found = [_error(seed, changed) for seed in range(60)]
        errors = [abs(estimate - true) for true, estimate in found]
        print(
            f"| {changed} | {statistics.mean(true for true, _ in found):.2f} | {statistics.mean(errors):.3f} | {max(errors):.3f} |"
        )


def _error(seed: int, changed: int) -> tuple[float, float]:
    texts = "\n".join(story(seed, 20)), "\n".join(edited(story(seed, 20), changed, seed=seed + 1_000))
    one, other = (likeness._shingles(folded_words(said), fold(said)) for said in texts)
    alike = [likeness.likeness_of(said) for said in texts]
    marks = [found.signature for found in alike if found is not None and found.signature is not None]
    return len(one & other) / len(one | other), likeness.agreement(*marks)


def _cpu_ms(work: Callable[[], object], times: int = 30) -> float:
    began = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - began) / times * 1e3


def fill(engine: Engine, n: int) -> None:
    """Make the database hold *n* articles that are unlike each other."""
    statements = SQLITE if engine.dialect.name == "sqlite" else (*(f"ALTER TABLE {key}" for key in KEYS), *POSTGRESQL)
    with engine.begin() as connection:
        for statement in statements:
            rows = likeness.BANDS * n
            connection.execute(text(statement.format(rows=rows, step=ALL // rows, n=n, algo=likeness.ALGO).replace(":", r"\:")))


def probes(rng: random.Random) -> Iterator[tuple[str, list[Likeness]]]:
    """Yield articles without a copy, and then one like each of them."""
    unlike = [os.urandom(4 * likeness.BINS) for _ in range(PROBES)]
    yield "without a copy", [_found(mark) for mark in unlike]
    yield "with a copy", [_found(_changed(mark, rng)) for mark in unlike]


def _found(mark: bytes) -> Likeness:
    return Likeness(algo=likeness.ALGO, exact=os.urandom(16), signature=mark, letters=2_000)


def _changed(mark: bytes, rng: random.Random) -> bytes:
    changed = bytearray(mark)
    for bin_ in rng.sample(range(likeness.BINS), 6):
        changed[4 * bin_ : 4 * bin_ + 4] = os.urandom(4)
    return bytes(changed)


def look_up(engine: Engine, n: int, *, batch: int) -> dict[str, list[float]]:
    """Return what each article took to be entered among *n*, in ms, by kind, *batch* at a time; the commit is not in it."""
    found: dict[str, list[float]] = {}
    for kind, marks in probes(random.Random(n + batch)):
        for at in range(0, PROBES, batch):
            copies = {
                n + at + place: clusters.Copy(likeness=alike, mirror=False, first_at=1.0)
                for place, alike in enumerate(marks[at : at + batch], 1)
            }
            with transaction(engine) as tx:
                began = time.perf_counter()
                clusters.enter(tx.connection, dict(copies))
                found.setdefault(kind, []).append((time.perf_counter() - began) * 1e3 / len(copies))
        n += PROBES
    with engine.connect() as connection:
        clustered = connection.execute(select(schema.likeness.c.cluster_id).where(schema.likeness.c.article_id > n - PROBES))
        assert None not in clustered.scalars().all(), "a copy was not found"
    return found


def measure(name: str, url: str, n: int) -> None:
    engine = open_database(url)
    if engine.dialect.name == "sqlite":  # the articles themselves are left out
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys = OFF"))
    migrate(engine)
    fill(engine, n)
    alone, together = look_up(engine, n, batch=1), look_up(engine, n + 2 * PROBES, batch=BATCH)
    for kind, took in alone.items():
        took.sort()
        figures = took[len(took) // 2], took[len(took) * 99 // 100], statistics.median(together[kind])
        print(f"| {name} | {n:,} | {kind} | " + " | ".join(f"{figure:.2f}" for figure in figures) + " |", flush=True)
    engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--postgresql", nargs="*", type=int, default=ON_POSTGRESQL)
    chosen = parser.parse_args()
    signatures()
    print(
        "\n| database | articles there | an article | ms alone: median | 99 of 100 | ms of 64 at once |\n| --- | --- | --- | --- | --- | --- |"
    )
    for n in chosen.sizes:
        with tempfile.TemporaryDirectory() as folder:
            measure("SQLite", f"sqlite:///{Path(folder) / 'copies.db'}", n)
    if chosen.postgresql:
        with ExitStack() as stack:
            server = PostgresServer()
            stack.callback(server.close)
            for n in chosen.postgresql:
                measure("PostgreSQL", server.create(), n)


if __name__ == "__main__":
    main()

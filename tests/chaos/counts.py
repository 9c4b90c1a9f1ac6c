"""What the database says after the harm: the counts that every chaos test prints and holds to."""

import time
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine, distinct, func, select
from sqlalchemy.sql import Select

from tests.parts import wait_until
from worker.models import Kind, State
from worker.store import schema, totals


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much there is: *articles* rows against *keys*, stored *images* and their *pictures*, *contents* (distinct) against *referenced* records of pictures."""

    accepted: int
    states: dict[str, int]
    articles: int
    keys: int
    versions: int
    images: int
    pictures: int
    contents: int
    images_missing: int
    leased: int
    most_attempts: int
    recounted: bool


def unfinished(engine: Engine) -> int:
    """Return how many URLs have not ended yet."""
    with engine.connect() as connection:
        return totals.totals(connection)[0].unfinished


def stored(engine: Engine) -> int:
    """Return how many URLs have been stored."""
    with engine.connect() as connection:
        return totals.totals(connection)[0].states["stored"]


def drained(engine: Engine, *, within_s: float) -> None:
    """Wait until every accepted URL and every late image has ended; fail with what has not."""
    table = schema.url
    query = select(table.c.id, table.c.url, table.c.kind, table.c.state, table.c.next_at, table.c.published_at, table.c.detail)
    left: list[object] = []

    def at_rest() -> bool:
        with engine.connect() as connection:
            left[:] = connection.execute(query.where(table.c.state.in_([State.PENDING, State.IN_FLIGHT])).limit(5)).all()
        return not left

    try:
        wait_until(at_rest, "the ledger to drain", within_s=within_s)
    except pytest.fail.Exception as failure:
        pytest.fail(f"{failure.msg}; left, among others, at {time.time():.0f}: {left}", pytrace=False)


def counted(engine: Engine) -> Counts:
    """Count everything anew."""
    url, article, image, picture = schema.url, schema.article, schema.image, schema.picture
    with engine.connect() as connection:

        def number(query: Select[int]) -> int:
            return int(connection.execute(query).scalar_one() or 0)

        everything, _ = totals.totals(connection)
        return Counts(
            accepted=everything.accepted,
            states={state: n for state, n in everything.states.items() if n},
            articles=number(select(func.count()).select_from(article)),
            keys=number(select(func.count(distinct(article.c.canonical_url)))),
            versions=number(select(func.count()).select_from(schema.article_version)),
            images=number(select(func.count()).where(image.c.state == "stored")),
            pictures=number(select(func.count()).select_from(picture)),
            contents=number(select(func.count(distinct(schema.record.c.sha256))).join(picture, picture.c.record_id == schema.record.c.id)),
            images_missing=number(select(func.count()).where(image.c.state != "stored")),
            leased=number(select(func.count()).where(url.c.state == State.IN_FLIGHT)),
            most_attempts=number(select(func.max(url.c.attempts)).where(url.c.kind == Kind.ARTICLE)),
            recounted=totals.recount(connection) == totals.tallied(connection),
        )  # fmt: skip


def exact(engine: Engine, what: str, *, stored: int, **others: int) -> Counts:
    """Print the counts under the name *what*; hold that so many URLs are *stored* once each, and so many ended as *others*."""
    found = counted(engine)
    print(f"\n{what}: {found}")
    wanted = {state: n for state, n in {"stored": stored, **others}.items() if n}
    assert found.states == wanted, "every accepted URL has ended, and as it should"
    assert found.accepted == sum(wanted.values())
    assert found.articles == found.keys == stored, "one article a key"
    assert found.versions == 0, "nothing is stored twice"
    assert found.pictures == found.contents, "one archive record a content"
    assert found.images_missing == 0
    assert found.leased == 0
    assert found.recounted, "the totals are what a recount finds"
    return found

"""The reconciler's judgement: whom it takes for dead, when a message must be lost, and what it says without Redis."""

import time
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisDown
from sqlalchemy import Engine, func, select

from config.broker import ARTICLES
from tasks.reconciler import GAP_S, REPUBLISH_MAX_S, SURE_S, Reconciler
from tests.building import outstanding
from tests.values import candidate
from worker.errors import OwnTrouble
from worker.store import claims, schema
from worker.store.accept import accept
from worker.store.database import open_database
from worker.store.migrate import migrate
from worker.store.publishing import Due
from worker.store.transaction import transaction


class Clock:
    """The ledger's clock, set by hand."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self, _connection: object) -> float:
        return self.now


class Redis:
    """As much of Redis as the reconciler looks at."""

    def __init__(self) -> None:
        self.lengths = [0, 0, 0, 0, 0]
        self.down = False

    def pipeline(self, *, transaction: bool) -> "Redis":
        return self

    def __enter__(self) -> "Redis":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def llen(self, _name: str) -> None:
        return None

    def hlen(self, _name: str) -> None:
        return None

    def execute(self) -> list[int]:
        if self.down:
            raise RedisDown("Error 111 connecting to 127.0.0.1:6379. Connection refused.")
        return self.lengths


class Publisher:
    """Keeps what it is given; or takes nothing."""

    def __init__(self) -> None:
        self.sent: list[int] = []
        self.refuses = False

    def publish(self, rows: Iterable[Due]) -> list[int]:
        ids = [row.url_id for row in rows]
        if self.refuses:
            return ids
        self.sent += ids
        return []

    def close(self) -> None:
        return None


class Scene:
    """A reconciler over a ledger with one URL and one living process."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine, self.clock, self.redis, self.publisher = engine, clock, Redis(), Publisher()
        redis: Any = self.redis
        publisher: Any = self.publisher
        self.reconciler = Reconciler(engine, redis, publisher, owner="s", host_interval_s=0.0)
        with transaction(engine) as tx:
            (answer,) = accept(tx, [candidate("https://a.example/1")], job="job", urgent=False)
            self.url_id = answer.url_id
            claims.beat(tx, owner="p", held=[], supervisor="s", role=ARTICLES, concurrency=4)

    def claim(self) -> None:
        with transaction(self.engine) as tx:
            assert claims.claim(tx, self.url_id, owner="p", alone=False) is not None

    def state(self) -> str:
        with self.engine.connect() as connection:
            return str(connection.execute(select(schema.url.c.state)).scalar_one())

    def pass_for(self, seconds: float) -> None:
        """Let the reconciler do its passes for a while, a second apart, with the process beating but not renewing."""
        for _ in range(round(seconds)):
            self.clock.now += 1
            with transaction(self.engine) as tx:
                claims.beat(tx, owner="p", held=[], supervisor="s", role=ARTICLES, concurrency=4)
            self.reconciler.tick()

    def in_redis(self) -> int:
        with transaction(self.engine) as tx:
            return outstanding(tx)


@pytest.fixture
def scene(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    engine, clock = open_database(sqlite_url), Clock()
    migrate(engine)
    monkeypatch.setattr("worker.store.transaction.clock", clock)
    yield Scene(engine, clock)
    engine.dispose()


def test_a_lease_that_ran_out_under_our_eyes_is_ended(scene: Scene) -> None:
    scene.pass_for(SURE_S + 1)
    scene.claim()
    scene.pass_for(claims.LEASE_S - 1)
    assert scene.state() == "in_flight"
    scene.pass_for(2)
    assert scene.state() == "pending"


@pytest.mark.parametrize("away_s", [claims.LEASE_S + 1, GAP_S + 11, 3_600.0])
def test_after_a_time_in_which_nobody_could_renew_the_living_are_given_time_to(scene: Scene, away_s: float) -> None:
    """A database locked for 16 s, or a laptop that slept for an hour: all leases have run out, and nobody has died."""
    scene.pass_for(SURE_S + 1)
    scene.claim()
    scene.clock.now += away_s
    scene.reconciler.tick()
    assert scene.state() == "in_flight"
    scene.pass_for(SURE_S - 2)
    assert scene.state() == "in_flight"
    scene.pass_for(3)
    assert scene.state() == "pending", "it did not come back"


def test_a_first_look_at_the_ledger_calls_nobody_dead(scene: Scene) -> None:
    scene.claim()
    scene.clock.now += 3_600
    scene.reconciler.tick()
    assert scene.state() == "in_flight"


def test_without_redis_the_dead_are_still_taken_back_and_the_reason_is_told(scene: Scene) -> None:
    scene.pass_for(SURE_S + 1)
    scene.claim()
    scene.redis.down = True
    for _ in range(round(claims.LEASE_S) + 1):
        scene.clock.now += 1
        with pytest.raises(OwnTrouble, match="Redis does not answer"):
            scene.reconciler.tick()
    assert scene.state() == "pending"


def test_what_redis_refuses_is_told_and_published_as_soon_as_it_takes_it(scene: Scene) -> None:
    scene.publisher.refuses = True
    scene.clock.now += 1
    with pytest.raises(OwnTrouble, match="takes no messages"):
        scene.reconciler.tick()
    scene.publisher.refuses = False
    assert scene.reconciler.tick() == 1
    assert scene.publisher.sent == [scene.url_id]


def test_a_lost_message_is_sent_again_even_when_the_pipe_has_long_stood_still(scene: Scene) -> None:
    scene.pass_for(1)
    assert scene.publisher.sent == [scene.url_id]
    scene.redis.lengths = [0, 0, 0, 0, 1]  # something that a dead consumer left behind: the pipe never looks empty
    scene.pass_for(REPUBLISH_MAX_S + 2)
    assert len(scene.publisher.sent) == 2


def test_what_lay_in_a_redis_that_is_no_more_is_sent_to_the_new_one(scene: Scene) -> None:
    scene.pass_for(1)
    assert scene.in_redis() == 1
    other: Any = Publisher()
    fresh: Any = Redis()
    scene.reconciler.move(fresh, other)
    scene.pass_for(1)
    assert other.sent == [scene.url_id]


def test_no_row_is_lost_on_the_way(scene: Scene) -> None:
    scene.pass_for(3)
    with scene.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(schema.url)).scalar_one() == 1

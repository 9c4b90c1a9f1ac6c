"""The loop that keeps the ledger and Redis in step: one leader over all supervisors, a pass a second."""

import logging
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine

from config.broker import ARTICLES, IMAGES, LISTINGS, SUSPECTS
from tasks.publish import Publisher
from worker.errors import OwnTrouble
from worker.store import claims, publishing, totals
from worker.store.transaction import Transaction, transaction

log = logging.getLogger(__name__)

WINDOW_FACTOR = 20  # messages in Redis per running article: seconds of work, and little to lose
HOST_AHEAD_S = 5.0  # a host is handed what its governor waits for; more would only come back
REPUBLISH_MIN_S = 60.0
REPUBLISH_MAX_S = 600.0  # four times an article's deadline: no message waits longer, whatever was measured
REPUBLISH_FACTOR = 3.0  # of the measured drain time
EMPTY_GRACE_S = 3.0  # a message is this long on its way at most, when the pipe is empty
SUSPECTS_AHEAD = 2  # they run one by one
GAP_S = claims.RENEW_S  # without a look at the ledger: who could not renew meanwhile is not dead for that
SURE_S = 20.0  # from such a gap until leases are called expired again: the living renew first
FOLD_EVERY_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipe:
    """What lies in Redis: messages waiting, and messages that a consumer holds."""

    waiting: int
    held: int
    suspects: int


class Reconciler:
    """Publishes what is due, takes back what died, folds the tally. Any number may run; one leads."""

    def __init__(self, engine: Engine, redis: Redis, publisher: Publisher, *, owner: str, host_interval_s: float) -> None:
        self._engine = engine
        self._redis = redis
        self._publisher = publisher
        self._owner = owner
        self._host_interval_s = host_interval_s
        self._seen_at = -math.inf  # by the ledger's clock, as the next
        self._sure_from = math.inf
        self._folded_at = -math.inf
        self._looked_at = time.monotonic()
        self._in_pipe = 0
        self._rate = 0.0  # messages that leave the pipe a second, smoothed

    def tick(self) -> int:
        """Do one pass if we lead; return how many messages were published.

        Raises OwnTrouble when the database is away, or when Redis is: what needs no Redis has been done then.
        """
        with self._transaction() as tx:
            leading, taken_over = publishing.lead(tx, owner=self._owner)
        if not leading:
            return 0
        self._recover(after_death=taken_over)
        self._fold()
        return self._publish()

    def move(self, redis: Redis, publisher: Publisher) -> None:
        """Use another Redis from now on; what lay in the former one is believed to be lost."""
        self._publisher.close()
        self._redis, self._publisher = redis, publisher
        with transaction(self._engine) as tx:
            publishing.forget_published(tx, before=math.inf)

    def crashed(self, owner: str) -> None:
        """End the leases of a process that died, and believe no longer that what it may have popped is in Redis."""
        with transaction(self._engine) as tx:
            held = claims.crashed(tx, owner=owner)
            claims.leave(tx, owner=owner)
            publishing.forget_published(tx, before=tx.now - EMPTY_GRACE_S)
        if held:
            log.warning("process_died", extra={"owner": owner, "rows": held})

    def resign(self) -> None:
        """Give the lead up."""
        with transaction(self._engine) as tx:
            publishing.resign(tx, owner=self._owner)
            totals.fold(tx)  # what ended last shows in the pace too

    @contextmanager
    def _transaction(self) -> Iterator[Transaction]:
        """Look at the ledger, and notice when that was impossible for a while: locked, away, or this machine asleep."""
        with transaction(self._engine) as tx:
            if tx.now - self._seen_at > GAP_S:
                self._sure_from = tx.now + SURE_S
            self._seen_at = tx.now
            yield tx

    def _recover(self, *, after_death: bool) -> None:
        with self._transaction() as tx:
            if tx.now >= self._sure_from:
                expired = claims.reclaim_expired(tx)
                if expired:
                    log.warning("leases_expired", extra={"rows": expired})
                    after_death = True
            if after_death:
                publishing.forget_published(tx, before=tx.now - EMPTY_GRACE_S)

    def _publish(self) -> int:
        pipe = self._pipe()
        in_pipe = pipe.waiting + pipe.held
        self._measure(in_pipe)
        with self._transaction() as tx:
            publishing.forget_published(tx, before=tx.now - self._republish_age(in_pipe))
            window = WINDOW_FACTOR * claims.concurrency(tx, role=ARTICLES) - in_pipe
            due = publishing.choose_due(tx, window=window, per_host=self._per_host())
            due += publishing.choose_suspects(tx, limit=max(0, SUSPECTS_AHEAD - pipe.suspects))
        refused = self._publisher.publish(due)
        self._in_pipe += len(due) - len(refused)
        if refused:
            with transaction(self._engine) as tx:
                publishing.unpublish(tx, refused)
            raise OwnTrouble("Redis takes no messages")
        return len(due)

    def _measure(self, in_pipe: int) -> None:
        """Note how fast the pipe drains: what has left it since the last look."""
        now = time.monotonic()
        left = max(0, self._in_pipe - in_pipe) / max(0.001, now - self._looked_at)
        self._rate = 0.9 * self._rate + 0.1 * left
        self._in_pipe, self._looked_at = in_pipe, now

    def _republish_age(self, in_pipe: int) -> float:
        """Return after how many seconds a message that nobody took must be lost."""
        if not in_pipe:
            return EMPTY_GRACE_S
        drain_s = in_pipe / self._rate if self._rate else 0.0
        return min(max(REPUBLISH_MIN_S, REPUBLISH_FACTOR * drain_s), REPUBLISH_MAX_S)

    def _per_host(self) -> int:
        """Return how many of a host's URLs may lie in Redis: those with turns in the next five seconds, one left for robots.txt."""
        return max(1, math.floor(HOST_AHEAD_S / self._host_interval_s) - 1) if self._host_interval_s else 1_000_000

    def _pipe(self) -> Pipe:
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                for queue in (ARTICLES, IMAGES, LISTINGS, SUSPECTS):
                    pipe.llen(queue)
                pipe.hlen("unacked")  # kombu's hash of what consumers hold
                articles, images, listings, suspects, held = pipe.execute()
        except (RedisError, OSError) as error:
            raise OwnTrouble(f"Redis does not answer: {' '.join(str(error).split())}") from error
        return Pipe(waiting=articles + images + listings, held=held, suspects=suspects)

    def _fold(self) -> None:
        now = time.monotonic()
        if now - self._folded_at >= FOLD_EVERY_S:
            self._folded_at = now
            with self._transaction() as tx:
                totals.fold(tx)

"""One transaction of the ledger: its connection, its one `now`, and what it will do right before its commit."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, insert

from worker.models import ImageState, State
from worker.store import schema
from worker.store.clusters import Copy, enter
from worker.store.database import clock, own_trouble

Key = tuple[str, str, str, str]  # subject, job, state, cause


@dataclass(slots=True)
class Transaction:
    """A transaction under way. `now` is read once, so that a batch agrees with itself."""

    connection: Connection
    now: float
    deltas: Counter[Key] = field(default_factory=Counter)
    copies: dict[int, Copy | None] = field(default_factory=dict)  # of articles, by id, whose clusters are still to be found

    def count_url(self, job: str, state: str, cause: str | None, n: int) -> None:
        """Count *n* URLs of *job* into (or, negative, out of) a state; only ends have a cause in the totals."""
        self.deltas["url", job, state, cause or "" if state in (State.REJECTED, State.FAILED) else ""] += n

    def count_image(self, job: str, state: ImageState, reason: str | None, n: int) -> None:
        """Count *n* images of *job* into (or out of) a state."""
        self.deltas["image", job, state, reason or ""] += n

    def count_known(self, job: str, n: int) -> None:
        """Count *n* URLs that *job* brought although another had brought them before."""
        self.deltas["known", job, "", ""] += n

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Let what happens inside fail alone: its statements, its deltas and its copies are undone together."""
        deltas, copies = self.deltas.copy(), self.copies.copy()
        try:
            with self.connection.begin_nested():
                yield
        except BaseException:
            self.deltas, self.copies = deltas, copies
            raise

    def flush(self) -> None:
        """Append the deltas, and then find the copies; called once, right before the commit."""
        rows = [
            {"subject": subject, "job": job, "state": state, "cause": cause, "n": n}
            for (subject, job, state, cause), n in self.deltas.items()
            if n
        ]
        if rows:
            self.connection.execute(insert(schema.tally), rows)
        if self.copies:  # the last of all: its lock is everybody's
            enter(self.connection, self.copies)


@contextmanager
def transaction(engine: Engine) -> Iterator[Transaction]:
    """Run one transaction; it commits with its tally at the end of the block.

    Raises OwnTrouble when the database cannot be reached or written.
    """
    with own_trouble(), engine.begin() as connection:
        under_way = Transaction(connection, clock(connection))
        yield under_way
        under_way.flush()

"""Group commit: one thread per process that takes claims and results and commits them together."""

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from sqlalchemy import Engine

from worker.errors import OwnTrouble, anew
from worker.store.database import is_deadlock, is_trouble
from worker.store.transaction import Transaction, transaction

Result = TypeVar("Result")
Write = Callable[[Transaction], Any]

BATCH_ROWS = 64  # more saves nothing: 0.071 ms a row at 64, 0.074 at 8
BATCH_S = 0.02  # a write waits this long for company; a fetch takes ten times as long
TRIES = 3  # of a batch that met a deadlock or a lost connection, before its writes are told


class Writer:
    """Commits writes in batches of up to 20 ms or 64, a SAVEPOINT each: one that fails, fails alone.

    *before_commit* makes durable what the writes refer to (the archive's files).
    """

    def __init__(self, engine: Engine, before_commit: Callable[[], None]) -> None:
        self._engine = engine
        self._before_commit = before_commit
        self._queue: queue.Queue[tuple[Write, Future[Any]] | None] = queue.Queue()
        self._closing = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, write: Callable[[Transaction], Result]) -> "Future[Result]":
        """Queue *write*; its future holds its result once the commit is done.

        The future raises OwnTrouble when the database or the archive failed; nothing was changed then.
        """
        future: Future[Result] = Future()
        with self._closing:
            if self._closed:
                future.set_exception(OwnTrouble("the writer is closed"))
            else:
                self._queue.put((write, future))
        return future

    def close(self) -> None:
        """Commit what is queued and stop. Idempotent."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        going = True
        while going:
            first = self._queue.get()
            if first is None:
                return
            batch, going = self._gather(first)
            self._commit(batch)

    def _gather(self, first: tuple[Write, Future[Any]]) -> tuple[list[tuple[Write, Future[Any]]], bool]:
        batch, until = [first], time.monotonic() + BATCH_S
        while len(batch) < BATCH_ROWS:
            try:
                item = self._queue.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                break
            if item is None:
                return batch, False
            batch.append(item)
        return batch, True

    def _commit(self, batch: list[tuple[Write, Future[Any]]]) -> None:
        live = [(write, future) for write, future in batch if future.set_running_or_notify_cancel()]
        for (_, future), answer in zip(live, self._answers([write for write, _ in live]), strict=True):
            if isinstance(answer, BaseException):
                future.set_exception(answer)
            else:
                future.set_result(answer)

    def _answers(self, batch: list[Write]) -> list[Any]:
        """Return what each write gave or raised. A batch that met a deadlock is halved: one write locks in order, many do not."""
        trouble = OwnTrouble()
        for _ in range(TRIES):
            try:
                return self._try(batch)
            except OwnTrouble as met:
                if len(batch) > 1 and is_deadlock(met):
                    half = len(batch) // 2
                    return self._answers(batch[:half]) + self._answers(batch[half:])
                trouble = met
            except BaseException as bug:  # every future must hear of it, and the thread must live
                return [anew(bug) for _ in batch]
        return [anew(trouble) for _ in batch]

    def _try(self, batch: list[Write]) -> list[Any]:
        with transaction(self._engine) as tx:
            answers = [_alone(tx, write) for write in batch]
            self._before_commit()
        return answers


def _alone(tx: Transaction, write: Write) -> Any:
    """Run *write* in a SAVEPOINT; what it raises is its answer, unless the whole transaction is lost with it."""
    try:
        with tx.savepoint():
            return write(tx)
    except Exception as error:  # handed to the one who asked
        if is_trouble(error):
            raise
        return error

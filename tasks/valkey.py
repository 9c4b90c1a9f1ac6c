"""The embedded Valkey: a first run needs no server. All processes of one home share it, and the last to leave stops it.

In the home's folder `valkey/` each lock answers one question:

    turn.lock     who may start, stop or join now      held for a moment
    server.lock   does a server live on this folder    held by the server itself, and gone with it however it ends
    users.lock    does anybody still use it            shared, held by each user, and gone with it however it ends
"""

import fcntl
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from tasks.valkey_server import Access, ValkeyServer, open_lock, try_lock, unlock, wait_until
from worker.errors import OwnTrouble

TURN_S = 60.0  # longer than a turn takes: hung 5 s, ending 20 s, starting 30 s
HUNG_S = 5.0  # a living server answers within a millisecond; one that does not for this long is replaced


class EmbeddedValkey:
    """The Valkey of *home*, as one process that uses it sees it.

    Every method raises OwnTrouble, with a sentence for the operator, when it cannot do its work. They take 0.05 s
    as a rule and a minute at worst: call them from a thread where an event loop runs.
    """

    def __init__(self, home: Path) -> None:
        self._folder = home / "valkey"
        self._server = ValkeyServer(self._folder)
        self._membership: int | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start(self) -> str:
        """Join the users of the server, start it if none runs, and return its URL. Idempotent."""
        if self._membership is None:
            with self._turn():
                membership = open_lock(self._folder / "users.lock")
                fcntl.flock(membership, fcntl.LOCK_SH)
                self._membership = membership
        return self.ensure()

    def ensure(self) -> str:
        """Start the server again if it has died or hangs, and return its URL; for users to call now and then.

        The URL stays the same unless a stranger has taken the port meanwhile: then it is another one, and processes
        that were given the old one must be started anew.
        """
        url = self.running()
        if url is None:
            with self._turn():
                url = self._revived().url
        return url

    def running(self) -> str | None:
        """Return the URL of the server if one answers, without joining or starting anything."""
        with self._translated():
            access = self._server.access()
        return access.url if access is not None and access.answer() else None

    def stop(self) -> None:
        """Leave the users of the server; the last one stops it. Idempotent."""
        membership, self._membership = self._membership, None
        if membership is None:
            return
        try:
            with self._turn():
                fcntl.flock(membership, fcntl.LOCK_UN)
                if try_lock(membership) and self._server.alive():
                    self._server.end(signal.SIGTERM)
        finally:
            unlock(membership)

    def _revived(self) -> Access:
        """Return where the living server listens, having started one if need be."""
        if self._server.alive():
            access = self._server.access()
            if access is not None and wait_until(lambda: bool(access.answer()), HUNG_S):
                return access
            self._server.end(signal.SIGKILL)
        return self._server.start()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Let one process at a time start, stop or join."""
        with self._translated():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            turn = open_lock(self._folder / "turn.lock")
            try:
                if not wait_until(lambda: try_lock(turn), TURN_S):
                    raise OwnTrouble(f"another process has kept the embedded Valkey in {self._folder} to itself for {TURN_S:g} s")
                yield
            finally:
                unlock(turn)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn the system's errors into ours."""
        try:
            yield
        except OSError as error:
            raise OwnTrouble(f"the embedded Valkey in {self._folder} cannot be used: {error.strerror or error}") from error

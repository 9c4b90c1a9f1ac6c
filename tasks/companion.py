"""A `newsmill` command that runs beside the workers of `newsmill up`: watched, and started again whenever it ends."""

import logging
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tasks import lifeline

log = logging.getLogger(__name__)

RESTART_S = (1.0, 60.0)  # from here, doubling while it keeps dying young, to there: none of its work is lost meanwhile
YOUNG_S = 30.0  # one that ends before this was never well
KILL_AFTER_S = 10.0  # of TERM: the scheduler takes a second, Flower three
POLL_S = 0.05


@dataclass(slots=True)
class Companion:
    """The command *name* and the process that runs it, if one does; *options* are asked for at each start.

    Times are of the monotonic clock.
    """

    name: str
    options: Callable[[], tuple[str, ...]] = tuple
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    line: socket.socket | None = None
    failures: int = 0
    started_at: float = 0.0
    start_at: float = 0.0
    told_at: float | None = None

    def look_after(self, environment: Mapping[str, str]) -> None:
        """Start the process if none runs; replace one that was given another *environment*. Returns at once."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_at:
                self._start(dict(environment), now)
        elif self.process.poll() is not None:
            self._bury(now)
        elif self.told_at is not None or self.environment != environment:
            self._send_away(now)

    def end(self, *, hurried: bool) -> bool:
        """Tell the process to end, and say whether it has; one that takes too long, or is *hurried*, is killed."""
        if self.process is None:
            return True
        self._send_away(time.monotonic())
        if hurried:
            self.process.kill()
        if self.process.poll() is None:
            return False
        self._bury(time.monotonic())
        return True

    def _start(self, environment: dict[str, str], now: float) -> None:
        # -P: not what is called `tasks` in the folder we were started in
        command = [sys.executable, "-P", "-m", "tasks.cli", self.name, *self.options()]
        try:
            self.process, self.line = lifeline.start(command, environment)
        except OSError as error:  # no process, no memory or no file descriptor to be had: not for ever
            log.error("companion_not_started", extra={"command": self.name, "why": error.strerror})
            self._pause(young=True, now=now)
            return
        self.environment, self.started_at, self.told_at = environment, now, None

    def _send_away(self, now: float) -> None:
        assert self.process is not None
        if self.told_at is None:
            self.told_at = now
            self.process.terminate()
        elif now - self.told_at > KILL_AFTER_S:
            self.process.kill()

    def _bury(self, now: float) -> None:
        assert self.process is not None
        assert self.line is not None
        code, told = self.process.returncode, self.told_at is not None
        self.line.close()
        self.process = self.line = self.told_at = None
        if told:
            self.start_at = now
            return
        self._pause(young=now - self.started_at < YOUNG_S, now=now)
        log.warning("companion_ended", extra={"command": self.name, "code": code, "again_in_s": self.start_at - now})

    def _pause(self, *, young: bool, now: float) -> None:
        """Wait the longer the oftener it ended young."""
        low, high = RESTART_S
        self.failures = self.failures + 1 if young else 0
        self.start_at = now + min(low * 2**self.failures, high)

"""One worker process, as its supervisor sees it: started, heard, told to leave, killed."""

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tasks import lifeline

KILL_AFTER_S = 25.0  # of TERM: 15 s to finish, the rest to hand back and close
SILENT_S = 30.0  # without a heartbeat the event loop is stuck
STARTING_S = 60.0  # until the first heartbeat: imports on a loaded machine
RSS_LIMIT = 600_000_000  # bytes; 32 articles and their images take 160 MB, what grows past this leaks
# Celery warns root because pickled messages could run code; ours are JSON only.
QUIET = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What a process is for: its name in Flower, its queues, and how many tasks it runs at once."""

    name: str
    role: str
    queues: tuple[str, ...]
    concurrency: int

    @property
    def command(self) -> list[str]:
        """The command line of such a process: a stock Celery worker."""
        return [
            sys.executable, "-m", "celery", "--app", "tasks.celery", "worker", "--pool", "threads",
            "--concurrency", str(self.concurrency), "--queues", ",".join(self.queues),
            "--hostname", f"{self.name}@%h", "--without-gossip", "--without-mingle",
        ]  # fmt: skip


@dataclass(slots=True)
class Child:
    """A worker process; *owner* is its name in the ledger. Times are of the monotonic clock."""

    role: Role
    owner: str
    process: subprocess.Popen[bytes]
    lifeline: socket.socket
    redis_url: str
    started_at: float
    beat_at: float | None = None
    terminated_at: float | None = None

    @classmethod
    def start(cls, role: Role, *, supervisor: str, environment: Mapping[str, str], redis_url: str) -> "Child":
        """Start a process of *role*. Raises OSError when the system has none to give."""
        owner = f"{supervisor}/{role.name}/{uuid.uuid4().hex[:6]}"
        words = {
            "NEWSMILL_OWNER": owner,
            "NEWSMILL_SUPERVISOR": supervisor,
            "NEWSMILL_ROLE": role.role,
            "NEWSMILL_CONCURRENCY": str(role.concurrency),
            "NEWSMILL_REDIS_URL": redis_url,
        }
        process, ours = lifeline.start(role.command, {**environment, **words, **QUIET})
        return cls(role=role, owner=owner, process=process, lifeline=ours, redis_url=redis_url, started_at=time.monotonic())

    def hear(self, now: float) -> None:
        """Note a heartbeat, if there was one since the last call."""
        try:
            if self.lifeline.recv(4096):
                self.beat_at = now
        except OSError:
            pass  # nothing said

    def silent(self, now: float) -> bool:
        """Return whether its event loop has not been heard for too long."""
        return now - (self.beat_at or self.started_at) > (SILENT_S if self.beat_at else STARTING_S)

    def bloated(self) -> bool:
        """Return whether it holds more memory than it ever needs; False where /proc does not tell."""
        try:
            pages = int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1])
        except (OSError, ValueError, IndexError):
            return False
        return pages * os.sysconf("SC_PAGE_SIZE") > RSS_LIMIT

    def terminate(self) -> None:
        """Tell it to leave. Idempotent."""
        if self.terminated_at is None:
            self.terminated_at = time.monotonic()
            self.process.send_signal(signal.SIGTERM)

    def left(self, now: float) -> bool:
        """Return whether a process that was told to leave has left; kill it when it takes too long."""
        if self.process.poll() is not None:
            return True
        if now - (self.terminated_at or now) > KILL_AFTER_S:
            self.process.kill()
        return False

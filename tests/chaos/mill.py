"""A mill to be harmed: supervisors with their worker processes, over a Redis that keeps nothing and a database of choice."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Engine, select

from tests.parts import ValkeyServer, wait_until
from tests.values import candidate
from tests.wire import Wire
from worker.store import schema
from worker.store.accept import accept
from worker.store.transaction import transaction

NEWSMILL = str(Path(sys.executable).with_name("newsmill"))
INJECT = Path(__file__).parent / "inject"
ROOT = Path(__file__).parents[2]
WORKER = b"--pool"  # stands in the command line of worker processes alone


class Mill:
    """Runs *supervisors* times `newsmill worker`, which can be killed in parts and are started again at once.

    Without *valkey* they embed one in *home*.
    """

    def __init__(
        self, home: Path, valkey: ValkeyServer | Wire | None, *, database_url: str, supervisors: int = 1, processes: int = 2,
        concurrency: int = 6, **settings: str,
    ) -> None:  # fmt: skip
        home.mkdir(parents=True, exist_ok=True)
        self.home = home
        self.valkey = valkey
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("NEWSMILL_")} | {
            "NEWSMILL_HOME": str(home),
            "NEWSMILL_DATABASE_URL": database_url,
            **({"NEWSMILL_REDIS_URL": valkey.url} if valkey else {}),
            "NEWSMILL_ALLOW_NETWORKS": "127.0.0.0/8",
            "NEWSMILL_ALLOW_PORTS": "*",
            "NEWSMILL_HOST_INTERVAL": "0",
            "NEWSMILL_HOST_CONCURRENCY": "32",
            "NEWSMILL_PROCESSES": str(processes),
            "NEWSMILL_CONCURRENCY": str(concurrency),
            "NEWSMILL_LOG_LEVEL": "WARNING",
            "PYTHONPATH": f"{INJECT}:{ROOT}",
            **settings,
        }
        self._log = (home / "mill.log").open("ab")
        self.supervisors = [self._start() for _ in range(supervisors)]

    @property
    def log(self) -> str:
        """What the supervisors and their processes have said so far."""
        return (self.home / "mill.log").read_text(encoding="utf-8", errors="replace")

    def command(self, *words: str, stdin: int | None = None) -> subprocess.Popen[str]:
        """Start another `newsmill` command beside the workers."""
        return subprocess.Popen(
            [NEWSMILL, *words], env=self.environment, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def workers(self) -> list[int]:
        """Return the process ids of the worker processes, orphans too."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                words = (folder / "environ").read_bytes().split(b"\0")
                if f"NEWSMILL_HOME={self.home}".encode() in words and WORKER in (folder / "cmdline").read_bytes():
                    found.append(int(folder.name))
        return found

    def kill_worker(self, rng: random.Random) -> None:
        """Kill one worker process."""
        wait_until(lambda: bool(self.workers()), "a worker process to kill", within_s=60)
        with suppress(ProcessLookupError):
            os.kill(rng.choice(self.workers()), signal.SIGKILL)

    def kill_supervisor(self, rng: random.Random) -> None:
        """Kill a supervisor, with which its worker processes end, and start another."""
        self._replace(rng.randrange(len(self.supervisors)))

    def kill_reconciler(self, engine: Engine, rng: random.Random) -> None:
        """Kill the supervisor that is elected to reconcile, and start another."""
        with engine.connect() as connection:
            leader = connection.execute(select(schema.lease.c.owner)).scalars().first() or ""
        pids = [f":{supervisor.pid}:" in leader for supervisor in self.supervisors]
        self._replace(pids.index(True) if any(pids) else rng.randrange(len(self.supervisors)))

    def kill_redis(self) -> None:
        """Kill Redis, which keeps nothing, and start an empty one."""
        assert isinstance(self.valkey, ValkeyServer)
        self.valkey.restart()

    def restart(self, which: int) -> None:
        """Start a supervisor in the place of one that has died."""
        self.supervisors[which] = self._start()

    def stop(self) -> list[int]:
        """Tell all supervisors to stop, and return their exit codes; nothing is left running."""
        for supervisor in self.supervisors:
            supervisor.terminate()
        codes = []
        for supervisor in self.supervisors:
            with suppress(subprocess.TimeoutExpired):
                supervisor.wait(timeout=40)
            codes.append(supervisor.poll() if supervisor.poll() is not None else -1)
        self.end()
        return codes

    def end(self) -> None:
        """Kill all that is left. Idempotent."""
        for pid in [supervisor.pid for supervisor in self.supervisors if supervisor.poll() is None] + self.workers():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for supervisor in self.supervisors:
            supervisor.wait()
        self._log.close()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([NEWSMILL, "worker"], env=self.environment, stderr=self._log, start_new_session=True)

    def _replace(self, which: int) -> None:
        self.supervisors[which].kill()
        self.supervisors[which].wait()
        self.supervisors[which] = self._start()


@contextmanager
def mill(home: Path, valkey: ValkeyServer | Wire | None, **options: object) -> Iterator[Mill]:
    """Run a mill, and leave nothing of it behind."""
    running = Mill(home, valkey, **options)  # type: ignore[arg-type]
    try:
        yield running
    finally:
        running.end()


def accept_all(engine: Engine, urls: list[str], *, job: str = "chaos") -> None:
    """Accept *urls* in one transaction."""
    with transaction(engine) as tx:
        accept(tx, [candidate(url) for url in urls], job=job, urgent=False)

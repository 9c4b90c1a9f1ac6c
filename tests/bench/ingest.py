"""What one article costs a worker process: CPU milliseconds over the whole path, from message to commit.

The origin is a loopback server in a process of its own; an article is one page and one or five pictures.
The other side of the ratio is the bare fetch: the same requests through the same egress, nothing else.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.values import candidate
from worker.fetch.client import WebClient
from worker.fetch.egress import Egress, verifying_context
from worker.fetch.guard import Guard
from worker.store import totals
from worker.store.accept import accept
from worker.store.database import open_database
from worker.store.migrate import migrate
from worker.store.transaction import transaction

ARTICLES = 400
WARM_UP = 40  # imports, connections, templates: paid once in a process's life
TICKS = os.sysconf("SC_CLK_TCK")


class _Open:
    """A governor that lets everybody in."""

    async def turn(self, host: str, ref: str, *, patient: bool = False) -> None: ...
    async def hold(self, host: str, seconds: float) -> None: ...
    async def succeeded(self, host: str) -> None: ...
    async def failed(self, host: str) -> None: ...
    def slot(self, host: str) -> "_Open":
        return self

    async def __aenter__(self) -> None: ...
    async def __aexit__(self, *_: object) -> None: ...


def main() -> None:
    """Run the benchmark and print its figures."""
    origin = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.origin"], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    )
    assert origin.stdout is not None
    try:
        base = origin.stdout.readline().strip()
        for images in (1, 5):
            bare_ms = asyncio.run(_bare(base, images))
            with tempfile.TemporaryDirectory() as home:
                cpu_ms, wall_s = _ingest(Path(home), base, images)
            print(
                f"{images} image(s): {cpu_ms:.1f} CPU ms an article, {cpu_ms / bare_ms:.2f} x the bare fetch ({bare_ms:.1f} ms), "
                f"{ARTICLES / wall_s:.0f} articles/s on two processes"
            )
    finally:
        origin.terminate()
        origin.wait()


async def _bare(base: str, images: int) -> float:
    """Return the CPU milliseconds of fetching an article's page and pictures, 32 articles at once."""
    guard = Guard(("127.0.0.0/8",), None)
    async with Egress(guard, proxy_url=None, deadline_s=30, tls=verifying_context()) as egress:

        async def pace(host: str, seconds: float) -> None: ...

        web = WebClient(
            egress, _Open(), user_agent="bench/1", obey_robots=False, deadline_s=30,
            max_page_bytes=10**7, max_image_bytes=10**7, pace=pace,
        )  # fmt: skip
        places = asyncio.Semaphore(32)

        async def one(n: int) -> None:
            async with places:
                page = await web.page(f"{base}/b{images}/{n}", ref=str(n), validators=None, identity=False)
                wanted = (web.image(f"{base}/i/{images}-{n}-{i}.png", referer=page.url) for i in range(images))
                await asyncio.gather(*wanted)

        await asyncio.gather(*(one(n) for n in range(WARM_UP)))
        before = time.process_time()
        await asyncio.gather(*(one(n) for n in range(ARTICLES)))
        return (time.process_time() - before) * 1000 / ARTICLES


def _ingest(home: Path, base: str, images: int) -> tuple[float, float]:
    """Return CPU milliseconds an article over all worker processes, and the wall seconds."""
    engine = open_database(f"sqlite:///{home / 'newsmill.db'}")
    migrate(engine)
    environment = os.environ | {
        "NEWSMILL_HOME": str(home), "NEWSMILL_ALLOW_NETWORKS": "127.0.0.0/8", "NEWSMILL_ALLOW_PORTS": "*",
        "NEWSMILL_HOST_INTERVAL": "0", "NEWSMILL_HOST_CONCURRENCY": "256", "NEWSMILL_LOG_LEVEL": "WARNING",
    }  # fmt: skip
    command = [str(Path(sys.executable).parent / "newsmill"), "worker", "--processes", "2"]
    worker = subprocess.Popen(command, env=environment)
    try:
        _accept(engine, [f"{base}/w{images}/{n}" for n in range(WARM_UP)])
        _drain(engine)
        before, started = _cpu_s(worker.pid), time.monotonic()
        _accept(engine, [f"{base}/a{images}/{n}" for n in range(ARTICLES)])
        _drain(engine)
        return (_cpu_s(worker.pid) - before) * 1000 / ARTICLES, time.monotonic() - started
    finally:
        worker.terminate()
        worker.wait()
        engine.dispose()


def _accept(engine: object, urls: list[str]) -> None:
    with transaction(engine) as tx:  # type: ignore[arg-type]
        accept(tx, [candidate(url) for url in urls], job="bench", urgent=False)


def _drain(engine: object) -> None:
    while True:
        with transaction(engine) as tx:  # type: ignore[arg-type]
            everything, _ = totals.totals(tx.connection)
        if not everything.unfinished:
            assert everything.states["stored"] == everything.accepted, everything
            return
        time.sleep(0.1)


def _cpu_s(supervisor: int) -> float:
    """Return the CPU seconds of the supervisor's children: the worker processes."""
    used = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == supervisor:
            used += (int(fields[11]) + int(fields[12])) / TICKS
    return used

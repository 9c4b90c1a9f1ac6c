"""A street of loopback servers, each a host of its own, that harm whoever asks them; and a clock that a test can push."""

import asyncio
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import redis
from sqlalchemy import Engine, select, update

from tests.integration.fetch.loopback import Answer, Asked, Origin, serving
from tests.parts import absent
from worker.models import Kind, State
from worker.store import schema
from worker.store.transaction import transaction

Opened = TypeVar("Opened")
Served = TypeVar("Served", bound=Origin)


class _Abrupt(Origin):
    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self._answer = answer

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self._answer(Asked("", "", {}, time.monotonic()), writer)
        finally:
            writer.close()


class Street:
    """Serves any number of scripted origins from one thread; closes them all at its end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._stack = AsyncExitStack()
        self._sockets: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._run(self._stack.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        for one in self._sockets:
            one.close()

    def origin(self, answers: dict[str, Answer], *, tls: bool = False) -> Origin:
        """Open a server that answers each path as *answers* says, with a certificate nobody vouches for if *tls*."""
        options = {"ssl": self._self_signed()} if tls else {}
        origin = Origin()
        origin.answers = answers
        return self.open(origin, **options)

    def abrupt(self, answer: Answer) -> Origin:
        """Open a server that gives *answer* to whoever connects, without hearing what is asked."""
        return self.open(_Abrupt(answer))

    def open(self, origin: Served, **options: object) -> Served:
        """Open a port for *origin*."""
        self._run(self._stack.enter_async_context(serving(origin, **options)))
        return origin

    def deaf(self) -> int:
        """Return a port whose queue of connections is full, so that one more is never answered (Linux)."""
        listening = socket.create_server(("127.0.0.1", 0), backlog=0)
        self._sockets.append(listening)
        for _ in range(2):
            waiting = socket.socket()
            waiting.setblocking(False)
            waiting.connect_ex(listening.getsockname())
            self._sockets.append(waiting)
        return int(listening.getsockname()[1])

    def _run(self, work: Coroutine[Any, Any, Opened]) -> Opened:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _self_signed(self) -> ssl.SSLContext:
        if shutil.which("openssl") is None:
            absent("openssl", "apt-get install openssl")
        certificate, key = self._folder / "certificate.pem", self._folder / "key.pem"
        command = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=127.0.0.1",
        ]
        subprocess.run([*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return context


@dataclass(slots=True)
class Course:
    """How one URL went: the seconds it was told to wait after each try, and the row as it ended."""

    host: str = ""
    waits: list[float] = field(default_factory=list)
    state: str = "pending"
    cause: str | None = None
    detail: str | None = None
    attempts: int = 0
    deferrals: int = 0

    @property
    def tries(self) -> int:
        return len(self.waits) + 1


def pass_time(client: redis.Redis, host: str) -> None:
    """Let what holds *host* back run out now: a hold it asked for, its breaker's opening, turns promised for later."""
    key = f"gov:{{{host}}}"
    if client.exists(key):
        client.hset(key, mapping={"hold": 1, "open": 1, "tail": 0})
    client.delete(f"{key}:turns")


def play(engine: Engine, client: redis.Redis, *, within_s: float) -> dict[str, Course]:
    """Note the wait after each try and make it pass at once, until every URL has ended; return each one's course."""
    courses: dict[str, Course] = {}
    deadline = time.monotonic() + within_s
    while not _look(engine, client, courses):
        if time.monotonic() > deadline:
            break  # the test names what has not ended
        time.sleep(0.1)
    return courses


def _look(engine: Engine, client: redis.Redis, courses: dict[str, Course]) -> bool:
    table = schema.url
    with engine.connect() as connection:
        rows = connection.execute(select(table).where(table.c.kind == Kind.ARTICLE)).all()
        now = time.time()
    later = []
    for row in rows:
        course = courses.setdefault(row.url, Course())
        course.host, course.state, course.cause, course.detail = row.host, row.state, row.cause, row.detail
        course.attempts, course.deferrals = row.attempts, row.deferrals
        while len(course.waits) < row.attempts + row.deferrals:  # a short wait may be over when we look
            course.waits.append(row.next_at - now)
        if row.state == State.PENDING and row.next_at > now:
            later.append(row)
    for row in later:
        pass_time(client, row.host)
    if later:
        with transaction(engine) as tx:
            for row in later:
                same = (table.c.id == row.id, table.c.state == State.PENDING, table.c.next_at == row.next_at)
                tx.connection.execute(update(table).where(*same).values(next_at=tx.now - 1, promised=False, published_at=None))
    return not any(row.state in {State.PENDING, State.IN_FLIGHT} for row in rows)

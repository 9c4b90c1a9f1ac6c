"""Harm from inside a worker process, without a hook in the product: Python imports this first when it lies on PYTHONPATH.

`CHAOS_STEPS=folder`: the process dies once for each URL, at the step of the story that the URL's number chooses.
`CHAOS_STALL=folder`: the event loop stands still once, while it reads a page under `/stall/`.
A page under `/poison/` kills the process that reads it, each time.
The names in `NAMES` resolve as it says, whatever the machine's name server is.
"""

import contextvars
import functools
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

STEPS = (
    "turn taken", "claimed", "page fetched", "page archived", "page read", "images fetched", "before the commit",
    "after the commit", "marked seen", "before the acknowledgement",
)  # fmt: skip
NAMES = {"unknown.example": socket.EAI_NONAME, "silent.example": socket.EAI_AGAIN, "inside.example": "10.0.0.1"}
WITH_ITS_SUPERVISOR = 2  # every second death takes the supervisor along

_url_id: contextvars.ContextVar[int] = contextvars.ContextVar("url_id", default=-1)


def _first_time(folder: str, name: str) -> bool:
    try:
        os.close(os.open(Path(folder) / name, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def _die_at(step: str, url_id: int) -> None:
    folder = os.environ["CHAOS_STEPS"]
    if url_id < 0 or STEPS[url_id % len(STEPS)] != step or not _first_time(folder, f"{url_id}"):
        return
    if url_id // len(STEPS) % WITH_ITS_SUPERVISOR:
        _kill_supervisor()
    os.kill(os.getpid(), signal.SIGKILL)


def _kill_supervisor() -> None:
    parent = os.getppid()
    if b"newsmill" in Path(f"/proc/{parent}/cmdline").read_bytes():  # it may be gone already, and another have inherited us
        os.kill(parent, signal.SIGKILL)


def _after(holder: Any, name: str, step: str) -> None:
    """Die after the coroutine *name* of *holder* has done its work for a URL of that step."""
    original: Callable[..., Any] = getattr(holder, name)

    @functools.wraps(original)
    async def wrapped(*arguments: Any, **options: Any) -> Any:
        done = await original(*arguments, **options)
        _die_at(step, _url_id.get())
        return done

    setattr(holder, name, wrapped)


def _arm_steps() -> None:
    from tasks.runtime import Runtime
    from worker.fetch.client import WebClient
    from worker.fetch.governor import RedisGovernor
    from worker.images import ImageFetcher
    from worker.ingest import Ingestor
    from worker.pages import Pages
    from worker.store import settle
    from worker.store.archive import WarcArchive
    from worker.store.ledger import SqlLedger
    from worker.store.seen import RedisSeen

    ingest, commit, run = Ingestor.ingest, settle.settle, Runtime.ingest

    async def known_by_id(self: Any, url_id: int, host: str, *, alone: bool) -> str:
        _url_id.set(url_id)
        return await ingest(self, url_id, host, alone=alone)

    def before_commit(tx: Any, claimed: Any, ending: Any) -> Any:
        done = commit(tx, claimed, ending)
        if claimed.kind == "article":
            _die_at("before the commit", claimed.url_id)
        return done

    def before_acknowledgement(self: Any, url_id: int, url: str) -> str:
        done = run(self, url_id, url)
        _die_at("before the acknowledgement", url_id)
        return done

    Ingestor.ingest = known_by_id  # type: ignore[method-assign]
    settle.settle = before_commit
    Runtime.ingest = before_acknowledgement  # type: ignore[method-assign]
    _after(RedisGovernor, "turn", "turn taken")
    _after(SqlLedger, "claim", "claimed")
    _after(WebClient, "page", "page fetched")
    _after(WarcArchive, "keep", "page archived")
    _after(Pages, "read", "page read")
    _after(ImageFetcher, "fetch_all", "images fetched")
    _after(SqlLedger, "settle", "after the commit")
    _after(RedisSeen, "mark", "marked seen")


def _arm_pages() -> None:
    from worker.pages import Pages

    read = Pages.read

    async def harmful(self: Any, fetched: Any) -> Any:
        if "/poison/" in fetched.url:
            os.kill(os.getpid(), signal.SIGKILL)
        if "/stall/" in fetched.url and _first_time(os.environ["CHAOS_STALL"], "stalled"):
            time.sleep(3_600)
        return await read(self, fetched)

    Pages.read = harmful  # type: ignore[method-assign]


def _arm_names() -> None:
    look_up = socket.getaddrinfo

    def told(host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
        found = NAMES.get(host)
        if isinstance(found, int):
            raise socket.gaierror(found, "as the test has it")
        return look_up(found or host, port, *arguments, **options)

    socket.getaddrinfo = told


if "NEWSMILL_OWNER" in os.environ:  # a worker process, and no other
    _arm_pages()
    _arm_names()
    if "CHAOS_STEPS" in os.environ:
        _arm_steps()

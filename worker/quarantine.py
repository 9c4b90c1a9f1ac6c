"""Extraction of a suspicious page in a child process that may be killed.

C code in the parser can neither be interrupted nor be given a memory limit inside our own process. The child
(`python -m worker.quarantine`) limits itself before it reads the page, and is killed when the wall deadline passes.
Protocol: the child writes `READY` when its limits stand, reads one JSON object from stdin and writes one to stdout.
"""

import asyncio
import json
import os
import resource
import sys
from contextlib import suppress
from pathlib import Path

from selectolax.lexbor import SelectolaxError

import worker
from worker.errors import Bomb, OwnTrouble
from worker.extract.article import extract
from worker.extract.site_rules import SiteRules, dump_rules, load_rules
from worker.extraction_json import dump, load
from worker.models import Extraction

MEMORY_BYTES = 512_000_000  # address space: an idle child takes a fifth of it, the longest honest page another
CPU_S = 5  # a page of the greatest allowed size parses and extracts in one
DEADLINE_S = 15.0  # wall, from the moment the child is ready: three times its CPU time, for a machine that has more to do
START_S = 20.0  # to be ready; longer is a machine in trouble, not a page
MOST_OUTPUT_BYTES = 64_000_000  # six times the largest page: JSON escapes, and both text and structure
AT_ONCE = 1  # children of one process: memory is the scarce thing, suspects are rare
READY = b"ready\n"
_CHUNK_BYTES = 65_536  # a pipe's buffer


class Quarantine:
    """Extracts suspicious pages, one at a time."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(AT_ONCE)

    async def extract(self, html: str, *, url: str, fetched_at: float, rules: SiteRules | None = None) -> Extraction:
        """Return what `worker.extract.article.extract` returns for the page.

        Raises Bomb when the child dies, passes a limit or does not end in time, OwnTrouble when no child can be started.
        The child is gone when this returns, raises or is cancelled.
        """
        ruled = dump_rules(rules) if rules is not None else None
        page = json.dumps({"html": html, "url": url, "fetched_at": fetched_at, "rules": ruled}).encode()
        async with self._places:
            child = await _start()
            try:
                answer = await _ask(child, page)
            finally:
                with suppress(ProcessLookupError):
                    child.kill()
                await asyncio.shield(child.wait())
        try:
            return load(json.loads(answer))
        except (ValueError, KeyError, TypeError):
            raise Bomb(f"the page killed its parser (exit status {child.returncode})") from None


async def _start() -> asyncio.subprocess.Process:
    """Start a child that finds this very package whatever the current directory, and none of our settings' secrets."""
    root = str(Path(worker.__file__).parents[1])
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH")))), "PATH": os.defpath}
    try:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "worker.quarantine",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # a traceback may quote the page
            env=environment,
            start_new_session=True,  # Ctrl-C at the terminal is for the parent to handle
        )
    except OSError as error:
        raise OwnTrouble(f"no child process could be started: {error.strerror}") from error


async def _ask(child: asyncio.subprocess.Process, page: bytes) -> bytes:
    assert child.stdout is not None
    try:
        async with asyncio.timeout(START_S):
            ready = await child.stdout.readline()
    except TimeoutError:
        raise OwnTrouble("a child process did not start in time") from None
    if ready != READY:
        raise OwnTrouble("a child process died while starting")
    try:
        async with asyncio.timeout(DEADLINE_S):
            _, answer = await asyncio.gather(_send(child, page), _receive(child.stdout))
            await child.wait()  # a kill now would take its exit status from under whoever waits for it
    except TimeoutError:
        raise Bomb(f"the page could not be parsed within {DEADLINE_S:g} s") from None
    return answer


async def _send(child: asyncio.subprocess.Process, page: bytes) -> None:
    assert child.stdin is not None
    with suppress(ConnectionError):  # it died before it had read everything; its answer tells
        child.stdin.write(page)
        await child.stdin.drain()
    child.stdin.close()


async def _receive(stdout: asyncio.StreamReader) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := await stdout.read(_CHUNK_BYTES):
        size += len(piece)
        if size > MOST_OUTPUT_BYTES:
            raise Bomb("the page's extraction is larger than the page can justify")
        pieces.append(piece)
    return b"".join(pieces)


def main() -> int:
    """Be the child: limit ourselves, extract the one page on stdin, write it to stdout; 1 when that is too much."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    page = json.loads(sys.stdin.buffer.read())
    rules = load_rules(page["rules"]) if page["rules"] is not None else None
    try:
        extraction = extract(page["html"], url=page["url"], fetched_at=page["fetched_at"], rules=rules)
        sys.stdout.buffer.write(json.dumps(dump(extraction)).encode())
    except (MemoryError, RecursionError, SelectolaxError):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

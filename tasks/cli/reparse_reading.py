"""Reading archived pages in this process, or in several."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from tasks.cli.opening import archive_of, load_settings
from tasks.cli.site_rules import rules_in_use
from worker.errors import OwnTrouble
from worker.models import Article
from worker.pages import Pages
from worker.quarantine import Quarantine
from worker.reparse import ReadAll, Reader, Reread
from worker.store.stale import Capture

WORTH_IT = 200  # pages a process, at least: it takes a second to start, in which it could read fifty
AT_ONCE = 5  # pages handed over together: a tenth of a second's work

_reader: Reader | None = None  # of a process that reads for another one


def open_reader() -> Reader:
    """Return a reader as the settings have it. Ends the command with exit 2 when they cannot be used."""
    chosen = load_settings()
    pages = Pages(Quarantine(), rules_in_use())
    return Reader(archive=archive_of(chosen), pages=pages, max_page_bytes=chosen.max_page_bytes)


@contextmanager
def reading(total: int, processes: int) -> Iterator[ReadAll]:
    """Give what reads captures: for a *total* that is worth it in up to *processes* of its own, which end with the block."""
    reader = open_reader()  # also where others read: a mistake in the settings is to be said once, and here
    n = min(processes, total // WORTH_IT)
    if n < 2:
        try:
            yield lambda batch: map(reader.read, batch)
        finally:
            reader.close()
        return
    reader.close()
    pool = ProcessPoolExecutor(n, multiprocessing.get_context("spawn"), initializer=_be_reader, initargs=(os.getpid(),))
    try:
        yield lambda batch: _whole(pool.map(_read, batch, chunksize=AT_ONCE))
    finally:
        pool.shutdown(cancel_futures=True)


def _whole(found: Iterable[tuple[Reread, Article | None]]) -> Iterator[tuple[Reread, Article | None]]:
    try:
        yield from found
    except BrokenProcessPool as error:
        raise OwnTrouble("a process that was reading pages died; `newsmill reparse` goes on where it was") from error


def _be_reader(parent: int) -> None:
    """Prepare a process to read for *parent*, with which it ends; Ctrl-C is the parent's to handle."""
    global _reader
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _reader = open_reader()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)


def _read(capture: Capture) -> tuple[Reread, Article | None]:
    assert _reader is not None
    return _reader.read(capture)

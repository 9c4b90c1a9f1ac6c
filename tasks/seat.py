"""A supervisor's seat on its machine, so that no two of them give their processes the same name in Flower."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks.valkey_server import open_lock, try_lock, unlock

SEATS = 100  # far more supervisors than a machine has any use for


@contextmanager
def seat() -> Iterator[str]:
    """Hold the lowest free seat of this machine, and give its name: empty for the first, `w2`, `w3` … for the others.

    So the names stay few, and the same over restarts. A seat is a locked file of this user in the folder for temporary
    files: it is free as soon as its process is gone. Without such a folder the name is made of the process's id.
    """
    lock, name = _take()
    try:
        yield name
    finally:
        if lock is not None:
            unlock(lock)


def _take() -> tuple[int | None, str]:
    folder = Path(tempfile.gettempdir())
    for number in range(1, SEATS + 1):
        try:
            lock = open_lock(folder / f"newsmill-{os.getuid()}-seat-{number}.lock")
        except OSError:
            continue  # no folder to write to, or somebody else's file of that name
        if try_lock(lock):
            return lock, f"w{number}" if number > 1 else ""
        os.close(lock)
    return None, f"w{os.getpid()}"

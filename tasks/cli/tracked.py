"""A progress bar around anything countable, on stderr; none when that is no terminal or the work is done in two seconds."""

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Item = TypeVar("Item")

QUIET_S = 2.0  # shorter work needs no bar


def tracked(items: Iterable[Item], *, total: int | None, what: str) -> Iterator[Item]:
    """Yield *items* as they are, with a bar that counts them out of *total* (None: unknown), named *what*."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield from items
        return
    bar = Progress(TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console, transient=True)
    task, begin = bar.add_task(what, total=total), time.monotonic()
    try:
        for n, item in enumerate(items, 1):
            yield item
            bar.update(task, completed=n)
            if not bar.live.is_started and time.monotonic() - begin > QUIET_S:
                bar.start()
    finally:
        bar.stop()

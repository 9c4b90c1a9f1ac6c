"""The progress bar of waiting commands: what has ended and the images that came, as they come in; silent when nobody watches."""

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column

BAR = 24  # characters: leaves room for the counts in a window of 60


class IngestProgress:
    """A bar on stderr, if that is a terminal, that counts *what*."""

    def __init__(self, total: int, *, what: str) -> None:
        console = Console(stderr=True)
        self._total, self._what = total, what
        self._bar = Progress(
            BarColumn(bar_width=min(BAR, max(4, console.width - 48))),
            TextColumn("{task.fields[counts]}", markup=False, table_column=Column(no_wrap=True)),
            TimeElapsedColumn(table_column=Column(no_wrap=True)),
            TextColumn("{task.fields[note]}", markup=False, table_column=Column(no_wrap=True, ratio=1)),
            console=console,
            disable=not console.is_terminal,
            expand=True,
        )
        self._task = self._bar.add_task(what, total=total, counts=counts(0, total, what), note="starting")

    def __enter__(self) -> "IngestProgress":
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._bar.stop()

    def show(self, done: int, *, images: int, wanted: int, note: str) -> None:
        """Show how many have ended, how many of the *wanted* images came, and what is going on."""
        said = counts(done, self._total, self._what, images=images, wanted=wanted)
        self._bar.update(self._task, completed=done, counts=said, note=note)


def counts(done: int, total: int, what: str, *, images: int = 0, wanted: int = 0) -> str:
    """Return how far it is, in words: `3/10 articles · 17/25 images`."""
    of_images = f" · {images:,}/{wanted:,} images" if wanted else ""
    return f"{done:,}/{total:,} {what}{of_images}"

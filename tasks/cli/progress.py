"""The progress bar of waiting commands: articles and images as they come in; silent when nobody watches."""

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class IngestProgress:
    """A bar on stderr, if that is a terminal, that counts *what*."""

    def __init__(self, total: int, *, what: str) -> None:
        console = Console(stderr=True)
        self._bar = Progress(
            TextColumn(what),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task(what, total=total, note="starting")

    def __enter__(self) -> "IngestProgress":
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._bar.stop()

    def show(self, done: int, images: int, note: str) -> None:
        """Show how many articles have ended, how many images came, and what is going on."""
        self._bar.update(self._task, completed=done, note=f"{images} images  {note}")

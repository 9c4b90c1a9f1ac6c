"""Watching: a page that is drawn anew every second on a terminal, and lines where there is none."""

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

import click
from rich.console import Console
from rich.live import Live

from tasks.cli.foreground import ending_signals
from tasks.cli.output import one_line
from tasks.cli.status_page import number, wanted_images
from tasks.cli.watch_columns import done
from tasks.cli.watch_page import WatchPage
from tasks.cli.watched import View
from worker.errors import OwnTrouble

Reading = TypeVar("Reading")

REDRAW_S = 1.0  # what the contract promises of --watch
LOOK_S = 0.1  # between looks whether the window has got another size
SLOW_S = 3.0  # a reading that takes longer is said to: the database may be gone without a word


class Reader(threading.Thread):
    """Reads *view* every second in a thread of its own, so that the page stays alive while the database does not answer."""

    def __init__(self, view: Callable[[], View], first: View) -> None:
        super().__init__(name="watched", daemon=True)  # the database may never answer, and Ctrl-C must end it all the same
        self._read = view
        self.view, self.trouble = first, None
        self.broke: BaseException | None = None
        self._began = time.monotonic()

    view: View
    trouble: str | None

    def run(self) -> None:
        """Read until the command ends."""
        try:
            while True:
                self._began = time.monotonic()
                try:
                    self.view, self.trouble = self._read(), None
                except OwnTrouble as trouble:
                    self.trouble = trouble.detail
                self._began = float("inf")
                time.sleep(REDRAW_S)
        except BaseException as error:  # the thread's outermost line: it is raised where somebody sees it
            self.broke = error

    def page(self) -> WatchPage:
        """Return what is to be shown now. Raises what broke the reading off."""
        if self.broke is not None:
            raise self.broke
        late_s = time.monotonic() - self._began
        slow = f"the database has not answered for {late_s:.0f} s" if late_s > SLOW_S else None
        return WatchPage(view=self.view, trouble=slow or self.trouble)


def watch(view: Callable[[], View]) -> None:
    """Show *view* on the whole terminal until a signal ends it; without a terminal, print a line whenever it has changed.

    Raises OwnTrouble when the first reading fails; later ones are waited for.
    """
    console = Console()
    first = view()
    with _ending():
        if console.is_terminal and not console.is_dumb_terminal:
            _draw(console, Reader(view, first))
        else:
            _print(view, first)


def _draw(console: Console, reader: Reader) -> None:
    reader.start()
    with Live(console=console, auto_refresh=False, screen=True) as live:
        while True:
            live.update(reader.page(), refresh=True)
            size, drawn_at = console.size, time.monotonic()
            while console.size == size and time.monotonic() - drawn_at < REDRAW_S:
                time.sleep(LOOK_S)


def _print(view: Callable[[], View], now: View) -> None:
    said = ""
    for line in _lines(view, now):
        if line != said:
            click.echo(f"{time.strftime('%H:%M:%S')}  {line}")
        said = line


def _lines(view: Callable[[], View], now: View) -> Iterator[str]:
    while True:
        yield line_of(now)
        time.sleep(REDRAW_S)
        now = patiently(view)


def patiently(view: Callable[[], Reading]) -> Reading:
    """Return the next reading that succeeds; say on stderr, once, that the database does not answer."""
    told = False
    while True:
        try:
            return view()
        except OwnTrouble as trouble:
            if not told:
                click.echo(f"{one_line(trouble.detail)}; waiting for it", err=True)
            told = True
            time.sleep(REDRAW_S)


def line_of(view: View) -> str:
    """Return how it stands in one line."""
    total, images = view.total, view.total["images"]
    names = ("stored", "unchanged", "duplicate", "rejected", "failed", "dead", "cancelled", "in_flight", "pending")
    counted = [f"{name.replace('_', ' ')} {number(total[name]):,}" for name in names if number(total[name])]
    pictures = f"images {images['stored']:,}/{wanted_images(images):,}"
    return "  ".join([f"{done(total):,}/{total['accepted']:,} done", *counted, pictures, f"{total['per_minute']:,.0f} a minute"])


@contextmanager
def _ending() -> Iterator[None]:
    """Let TERM and a closed terminal end the command as Ctrl-C does, so that the terminal is left as it was."""

    def hear(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    ending = [number for number in ending_signals() if number != signal.SIGINT]
    before = [(number, signal.signal(number, hear)) for number in ending]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)

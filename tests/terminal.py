"""A command on a terminal of its own (a pseudo-terminal of a given size), and what a person would see there."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

ALT_ON, ALT_OFF = "\x1b[?1049h", "\x1b[?1049l"
CURSOR_ON = "\x1b[?25h"
HOME = "\x1b[H"  # a screen is drawn anew from its first cell
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])")


class OnTerminal:
    """Runs *command*, with all three streams on a terminal of *columns* × *rows* unless *stdout* is a descriptor of its own."""

    def __init__(
        self, command: Sequence[str], *, columns: int, rows: int, environment: Mapping[str, str], stdout: int | None = None
    ) -> None:
        self._ours, theirs = pty.openpty()
        self._said = bytearray()
        self.resize(columns, rows)
        kept = {name: value for name, value in environment.items() if name not in {"COLUMNS", "LINES", "NO_COLOR"}}
        self.process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs if stdout is None else stdout, stderr=theirs, process_group=0,
            env={**kept, "TERM": "xterm-256color"},
        )  # fmt: skip
        os.close(theirs)

    def __enter__(self) -> "OnTerminal":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._ours)

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size."""
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def forget(self) -> None:
        """Look from now on only at what is still to come."""
        self._said.clear()

    def until(self, seen: Callable[[str], bool], *, within_s: float) -> str:
        """Read until *seen* holds for all that came, escapes and all, or the command has closed the terminal; return it."""
        deadline = time.monotonic() + within_s
        while not seen(self.said) and time.monotonic() < deadline:
            if select.select([self._ours], [], [], 0.1)[0] and not self._read():
                break
        return self.said

    def end(self, number: signal.Signals, *, within_s: float) -> int:
        """Send a signal, read to the end, and return the exit code."""
        self.process.send_signal(number)
        return self.ended(within_s=within_s)

    def ended(self, *, within_s: float) -> int:
        """Read to the end, and return the exit code."""
        self.until(lambda _: False, within_s=within_s)
        return self.process.wait(within_s)

    def _read(self) -> bool:
        try:
            data = os.read(self._ours, 65_536)
        except OSError:  # EIO: nobody holds the other end any more
            return False
        self._said += data
        return bool(data)

    @property
    def said(self) -> str:
        """All that came so far, with its escapes."""
        return self._said.decode("utf-8", "replace")

    @property
    def screen(self) -> list[str]:
        """The lines of the last full screen that was drawn to its end, without colours."""
        frames = [plain(frame) for frame in self.said.split(ALT_OFF)[0].split(HOME)[1:]]
        whole = frames[:-1] if len(frames) > 1 else frames
        return [line.rstrip() for line in whole[-1].replace("\r", "").split("\n")] if whole else []


def plain(said: str) -> str:
    """Return *said* without escapes."""
    return _ESCAPES.sub("", said)

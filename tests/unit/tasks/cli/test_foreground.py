"""What commands in the foreground hear: when they are to end, and when to hurry."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr

import pytest

from tasks.cli.foreground import Told, ending_signals, say

HEARD = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@pytest.fixture(autouse=True)
def _signals_as_before() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in HEARD}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", HEARD)
def test_any_of_them_once_is_to_stop(number: signal.Signals) -> None:
    told = Told()
    signal.raise_signal(number)
    assert told.to_stop.is_set()
    assert not told.to_hurry.is_set()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_once_more_is_to_hurry(number: signal.Signals) -> None:
    told = Told()
    signal.raise_signal(signal.SIGTERM)
    signal.raise_signal(number)
    assert told.to_hurry.is_set()


def test_a_closing_terminal_that_says_so_twice_hurries_nobody() -> None:
    told = Told()
    signal.raise_signal(signal.SIGHUP)
    signal.raise_signal(signal.SIGHUP)
    assert told.to_stop.is_set()
    assert not told.to_hurry.is_set()


def test_under_nohup_a_closing_terminal_ends_nothing() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    assert ending_signals() == (signal.SIGTERM, signal.SIGINT)
    told = Told()
    signal.raise_signal(signal.SIGHUP)
    assert not told.to_stop.is_set()


def test_what_nobody_can_read_any_more_is_said_without_an_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb", buffering=0) as raw, redirect_stderr(Unread(raw.fileno())):
        say("Ending in order.")
        assert isinstance(sys.stderr, Unread)
        assert sys.stderr.refused


class Unread:
    """A standard error on a pipe whose reader is gone."""

    def __init__(self, number: int) -> None:
        self._number = number
        self.refused = False

    def write(self, text: str) -> int:
        """Write *text*. Raises BrokenPipeError."""
        try:
            return os.write(self._number, text.encode())
        except BrokenPipeError:
            self.refused = True
            raise

    def flush(self) -> None:
        """Nothing is kept back."""

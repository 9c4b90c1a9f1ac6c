"""The thread between a supervisor and its child: a socket pair that ends with either, and carries the child's heartbeat."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

VARIABLE = "NEWSMILL_LIFELINE"
ORPHAN_S = 25.0  # an orphan's time to end in order, as its supervisor would give it


def start(command: Sequence[str], environment: Mapping[str, str]) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Start a process that does not outlive us, however we end; return it and our end of its lifeline, which never blocks.

    It says what it has to say on our standard error. Raises OSError when the system has no process to give.
    """
    ours, theirs = socket.socketpair()
    with ExitStack() as ends, theirs:
        ends.enter_context(ours)
        process = subprocess.Popen(
            command,
            env={**environment, VARIABLE: str(theirs.fileno())},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            start_new_session=True,  # Ctrl-C at the terminal is the supervisor's to hear
        )
        ends.pop_all()
    ours.setblocking(False)
    return process, ours


class Lifeline:
    """The child's end. When the other end closes, the supervisor is dead and we end ourselves, in order."""

    def __init__(self, end: socket.socket | None) -> None:
        self._end = end
        if end is not None:
            end.setblocking(True)
            threading.Thread(target=self._watch, args=(end,), name="lifeline", daemon=True).start()

    @classmethod
    def inherited(cls) -> "Lifeline":
        """Return the lifeline this process was started with; one that does nothing without a supervisor."""
        number = os.environ.pop(VARIABLE, None)
        return cls(socket.socket(fileno=int(number)) if number else None)

    def beat(self) -> None:
        """Tell the supervisor that we live. Never blocks."""
        if self._end is not None:
            try:
                self._end.send(b".", socket.MSG_DONTWAIT)
            except OSError:
                pass  # full or gone: the watcher sees to the latter

    @staticmethod
    def _watch(end: socket.socket) -> None:
        while True:
            try:
                if not end.recv(1):
                    break
            except OSError:
                break
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(ORPHAN_S)
        os.kill(os.getpid(), signal.SIGKILL)  # nobody is left to do it for us

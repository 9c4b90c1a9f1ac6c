"""A child whose supervisor is gone ends itself: in order if it can, by force if it cannot."""

import os
import signal
import socket
import subprocess
import sys

import pytest

from tasks.lifeline import VARIABLE

PROGRAM = """
import signal, sys, time
import tasks.lifeline
tasks.lifeline.ORPHAN_S = 0.2
signal.signal(signal.SIGTERM, {handler})
line = tasks.lifeline.Lifeline.inherited()
print("ready", flush=True)
for _ in range(400): time.sleep(0.05)
"""


@pytest.mark.parametrize(
    ("handler", "code"), [("lambda *_: sys.exit(0)", 0), ("lambda *_: None", -signal.SIGKILL)], ids=["in order", "by force"]
)
def test_an_orphan_ends(handler: str, code: int) -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        orphan = subprocess.Popen(
            [sys.executable, "-c", PROGRAM.format(handler=handler)],
            env=os.environ | {VARIABLE: str(theirs.fileno())},
            stdout=subprocess.PIPE,
            pass_fds=[theirs.fileno()],
        )
    assert orphan.stdout is not None
    assert orphan.stdout.readline() == b"ready\n"
    ours.close()
    assert orphan.wait(timeout=20) == code
    orphan.stdout.close()

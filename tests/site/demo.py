"""The demo: start the sample site, ingest it for real into `./demo-home`, show what came in, leave nothing running."""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from rich.console import Console

from tests.site.catalogue import BY_PATH, DEMO
from tests.site.demo_report import Ending, endings, hints, table, tally
from tests.site.server import Site, serve

ROOT = Path(__file__).parents[2]
HOME = ROOT / "demo-home"
MARKER = ".newsmill-demo"  # in a folder that this script made, and that it may therefore empty
NEWSMILL = Path(sys.executable).with_name("newsmill")

RUN_LIMIT_S = 180.0  # three times what it should take: then something hangs, and waiting on would hide it
STOP_S = 30.0  # newsmill itself kills what has not ended 25 s after it was asked to
ASK_LIMIT_S = 60.0  # a question to the store takes a second; more means a lock
INTERRUPTED = 130  # what shells return for Ctrl-C


class DemoError(Exception):
    """The demo cannot go on; the message is for people."""


@contextlib.contextmanager
def demo_home() -> Iterator[tuple[Path, int]]:
    """Make the demo's home, empty, and lock it; only a home of an earlier demo is ever emptied.

    The lock is a file descriptor: it holds as long as anybody who inherited it lives.
    """
    marker = HOME / MARKER
    if HOME.exists() and any(HOME.iterdir()) and not marker.exists():
        raise DemoError(f"{HOME} holds files that no demo has made: move it away first")
    HOME.mkdir(exist_ok=True)
    with marker.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoError(f"another demo is using {HOME}") from None
        for old in HOME.iterdir():
            if old != marker:
                shutil.rmtree(old) if old.is_dir() and not old.is_symlink() else old.unlink()
        yield HOME, lock.fileno()


def environment(home: Path) -> dict[str, str]:
    """Return the environment of the demo's commands: nobody's settings but these."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("NEWSMILL_")}
    return kept | {
        "NEWSMILL_HOME": str(home),
        "NEWSMILL_SOURCES": str(ROOT / "config" / "sources.toml"),
        "NEWSMILL_ALLOW_NETWORKS": "127.0.0.0/8,::1/128",  # the site is on loopback: for the demo alone
        "NEWSMILL_ALLOW_PORTS": "*",
        "NEWSMILL_HOST_INTERVAL": "0.05",  # all pages are of one host, which is ours
        "NEWSMILL_PROCESSES": "2",
    }


def ingest(site: Site, home: Path, lock: int) -> None:
    """Run `newsmill run` over the demo's URLs with its progress on this terminal; it has ended when this returns."""
    command = [str(NEWSMILL), "run", *(site.url(path) for path in DEMO)]
    # In the home as working directory no `.env` or `newsmill.toml` of this checkout applies; in a process group of its
    # own it gets exactly one Ctrl-C, from us; and it holds the lock, so that no later demo empties the home under it.
    child = subprocess.Popen(
        command, cwd=home, env=environment(home), stdin=subprocess.DEVNULL, process_group=0, pass_fds=(lock,)
    )
    try:
        code = child.wait(timeout=RUN_LIMIT_S)
    except subprocess.TimeoutExpired:
        raise DemoError(f"newsmill run has not ended within {RUN_LIMIT_S:g} s") from None
    finally:
        _end(child)
    if code not in {0, 1}:  # 1: some URLs did not make it, as is meant here
        raise DemoError(f"newsmill run ended with {code}")


def _end(child: "subprocess.Popen[bytes]") -> None:
    """See *child* and its process group out: by a Ctrl-C, and by force when that does not help."""
    if child.poll() is None:
        child.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=STOP_S)
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def ask(home: Path, *arguments: str) -> str:
    """Return the standard output of a `newsmill` command on the demo's store."""
    command = [str(NEWSMILL), *arguments]
    try:
        result = subprocess.run(
            command, cwd=home, env=environment(home), capture_output=True, text=True, timeout=ASK_LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise DemoError(f"newsmill {arguments[0]} gave no answer") from None
    if result.returncode != 0:
        raise DemoError(f"newsmill {' '.join(arguments)} failed: {result.stderr.strip()}")
    return result.stdout


def records(text: str) -> list[dict[str, Any]]:
    """Return the objects of a JSON array or of JSON lines."""
    if text.lstrip().startswith("["):
        return list(json.loads(text))
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def shown(path: Path) -> str:
    """Return *path* as one would type it here."""
    return f"./{path.relative_to(Path.cwd())}" if path.is_relative_to(Path.cwd()) else str(path)


def report(console: Console, site: Site, home: Path, took_s: float) -> int:
    """Print what came in; return the exit code: 1 when a promised article is missing or a URL ended otherwise."""
    articles = records(ask(home, "export", "--format", "jsonl", "--to", "-"))
    refused = records(ask(home, "failures", "--json"))
    status = json.loads(ask(home, "status", "--json"))
    entries = [BY_PATH[path] for path in DEMO]
    found: list[Ending] = endings(entries, site.base_url, articles, refused)
    console.print()
    console.print(table(found))
    console.print(tally(status, took_s), soft_wrap=True)
    wrong = [ending for ending in found if not ending.right]
    for ending in wrong:
        console.print(
            f"[red]{ending.entry.path}: {ending.words}, should be {ending.entry.outcome} {ending.entry.cause or ''}[/red]"
        )
    console.print()
    console.print("Have a look:", style="bold")
    for line in hints(f"NEWSMILL_HOME={shown(home)} {shown(NEWSMILL)}", shown(home), articles):
        console.print(f"  {line}", soft_wrap=True, highlight=False, markup=False)
    return 1 if wrong else 0


def make_console(stream: IO[str]) -> Console:
    """Return a console on *stream*; where nobody looks, wide enough for the table."""
    return Console(file=stream, width=None if stream.isatty() else 140)


def run() -> int:
    """Run the demo; 0 when all that should came in, 130 on Ctrl-C."""
    console = make_console(sys.stdout)
    try:
        if not NEWSMILL.exists():
            raise DemoError("newsmill is not installed beside this Python: make install")
        with demo_home() as (home, lock), serve() as site:
            console.print(f"The sample news site is at {site.base_url}; ingesting {len(DEMO)} of its URLs into {shown(home)}")
            began = time.monotonic()
            ingest(site, home, lock)
            return report(console, site, home, time.monotonic() - began)
    except DemoError as error:
        console.print(f"[red]{error}[/red]", highlight=False)
        return 1
    except KeyboardInterrupt:
        console.print("Interrupted; nothing is left running.")
        return INTERRUPTED


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    sys.exit(run())

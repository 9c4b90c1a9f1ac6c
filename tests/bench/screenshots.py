"""Pictures of Flower's pages, to be looked at by hand: `python -m tests.bench.screenshots [FOLDER]`.

A crawl of the sample site runs meanwhile, on an embedded Valkey and SQLite in a home of its own. The pictures go into
`demo-home/screenshots`, which git ignores, unless told otherwise.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser import chromium, page_of
from tests.building import Stacks
from tests.parts import free_port, wait_until
from tests.site.catalogue import DEMO
from tests.site.server import Site, serve
from worker.errors import Cause
from worker.models import Ended, State
from worker.store.database import open_database

NEWSMILL = str(Path(sys.executable).with_name("newsmill"))
LOOKS = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2},
    "phone-dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}
TIANSHUI = "天水新闻"
FERRY = "/2026/03/02/harbour-ferry-electric.html"


@contextmanager
def running(environment: dict[str, str], *words: str) -> Iterator[None]:
    """Keep a command running."""
    with subprocess.Popen([NEWSMILL, *words], env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


def answers(port: int) -> bool:
    """Return whether somebody listens on *port*."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def shoot(browser: Browser, base: str, folder: Path, stage: str, *pages: str, **addresses: str) -> None:
    """Take each of *pages*, called as its path is, and of *addresses*, paths by name, in each look."""
    for look, options in LOOKS.items():
        with page_of(browser, [], **options) as page:
            for name, path in ({name: name for name in pages} | addresses).items():
                page.goto(f"{base}/{path}")
                _settled(page)
                page.screenshot(path=folder / f"{name}-{stage}-{look}.png", full_page="phone" not in look)


def _settled(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(600)  # bars and tables slide into place


def fill(environment: dict[str, str], site: Site, home: Path) -> None:
    """Accept the sample site's pages as jobs of several kinds, let some URLs have failed, and run two crawl jobs."""
    half = len(DEMO) // 2
    for job, paths in {TIANSHUI: DEMO[:half], "harbour-towns": DEMO[half:], "paused-batch": ()}.items():
        extra = [f"/gone/{job}-{n}.html" for n in range(4)] + [f"{FERRY}?{job}={n}" for n in range(40)]
        command(environment, "enqueue", "--job", job, "--from", "-", lines=[site.url(path) for path in [*paths, *extra]])
    command(environment, "pause", "paused-batch")
    stacks = Stacks(open_database(f"sqlite:///{home / 'newsmill.db'}"))
    failures = {Cause.CONNECT: 3, Cause.TIMEOUT: 2}
    for cause, n in failures.items():
        for number in range(n):
            ended = Ended(state=State.FAILED, cause=cause, detail="")
            stacks.end(f"https://far.example/{cause}/{number}.html", ended, job="far-away")
    stacks.engine.dispose()
    jobs = {"courier": site.url("/feed.xml"), "withdrawn": site.url("/gone/feed.xml")}
    text = "".join(f'[[job]]\nname = "{name}"\nfeed = "{feed}"\nevery = "1h"\n' for name, feed in jobs.items())
    (home / "sources.toml").write_text(text)
    for name in jobs:
        command(environment, "crawl", "run", name, "--no-wait")


def command(environment: dict[str, str], *words: str, lines: Sequence[str] = ()) -> None:
    """Run a command to its end; what it has to say goes to this terminal."""
    subprocess.run([NEWSMILL, *words], env=environment, input="\n".join(lines), text=True, check=False, stdout=subprocess.DEVNULL)


def main() -> None:
    """Start everything, take the pictures, leave nothing running."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "demo-home/screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, serve() as site, chromium() as browser:
        port = free_port()
        environment = os.environ | {
            "NEWSMILL_HOME": home,
            "NEWSMILL_ALLOW_NETWORKS": "127.0.0.0/8",
            "NEWSMILL_ALLOW_PORTS": "*",
            "NEWSMILL_HOST_INTERVAL": "0.15",
            "NEWSMILL_PROCESSES": "1",
            "NEWSMILL_SOURCES": f"{home}/sources.toml",
        }
        with running(environment, "flower", "--port", str(port)):
            base = f"http://127.0.0.1:{port}"
            wait_until(lambda: answers(port), "Flower answers", 60)
            shoot(browser, base, folder, "empty", "crawls", "broker", "workers")
            fill(environment, site, Path(home))
            shoot(browser, base, folder, "waiting", "crawls")
            with running(environment, "worker"):
                time.sleep(10)
                shoot(browser, base, folder, "running", "crawls", "tasks", "workers", "broker", job=f"crawls/job?name={TIANSHUI}")
                shoot(browser, base, folder, "failures", job="crawls/job?name=far-away")
    print(f"The pictures are in {folder}.")


if __name__ == "__main__":
    main()

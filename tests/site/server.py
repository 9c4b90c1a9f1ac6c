"""The sample news site on loopback: `python -m tests.site.server --port N`, or `with serve() as site:` in a test."""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field

from aiohttp import hdrs, web

from tests.site import pictures
from tests.site.behaviour import REFUSALS, respond, tagged, unavailable
from tests.site.catalogue import BY_PATH, LISTED
from tests.site.entries import Entry
from tests.site.listing import LISTINGS

HOST = "127.0.0.1"
SHUTDOWN_S = 0.5  # what may still be writing (the endless page) is cut off then


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it came in: *path* with its query, *headers* with lower-case names, *at* epoch seconds."""

    method: str
    path: str
    headers: dict[str, str]
    at: float


@dataclass(slots=True)
class Site:
    """One running instance: its address, all requests so far in order, and what it lists now. As a string it is its base URL."""

    base_url: str = ""
    requests: list[Seen] = field(default_factory=list)
    listed: tuple[Entry, ...] = LISTED
    _served: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return self.base_url

    def url(self, path: str) -> str:
        """Return the absolute URL of *path*."""
        return self.base_url + path

    def seen(self, path: str) -> list[Seen]:
        """Return the requests for *path* (with its query), in order."""
        return [request for request in self.requests if request.path == path]

    def publish(self, path: str) -> str:
        """Put the article at *path* of the catalogue on top of the front page, the feed and the site map; return its URL."""
        entry = BY_PATH[path]
        self.listed = (entry, *(other for other in self.listed if other is not entry))
        return self.url(path)

    def application(self) -> web.Application:
        """Return the aiohttp application of this instance."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        return app

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.requests.append(Seen(request.method, request.path_qs, headers, time.time()))
        earlier = self._served[request.path_qs]
        self._served[request.path_qs] += 1
        if entry := BY_PATH.get(request.path_qs) or BY_PATH.get(request.path):
            return await respond(entry, request, base=self.base_url, earlier=earlier)
        if found := LISTINGS.get(request.path):
            render, content_type = found
            page = render(self.base_url, self.listed)
            return tagged(request, page if isinstance(page, bytes) else page.encode(), content_type)
        if pictures.find(request.path):
            return await self._picture(request, earlier)
        return web.Response(status=404, text="404\n")

    async def _picture(self, request: web.Request, earlier: int) -> web.Response:
        if request.path == pictures.FLAKY_PICTURE and earlier < REFUSALS:
            return unavailable()
        asked = request.query.get("w", "")
        body, media_type = await asyncio.to_thread(pictures.draw, request.path, int(asked) if asked.isdecimal() else None)
        return web.Response(body=body, headers={hdrs.CONTENT_TYPE: media_type})


@contextlib.asynccontextmanager
async def _listening(site: Site, port: int) -> AsyncIterator[None]:
    runner = web.AppRunner(site.application(), access_log=None, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
        site.base_url = f"http://{HOST}:{runner.addresses[0][1]}"
        yield
    finally:
        await runner.cleanup()


@contextlib.contextmanager
def serve(port: int = 0) -> Iterator[Site]:
    """Run the site in a thread of its own while the block lasts; *port* 0 takes a free one."""
    site = Site()
    ready: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def run() -> None:
        stop = asyncio.Event()
        async with _listening(site, port):
            ready.set_result((asyncio.get_running_loop(), stop))
            await stop.wait()

    def thread() -> None:
        try:
            asyncio.run(run())
        except OSError as error:  # the port is taken
            ready.set_exception(error)

    running = threading.Thread(target=thread, name="sample-site", daemon=True)
    running.start()
    loop, stop = ready.result()
    try:
        yield site
    finally:
        loop.call_soon_threadsafe(stop.set)
        running.join()


async def _serve_for_ever(port: int, parent: bool) -> None:
    """Print the base URL, then serve until SIGTERM, SIGINT or (with *parent*) the end of standard input."""
    loop, stop, site = asyncio.get_running_loop(), asyncio.Event(), Site()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with _listening(site, port):
        sys.stdout.write(f"{site.base_url}\n")
        sys.stdout.flush()
        if parent:
            threading.Thread(target=_wait_for_parent, args=(loop, stop), daemon=True).start()
        await stop.wait()


def _wait_for_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    # Our end of a pipe says when whoever holds the other has gone, however it went.
    while os.read(sys.stdin.fileno(), 4096):  # unbuffered: a reader that holds a buffer's lock cannot be left at exit
        pass
    loop.call_soon_threadsafe(stop.set)


def main() -> int:
    """Run the site from the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.site.server", description="The sample news site, on loopback.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--parent", action="store_true", help="end when standard input ends")
    arguments = parser.parse_args()
    try:
        asyncio.run(_serve_for_ever(arguments.port, arguments.parent))
    except OSError as error:
        sys.stderr.write(f"cannot listen on {HOST}:{arguments.port}: {error.strerror}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A loopback origin of any number of articles, each with a picture of its own; as slow as a test wants it."""

import asyncio
import threading
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.pictures import png

SENTENCE = "The ferry company of island {n} will add a morning crossing from the old harbour when the season begins. "


class Origin:
    """Serves `/n/<number>` with an image at `/i/<number>.png`; counts what was asked for in `pages` and `images`."""

    def __init__(self, *, latency_s: float) -> None:
        self._latency_s = latency_s
        self.pages = 0
        self.images = 0
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._runner = asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _open(self) -> web.AppRunner:
        app = web.Application()
        app.router.add_get("/n/{n}", self._page)
        app.router.add_get("/i/{n}.png", self._image)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    async def _page(self, request: web.Request) -> web.Response:
        self.pages += 1
        n = request.match_info["n"]
        await asyncio.sleep(self._latency_s)
        text = "".join(f"<p>{part}. {SENTENCE.format(n=n) * 2}</p>" for part in range(4))
        html = (
            f"<html lang=en><head><title>Ferry {n}</title></head><body><article><h1>Ferry {n}</h1>{text}"
            f'<img src="/i/{n}.png"></article></body></html>'
        )
        return web.Response(text=html, content_type="text/html")

    async def _image(self, request: web.Request) -> web.Response:
        self.images += 1
        n = int(request.match_info["n"])
        await asyncio.sleep(self._latency_s)
        return web.Response(body=png(100 + n % 200, 100 + n // 200), content_type="image/png")

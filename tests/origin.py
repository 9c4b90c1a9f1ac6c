"""A loopback origin of any number of articles, each with a picture of its own; as slow as a test wants it."""

import asyncio
import threading
import time
from collections import Counter
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.pictures import png

SENTENCE = "The ferry company of island {n} will add a morning crossing from the old harbour when the season begins. "


class Origin:
    """Serves `/<any word>/<number>` with an image at `/i/<number>.png`; counts what was asked for in `pages` and `images`.

    Pages under `/busy/` answer 503 with a Retry-After of *busy_s* until that has passed since the first of them was asked
    for; `busy_at` has the times of all such requests (of the monotonic clock). *asked* counts page requests by path.
    """

    def __init__(self, *, latency_s: float, busy_s: float = 0.0) -> None:
        self._latency_s = latency_s
        self._busy_s = busy_s
        self.pages = 0
        self.images = 0
        self.asked: Counter[str] = Counter()
        self.busy_at: list[float] = []
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
        app.router.add_get("/i/{n}.png", self._image)
        app.router.add_get("/busy/{n}", self._busy)
        app.router.add_get("/{kind}/{n}", self._page)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    async def _page(self, request: web.Request) -> web.Response:
        self.pages += 1
        self.asked[request.path] += 1
        n = request.match_info["n"]
        await asyncio.sleep(self._latency_s)
        text = "".join(f"<p>{part}. {SENTENCE.format(n=n) * 2}</p>" for part in range(4))
        html = (
            f"<html lang=en><head><title>Ferry {n}</title></head><body><article><h1>Ferry {n}</h1>{text}"
            f'<img src="/i/{n}.png"></article></body></html>'
        )
        return web.Response(text=html, content_type="text/html")

    async def _busy(self, request: web.Request) -> web.Response:
        now = time.monotonic()
        self.busy_at.append(now)
        if now - self.busy_at[0] < self._busy_s:
            return web.Response(status=503, headers={"Retry-After": str(round(self._busy_s))})
        return await self._page(request)

    async def _image(self, request: web.Request) -> web.Response:
        self.images += 1
        n = int(request.match_info["n"])
        await asyncio.sleep(self._latency_s)
        return web.Response(body=png(100 + n % 200, 100 + n // 200), content_type="image/png")

"""The benchmarks' origin: pages of about 50 kB and pictures of about 100 kB, made once, served at once."""

import random
import sys
from typing import NoReturn

from aiohttp import web

from tests.origin import SENTENCE
from tests.pictures import png

CHROME = "".join(f'<li><a href="/elsewhere/{n}">Another story of the day, number {n}</a></li>' for n in range(400))
NOISE = random.Random(1).randbytes(100_000)  # after the end of a PNG: bytes nobody decodes, as large as a photograph


def main() -> NoReturn:
    """Serve on a free port of loopback, whose base URL is the first line of stdout, until terminated."""
    shot = png(640, 480)

    async def page(request: web.Request) -> web.Response:
        kind, n = request.match_info["kind"], request.match_info["n"]
        images = "".join(f'<p>{SENTENCE.format(n=i)}</p><img src="/i/{kind[1:]}-{n}-{i}.png">' for i in range(int(kind[1:])))
        text = "".join(f"<p>{part}. {SENTENCE.format(n=n) * 3}</p>" for part in range(12))
        body = f"<article><h1>Ferry {kind} {n}</h1>{text}{images}</article><ul>{CHROME}</ul>"
        return web.Response(
            text=f"<html lang=en><head><title>Ferry {kind} {n}</title></head><body>{body}</body></html>",
            content_type="text/html",
        )

    async def image(request: web.Request) -> web.Response:
        return web.Response(body=shot + request.match_info["n"].encode() + NOISE, content_type="image/png")

    app = web.Application()
    app.router.add_get("/{kind:[abw][0-9]+}/{n}", page)
    app.router.add_get("/i/{n}.png", image)
    web.run_app(
        app,
        host="127.0.0.1",
        port=int(sys.argv[1]) if len(sys.argv) > 1 else 18_765,
        print=lambda _: print(f"http://127.0.0.1:{sys.argv[1] if len(sys.argv) > 1 else 18_765}", flush=True),
    )
    sys.exit(0)


if __name__ == "__main__":
    main()

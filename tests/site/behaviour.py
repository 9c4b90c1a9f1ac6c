"""How the sample site answers for an entry: well, slowly, in pieces, or not at all."""

import asyncio
import gzip
import hashlib
from pathlib import Path

import brotli
from aiohttp import hdrs, web

from tests.site.entries import Entry, Serving

OUR_PAGES = Path(__file__).parent / "pages"
FIXTURE_PAGES = Path(__file__).parents[1] / "pages"

SLOW_S = 2.0  # long enough to be seen in a progress bar, short enough for a demo
REFUSALS = 2  # of a flaky URL, before it works
RETRY_AFTER_S = 1  # the shortest that the header can say
LAST_MODIFIED = "Mon, 09 Feb 2026 15:40:00 GMT"
BOMB_BYTES = 60_000_000  # unpacked; six times the cap on a page
ENDLESS_BYTES = 1_000_000_000  # no reader of ours should come near; an end all the same, should one be left running

_PARAGRAPH = b"<p>The story went on, and on, and on, and the reader began to wonder whether it had an end.</p>\n"
_PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""


def page_bytes(entry: Entry, base: str, update: int) -> bytes:
    """Return the body of *entry* before any content coding; `{base}` and `{update}` are filled in in our own pages."""
    if entry.page is None:
        return b""
    if entry.fixture:
        return (FIXTURE_PAGES / entry.page).read_bytes()
    text = (OUR_PAGES / entry.page).read_text(encoding="utf-8")
    return text.replace("{base}", base).replace("{update}", str(update)).encode(entry.charset)


async def respond(entry: Entry, request: web.Request, *, base: str, earlier: int) -> web.StreamResponse:
    """Answer *request* as *entry* promises, after *earlier* requests for the same path."""
    body = page_bytes(entry, base, earlier + 1)
    match entry.serving:
        case Serving.REDIRECT:
            location = base + entry.location if entry.location.startswith("/") else entry.location
            return web.Response(status=entry.status, headers={hdrs.LOCATION: location})
        case Serving.NOTHING:
            return web.Response(status=entry.status, text=f"{entry.status}\n")
        case Serving.PDF:
            return _whole(entry, _PDF)
        case Serving.FLAKY if earlier < REFUSALS:
            return unavailable()
        case Serving.SLOW:
            await asyncio.sleep(SLOW_S)
        case Serving.CONDITIONAL:
            return _conditional(entry, request, body)
        case Serving.GZIP | Serving.BROTLI:
            return _packed(entry, request, body)
        case Serving.CUT_GZIP:
            packed = gzip.compress(body)
            return _whole(entry, packed[: len(packed) // 2], coding="gzip")
        case Serving.NOT_GZIP:
            return _whole(entry, body, coding="gzip")
        case Serving.BOMB:
            return _whole(entry, await asyncio.to_thread(_bomb), coding="gzip")
        case Serving.SHORT:
            return await _short(entry, request, body)
        case Serving.ENDLESS:
            return await _endless(entry, request)
    return _whole(entry, body)


def unavailable() -> web.Response:
    """Return the 503 that says when to come back."""
    return web.Response(status=503, text="Back in a second.\n", headers={hdrs.RETRY_AFTER: str(RETRY_AFTER_S)})


def _whole(entry: Entry, body: bytes, coding: str | None = None) -> web.Response:
    headers = {hdrs.CONTENT_TYPE: entry.content_type}
    if coding:
        headers[hdrs.CONTENT_ENCODING] = coding
    return web.Response(body=body, headers=headers)


def _conditional(entry: Entry, request: web.Request, body: bytes) -> web.Response:
    """Answer 304 to the validators we gave out; If-None-Match goes before If-Modified-Since (RFC 9110 §13.2.2)."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    match, since = request.headers.get(hdrs.IF_NONE_MATCH), request.headers.get(hdrs.IF_MODIFIED_SINCE)
    fresh = match == etag if match is not None else since == LAST_MODIFIED
    response = web.Response(status=304) if fresh else _whole(entry, body)
    response.headers.update({hdrs.ETAG: etag, hdrs.LAST_MODIFIED: LAST_MODIFIED})
    return response


def tagged(request: web.Request, body: bytes, content_type: str) -> web.Response:
    """Return *body* with an ETag made of it, or 304 to a request that names it."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    if request.headers.get(hdrs.IF_NONE_MATCH) == etag:
        return web.Response(status=304, headers={hdrs.ETAG: etag})
    return web.Response(body=body, headers={hdrs.ETAG: etag, hdrs.CONTENT_TYPE: content_type})


def _packed(entry: Entry, request: web.Request, body: bytes) -> web.Response:
    coding, pack = ("br", brotli.compress) if entry.serving is Serving.BROTLI else ("gzip", gzip.compress)
    offered = {part.split(";")[0].strip().lower() for part in request.headers.get(hdrs.ACCEPT_ENCODING, "").split(",")}
    if coding not in offered:
        return _whole(entry, body)
    return _whole(entry, pack(body), coding=coding)


def _bomb() -> bytes:
    head = b"<!DOCTYPE html><html><head><title>A very long blank</title></head><body><p>"
    return gzip.compress(head + b" " * BOMB_BYTES + b"</p></body></html>", compresslevel=6)


async def _short(entry: Entry, request: web.Request, body: bytes) -> web.StreamResponse:
    """Promise the whole body, send half of it and close the connection."""
    response = web.StreamResponse(headers={hdrs.CONTENT_TYPE: entry.content_type, hdrs.CONTENT_LENGTH: str(len(body))})
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response


async def _endless(entry: Entry, request: web.Request) -> web.StreamResponse:
    """Write paragraphs until the reader goes away."""
    response = web.StreamResponse(headers={hdrs.CONTENT_TYPE: entry.content_type})
    await response.prepare(request)
    await response.write(b"<!DOCTYPE html><html><head><title>Endless</title></head><body><article>\n")
    chunk = _PARAGRAPH * 600
    try:
        for _ in range(ENDLESS_BYTES // len(chunk)):
            await response.write(chunk)
    except ConnectionError:
        pass  # the reader had enough, as it should
    return response

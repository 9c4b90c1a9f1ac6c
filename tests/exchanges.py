"""Exchanges to keep in an archive, and what an independent reader makes of the files."""

import asyncio
import gzip
import io
import zlib
from dataclasses import replace
from pathlib import Path

import brotli
import zstandard
from warcio.archiveiterator import ArchiveIterator

from worker.exchange import Exchange, Record
from worker.store.archive import WarcArchive

PAGE = "<html><head><title>春</title></head><body>{}</body></html>".format("<p>新闻 and news.</p>" * 400).encode()
PHOTO = bytes(range(256)) * 200
MEGABYTE = 1_000_000


def exchange(
    wire_body: bytes = PAGE,
    body: bytes | None = None,
    url: str = "https://news.example/a?b=1",
    content_type: str = "text/html; charset=utf-8",
    headers: tuple[tuple[str, str], ...] = (),
    **changes: object,
) -> Exchange:
    made = Exchange(
        url=url,
        method="GET",
        request_headers=(("Host", "news.example"), ("User-Agent", "Newsmill/1"), ("Accept", "text/html")),
        status=200,
        reason="OK",
        headers=(("Server", "x"), ("Content-Type", content_type), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), *headers),
        wire_body=wire_body,
        body=wire_body if body is None else body,
        address="192.0.2.7",
        started_at=1_790_000_000.25,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def coded(coding: str, wire_body: bytes) -> Exchange:
    return exchange(wire_body, PAGE, headers=(("Content-Encoding", coding),))


CODINGS = {
    "gzip": coded("gzip", gzip.compress(PAGE)),
    "gzip of two members": coded("gzip", gzip.compress(PAGE[:100]) + gzip.compress(PAGE[100:])),
    "gzip with rubbish behind": coded("x-gzip", gzip.compress(PAGE) + b"\0\0rubbish"),
    "zlib deflate": coded("deflate", zlib.compress(PAGE)),
    "bare deflate": coded("deflate", zlib.compress(PAGE)[2:-4]),
    "brotli": coded("br", brotli.compress(PAGE)),
    "zstd": coded("zstd", zstandard.ZstdCompressor().compress(PAGE)),
    "two codings": coded("gzip, br", brotli.compress(gzip.compress(PAGE))),
    "two header lines": exchange(
        brotli.compress(gzip.compress(PAGE)), PAGE, headers=(("Content-Encoding", "gzip"), ("content-encoding", "br"))
    ),
    "identity": coded("identity", PAGE),
    "a coding named but not applied": coded("gzip", PAGE),
    "photo": exchange(PHOTO, content_type="image/jpeg"),
    "no body": exchange(b"", status=304, reason="Not Modified"),
    "no headers at all": exchange(PAGE, request_headers=()),
}


def keep(archive: WarcArchive, *exchanges: Exchange) -> list[Record]:
    async def all_at_once() -> list[Record]:
        return list(await asyncio.gather(*map(archive.keep, exchanges)))

    return asyncio.run(all_at_once())


def warcio_records(path: Path) -> list[tuple[str, dict[str, str], int, bytes]]:
    """Read *path* with warcio, digests checked: type, WARC headers, status, body in the content coding it has there."""
    out = []
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            status = record.http_headers.get_statuscode() if record.rec_type == "response" else "0"
            out.append((record.rec_type, dict(record.rec_headers.headers), int(status), record.raw_stream.read()))
    return out


def whole_records(data: bytes) -> int:
    """Count the records that warcio yields of a file that may end in the middle of one."""
    count = 0
    iterator = iter(ArchiveIterator(io.BytesIO(data), no_record_parse=True))
    while True:
        try:
            record = next(iterator)
            whole = len(record.raw_stream.read()) == int(record.rec_headers.get_header("Content-Length"))
        except Exception:  # the end, or whatever it is that warcio stumbles over in a torn head
            return count
        if not whole:
            return count
        count += 1

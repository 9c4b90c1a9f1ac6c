"""Undoing the content codings (RFC 9110 §8.4) of bodies that lie in the archive."""

import zlib
from collections.abc import Callable

import brotli
import zstandard

from worker.errors import TooLarge

GZIP, ZLIB, RAW_DEFLATE = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS


def undo(body: bytes, codings: str, limit: int) -> bytes:
    """Return *body* without its *codings*, a Content-Encoding header's value.

    Lenient about truncated ends and rubbish behind them: whoever kept the body also kept the SHA-256 of what comes
    out, and compares. Raises TooLarge above *limit* bytes, ValueError when a coding cannot be undone at all.
    """
    for name in reversed([part.strip().lower() for part in codings.split(",") if part.strip()]):
        if name == "identity":
            continue
        if name not in _UNDO:
            raise ValueError(f"unknown content coding {name!r}")
        try:
            body = _UNDO[name](body, limit)
        except (zlib.error, brotli.error, zstandard.ZstdError) as error:
            raise ValueError(f"{name}: {error}") from error
        if len(body) > limit:
            raise TooLarge(f"the stored body decodes to more than {limit:,} bytes")
    return body


def inflate(data: bytes, wrapper: int, limit: int) -> bytes:
    """Return what the members of *data* hold one after another, at most one byte more than *limit*."""
    out = bytearray()
    while data and len(out) <= limit:
        member = zlib.decompressobj(wrapper)
        try:
            out += member.decompress(data, limit + 1 - len(out))
        except zlib.error:
            if not out:
                raise
            break
        data = member.unused_data
    return bytes(out)


def _gzip(data: bytes, limit: int) -> bytes:
    return inflate(data, GZIP, limit)


def _deflate(data: bytes, limit: int) -> bytes:
    """Undo `deflate`: zlib by the standard, the bare stream by what many servers have always sent."""
    try:
        return inflate(data, ZLIB, limit)
    except zlib.error:
        return inflate(data, RAW_DEFLATE, limit)


def _brotli(data: bytes, limit: int) -> bytes:
    return bytes(brotli.Decompressor().process(data, output_buffer_limit=limit + 1))


def _zstd(data: bytes, limit: int) -> bytes:
    with zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True) as reader:
        return reader.read(limit + 1)


_UNDO: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip, "x-gzip": _gzip, "deflate": _deflate, "br": _brotli, "zstd": _zstd,
}  # fmt: skip

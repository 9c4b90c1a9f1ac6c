"""Content codings undone within bounds (RFC 9110 §8.4): a hostile body costs neither memory nor a silent cut."""

import zlib
from collections.abc import Generator, Iterator

import brotli
import zstandard

from worker.errors import BadEncoding, Bomb, TooLarge, Truncated

_STEP = 65_536  # bytes asked of a decoder at a time: what a bomb may put on top of the cap
_RATIO = 100  # decoded to coded size; news pages reach about 20
_RATIO_FROM = 1_000_000  # decoded bytes; a small page of blanks may compress better than that
_ZSTD_WINDOW = 8 << 20  # RFC 9659: what a zstd content coding may ask for at most
# A zstd block of 4 bytes yields up to 128 kB and its decoder has no output limit, so it is fed this many bytes
# at a time: at most 8 MB come out of one step.
_ZSTD_FEED = 256
_MAX_MEMBERS = 1_000  # gzip members or zstd frames in one body; block compressors make one for each 64 kB or more

_CUT = "the body ends in the middle of its content coding"
_NOT_CODED = frozenset({"", "identity", "none", "utf-8"})  # the last two are servers' slips for "not coded"


def coding_of(header: str | None) -> str | None:
    """Return the one content coding that a `Content-Encoding` *header* names, None when the body is not coded.

    Raises Bomb when there is more than one: `gzip, gzip` turns 7 kB into 4 GB and no honest server sends it.
    """
    names = [name.strip().lower() for name in (header or "").split(",")]
    codings = [name for name in names if name not in _NOT_CODED]
    if len(codings) > 1:
        raise Bomb(f"more than one content coding: {header!r}")
    return codings[0].removeprefix("x-") if codings else None


def decode(wire: bytes, coding: str | None, *, cap: int) -> bytes:
    """Return *wire* with its content *coding* undone; *cap* bounds the result in bytes.

    Raises TooLarge over the cap, Bomb for a result over 1 MB and 100 times its coded size, Truncated when the
    coded stream does not reach its end, BadEncoding when it is damaged or its coding unknown.
    An empty body is empty in every coding. Sources: RFC 1950–1952, RFC 7932, RFC 8878.
    """
    if coding is None or not wire:
        if len(wire) > cap:
            raise TooLarge(f"the body passes {cap} bytes")
        return wire
    pieces: list[bytes] = []
    size = 0
    for piece in _pieces(wire, coding):
        size += len(piece)
        if size > _RATIO_FROM and size > _RATIO * len(wire):
            raise Bomb(f"{len(wire)} bytes of {coding} decode to more than {_RATIO} times that")
        if size > cap:
            raise TooLarge(f"the decoded body passes {cap} bytes")
        pieces.append(piece)
    return b"".join(pieces)


def _pieces(wire: bytes, coding: str) -> Iterator[bytes]:
    match coding:
        case "gzip":
            return _gzip(wire)
        case "deflate":
            return _deflate(wire)
        case "br":
            return _brotli(wire)
        case "zstd":
            return _zstd(wire)
    raise BadEncoding(f"unknown content coding {coding!r}")


def _inflate(wire: memoryview, window_bits: int) -> Generator[bytes, None, int]:
    """Yield one zlib stream in steps; return how much of *wire* it took."""
    decoder = zlib.decompressobj(window_bits)
    fed = 0
    try:
        while not decoder.eof:
            feed: bytes | memoryview = decoder.unconsumed_tail
            if not feed:
                feed = wire[fed : fed + _STEP]
                fed += len(feed)
            piece = decoder.decompress(feed, _STEP)
            if not piece and not feed and not decoder.eof:
                raise Truncated(_CUT)
            yield piece
    except zlib.error as error:
        raise BadEncoding(f"damaged content coding: {error}") from error
    return fed - len(decoder.unused_data)


def _gzip(wire: bytes) -> Iterator[bytes]:
    rest = memoryview(wire)
    for _ in range(_MAX_MEMBERS):
        taken = yield from _inflate(rest, 16 + zlib.MAX_WBITS)
        rest = rest[taken:]
        if rest[:2].tobytes() != b"\x1f\x8b":  # padding or rubbish after the last member is ignored, as gzip(1) and browsers do
            return
    raise Bomb(f"more than {_MAX_MEMBERS} gzip members")


def _deflate(wire: bytes) -> Iterator[bytes]:
    # RFC 9110 means the zlib format; many servers send the bare deflate stream. RFC 1950 §2.2 tells them apart.
    is_zlib = len(wire) > 1 and wire[0] & 0x0F == 8 and int.from_bytes(wire[:2]) % 31 == 0
    yield from _inflate(memoryview(wire), zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)


def _brotli(wire: bytes) -> Iterator[bytes]:
    decoder = brotli.Decompressor()
    rest = memoryview(wire)
    try:
        while not decoder.is_finished():
            feed = rest[:_STEP] if decoder.can_accept_more_data() else b""
            rest = rest[len(feed) :]
            piece = decoder.process(feed, output_buffer_limit=_STEP)
            if not piece and not feed and decoder.can_accept_more_data():
                raise Truncated(_CUT)
            yield piece
    except brotli.error as error:
        raise BadEncoding(f"damaged content coding: {error}") from error


def _zstd(wire: bytes) -> Iterator[bytes]:
    context = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    rest = memoryview(wire)
    try:
        for _ in range(_MAX_MEMBERS):
            decoder = context.decompressobj()
            while not decoder.eof:
                if not rest:
                    raise Truncated(_CUT)
                yield decoder.decompress(rest[:_ZSTD_FEED])
                rest = rest[_ZSTD_FEED:]
            unused = len(decoder.unused_data)
            rest = memoryview(wire)[len(wire) - len(rest) - unused :]
            if not rest:
                return
    except zstandard.ZstdError as error:
        raise BadEncoding(f"damaged content coding: {error}") from error
    raise Bomb(f"more than {_MAX_MEMBERS} zstd frames")

import gzip
import random
import subprocess
import sys
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard

from worker.errors import BadEncoding, Bomb, IngestError, TooLarge, Truncated
from worker.fetch.decoding import coding_of, decode

MEGABYTE = 1_000_000
CAP = 10 * MEGABYTE
TEXT = random.Random(7).randbytes(4_000) + "新闻 news ".encode() * 20_000


def raw_deflate(body: bytes) -> bytes:
    encoder = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return encoder.compress(body) + encoder.flush()


def streamed_zstd(body: bytes) -> bytes:
    """As web servers do it: no size in the frame's header."""
    encoder = zstandard.ZstdCompressor().compressobj()
    return encoder.compress(body) + encoder.flush()


ENCODERS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", raw_deflate),
    ("br", lambda body: brotli.compress(body, quality=5)),
    ("zstd", zstandard.compress),
    ("zstd", streamed_zstd),
]
each_coding = pytest.mark.parametrize(
    ("coding", "encode"), ENCODERS, ids=["gzip", "zlib", "raw-deflate", "br", "zstd", "zstd-streamed"]
)


@each_coding
def test_each_coding_is_undone(coding: str, encode: Callable[[bytes], bytes]) -> None:
    assert decode(encode(TEXT), coding, cap=CAP) == TEXT


@each_coding
def test_a_body_of_incompressible_bytes_comes_back_whole(coding: str, encode: Callable[[bytes], bytes]) -> None:
    noise = random.Random(3).randbytes(700_000)
    assert decode(encode(noise), coding, cap=CAP) == noise


@each_coding
def test_a_cut_is_seen_wherever_it_falls(coding: str, encode: Callable[[bytes], bytes]) -> None:
    wire = encode(TEXT[:6_000])
    for length in range(2, len(wire)):
        with pytest.raises(Truncated):
            decode(wire[:length], coding, cap=CAP)


@each_coding
def test_an_empty_body_is_empty_in_every_coding(coding: str, encode: Callable[[bytes], bytes]) -> None:
    assert decode(b"", coding, cap=CAP) == b""
    assert decode(encode(b""), coding, cap=CAP) == b""


@each_coding
def test_rubbish_is_a_bad_encoding_or_a_cut_one_and_never_text(coding: str, encode: Callable[[bytes], bytes]) -> None:
    with pytest.raises((BadEncoding, Truncated)):
        decode(b"<html>this was never coded</html>", coding, cap=CAP)


@each_coding
def test_the_cap_holds_for_decoded_bytes(coding: str, encode: Callable[[bytes], bytes]) -> None:
    wire = encode(TEXT)
    assert len(decode(wire, coding, cap=len(TEXT))) == len(TEXT)
    with pytest.raises(TooLarge):
        decode(wire, coding, cap=len(TEXT) - 1)


def test_a_body_that_is_not_coded_is_capped_too() -> None:
    assert decode(b"x" * 10, None, cap=10) == b"x" * 10
    with pytest.raises(TooLarge):
        decode(b"x" * 11, None, cap=10)


def bomb(coding: str, megabytes: int) -> bytes:
    block = bytes(1 << 20)
    if coding == "br":
        brotli_encoder = brotli.Compressor(quality=9, lgwin=24)
        return b"".join(brotli_encoder.process(block) for _ in range(megabytes)) + brotli_encoder.finish()
    if coding == "zstd":
        zstd_encoder = zstandard.ZstdCompressor().compressobj()
        return b"".join(zstd_encoder.compress(block) for _ in range(megabytes)) + zstd_encoder.flush()
    window_bits = {"gzip": 31, "deflate": 15}[coding]
    encoder = zlib.compressobj(9, zlib.DEFLATED, window_bits)
    return b"".join(encoder.compress(block) for _ in range(megabytes)) + encoder.flush()


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_is_called_one_before_it_goes_off(coding: str) -> None:
    wire = bomb(coding, 200)
    tracemalloc.start()
    with pytest.raises(Bomb):
        decode(wire, coding, cap=100 * MEGABYTE)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100 * len(wire) + 30 * MEGABYTE


def test_a_gigabyte_in_a_few_hundred_bytes_of_brotli_costs_no_memory() -> None:
    """Measured in a process of its own, as the system counts it: decoders allocate outside Python."""
    probe = """
import resource, sys
from worker.errors import Bomb
from worker.fetch.decoding import decode
wire = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    decode(wire, "br", cap=10_000_000)
except Bomb:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    wire = bomb("br", 1024)
    assert len(wire) < 2_000
    done = subprocess.run([sys.executable, "-c", probe], input=wire, capture_output=True, check=True)
    assert int(done.stdout) < 50_000  # kB; the decoder's window alone may take 16 MB


def test_a_small_page_may_compress_as_well_as_it_likes() -> None:
    blanks = b" " * 900_000
    assert decode(gzip.compress(blanks), "gzip", cap=CAP) == blanks


def test_gzip_members_and_zstd_frames_are_joined() -> None:
    halves = TEXT[:50_000], TEXT[50_000:]
    assert decode(b"".join(map(gzip.compress, halves)), "gzip", cap=CAP) == TEXT
    assert decode(b"".join(map(zstandard.compress, halves)), "zstd", cap=CAP) == TEXT


def test_a_second_member_that_is_cut_is_seen() -> None:
    wire = gzip.compress(b"first") + gzip.compress(b"second" * 100)[:-12]
    with pytest.raises(Truncated):
        decode(wire, "gzip", cap=CAP)


def test_padding_after_the_last_member_is_ignored() -> None:
    assert decode(gzip.compress(TEXT) + bytes(512), "gzip", cap=CAP) == TEXT


@pytest.mark.parametrize(("coding", "empty"), [("gzip", gzip.compress(b"")), ("zstd", zstandard.compress(b""))])
def test_endless_empty_members_are_a_bomb(coding: str, empty: bytes) -> None:
    with pytest.raises(Bomb):
        decode(empty * 20_000, coding, cap=CAP)


def test_a_damaged_checksum_is_a_bad_encoding() -> None:
    wire = bytearray(gzip.compress(TEXT))
    wire[-6] ^= 0xFF
    with pytest.raises(BadEncoding):
        decode(bytes(wire), "gzip", cap=CAP)


def test_zstd_that_wants_a_window_over_8_mb_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters.from_level(1, window_log=24)
    encoder = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    with pytest.raises(BadEncoding):
        decode(encoder.compress(b"x" * 100) + encoder.flush(), "zstd", cap=CAP)


@pytest.mark.parametrize("header", ["gzip, gzip", "gzip,br", "br, identity, zstd"])
def test_more_than_one_coding_is_refused(header: str) -> None:
    with pytest.raises(Bomb):
        coding_of(header)


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        (None, None),
        ("", None),
        ("identity", None),
        ("UTF-8", None),
        ("GZip", "gzip"),
        ("x-gzip", "gzip"),
        (" br ", "br"),
        ("gzip, identity", "gzip"),
    ],
)
def test_the_header_names_one_coding_or_none(header: str | None, coding: str | None) -> None:
    assert coding_of(header) == coding


@pytest.mark.parametrize("coding", ["compress", "lzma", "dcb"])
def test_an_unknown_coding_is_not_passed_off_as_text(coding: str) -> None:
    with pytest.raises(BadEncoding):
        decode(b"whatever", coding, cap=CAP)


@each_coding
def test_whatever_comes_in_only_our_errors_come_out(coding: str, encode: Callable[[bytes], bytes]) -> None:
    rng = random.Random(11)
    wire = encode(TEXT[:6_000])
    for _ in range(500):
        damaged = bytearray(wire)
        for _ in range(rng.randint(1, 4)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        try:
            decode(bytes(damaged), coding, cap=CAP)
        except IngestError:
            pass

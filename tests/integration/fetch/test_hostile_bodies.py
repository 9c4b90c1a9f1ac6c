"""Bodies and headers made to cut, flood or stall whoever reads them."""

import asyncio
import gzip
import time
import zlib

import brotli
import pytest
import zstandard

from tests.integration.fetch.loopback import (
    PAGE,
    Answer,
    OpenGovernor,
    Origin,
    after,
    drip,
    page,
    raw,
    redirect,
    reply,
    serving,
    visiting,
)
from worker.errors import (
    BadEncoding,
    Bomb,
    ConnectFailed,
    ServerError,
    TimedOut,
    TooLarge,
    Truncated,
)
from worker.fetch.client import WebClient

pytestmark = pytest.mark.anyio


def headed(body: bytes, *fields: str) -> bytes:
    return "\r\n".join(("HTTP/1.1 200 OK", "Content-Type: text/html", *fields)).encode() + b"\r\n\r\n" + body


HALVES = {
    "gzip": gzip.compress(PAGE)[:-40],
    "deflate": zlib.compress(PAGE)[:-20],
    "br": brotli.compress(PAGE)[:-20],
    "zstd": zstandard.compress(PAGE)[:-20],
}


@pytest.mark.parametrize("coding", HALVES)
@pytest.mark.parametrize("framing", ["length", "close"])
async def test_half_a_coded_body_is_truncated(origin: Origin, client: WebClient, coding: str, framing: str) -> None:
    half = HALVES[coding]
    fields = [f"Content-Encoding: {coding}"] + ([f"Content-Length: {len(half)}"] if framing == "length" else [])
    origin.answers["/"] = raw(headed(half, *fields))
    with pytest.raises(Truncated):
        await page(client, origin.url("/"))


@pytest.mark.parametrize(
    "answer",
    [
        raw(headed(PAGE[:500], f"Content-Length: {len(PAGE)}")),
        raw(headed(PAGE[:500], f"Content-Length: {len(PAGE)}"), "reset"),
        raw(headed(b"1f4\r\n" + PAGE[:300], "Transfer-Encoding: chunked")),
        raw(headed(b"64\r\n" + PAGE[:100] + b"\r\n", "Transfer-Encoding: chunked")),
        raw(b""),
        raw(b"", "reset"),
        raw(b"HTTP/1.1 200 OK\r\nContent-Ty"),
        reply(206, PAGE),
    ],
    ids=["short", "short-reset", "chunk-short", "no-last-chunk", "nothing", "reset-at-once", "half-headers", "partial"],
)
async def test_a_connection_that_breaks_off_is_truncated(origin: Origin, client: WebClient, answer: Answer) -> None:
    origin.answers["/"] = answer
    with pytest.raises(Truncated):
        await page(client, origin.url("/"))


@pytest.mark.parametrize(
    "answer",
    [
        raw(b"SSH-2.0-OpenSSH_9.2\r\n"),
        raw(headed(b"x", "Content-Length: 1", "Content-Length: 2")),
        raw(headed(b"", "Content-Length: -5")),
    ],
    ids=["ssh", "two-lengths", "negative-length"],
)
async def test_what_is_not_http_is_a_server_error(origin: Origin, client: WebClient, answer: Answer) -> None:
    origin.answers["/"] = answer
    with pytest.raises(ServerError):
        await page(client, origin.url("/"))


@pytest.mark.parametrize("fields", [["X: " + "a" * 20_000], [f"X-{n}: 1" for n in range(400)]], ids=["long", "many"])
async def test_headers_are_bounded(origin: Origin, client: WebClient, fields: list[str]) -> None:
    origin.answers["/"] = raw(headed(b"", "Content-Length: 0", *fields))
    with pytest.raises((TooLarge, ServerError)):
        await page(client, origin.url("/"))


async def test_a_body_over_the_cap_is_refused_before_it_is_read_when_it_says_so(origin: Origin, client: WebClient) -> None:
    origin.answers["/"] = raw(headed(b"<", "Content-Length: 1000001"), "hold")
    with pytest.raises(TooLarge):
        await page(client, origin.url("/"))


async def test_a_body_over_the_cap_is_refused_when_it_does_not_say_so(origin: Origin, client: WebClient) -> None:
    origin.answers["/"] = raw(headed(b"<p>" * 400_000), "hold")
    with pytest.raises(TooLarge):
        await page(client, origin.url("/"))


async def test_a_bomb_and_a_twofold_coding_are_refused(origin: Origin, client: WebClient) -> None:
    origin.answers["/bomb"] = reply(200, brotli.compress(bytes(50_000_000), quality=5), ("Content-Encoding", "br"))
    origin.answers["/twice"] = reply(200, gzip.compress(gzip.compress(PAGE)), ("Content-Encoding", "gzip, gzip"))
    for path in ("/bomb", "/twice"):
        with pytest.raises(Bomb):
            await page(client, origin.url(path))


async def test_a_coding_that_cannot_be_undone_is_a_bad_encoding(origin: Origin, client: WebClient) -> None:
    origin.answers["/"] = reply(200, PAGE, ("Content-Encoding", "gzip"))
    with pytest.raises(BadEncoding):
        await page(client, origin.url("/"))


# ---------------------------------------------------------------- time


@pytest.mark.parametrize(
    "answer",
    [drip(headed(PAGE), 0.05), after(30, reply()), raw(headed(b"<p>", "Content-Length: 900"), "hold")],
    ids=["drip", "silence", "stall"],
)
async def test_the_deadline_covers_the_whole_exchange(origin: Origin, governor: OpenGovernor, answer: Answer) -> None:
    origin.answers["/"] = answer
    async with visiting(governor, deadline_s=0.6) as client:
        started = time.monotonic()
        with pytest.raises(TimedOut):
            await page(client, origin.url("/"))
        assert 0.5 < time.monotonic() - started < 1.6
    assert governor.reports[origin.host, "failed"] == 1


async def test_the_deadline_covers_a_body_that_drips(origin: Origin, governor: OpenGovernor) -> None:
    async def answer(_: object, writer: asyncio.StreamWriter) -> None:
        writer.write(headed(b"", f"Content-Length: {len(PAGE)}"))
        for byte in PAGE:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.05)

    origin.answers["/"] = answer
    async with visiting(governor, deadline_s=0.6) as client:
        started = time.monotonic()
        with pytest.raises(TimedOut):
            await page(client, origin.url("/"))
        assert time.monotonic() - started < 1.6


async def test_the_deadline_is_one_for_all_hops(origin: Origin, governor: OpenGovernor) -> None:
    for n in range(5):
        origin.answers[f"/{n}"] = after(0.3, redirect(f"/{n + 1}"))
    origin.answers["/5"] = reply(200, PAGE)
    async with visiting(governor, deadline_s=0.7) as client:
        with pytest.raises(TimedOut):
            await page(client, origin.url("/0"))
    assert len(origin.asked) <= 3


async def test_waiting_for_turns_and_places_costs_no_fetch_time(origin: Origin, governor: OpenGovernor) -> None:
    governor.turn_wait_s = governor.slot_wait_s = 0.2
    origin.answers |= {"/0": redirect("/1"), "/1": redirect("/2"), "/2": reply(200, PAGE)}
    async with visiting(governor, deadline_s=0.5) as client:
        assert (await page(client, origin.url("/0"))).exchange.body == PAGE


async def test_a_turn_that_grew_stale_in_the_queue_for_a_place_is_taken_anew(
    origin: Origin, client: WebClient, governor: OpenGovernor
) -> None:
    governor.slot_wait_s = 0.4
    origin.answers["/"] = reply(200, PAGE)
    await page(client, origin.url("/"))
    assert governor.turns == [(origin.host, "17")]


async def test_a_refused_connection_is_told_to_the_breaker(origin: Origin, governor: OpenGovernor, client: WebClient) -> None:
    async with serving(Origin()) as gone:
        url, host = gone.url("/"), gone.host
    with pytest.raises(ConnectFailed):
        await page(client, url)
    assert governor.reports == {(host, "failed"): 1}

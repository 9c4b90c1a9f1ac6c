"""One GET to one host: its turn and place at the governor, its budgets, and what its end says about the host."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from worker.errors import (
    ConnectFailed,
    ForbiddenAddress,
    IngestError,
    InvalidUrl,
    NameNotFound,
    NameServerTrouble,
    OwnTrouble,
    RateLimited,
    ServerError,
    TimedOut,
    TlsFailed,
    TooLarge,
    TransientError,
    Truncated,
)
from worker.exchange import Exchange
from worker.fetch.decoding import coding_of, decode
from worker.fetch.egress import DEADLINE, PEER, SENT_HEADERS
from worker.outcomes import RULES, clamp_retry_after, status_error
from worker.ports import Governor

_STALE_TURN_S = 0.25  # a turn not used by then has lost its place: the next one may be about to start
_DECODE_APART = 200_000  # coded bytes; from here decoding would hold up the loop for several ms

# The host does not answer, or not as it should.
_HOST_FAILURES = (ConnectFailed, TimedOut, TlsFailed, ServerError)
# These are no answer of the host, or half of one: they neither open nor close its breaker.
_SAYS_NOTHING = (OwnTrouble, NameNotFound, NameServerTrouble, ForbiddenAddress, InvalidUrl, Truncated)

Headers = Sequence[tuple[str, str]]


@dataclass(slots=True)
class Budget:
    """Seconds of network time that are left to a chain of exchanges; waiting for turns and places is free."""

    left_s: float


class Turns:
    """The turns of one piece of work: *held_host*'s has been taken by the caller, the others are taken as needed."""

    def __init__(self, governor: Governor, ref: str, *, held_host: str) -> None:
        self._governor = governor
        self._ref = ref
        self._held: str | None = held_host
        self._since = asyncio.get_running_loop().time()

    async def take(self, host: str) -> None:
        """Use the turn that is held, if it is *host*'s, or wait for another."""
        if self._held != host:
            await self._wait(host)
        self._held = None

    async def renew(self, host: str) -> None:
        """Wait for another turn if the one taken has grown stale meanwhile."""
        if asyncio.get_running_loop().time() - self._since > _STALE_TURN_S:
            await self._wait(host)

    async def _wait(self, host: str) -> None:
        await self._governor.turn(host, self._ref, patient=True)
        self._since = asyncio.get_running_loop().time()


class Transfer:
    """GETs through *egress* (the guarded transport), as polite as *governor* says."""

    def __init__(self, egress: httpx.AsyncBaseTransport, governor: Governor) -> None:
        self._egress = egress
        self._governor = governor

    async def get(
        self,
        url: str,
        headers: Headers,
        *,
        turns: Turns | None,
        budget: Budget,
        cap: int,
        cut: bool,
        gate: Callable[[str | None], None],
    ) -> Exchange:
        """Return the exchange; a status from 400 on is raised as what `status_error` makes of it.

        *url* has the form that `worker.urls.resolve` gives it, without fragment. *turns* None: no turn is needed.
        *cap* bounds the body in bytes; over it TooLarge, or with *cut* the body ends there. *gate* is shown the
        Content-Type of a 2xx before its body is read, and may raise. The bodies of other statuses are not read.
        Raises TransientError, PermanentError, HostBusy and OwnTrouble.
        """
        host = urlsplit(url).netloc
        if budget.left_s <= 0:
            raise TimedOut(f"no time was left for {host}")
        if turns is not None:
            await turns.take(host)
        async with self._governor.slot(host):
            if turns is not None:
                await turns.renew(host)
            started = time.monotonic()
            try:
                exchange = await self._exchange(url, headers, budget, cap, cut, gate)
                self._raise_for_status(exchange)
            except IngestError as error:
                await self._report(host, error)
                raise
            finally:
                budget.left_s -= time.monotonic() - started
            await self._report(host, None)
            return exchange

    async def _exchange(
        self, url: str, headers: Headers, budget: Budget, cap: int, cut: bool, gate: Callable[[str | None], None]
    ) -> Exchange:
        request = httpx.Request("GET", url, headers=list(headers), extensions={DEADLINE: budget.left_s})
        started_at = time.time()
        response = await self._egress.handle_async_request(request)
        try:
            wire = b""
            if response.is_success:
                gate(response.headers.get("content-type"))
                wire = await _read(response, cap, cut)
        finally:
            await response.aclose()
        return Exchange(
            url=url,
            method="GET",
            request_headers=response.extensions[SENT_HEADERS],
            status=response.status_code,
            reason=response.extensions["reason_phrase"].decode("utf-8", "replace"),
            headers=tuple(_header(key, value) for key, value in response.headers.raw),
            wire_body=wire,
            body=await _decoded(wire, response.headers.get("content-encoding"), cap),
            address=response.extensions[PEER],
            started_at=started_at,
        )

    def _raise_for_status(self, exchange: Exchange) -> None:
        if exchange.status == 206:  # we never ask for a range
            raise Truncated("HTTP 206 to a request for the whole", status=206)
        if exchange.status >= 400:
            error = status_error(exchange.status, retry_after_s(exchange.header("retry-after"), time.time()))
            assert error is not None
            raise error

    async def _report(self, host: str, error: IngestError | None) -> None:
        """Tell the governor what the exchange says about *host*; its own trouble must not spoil the result."""
        try:
            if isinstance(error, TransientError):
                await self._hold(host, error)
            if isinstance(error, _HOST_FAILURES):
                await self._governor.failed(host)
            elif not isinstance(error, _SAYS_NOTHING):
                await self._governor.succeeded(host)
        except OwnTrouble:
            pass

    async def _hold(self, host: str, error: TransientError) -> None:
        if error.retry_after_s is not None:
            await self._governor.hold(host, clamp_retry_after(error.retry_after_s))
        elif isinstance(error, RateLimited):
            await self._governor.hold(host, RULES[RateLimited].first_s)


def retry_after_s(header: str | None, now: float) -> float | None:
    """Return the seconds that a Retry-After *header* asks for (RFC 9110 §10.2.3: seconds, or a date), None if it does not."""
    if header is None:
        return None
    value = header.strip()
    if value.isascii() and value.isdigit():
        return float(value[:12])
    try:
        at = parsedate_to_datetime(value)
        return max(0.0, (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - now)
    except (ValueError, OverflowError):
        return None


async def _read(response: httpx.Response, cap: int, cut: bool) -> bytes:
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared[:18]) > cap and not cut:
        raise TooLarge(f"the body has {declared} bytes, the cap is {cap}")
    chunks: list[bytes] = []
    size = 0
    assert isinstance(response.stream, httpx.AsyncByteStream)
    async for chunk in response.stream:
        chunks.append(chunk)
        size += len(chunk)
        if size > cap:
            if not cut:
                raise TooLarge(f"the body passes {cap} bytes")
            return b"".join(chunks)[:cap]
    return b"".join(chunks)


async def _decoded(wire: bytes, content_encoding: str | None, cap: int) -> bytes:
    coding = coding_of(content_encoding)
    if coding is not None and len(wire) > _DECODE_APART:
        return await asyncio.to_thread(decode, wire, coding, cap=cap)
    return decode(wire, coding, cap=cap)


def _header(name: bytes, value: bytes) -> tuple[str, str]:
    key = name.decode("latin-1")
    return key, _text(key, value)


def _text(name: str, value: bytes) -> str:
    """Return a header's value as text: UTF-8 as most servers mean it, else byte for byte (RFC 9110 §5.5).

    A Location in another charset keeps its bytes, escaped, as in browsers.
    """
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        if name.lower() == "location":
            return "".join(chr(byte) if byte < 0x80 else f"%{byte:02X}" for byte in value)
        return value.decode("latin-1")

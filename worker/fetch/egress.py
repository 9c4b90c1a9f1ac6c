"""The one way out: an httpx transport over aiohttp whose every socket the guard has looked at first."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from worker.errors import ForbiddenAddress, IngestError, InvalidUrl, NameNotFound, NameServerTrouble, OwnTrouble
from worker.fetch.failures import AddressRefused, translated
from worker.fetch.guard import Guard

DEADLINE = "deadline_s"  # request extension: seconds this exchange may take in all, if less than the transport's own
SENT_HEADERS = "sent_headers"  # response extension: the request's headers as they went out, without secrets
PEER = "peer"  # response extension: the address that answered

_CONNECT_S = 10.0  # one TCP and TLS handshake: three lost SYNs (1 + 2 + 4 s) and time to spare
_DNS_CACHE_S = 30  # checked answers are used this long; the socket factory looks at the address again anyway
_DNS_THREADS = 16  # getaddrinfo blocks for seconds on dead name servers, and must not starve the loop's own threads
_READ_BUFFER = 262_144  # bytes; a page in one piece
_MAX_LINE = 8_190  # bytes of the status line
_MAX_FIELD = 16_384  # bytes of one header; long Content-Security-Policy and Set-Cookie headers are honest
_MAX_FIELDS = 256  # headers of one response
_SECRET = frozenset({"authorization", "proxy-authorization"})
_OP_LEGACY_SERVER_CONNECT = 0x4  # `ssl.OP_LEGACY_SERVER_CONNECT` from Python 3.12 on


class Egress(httpx.AsyncBaseTransport):
    """Send GET requests out under the guard, through *proxy_url* if there is one.

    Built anywhere, opened and closed in the event loop that uses it (`open`, `aclose`, or `async with`).
    A response's body is what went over the wire, content coding and all. No redirects, cookies, environment proxies.
    *deadline_s* bounds one exchange from the first name look-up to the last byte; *tls* is a `verifying_context`.

    Raises errors of `worker.errors` only, while connecting as while reading the body.
    """

    def __init__(self, guard: Guard, *, proxy_url: str | None, deadline_s: float, tls: ssl.SSLContext) -> None:
        self._guard = guard
        self._proxy = None if proxy_url is None else URL(proxy_url)
        self._deadline_s = deadline_s
        self._tls = tls
        self._session: aiohttp.ClientSession | None = None
        self._resolver: _Resolver | None = None

    async def open(self) -> Self:
        """Create the session in the running loop. Idempotent."""
        if self._session is None:
            # Behind a proxy the only address we connect to is the proxy's, which is the operator's word.
            guard = self._guard if self._proxy is None else None
            self._resolver = _Resolver(guard)
            connector = aiohttp.TCPConnector(
                resolver=self._resolver,
                ttl_dns_cache=_DNS_CACHE_S,
                socket_factory=_SocketFactory(guard),
                ssl=self._tls,
                limit=0,  # the governor and the worker's concurrency bound it; waiting here would eat the deadline
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                response_class=_Response,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                read_bufsize=_READ_BUFFER,
                max_line_size=_MAX_LINE,
                max_field_size=_MAX_FIELD,
                max_headers=_MAX_FIELDS,
            )
        return self

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection. Idempotent."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()
        if self._resolver is not None:
            await self._resolver.close()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send *request* once the guard agrees to its host and port, and return when the headers are in."""
        if self._session is None:
            raise RuntimeError("the egress is not open")
        self._screen(request.url)
        total = min(self._deadline_s, request.extensions.get(DEADLINE, self._deadline_s))
        try:
            response = await self._session.request(
                request.method,
                URL(str(request.url).partition("#")[0], encoded=True),
                headers=request.headers.multi_items(),
                allow_redirects=False,
                proxy=self._proxy,
                timeout=aiohttp.ClientTimeout(total=total, sock_connect=_CONNECT_S),
            )
        except IngestError:
            raise
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise translated(error, request.url.host) from error
        assert isinstance(response, _Response)
        return httpx.Response(
            response.status,
            headers=list(response.raw_headers),
            stream=_Body(response, request.url.host),
            extensions={
                "reason_phrase": (response.reason or "").encode("utf-8", "surrogateescape"),
                SENT_HEADERS: _without_secrets(response),
                PEER: response.peer,
            },
        )

    def _screen(self, url: httpx.URL) -> None:
        """Check what can be checked without a resolver; it is all there is to check behind a proxy."""
        if url.scheme not in {"http", "https"}:
            raise ForbiddenAddress(f"scheme {url.scheme!r}")
        if url.userinfo:
            raise InvalidUrl("the URL carries credentials")
        host = url.raw_host.decode("ascii").lower()
        self._guard.check_port(url.port or (443 if url.scheme == "https" else 80))
        self._guard.check_host(host)
        if self._proxy is not None:
            self._guard.check_name(host)


class _Response(aiohttp.ClientResponse):
    """Note the peer before a short body gives the connection back to the pool."""

    peer: str | None = None

    async def start(self, connection: Any) -> aiohttp.ClientResponse:
        if connection.transport is not None:
            name = connection.transport.get_extra_info("peername")
            self.peer = name[0] if name else None
        return await super().start(connection)


class _Body(httpx.AsyncByteStream):
    def __init__(self, response: aiohttp.ClientResponse, host: str) -> None:
        self._response = response
        self._host = host

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._response.content.iter_any():
                yield chunk
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise translated(error, self._host) from error

    async def aclose(self) -> None:
        # Gives the connection back when the body has been read to its end, closes it otherwise.
        self._response.close()


class _SocketFactory:
    """The last word before a connection, on the very address: literals come here without passing a resolver."""

    def __init__(self, guard: Guard | None) -> None:
        self._guard = guard

    def __call__(self, info: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, address = info
        if self._guard is not None:
            try:
                self._guard.check_address(address[0])
                self._guard.check_port(address[1])
            except ForbiddenAddress as error:
                raise AddressRefused(error.detail) from error
        return socket.socket(family, kind, protocol)


class _Resolver(AbstractResolver):
    """Ask the system once; refuse the name if any of its answers is bad, so that only checked ones are connected to."""

    def __init__(self, guard: Guard | None) -> None:
        self._guard = guard
        self._threads = ThreadPoolExecutor(_DNS_THREADS, thread_name_prefix="dns")

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        try:
            answers = await loop.run_in_executor(self._threads, _look_up, host, port, family)
        except socket.gaierror as error:
            if self._guard is None:
                raise OwnTrouble(f"the proxy's name cannot be resolved: {error.strerror}") from error
            if error.errno in {socket.EAI_NONAME, socket.EAI_NODATA}:
                raise NameNotFound(f"{host} does not exist") from error
            raise NameServerTrouble(f"{host} cannot be resolved now: {error.strerror}") from error
        except UnicodeError as error:
            raise InvalidUrl(f"{host!r} is not a host name") from error
        addresses = {str(answer[4][0]): answer[0] for answer in answers}
        if self._guard is not None:
            self._guard.check_answers(host, addresses)
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST)
            for address, kind in addresses.items()
        ]

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int, family: int) -> list[tuple[Any, ...]]:
    # Zone ids survive in the text form, where the guard refuses them. AI_ADDRCONFIG: no IPv6 answers without IPv6.
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family, flags=socket.AI_ADDRCONFIG))


def verifying_context() -> ssl.SSLContext:
    """Return a TLS context that verifies by certifi's authorities, or those of `SSL_CERT_FILE`/`SSL_CERT_DIR`.

    Reads about 150 certificates (0.1 s), so make one and keep it.
    """
    context = httpx.create_ssl_context()
    # Old news servers lack RFC 5746; browsers talk to them too. The certificate is checked all the same.
    context.options |= _OP_LEGACY_SERVER_CONNECT
    context.set_alpn_protocols(["http/1.1"])
    return context


def _without_secrets(response: aiohttp.ClientResponse) -> tuple[tuple[str, str], ...]:
    return tuple((key, value) for key, value in response.request_info.headers.items() if key.lower() not in _SECRET)

"""A scripted origin on loopback, a governor that lets everybody through and remembers it, and a client between them."""

import asyncio
import socket
import ssl
import struct
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import pytest

from worker.exchange import Fetched, Validators
from worker.fetch.client import WebClient
from worker.fetch.egress import Egress, verifying_context
from worker.fetch.guard import Guard

LOOPBACK = ("127.0.0.0/8",)
TLS = verifying_context()
PAGE = b"<html><body>" + b"<p>news of the day</p>" * 2_000 + b"</body></html>"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the origin saw it, header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    at: float


Answer = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


def reply(status: int = 200, body: bytes = b"", *headers: tuple[str, str], kind: str | None = "text/html") -> Answer:
    """Answer properly, with a Content-Length, and keep the connection."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}"]
    lines += [f"Content-Type: {kind}"] if kind else []
    lines += [f"{name}: {value}" for name, value in headers]
    return raw("\r\n".join(lines).encode() + b"\r\n\r\n" + body, then="keep")


def redirect(location: str, status: int = 302) -> Answer:
    """Send the client elsewhere."""
    return reply(status, b"", ("Location", location))


def raw(data: bytes, then: str = "close") -> Answer:
    """Send *data* as it stands, then `close`, `reset`, `hold` (say no more) or `keep` the connection."""

    async def answer(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        if then == "hold":
            await asyncio.Event().wait()
        if then == "reset":
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()
        if then == "close":
            writer.close()

    return answer


def drip(data: bytes, every_s: float) -> Answer:
    """Send *data* one byte at a time."""

    async def answer(_: Asked, writer: asyncio.StreamWriter) -> None:
        for byte in data:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(every_s)

    return answer


def after(seconds: float, answer: Answer) -> Answer:
    """Let the client wait first."""

    async def later(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        await answer(asked, writer)

    return later


class Origin:
    """Answers each path as told, and 404 otherwise; remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[Asked] = []
        self.port = 0
        self.connections = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def paths(self) -> list[str]:
        return [asked.target for asked in self.asked]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while not writer.is_closing():
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                method, target, _ = head[0].split(" ")
                fields = (line.partition(":") for line in head[1:] if line)
                asked = Asked(method, target, {name.lower(): value.strip() for name, _, value in fields}, time.monotonic())
                self.asked.append(asked)
                await self.answers.get(target, reply(404))(asked, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(origin: Origin, host: str = "127.0.0.1", **options: object) -> AsyncIterator[Origin]:
    """Serve *origin* on a free port of *host*; whatever is still under way at the end is cut off."""
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(origin.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, host, 0, **options)  # type: ignore[arg-type]
    origin.port = server.sockets[0].getsockname()[1]
    try:
        yield origin
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(slots=True)
class OpenGovernor:
    """Grants every turn and place at once; keeps what it was asked and told."""

    turns: list[tuple[str, str]] = field(default_factory=list)
    held: dict[str, float] = field(default_factory=dict)
    paces: dict[str, float] = field(default_factory=dict)
    reports: Counter[tuple[str, str]] = field(default_factory=Counter)
    under_way: int = 0
    most_under_way: int = 0
    turn_wait_s: float = 0.0
    slot_wait_s: float = 0.0

    async def turn(self, host: str, ref: str, *, patient: bool = False) -> None:
        await asyncio.sleep(self.turn_wait_s)
        self.turns.append((host, ref))

    @asynccontextmanager
    async def slot(self, host: str) -> AsyncIterator[None]:
        await asyncio.sleep(self.slot_wait_s)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            yield
        finally:
            self.under_way -= 1

    async def hold(self, host: str, seconds: float) -> None:
        self.held[host] = max(seconds, self.held.get(host, 0.0))

    async def pace(self, host: str, seconds: float) -> None:
        self.paces[host] = seconds

    async def succeeded(self, host: str) -> None:
        self.reports[host, "succeeded"] += 1

    async def failed(self, host: str) -> None:
        self.reports[host, "failed"] += 1


@asynccontextmanager
async def visiting(
    governor: OpenGovernor,
    *,
    networks: tuple[str, ...] = LOOPBACK,
    ports: tuple[int, ...] | None = None,
    proxy_url: str | None = None,
    deadline_s: float = 5.0,
    obey_robots: bool = False,
    max_page_bytes: int = 1_000_000,
    max_image_bytes: int = 2_000_000,
    user_agent: str = "Newsmill/0.1 (+https://newsmill.example/)",
    tls: ssl.SSLContext = TLS,
) -> AsyncIterator[WebClient]:
    """A client with short budgets that may visit loopback."""
    async with Egress(Guard(networks, ports), proxy_url=proxy_url, deadline_s=deadline_s, tls=tls) as egress:
        yield WebClient(
            egress,
            governor,
            user_agent=user_agent,
            obey_robots=obey_robots,
            deadline_s=deadline_s,
            max_page_bytes=max_page_bytes,
            max_image_bytes=max_image_bytes,
            pace=governor.pace,
        )


@contextmanager
def resolving(answers: dict[str, list[str] | int]) -> Iterator[Counter[str]]:
    """Answer look-ups of the names in *answers* with addresses, or with a `socket.EAI_…` error; count the look-ups."""
    real = socket.getaddrinfo
    count: Counter[str] = Counter()

    def look_up(host: object, port: object, *arguments: object, **options: object) -> object:
        if host not in answers:
            return real(host, port, *arguments, **options)  # type: ignore[arg-type]
        count[str(host)] += 1
        found = answers[str(host)]
        if isinstance(found, int):
            raise socket.gaierror(found, "as the test has it")
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0))
            if ":" in address
            else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in found
        ]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", look_up)
        yield count


async def page(
    client: WebClient, url: str, validators: Validators | None = None, *, ref: str = "17", identity: bool = False
) -> Fetched:
    """Fetch a page as the story of a URL does, whose caller has taken the first turn under *ref*."""
    return await client.page(url, ref=ref, validators=validators, identity=identity)

"""What a site's robots.txt asks of us (RFC 9309), asked once an hour for each origin."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

from worker.errors import (
    BadRedirect,
    Blocked,
    ClientError,
    ForbiddenAddress,
    Gone,
    IngestError,
    PermanentError,
    RobotsDisallowed,
    ServerError,
    TransientError,
    anew,
)
from worker.exchange import Exchange
from worker.fetch.redirects import next_url
from worker.fetch.transfer import Budget, Headers, Transfer, Turns

MAX_BYTES = 512_000  # RFC 9309 §2.5: at least 500 KiB are read, the rest is ignored
FRESH_S = 3600.0  # RFC 9309 §2.4 allows a day; a site that shuts us out should not wait that long
_ORIGINS = 1_000  # remembered origins, least recently used go first
_REMEMBERED_BYTES = 20_000_000  # of robots.txt texts; the parsed rules take several times that
_PARSE_APART = 50_000  # bytes; from here parsing would hold up the loop


@dataclass(frozen=True, slots=True)
class _Rules:
    """*parsed* is None where everything is allowed."""

    parsed: Protego | None
    size: int
    until: float


class Robots:
    """The rules of every origin, shared by all fetches of the process: one request in flight for each.

    *agent* is the product token that the rules are read for, *deadline_s* bounds one look-up, redirects included.
    *pace* is told each host's Crawl-delay in seconds (0 when there is none) when its rules have been read.
    With *obey* off everything is allowed and nothing is asked.
    """

    def __init__(
        self,
        transfer: Transfer,
        headers: Headers,
        *,
        agent: str,
        obey: bool,
        deadline_s: float,
        pace: Callable[[str, float], Awaitable[None]],
    ) -> None:
        self._transfer = transfer
        self._headers = headers
        self._agent = agent
        self._obey = obey
        self._deadline_s = deadline_s
        self._pace = pace
        self._rules: OrderedDict[str, _Rules] = OrderedDict()
        self._size = 0
        self._asking: dict[str, asyncio.Future[_Rules | IngestError | None]] = {}

    async def check(self, url: str, turns: Turns) -> None:
        """Raise RobotsDisallowed if the rules of *url*'s origin keep us out.

        Asking for the rules uses a turn of *turns*. Raises what kept us from reading them: ServerError for a 5xx,
        RateLimited, or the connection's error, since a site that cannot say what it allows allows nothing for now.
        """
        if not self._obey:
            return
        parts = urlsplit(url)
        rules = await self._rules_of(f"{parts.scheme}://{parts.netloc}", turns)
        if rules.parsed is not None and not rules.parsed.can_fetch(url, self._agent):
            raise RobotsDisallowed(f"robots.txt of {parts.netloc} disallows it")

    async def _rules_of(self, origin: str, turns: Turns) -> _Rules:
        while True:
            known = self._rules.get(origin)
            if known is not None and known.until > time.monotonic():
                self._rules.move_to_end(origin)
                return known
            asked = self._asking.get(origin)
            if asked is None:
                return await self._ask(origin, turns)
            answer = await asyncio.shield(asked)
            if isinstance(answer, IngestError):
                raise anew(answer)
            # The rules are there now; or whoever asked had to leave without an answer, and it is our turn to ask.

    async def _ask(self, origin: str, turns: Turns) -> _Rules:
        """Ask on behalf of everybody who waits. Only what the site itself did is passed on to them."""
        asking = self._asking[origin] = asyncio.get_running_loop().create_future()
        answer: _Rules | IngestError | None = None
        try:
            answer = await self._fetch(origin, turns)
            self._remember(origin, answer)
        except (TransientError, PermanentError) as error:
            answer = error
            raise
        finally:
            del self._asking[origin]
            asking.set_result(answer)
        return answer

    async def _fetch(self, origin: str, turns: Turns) -> _Rules:
        try:
            text = await self._read(f"{origin}/robots.txt", turns)
        except (Gone, Blocked, ClientError, BadRedirect):
            text = b""  # RFC 9309 §2.3.1.3: unavailable, so nothing is disallowed
        parse = Protego.parse
        content = text.decode("utf-8-sig", "replace")
        parsed = await asyncio.to_thread(parse, content) if len(text) > _PARSE_APART else parse(content)
        await self._pace(urlsplit(origin).netloc, parsed.crawl_delay(self._agent) or 0.0)
        return _Rules(parsed if text else None, len(text), time.monotonic() + FRESH_S)

    async def _read(self, url: str, turns: Turns) -> bytes:
        budget = Budget(self._deadline_s)
        hops: list[str] = []
        while True:
            try:
                exchange = await self._get(url, turns, budget)
            except ForbiddenAddress:
                if not hops:
                    raise
                return b""  # led astray: as good as unavailable
            except PermanentError as error:
                if isinstance(error, (Gone, Blocked, ClientError)):
                    raise
                raise ServerError(f"robots.txt cannot be read: {error.detail}") from error
            target = next_url(exchange, hops)
            if target is None:
                return exchange.body
            hops.append(url)
            url = target

    async def _get(self, url: str, turns: Turns, budget: Budget) -> Exchange:
        return await self._transfer.get(url, self._headers, turns=turns, budget=budget, cap=MAX_BYTES, cut=True, gate=_any_type)

    def _remember(self, origin: str, rules: _Rules) -> None:
        self._forget(origin)
        self._rules[origin] = rules
        self._size += rules.size
        while len(self._rules) > _ORIGINS or (self._size > _REMEMBERED_BYTES and len(self._rules) > 1):
            self._forget(next(iter(self._rules)))

    def _forget(self, origin: str) -> None:
        old = self._rules.pop(origin, None)
        self._size -= old.size if old else 0


def _any_type(content_type: str | None) -> None:
    """Take robots.txt however it is labelled."""


def agent_of(user_agent: str) -> str:
    """Return the product token that a *user_agent* begins with, which is what robots.txt knows us by (RFC 9309 §2.2.1)."""
    return user_agent.partition("/")[0].partition(" ")[0]

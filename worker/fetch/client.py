"""Pages, feeds and images, fetched as a guest should: guarded, bounded, polite, one hop at a time."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from worker.errors import InvalidUrl, ServerError, WrongType
from worker.exchange import Exchange, Fetched, Validators
from worker.fetch.redirects import next_url
from worker.fetch.robots import Robots, agent_of
from worker.fetch.transfer import Budget, Headers, Transfer, Turns
from worker.ports import Governor
from worker.urls import host_of, resolve

ACCEPT_ENCODING = ("Accept-Encoding", "gzip, deflate, br, zstd")
_IDENTITY = ("Accept-Encoding", "identity")
_ANY_LANGUAGE = ("Accept-Language", "*")  # the article as it was written, not a translation by our guess

_FEEDS_FIRST = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
)

_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_NO_LISTING = re.compile(r"(?:image|video|audio|font)/|application/(?:pdf|postscript|x-shockwave-flash)")
_UNTYPED = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/x-download"})
_TYPE = re.compile(r"[a-z0-9*!#$&^_.+-]{1,127}/[a-z0-9*!#$&^_.+-]{1,127}")
_VALIDATOR = re.compile(r"[ -~]{1,1000}")  # quoted or not; servers refuse requests with longer headers
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf|\xfe\xff|\xff\xfe)?[\s\x00]*<")  # in UTF-16 too


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked for, and what is taken."""

    accept: tuple[str, str]
    cap: int
    gate: Callable[[str | None], None]


class WebClient:
    """`worker.ports.Fetcher` over the guarded egress.

    *user_agent* is sent whole; its first word, up to a slash, is the name robots.txt is read for.
    *deadline_s* is the network time of one fetch with its redirects; the caps are decoded bytes.
    *pace* is told the Crawl-delay of each host whose robots.txt was read (`RedisGovernor.pace`).
    """

    def __init__(
        self,
        egress: httpx.AsyncBaseTransport,
        governor: Governor,
        *,
        user_agent: str,
        obey_robots: bool,
        deadline_s: float,
        max_page_bytes: int,
        max_image_bytes: int,
        pace: Callable[[str, float], Awaitable[None]],
    ) -> None:
        self._governor = governor
        self._transfer = Transfer(egress, governor)
        self._user_agent = ("User-Agent", user_agent)
        self._deadline_s = deadline_s
        self._page = _Wanted(("Accept", "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"), max_page_bytes, _page_gate)
        self._listing = _Wanted(("Accept", _FEEDS_FIRST), max_page_bytes, _listing_gate)
        self._image = _Wanted(("Accept", "image/*, */*;q=0.1"), max_image_bytes, _image_gate)
        self._robots = Robots(
            self._transfer,
            (self._user_agent, ("Accept", "text/plain, */*;q=0.1"), _IDENTITY),
            agent=agent_of(user_agent),
            obey=obey_robots,
            deadline_s=deadline_s,
            pace=pace,
        )

    async def page(self, url: str, *, ref: str, validators: Validators | None, identity: bool) -> Fetched:
        """Fetch an HTML page whose first turn at its host has been taken under *ref*; see the port."""
        fetched = await self._read(url, ref, validators, self._page, _IDENTITY if identity else ACCEPT_ENCODING)
        if fetched.exchange.header("content-type") is None and not fetched.not_modified:
            _sniff(fetched.exchange.body)
        return fetched

    async def listing(self, url: str, *, ref: str, validators: Validators | None) -> Fetched:
        """Fetch a feed or site map whose first turn at its host has been taken under *ref*; see the port."""
        return await self._read(url, ref, validators, self._listing, ACCEPT_ENCODING)

    async def image(self, url: str, *, referer: str) -> Fetched:
        """Fetch an image that the page *referer* shows; see the port."""
        shown_on = _fetchable(referer)
        headers = (self._user_agent, self._image.accept, ACCEPT_ENCODING)

        async def ask(at: str, hops: int, budget: Budget) -> Exchange:
            return await self._get(at, (*headers, *_referer(shown_on, at)), self._image, None, budget)

        fetched = await self._follow(_fetchable(url), ask)
        if fetched.not_modified:
            raise ServerError("HTTP 304 to a request without conditions", status=304)
        return fetched

    async def _read(self, url: str, ref: str, validators: Validators | None, wanted: _Wanted, coding: tuple[str, str]) -> Fetched:
        url = _fetchable(url)
        turns = Turns(self._governor, ref, held_host=urlsplit(url).netloc)
        headers = (self._user_agent, wanted.accept, _ANY_LANGUAGE, coding)

        async def ask(at: str, hops: int, budget: Budget) -> Exchange:
            await self._robots.check(at, turns)
            return await self._get(at, (*headers, *_conditions(validators, hops)), wanted, turns, budget)

        fetched = await self._follow(url, ask)
        if fetched.not_modified and not _conditions(validators, len(fetched.hops)):
            raise ServerError("HTTP 304 to a request without conditions", status=304)
        return fetched

    async def _follow(self, url: str, ask: Callable[[str, int, Budget], Awaitable[Exchange]]) -> Fetched:
        budget = Budget(self._deadline_s)
        hops: list[str] = []
        while True:
            exchange = await ask(url, len(hops), budget)
            target = next_url(exchange, hops)
            if target is None:
                return Fetched(url=url, hops=tuple(hops), exchange=exchange, not_modified=exchange.status == 304)
            hops.append(url)
            url = target

    async def _get(self, url: str, headers: Headers, wanted: _Wanted, turns: Turns | None, budget: Budget) -> Exchange:
        return await self._transfer.get(url, headers, turns=turns, budget=budget, cap=wanted.cap, cut=False, gate=wanted.gate)


def _fetchable(url: str) -> str:
    """Return *url* as it is sent: escaped, without fragment. Raises InvalidUrl."""
    sent = resolve(url, url)
    if sent is None:
        host_of(url)  # says what is wrong with it
        raise InvalidUrl("not an http or https URL")
    return sent.partition("#")[0]


def _referer(page: str, image: str) -> Headers:
    """Return the Referer of a request for *image*: the whole URL of *page* for other origins too.

    Servers that check who embeds their images ask for no less. Nothing of a page that came encrypted goes out in the
    clear (RFC 9110 §10.1.3).
    """
    return () if page.startswith("https:") and not image.startswith("https:") else (("Referer", page),)


def _conditions(validators: Validators | None, hops: int) -> Headers:
    """Return what makes a request conditional (RFC 9110 §13.1).

    A date means nothing for another resource than the one it came from, and a redirect may have been turned to
    another since; an entity tag is as good as unique. What a server sent that cannot be sent back is left out.
    """
    if validators is None:
        return ()
    conditions = []
    if validators.etag and _VALIDATOR.fullmatch(validators.etag):
        conditions.append(("If-None-Match", validators.etag))
    if validators.last_modified and hops == 0 and _VALIDATOR.fullmatch(validators.last_modified):
        conditions.append(("If-Modified-Since", validators.last_modified))
    return conditions


def _media_type(content_type: str | None) -> str:
    """Return the type in lower case, `""` when it is missing or no type at all (RFC 6838 §4.2): it is shown to people."""
    media_type = re.split(r"[;,\s]", (content_type or "").strip().lower(), maxsplit=1)[0]
    return media_type if _TYPE.fullmatch(media_type) else ""


def _page_gate(content_type: str | None) -> None:
    media_type = _media_type(content_type)
    if media_type and media_type not in _PAGE_TYPES:
        raise WrongType(f"{media_type} is no page")


def _listing_gate(content_type: str | None) -> None:
    media_type = _media_type(content_type)
    if _NO_LISTING.match(media_type):  # else its bytes say what it is: servers call feeds all kinds of things
        raise WrongType(f"{media_type} is neither a feed nor a site map")


def _image_gate(content_type: str | None) -> None:
    media_type = _media_type(content_type)
    if media_type not in _UNTYPED and not media_type.startswith("image/"):
        raise WrongType(f"{media_type} is no image")


def _sniff(body: bytes) -> None:
    if body and not _MARKUP.match(body):
        raise WrongType("the page has no type and does not look like HTML")

"""State-keeping stand-ins for the ports: small, and no more of each port than the story needs."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from worker.errors import Gone, IngestError
from worker.exchange import Exchange, Fetched, Record, Validators
from worker.extract.article import extract
from worker.extract.site_rules import SiteRules
from worker.models import (
    Alias,
    Article,
    Charge,
    Claim,
    Crawled,
    Ended,
    Ending,
    Extraction,
    ImageState,
    ImagesTried,
    Kind,
    Known,
    Later,
    Settled,
    State,
    Stored,
    Unchanged,
    Visit,
)
from worker.urls import canonicalise, fingerprint, host_of

NOW = 1_700_000_000.0


@dataclass
class Row:
    """A row of the memory ledger."""

    url: str
    state: State = State.PENDING
    attempts: int = 0
    deferrals: int = 0
    suspect: bool = False
    fence: int = 0
    next_at: float = NOW
    known: Known | None = None
    visit: Visit | None = None  # set for the source of a crawl job
    endings: list[Ending] = field(default_factory=list)


class MemoryLedger:
    """A ledger in a dictionary, for one owner; `rows` and `articles` are there to be looked at."""

    def __init__(self, *urls: str) -> None:
        self.rows = {n: Row(url) for n, url in enumerate(urls, 1)}
        self.articles: dict[int, Article] = {}
        self.forms: dict[bytes, int] = {}
        self.pictures: set[str] = set()
        self.trouble: list[IngestError] = []

    async def claim(self, url_id: int, *, alone: bool) -> Claim | None:
        row = self.rows[url_id]
        if row.state is not State.PENDING or row.next_at > NOW or (row.suspect and not alone):
            return None
        row.state, row.fence = State.IN_FLIGHT, row.fence + 1
        key = canonicalise(row.url)
        return Claim(
            url_id=url_id,
            kind=Kind.LISTING if row.visit else Kind.ARTICLE,
            url=row.url,
            fingerprint=fingerprint(key),
            host=host_of(key),
            job="job",
            attempts=row.attempts,
            deferrals=row.deferrals,
            last_cause=None,
            suspect=row.suspect,
            fence=row.fence,
            owner="me",
            known=row.known,
            visit=row.visit,
        )

    async def settle(self, claim: Claim, ending: Ending) -> Settled:
        if self.trouble:
            raise self.trouble.pop(0)
        row = self.rows[claim.url_id]
        if row.state is not State.IN_FLIGHT or row.fence != claim.fence:
            return Settled(state=row.state, fenced_out=True)
        row.endings.append(ending)
        match ending:
            case Stored():
                return self._store(claim, row, ending)
            case Later() | ImagesTried():
                row.state = State.PENDING
                row.next_at = NOW + (ending.wait_s or 0.0)
                row.attempts += ending.charge is Charge.ATTEMPT
                row.deferrals += ending.charge is Charge.DEFERRAL
            case Ended():
                row.state = ending.state
                return Settled(state=row.state, cause=ending.cause)
            case Unchanged():
                row.state = State.UNCHANGED
            case Crawled():
                row.state = State.STORED
            case Alias():
                row.state = State.DUPLICATE
        return Settled(state=row.state)

    def _store(self, claim: Claim, row: Row, ending: Stored) -> Settled:
        owner = self.forms.setdefault(fingerprint(ending.article.key), claim.url_id)
        if owner != claim.url_id:
            row.state = State.DUPLICATE
            return Settled(state=row.state, article_id=owner)
        for form in ending.article.aliases:
            self.forms.setdefault(fingerprint(form), claim.url_id)
        self.articles[claim.url_id] = ending.article
        self.pictures.update(sha256 for sha256, _ in ending.picture_records)
        row.state = State.STORED
        row.known = Known(
            article_id=claim.url_id,
            content_hash=ending.article.content_hash,
            validators=Validators(etag=str(ending.article.http.get("etag"))),
            pictures={i.ref.url: i.picture for i in ending.article.images if i.state is ImageState.STORED and i.picture},
        )
        return Settled(state=row.state, article_id=claim.url_id)

    async def hand_back(self, claim: Claim) -> None:
        row = self.rows[claim.url_id]
        if row.state is State.IN_FLIGHT and row.fence == claim.fence:
            row.state = State.PENDING

    async def give_up(self, claim: Claim, detail: str) -> None:
        row = self.rows[claim.url_id]
        row.state, row.suspect = State.PENDING, True

    def release(self, claim: Claim) -> None: ...

    async def postpone(self, url_id: int, *, until: float) -> None:
        self.rows[url_id].next_at = max(self.rows[url_id].next_at, until)

    async def owner_of(self, fingerprint: bytes) -> int | None:
        return self.forms.get(fingerprint)

    async def has_picture(self, sha256: str) -> bool:
        return sha256 in self.pictures

    def reopen(self, url_id: int) -> None:
        """Make a row pending again."""
        self.rows[url_id].state = State.PENDING


@dataclass(frozen=True)
class Answer:
    """What the canned web says at an address."""

    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    final_url: str | None = None
    hops: tuple[str, ...] = ()
    status: int = 200
    etag: str | None = None


class CannedWeb:
    """A web of canned answers and errors; remembers what was asked for. Implements `worker.ports.Fetcher`."""

    def __init__(self, pages: dict[str, Answer | IngestError]) -> None:
        self.pages = pages
        self.asked: list[str] = []
        self.referers: set[str] = set()

    async def page(self, url: str, *, ref: str, validators: Validators | None, identity: bool) -> Fetched:
        return await self.listing(url, ref=ref, validators=validators)

    async def listing(self, url: str, *, ref: str, validators: Validators | None) -> Fetched:
        fetched = self._get(url)
        if validators is not None and validators.etag and validators.etag == fetched.exchange.header("etag"):
            return replace(fetched, not_modified=True)
        return fetched

    async def image(self, url: str, *, referer: str) -> Fetched:
        self.referers.add(referer)
        return self._get(url)

    def _get(self, url: str) -> Fetched:
        self.asked.append(url)
        answer = self.pages.get(url, Gone("HTTP 404", status=404))
        if isinstance(answer, IngestError):
            raise answer
        headers = (("Content-Type", answer.content_type), *((("ETag", answer.etag),) if answer.etag else ()))
        exchange = Exchange(
            url=answer.final_url or url,
            method="GET",
            request_headers=(),
            status=answer.status,
            reason="OK",
            headers=headers,
            wire_body=answer.body,
            body=answer.body,
            address="203.0.113.1",
            started_at=NOW,
        )
        return Fetched(url=answer.final_url or url, hops=answer.hops, exchange=exchange)


class OpenGovernor:
    """A governor that lets everybody in, unless told otherwise by *busy* (raised once each)."""

    def __init__(self, *busy: IngestError) -> None:
        self.busy = list(busy)
        self.turns: list[str] = []

    async def turn(self, host: str, ref: str, *, patient: bool = False) -> None:
        if self.busy:
            raise self.busy.pop(0)
        self.turns.append(host)

    @asynccontextmanager
    async def slot(self, host: str) -> AsyncIterator[None]:
        yield

    async def hold(self, host: str, seconds: float) -> None: ...

    async def succeeded(self, host: str) -> None: ...

    async def failed(self, host: str) -> None: ...


class MemoryArchive:
    """An archive in a list."""

    def __init__(self) -> None:
        self.kept: list[Exchange] = []

    async def keep(self, exchange: Exchange) -> Record:
        self.kept.append(exchange)
        return Record(
            file="memory",
            offset=len(self.kept),
            length=len(exchange.wire_body),
            sha256=hashlib.sha256(exchange.body).hexdigest(),
            url=exchange.url,
            status=exchange.status,
            at=exchange.started_at,
        )


class MemorySeen:
    """A dedupe cache in a set."""

    def __init__(self) -> None:
        self.marks: set[bytes] = set()

    async def has(self, fingerprint: bytes) -> bool:
        return fingerprint in self.marks

    async def mark(self, fingerprints: list[bytes]) -> None:
        self.marks.update(fingerprints)


class OpenQuarantine:
    """A quarantine that parses here and now, and remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[str] = []

    async def extract(self, html: str, *, url: str, fetched_at: float, rules: SiteRules | None = None) -> Extraction:
        self.given.append(html)
        return extract(html, url=url, fetched_at=fetched_at, rules=rules)

"""The story of one URL, on one page. One way down, no step calls back; every ending is committed by `Ledger.settle`."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial

from worker.article import article_of, forms_of
from worker.errors import HostBusy, IngestError, NotArticle, OwnTrouble, TimedOut
from worker.exchange import Fetched, Record, Validators
from worker.images import ImageFetcher, Images
from worker.listings import Listings
from worker.models import Alias, Claim, Crawled, Ending, ImagesTried, Later, Settled, Stored, Unchanged
from worker.outcomes import OWN_TROUBLE_S, verdict
from worker.pages import Pages
from worker.ports import Archive, Fetcher, Governor, Ledger, Seen
from worker.urls import fingerprint, host_of

log = logging.getLogger(__name__)

SETTLE_WAITS_S = (1.0, 2.0, 4.0, 8.0, 15.0) + (30.0,) * 9  # five minutes: a database restart or a fail-over
EARLY_S = 2.0  # before its turn, a row is due again: its message must be there in time, or the turn is lost


@dataclass(slots=True)
class _Progress:
    """What a try has gathered so far, so that an error on the way loses nothing of it."""

    claim: Claim
    records: list[Record] = field(default_factory=list)


class Ingestor:
    """Ingests one URL at a time for each caller; any number of calls run side by side on one loop."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        fetcher: Fetcher,
        governor: Governor,
        archive: Archive,
        seen: Seen,
        pages: Pages,
        images: ImageFetcher,
        listings: Listings,
        deadline_s: float,
        clock: Callable[[], float],
        rng: random.Random,
    ) -> None:
        self._ledger = ledger
        self._fetcher = fetcher
        self._governor = governor
        self._archive = archive
        self._seen = seen
        self._pages = pages
        self._images = images
        self._listings = listings
        self._deadline_s = deadline_s
        self._clock = clock
        self._rng = rng

    async def ingest(self, url_id: int, host: str, *, alone: bool) -> str:
        """Take row *url_id* from its claim to its ending; return the ending in a few words for people.

        Idempotent: a row that is not ours to take is left alone. Raises nothing of `worker.errors` but
        OwnTrouble, when not even the ending could be committed; the lease then runs out by itself.
        """
        return await self._in_turn(url_id, host, self._article, alone=alone)

    async def read_listing(self, url_id: int, host: str, *, alone: bool) -> str:
        """Take row *url_id* of kind `listing` up: the feed or site map of a crawl job, for its open slots."""
        return await self._in_turn(url_id, host, partial(self._listing, turn_at=host), alone=alone)

    async def fetch_images(self, url_id: int, *, alone: bool) -> str:
        """Take row *url_id* of kind `images` up: the images of an article that did not come with it."""
        return await self._claimed(url_id, self._late_images, alone=alone)

    async def _in_turn(self, url_id: int, host: str, work: Callable[["_Progress"], Awaitable[Ending]], *, alone: bool) -> str:
        """Claim a row in its turn at its host; give it back when that lies too far ahead."""
        try:
            await self._governor.turn(host, str(url_id))
        except HostBusy as busy:
            await self._ledger.postpone(url_id, until=busy.at - EARLY_S)
            return f"later: {host} is busy for {busy.at - self._clock():.0f} s"
        except OwnTrouble as trouble:
            wait_s = OWN_TROUBLE_S[0]
            await self._ledger.postpone(url_id, until=self._clock() + wait_s)
            return f"later: {trouble.detail}, in {wait_s:.0f} s"
        return await self._claimed(url_id, work, alone=alone)

    async def _claimed(self, url_id: int, work: Callable[["_Progress"], Awaitable[Ending]], *, alone: bool) -> str:
        claim = await self._ledger.claim(url_id, alone=alone)
        if claim is None:
            return "not ours to take"
        progress = _Progress(claim)
        try:
            ending = await self._within_deadline(work, progress)
            settled = await self._settle(claim, ending)
        except asyncio.CancelledError:
            await self._ledger.hand_back(claim)
            return "handed back"
        except OwnTrouble:
            raise  # an outage longer than any patience: the lease runs out, another process takes it up
        except Exception as bug:
            await self._ledger.give_up(claim, f"{type(bug).__name__}: {bug}")
            raise
        finally:
            self._ledger.release(claim)
        if settled.fenced_out:
            log.warning("fenced_out", extra={"url_id": claim.url_id, "url": claim.url, "job": claim.job})
        elif isinstance(ending, Stored):
            await self._seen.mark([fingerprint(form) for form in {ending.article.key, *ending.article.aliases}])
        return _told(ending, settled)

    async def _settle(self, claim: Claim, ending: Ending) -> Settled:
        """Commit the ending; while our own database is away, keep it and try again for as long as an outage may last."""
        for wait_s in SETTLE_WAITS_S:
            try:
                return await self._ledger.settle(claim, ending)
            except OwnTrouble:
                await asyncio.sleep(wait_s)
        return await self._ledger.settle(claim, ending)

    async def _within_deadline(self, work: Callable[[_Progress], Awaitable[Ending]], progress: _Progress) -> Ending:
        """Run *work* to an ending; every error of ours becomes one."""
        claim = progress.claim
        try:
            async with asyncio.timeout(self._deadline_s):
                return await work(progress)
        except TimeoutError:
            error: IngestError = TimedOut(f"not done within {self._deadline_s:.0f} s")
        except IngestError as raised:
            error = raised
        ending = verdict(error, attempts=claim.attempts, deferrals=claim.deferrals, now=self._clock(), rng=self._rng)
        return replace(ending, records=tuple(progress.records)) if not isinstance(ending, Later) else ending

    async def _article(self, progress: _Progress) -> Ending:
        """Steps 3 to 6: fetch, keep, read, and the images."""
        claim = progress.claim
        validators = claim.known.validators if claim.known else None
        fetched = await self._fetcher.page(
            claim.url, ref=str(claim.url_id), validators=validators, identity=claim.last_cause == "bad_encoding"
        )
        if fetched.not_modified and claim.known:
            return Unchanged(article_id=claim.known.article_id, validators=_validators(fetched))
        progress.records.append(await self._archive.keep(fetched.exchange))
        read = await self._pages.read(fetched)
        forms = key, aliases = forms_of(claim.url, fetched, read.extraction)
        if (owner := await self._stored_elsewhere(claim, key)) is not None:
            return Alias(article_id=owner, aliases=aliases, records=tuple(progress.records))
        if read.extraction.reason is not None:
            raise NotArticle(read.extraction.reason)
        whole = await self._pages.whole(read.extraction, fetched.url, partial(self._next_page, progress))
        article = article_of(claim.url, fetched, read, whole, forms=forms)
        if claim.known and claim.known.content_hash == article.content_hash:
            return Unchanged(
                article_id=claim.known.article_id,
                validators=_validators(fetched),
                aliases=(key, *aliases),
                records=tuple(progress.records),
            )
        pictures = claim.known.pictures if claim.known else {}
        images = await self._images.fetch_all(whole.images, referer=fetched.url, known=pictures)
        return Stored(
            article=replace(article, images=images.images),
            page_records=tuple(progress.records),
            picture_records=images.records,
            images_wait_s=images.wait_s,
        )

    async def _stored_elsewhere(self, claim: Claim, key: str) -> int | None:
        """Return the article another URL has stored under *key*; the cache is asked first, the database's word counts."""
        mark = fingerprint(key)
        if not await self._seen.has(mark):
            return None  # if the cache forgot, the unique key settles it at the commit
        owner = await self._ledger.owner_of(mark)
        ours = claim.known.article_id if claim.known else None
        return owner if owner != ours else None

    async def _next_page(self, progress: _Progress, url: str) -> Fetched:
        """Fetch and keep a further page of the article."""
        await self._governor.turn(host_of(url), str(progress.claim.url_id), patient=True)
        page = await self._fetcher.page(url, ref=str(progress.claim.url_id), validators=None, identity=False)
        progress.records.append(await self._archive.keep(page.exchange))
        return page

    async def _listing(self, progress: _Progress, *, turn_at: str) -> Ending:
        claim = progress.claim
        if claim.visit is None:  # its slot has been closed meanwhile
            return Crawled(found=0, links=(), limit=None, note="", validators=Validators(), sha256=None)
        if (host := host_of(claim.visit.source.url)) != turn_at:  # the job has got another source since its message went out
            await self._governor.turn(host, str(claim.url_id), patient=True)
        return await self._listings.visit(claim.visit, ref=str(claim.url_id))

    async def _late_images(self, progress: _Progress) -> Ending:
        claim = progress.claim
        late = claim.late
        if late is None or not late.images:
            return ImagesTried(article_id=late.article_id if late else 0, images=(), picture_records=(), wait_s=None)
        refs = tuple(ref for _, ref in late.images)
        tried = await self._images.fetch_all(
            refs, referer=late.referer, known={}, attempts=claim.attempts, deferrals=claim.deferrals
        )
        ordinals = (ordinal for ordinal, _ in late.images)
        return ImagesTried(
            article_id=late.article_id,
            images=tuple(zip(ordinals, tried.images, strict=True)),
            picture_records=tried.records,
            wait_s=tried.wait_s if tried.pending else None,
            charge=tried.charge,
        )


def _validators(fetched: Fetched) -> Validators:
    return Validators(etag=fetched.exchange.header("etag"), last_modified=fetched.exchange.header("last-modified"))


def _told(ending: Ending, settled: Settled) -> str:
    """Say an ending in a few words: what Flower shows as the task's result."""
    if settled.fenced_out:
        return "fenced out: another process took the row over"
    match ending:
        case Stored() if settled.state == "stored":
            return f"stored · images {Images.counted(ending.article.images)}"
        case Crawled():
            return f"{settled.state} · {ending.found:,} links found, {len(ending.links):,} of them wanted"
        case ImagesTried():
            return f"images {Images.counted(image for _, image in ending.images)}"
        case Later() if settled.state == "pending":
            return f"later: {ending.detail or ending.cause or 'again'}, in {ending.wait_s:.0f} s"
    return f"{settled.state}: {settled.cause}" if settled.cause else str(settled.state)

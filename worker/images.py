"""The images of an article: fetched side by side inside the article's own task, looked at, kept once per content."""

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from worker.errors import IngestError, TimedOut, WrongType
from worker.exchange import Fetched, Record
from worker.extract.picture import inspect, refusal
from worker.models import ArticleImage, Charge, Ended, ImageRef, ImageState, Picture
from worker.outcomes import verdict
from worker.ports import Archive, Fetcher, Ledger

AT_ONCE = 8  # of one article: two hosts' worth of places; bounds what its bodies take of memory
ROOM_BYTES = 250_000_000  # for the bodies of all images under way in a process, which must stay well below its limit
LARGE_BYTES, SMALL_BYTES = 25_000_000, 1_000_000  # what an image is expected to take: as long as nothing is known, and at least
FORGET = 0.95  # of the largest lately seen, with each image: some sixty small ones make up for a large one


@dataclass(slots=True)
class Images:
    """What became of an article's images, in their order; those pending are due again in *wait_s*."""

    images: tuple[ArticleImage, ...] = ()
    records: tuple[tuple[str, Record], ...] = ()
    wait_s: float = 0.0
    charge: Charge = Charge.NOTHING

    @property
    def pending(self) -> bool:
        """Whether any image is still to come."""
        return any(image.state is ImageState.PENDING for image in self.images)

    @staticmethod
    def counted(images: Iterable[ArticleImage]) -> str:
        """Return "stored/wanted" for people."""
        wanted = [image for image in images if image.state is not ImageState.SKIPPED]
        return f"{sum(image.state is ImageState.STORED for image in wanted)}/{len(wanted)}"


@dataclass(slots=True)
class _Fetching:
    """One article's fetches under way."""

    referer: str
    attempts: int
    deferrals: int
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    records: dict[str, Record] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    charges: set[Charge] = field(default_factory=set)

    @property
    def charge(self) -> Charge:
        """What this try costs all of them together: the dearest that any of them met."""
        return next((charge for charge in (Charge.ATTEMPT, Charge.DEFERRAL) if charge in self.charges), Charge.NOTHING)


class _Room:
    """The memory that image bodies may take, all articles of the process together.

    A size is known only when a body is there, so each is expected to be as large as the largest lately seen. Were there
    no bound, a few galleries would drive the process over its limit, be handed back, and do the same to the next one.
    """

    def __init__(self) -> None:
        self._left = ROOM_BYTES
        self._expected = float(LARGE_BYTES)
        self._freed = asyncio.Event()

    @asynccontextmanager
    async def for_one(self) -> AsyncIterator[None]:
        """Hold room for one image; an image larger than all the room goes alone."""
        while self._left < min(self._expected, ROOM_BYTES):
            self._freed.clear()
            await self._freed.wait()
        taken = min(int(self._expected), ROOM_BYTES)
        self._left -= taken
        try:
            yield
        finally:
            self._left += taken
            self._freed.set()

    def note(self, n_bytes: int) -> None:
        """Learn that an image had so many bytes."""
        self._expected = max(n_bytes, SMALL_BYTES, FORGET * self._expected)


class ImageFetcher:
    """Fetches images within budgets: at most *max_images* an article, all of them within *deadline_s*."""

    def __init__(
        self,
        *,
        fetcher: Fetcher,
        archive: Archive,
        ledger: Ledger,
        max_images: int,
        deadline_s: float,
        clock: Callable[[], float],
        rng: random.Random,
    ) -> None:
        self._fetcher = fetcher
        self._archive = archive
        self._ledger = ledger
        self._max_images = max_images
        self._deadline_s = deadline_s
        self._clock = clock
        self._rng = rng
        self._room = _Room()

    async def fetch_all(
        self, refs: tuple[ImageRef, ...], *, referer: str, known: Mapping[str, Picture], attempts: int = 0, deferrals: int = 0
    ) -> Images:
        """Fetch what *refs* want; never raises for an image's sake. An address that stands twice is fetched once.

        *known* are pictures already stored for these addresses. What the deadline cuts off stays pending; when nothing
        at all came to an end within it, that was a try.
        """
        under_way = _Fetching(referer, attempts, deferrals)
        wanted = list(dict.fromkeys(ref.url for ref in refs if ref.skip is None and ref.url not in known))
        tasks = {url: asyncio.create_task(self._one(url, under_way)) for url in wanted[: self._max_images]}
        try:
            if tasks:
                await asyncio.wait(tasks.values(), timeout=self._deadline_s)
        finally:
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)
        ends = {url: task.result() for url, task in tasks.items() if not task.cancelled()}
        if tasks and not ends:
            slow = self._after(TimedOut(f"not one image within {self._deadline_s:.0f} s"), under_way)
            ends = dict.fromkeys(tasks, slow)
        return Images(
            images=tuple(self._ending(ref, known, tasks, ends) for ref in refs),
            records=tuple(under_way.records.items()),
            wait_s=min(under_way.waits, default=0.0),
            charge=under_way.charge,
        )

    def _ending(
        self,
        ref: ImageRef,
        known: Mapping[str, Picture],
        tasks: Mapping[str, object],
        ends: Mapping[str, tuple[ImageState, str | None, Picture | None]],
    ) -> ArticleImage:
        if ref.skip is not None:
            return ArticleImage(ref=ref, state=ImageState.SKIPPED, reason=ref.skip)
        if ref.url in known:
            return ArticleImage(ref=ref, state=ImageState.STORED, picture=known[ref.url])
        if ref.url not in tasks:
            return ArticleImage(ref=ref, state=ImageState.SKIPPED, reason="max_images")
        state, reason, picture = ends.get(ref.url, (ImageState.PENDING, None, None))
        return ArticleImage(ref=ref, state=state, reason=reason, picture=picture)

    async def _one(self, url: str, under_way: _Fetching) -> tuple[ImageState, str | None, Picture | None]:
        try:
            async with under_way.places, self._room.for_one():
                fetched = await self._fetcher.image(url, referer=under_way.referer)
                self._room.note(len(fetched.exchange.body))
                return await self._keep(fetched, under_way)
        except IngestError as error:
            return self._after(error, under_way)

    def _after(self, error: IngestError, under_way: _Fetching) -> tuple[ImageState, str | None, Picture | None]:
        """Return how an image goes on after *error*, by the table of outcomes."""
        now = self._clock()
        after = verdict(error, attempts=under_way.attempts, deferrals=under_way.deferrals, now=now, rng=self._rng)
        if isinstance(after, Ended):
            return ImageState.FAILED, after.cause, None
        under_way.waits.append(after.wait_s)
        under_way.charges.add(after.charge)
        return ImageState.PENDING, None, None

    async def _keep(self, fetched: Fetched, under_way: _Fetching) -> tuple[ImageState, str | None, Picture | None]:
        body = fetched.exchange.body
        facts = inspect(body)
        if facts is None:
            raise WrongType("the bytes are no image")
        if (reason := refusal(facts, len(body))) is not None:
            return ImageState.SKIPPED, reason, None
        sha256 = hashlib.sha256(body).hexdigest()
        if sha256 not in under_way.records and not await self._ledger.has_picture(sha256):
            under_way.records[sha256] = await self._archive.keep(fetched.exchange)
        picture = Picture(sha256=sha256, media_type=facts.media_type, width=facts.width, height=facts.height, bytes=len(body))
        return ImageState.STORED, None, picture

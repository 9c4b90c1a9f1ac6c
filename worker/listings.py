"""Reading a crawl job's source: its feed or site map, and the few further ones that it names."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from worker.errors import IngestError, OwnTrouble
from worker.exchange import Exchange, Fetched, Record, Validators
from worker.models import Crawled, Form, Visit
from worker.ports import Archive, Fetcher, Governor
from worker.sources.choice import chosen
from worker.sources.feeds import read_feed
from worker.sources.listing import Link, Listing
from worker.sources.sitemaps import read_sitemap
from worker.urls import host_of, masked

MAX_FURTHER = 20  # site maps of an index in one run, the newest first
FURTHER_S = 60.0  # for them all, so that a host with a Crawl-delay gives what it can, and not a run that never gets done
MAX_LINKS = 50_000  # of one run, the newest: as many as the largest site map has; each is looked up in the ledger
LONGEST_NOTE = 1_000  # characters: it stands in a line of a table, and what it quotes is from outside
READERS = {Form.FEED: read_feed, Form.SITEMAP: read_sitemap}


@dataclass(slots=True)
class _Gathered:
    """What a visit has found so far."""

    links: list[Link] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)

    def add(self, fetched: Fetched, listing: Listing) -> None:
        self.links += listing.links
        self.notes += listing.notes
        self.exchanges.append(fetched.exchange)

    @property
    def sha256(self) -> str:
        """What tells this visit's bodies from the last one's."""
        return hashlib.sha256(b"".join(hashlib.sha256(e.body).digest() for e in self.exchanges)).hexdigest()


class Listings:
    """Reads the sources of crawl jobs."""

    def __init__(self, *, fetcher: Fetcher, governor: Governor, archive: Archive, clock: Callable[[], float]) -> None:
        self._fetcher = fetcher
        self._governor = governor
        self._archive = archive
        self._clock = clock

    async def visit(self, visit: Visit, *, ref: str) -> Crawled:
        """Read the source whose first turn at its host has been taken under *ref*.

        What was read is archived unless the last visit found the very same. A further site map that cannot be had is
        noted, and read again at the next visit. Raises what `Fetcher.listing` raises, and WrongType for what is no listing.
        """
        source = visit.source
        fetched = await self._fetcher.listing(source.url, ref=ref, validators=visit.validators)
        if fetched.not_modified:
            return Crawled(found=0, links=(), limit=None, note="", validators=visit.validators, sha256=None)
        gathered = _Gathered()
        first = await self._read(source.form, fetched)
        gathered.add(fetched, first)
        await self._read_further(source.form, first.further, ref, gathered)
        # A site map's index may stay the same when what it lists has changed, so only a source that stands alone is asked for
        # with conditions.
        validators = Validators() if first.further else _validators(fetched.exchange)
        records: list[Record] = []
        if gathered.sha256 != visit.sha256:
            records = [await self._archive.keep(exchange) for exchange in gathered.exchanges]
        links = await asyncio.to_thread(chosen, gathered.links, source, self._clock())
        if len(links) > MAX_LINKS:
            gathered.notes.append(
                f"only the newest {MAX_LINKS:,} of its links were looked at: name one of its parts to have the others"
            )
        return Crawled(
            found=len(gathered.links),
            links=tuple(links[:MAX_LINKS]),
            limit=source.limit,
            note=_shortened("; ".join(dict.fromkeys(gathered.notes))),
            validators=validators,
            sha256=gathered.sha256,
            records=tuple(records),
        )

    async def _read_further(self, form: Form, further: tuple[Link, ...], ref: str, gathered: _Gathered) -> None:
        """Read what *further* names, in its order, as far as number and time allow."""
        until, n = asyncio.get_running_loop().time() + FURTHER_S, 0
        for link in further[:MAX_FURTHER]:
            try:
                async with asyncio.timeout_at(until):
                    await self._governor.turn(host_of(link.url), ref, patient=True)
                    fetched = await self._fetcher.listing(link.url, ref=ref, validators=None)
                    gathered.add(fetched, await self._read(form, fetched))
            except OwnTrouble:
                raise
            except TimeoutError:
                break
            except IngestError as error:
                gathered.notes.append(f"{masked(link.url)} could not be read: {error.detail}")
            n += 1
        if n < len(further):
            gathered.notes.append(f"it names {len(further):,} site maps, of which the first {n} were read, newest first")

    async def _read(self, form: Form, fetched: Fetched) -> Listing:
        """Parse in a thread: parsers of feeds are slow, and the loop has others to serve."""
        exchange = fetched.exchange
        return await asyncio.to_thread(
            READERS[form],
            exchange.body,
            url=fetched.url,
            content_type=exchange.header("content-type"),
            now=exchange.started_at,
        )


def _shortened(note: str) -> str:
    return note if len(note) <= LONGEST_NOTE else f"{note[: LONGEST_NOTE - 1]}…"


def _validators(exchange: Exchange) -> Validators:
    return Validators(etag=exchange.header("etag"), last_modified=exchange.header("last-modified"))

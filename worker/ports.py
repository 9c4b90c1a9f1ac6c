"""What the story of one URL needs from outside. The real things live in `fetch` and `store`, fakes in `tests/fakes.py`."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from worker.exchange import Exchange, Fetched, Record, Validators
from worker.extract.site_rules import SiteRules
from worker.models import Claim, Ending, Extraction, Settled


class Governor(Protocol):
    """Politeness towards hosts, over all processes. Hosts are `host` or `host:port`, lower-case."""

    async def turn(self, host: str, ref: str, *, patient: bool = False) -> None:
        """Wait for the numbered turn of *ref* at *host* (page, feed and robots requests keep an interval).

        Raises HostBusy with the turn's time when it lies more than 5 s ahead (the turn is kept for *ref*),
        OwnTrouble when Redis does not answer. *patient* work, which is under way already, waits up to 30 s:
        given back, it would only have to come this far again.
        """

    def slot(self, host: str) -> AbstractAsyncContextManager[None]:
        """Hold one of the host's few places for requests under way; expires by itself if we die."""

    async def hold(self, host: str, seconds: float) -> None:
        """Let nobody start a request to *host* for *seconds* (Retry-After)."""

    async def succeeded(self, host: str) -> None:
        """Tell the breaker that *host* answers."""

    async def failed(self, host: str) -> None:
        """Tell the breaker that *host* does not answer; after 5 in a row it holds the host."""


class Fetcher(Protocol):
    """The web, behind the guard. Raises only TransientError, PermanentError, HostBusy and OwnTrouble."""

    async def page(self, url: str, *, ref: str, validators: Validators | None, identity: bool) -> Fetched:
        """Fetch an HTML page whose first turn at its host has been taken under *ref*.

        Asks robots.txt, follows redirects (≤ 5, each hop guarded and taking its turn), undoes the content
        coding within the caps. *validators* make it conditional; *identity* asks for no content coding.
        A status that is neither 2xx nor 304 raises the error of `worker.outcomes.status_error`.
        """

    async def listing(self, url: str, *, ref: str, validators: Validators | None) -> Fetched:
        """Fetch a feed or site map, as polite and guarded as a page; of any type that may hold text."""

    async def image(self, url: str, *, referer: str) -> Fetched:
        """Fetch an image: no turn and no robots, but one of the host's slots; redirects followed and guarded."""


class Archive(Protocol):
    """The raw store. A record is durable only after the ledger's next commit."""

    async def keep(self, exchange: Exchange) -> Record:
        """Append request and response as WARC records. Raises OwnTrouble when it cannot be written."""


class Seen(Protocol):
    """The dedupe cache: it may say "probably known", never "done"."""

    async def has(self, fingerprint: bytes) -> bool:
        """Return whether *fingerprint* was marked; False when Redis does not answer."""

    async def mark(self, fingerprints: list[bytes]) -> None:
        """Remember *fingerprints* for the cache's time to live; silent when Redis does not answer."""


class Quarantine(Protocol):
    """Where suspicious HTML is parsed: apart, with limits of memory and time."""

    async def extract(self, html: str, *, url: str, fetched_at: float, rules: SiteRules | None = None) -> Extraction:
        """Return what `worker.extract.article.extract` says of *html*. Raises Bomb when it dies or runs out of time."""


class Ledger(Protocol):
    """The queue and the record of every URL, as a worker process sees it."""

    async def claim(self, url_id: int, *, alone: bool) -> Claim | None:
        """Take the row if it is due and free, None if it is not ours to take.

        *alone* says that this process runs one row at a time; only then are suspects handed out.
        Raises OwnTrouble when the database does not answer.
        """

    async def settle(self, claim: Claim, ending: Ending) -> Settled:
        """Commit *ending* with everything it brings in one transaction, if the row is still ours.

        A Stored that clashes with an article another URL owns is settled as a duplicate.
        Raises OwnTrouble when the database does not answer; nothing is changed then.
        """

    async def hand_back(self, claim: Claim) -> None:
        """Give the row back as it was claimed: pending at once, no attempt charged."""

    async def give_up(self, claim: Claim, detail: str) -> None:
        """Take the row for one that crashes whoever works on it, because of a bug that *detail* names."""

    def release(self, claim: Claim) -> None:
        """Let the lease of *claim* run out from now on, if it has not been settled: nobody works on it any more."""

    async def postpone(self, url_id: int, *, until: float) -> None:
        """Make a row that nobody holds due at *until* (epoch seconds) and no earlier; no attempt is charged."""

    async def has_picture(self, sha256: str) -> bool:
        """Return whether the bytes with this SHA-256 are stored already."""

    async def owner_of(self, fingerprint: bytes) -> int | None:
        """Return the id of the stored article known under *fingerprint*, in any of its forms."""

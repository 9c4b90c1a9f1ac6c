"""What a feed or site map lists, and how its links are gathered."""

from collections.abc import Iterable
from dataclasses import dataclass

from worker.normalise.text import plain
from worker.sources.dates import moment
from worker.urls import resolve

LONGEST_TITLE = 500  # characters; a headline has fewer than 200


@dataclass(frozen=True, slots=True)
class Link:
    """A link to an article: its absolute *url*, and *at* (epoch seconds) its publication where the source says so credibly."""

    url: str
    at: float | None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What one document lists.

    *further* are documents still to be read, the most promising first: nested site maps, or the feed that an HTML page
    announces. *notes* are for people, each half a sentence.
    """

    links: tuple[Link, ...]
    further: tuple[Link, ...] = ()
    notes: tuple[str, ...] = ()


class Gathering:
    """Links as a document at *base* lists them: each once, in its order, *most* at most; *more* says that there were more.

    *now* is the epoch second at which it was fetched: what is dated later is not yet published.
    """

    def __init__(self, base: str, *, most: int, now: float) -> None:
        self._base = base
        self._most = most
        self._now = now
        self._links: dict[str, Link] = {}
        self._seen = 0
        self.more = False
        self._unusable = 0
        self._undated = 0

    @property
    def links(self) -> tuple[Link, ...]:
        """What has been gathered."""
        return tuple(self._links.values())

    def add(self, reference: str, dates: Iterable[str] = (), title: str = "") -> None:
        """Take one entry: *reference* absolute or relative, *dates* as written, the best first; *title* with or without markup."""
        if len(self._links) >= self._most or self._seen >= 2 * self._most:  # the same link for ever ends too
            self.more = True
            return
        self._seen += 1
        url = resolve(self._base, reference) if reference.strip() else None
        if url is None:
            self._unusable += 1
            return
        written = [date for date in dates if date.strip()]
        at = next((at for date in written if (at := moment(date, now=self._now)) is not None), None)
        self._undated += bool(written) and at is None
        self._links.setdefault(url, Link(url, at, plain(title[: 4 * LONGEST_TITLE])[:LONGEST_TITLE]))

    def notes(self) -> tuple[str, ...]:
        """Return what people should know about the entries, in at most three half-sentences."""
        notes = []
        if self._unusable:
            notes.append(f"{self._unusable:,} of {self._seen:,} entries link to no page")
        if self._undated:
            notes.append(f"{self._undated:,} of {self._seen:,} entries have a date that cannot be right, which was ignored")
        if self.more:
            notes.append(f"only its first {self._seen:,} entries were read")
        return tuple(notes)

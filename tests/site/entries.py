"""What the sample site promises about each of its URLs."""

from dataclasses import dataclass
from enum import StrEnum


class Serving(StrEnum):
    """How the server answers."""

    PLAIN = "plain"
    GZIP = "gzip"  # to clients that accept it
    BROTLI = "brotli"  # likewise
    SLOW = "slow"  # first byte after two seconds
    FLAKY = "flaky"  # 503 with Retry-After: 1 twice, then the article
    CONDITIONAL = "conditional"  # ETag and Last-Modified, 304 when they come back
    LIVE = "live"  # another text at each fetch
    REDIRECT = "redirect"  # `status` to `location`
    CUT_GZIP = "cut_gzip"  # half a gzip body, whole as HTTP
    NOT_GZIP = "not_gzip"  # says gzip and is not
    SHORT = "short"  # fewer bytes than Content-Length says
    BOMB = "bomb"  # a small gzip body of a large page
    ENDLESS = "endless"  # a page without an end
    PDF = "pdf"
    NOTHING = "nothing"  # `status` with a line of text


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One URL of the site and what ingesting it on its own must come to.

    *path* with its query; *outcome* and *cause* in the contract's words, *or_else* other endings that are right
    too, as `outcome` or `outcome:cause`; *twin_of* another path of the same story: of a group of twins ingested
    together exactly one is `stored` and the others are `duplicate`, whichever comes first.

    *published_at* as the contract writes it; *language* the least that the stored tag must say (`zh` admits
    `zh-Hans`). *first_words* and *last_words* open and close the story: a caption
    or a byline may stand before them, an editor's line after. *absent* are words of the
    chrome that the text must not hold. *images* come to be stored, *images_failed* never.

    *page* is a file in `pages/` (UTF-8, sent in *charset*) or, for a fixture, in `tests/pages/` (sent as it is).
    *listed* puts the URL on the front page, into the feed and the site map.
    """

    path: str
    outcome: str = "stored"
    cause: str | None = None
    or_else: tuple[str, ...] = ()
    twin_of: str | None = None

    title: str = ""
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    source: str = ""
    site_name: str = ""
    published_at: str | None = None
    language: str | None = None
    first_words: str = ""
    last_words: str = ""
    absent: tuple[str, ...] = ()
    images: int = 0
    images_failed: int = 0

    page: str | None = None
    fixture: bool = False
    charset: str = "utf-8"
    content_type: str = "text/html; charset=utf-8"
    serving: Serving = Serving.PLAIN
    status: int = 200
    location: str = ""
    listed: bool = False
    notes: str = ""

    def admits(self, outcome: str, cause: str | None = None) -> bool:
        """Return whether an ending is among the promised ones; twins may be stored or duplicate."""
        ending = f"{outcome}:{cause}" if cause else outcome
        promised = f"{self.outcome}:{self.cause}" if self.cause else self.outcome
        return ending in {promised, *self.or_else}

"""The values that the rooms hand to each other. All frozen; times are epoch seconds, sizes bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from worker.document import Document
from worker.errors import Cause
from worker.exchange import Record, Validators


class State(StrEnum):
    """Where a URL stands; a closed set, and every accepted URL is in exactly one."""

    PENDING = "pending"
    IN_FLIGHT = "in_flight"
    STORED = "stored"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    FAILED = "failed"
    DEAD = "dead"
    CANCELLED = "cancelled"


class Kind(StrEnum):
    """What a ledger row asks for: a page with its images, an article's images that did not come, a crawl job's source."""

    ARTICLE = "article"
    IMAGES = "images"
    LISTING = "listing"


class ImageState(StrEnum):
    """Where an image stands."""

    PENDING = "pending"
    STORED = "stored"
    SKIPPED = "skipped"
    FAILED = "failed"


# ---------------------------------------------------------------- what a page says


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRef:
    """An image as the page shows it.

    *url* absolute, the best candidate; *position* the index of its block in the body, None for a lead
    image outside it; *caption* without enclosing brackets; *skip* a reason not to fetch it
    (`placeholder`, `tracker`, `icon`, `qr_code`, …), None when it is wanted.
    """

    url: str
    position: int | None
    alt: str = ""
    caption: str = ""
    credit: str = ""
    skip: str | None = None


class Role(StrEnum):
    """What somebody did for an article, as its bylines and credits say."""

    AUTHOR = "author"
    REPORTER = "reporter"
    CORRESPONDENT = "correspondent"
    EDITOR = "editor"
    PHOTOGRAPHER = "photographer"
    TRANSLATOR = "translator"
    AGENCY = "agency"
    SOURCE = "source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """A person or an organisation, and what they did for the article."""

    name: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a damaged page said before it was damaged, beside what it says.

    *document* has the blocks of the extraction's own, in their order; *captions* one text for each of its images.
    """

    document: Document
    title: str
    captions: tuple[str, ...]
    editors: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What one HTML page says about its article; *reason* is set when it holds none.

    *published_at*/*modified_at*: ISO 8601, with offset where the time is known, a bare date where only
    the day is. *declared_canonical*: rel=canonical or og:url, *declared_forms* what else the page calls itself (AMP and mobile
    renderings among them); absolute, not yet believed.
    *next_page*: absolute URL of the article's next page, never of the next article.
    `images[i]` is what `document`'s Image blocks with `ref == i` show. *credits* are all who are named, by role, in the
    order they stand; *authors* and *editors* are the persons among them. *restored* is set for damaged pages alone.
    """

    document: Document
    title: str = ""
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    credits: tuple[Credit, ...] = ()
    source: str = ""
    site_name: str = ""
    published_at: str | None = None
    modified_at: str | None = None
    language: str | None = None
    description: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    images: tuple[ImageRef, ...] = ()
    lead_image: str | None = None
    declared_canonical: str | None = None
    declared_forms: tuple[str, ...] = ()
    next_page: str | None = None
    quality: Mapping[str, object] = field(default_factory=dict)
    reason: str | None = None
    restored: Restored | None = None


# ---------------------------------------------------------------- what is stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The bytes of one image content, known by their SHA-256; sizes in pixels where the format tells."""

    sha256: str
    media_type: str
    width: int | None
    height: int | None
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleImage:
    """One image of a stored article: the reference, and what became of it."""

    ref: ImageRef
    state: ImageState
    reason: str | None = None
    picture: Picture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """What tells copies of a text, as `worker.normalise.likeness` of version *algo* makes it.

    *exact* is the hash of its folded text (16 bytes), *signature* its MinHash (256 bytes; None: too short to be compared),
    *letters* how long the folded text is.
    """

    algo: int
    exact: bytes
    signature: bytes | None
    letters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article, ready to be stored: what the page says, and how it came.

    *key* is the canonical URL it is known under, *aliases* the other canonical forms that led to it. *likeness* is None when
    it holds too little text to be told from others.
    """

    url: str
    final_url: str
    key: str
    aliases: tuple[str, ...]
    extraction: Extraction
    images: tuple[ArticleImage, ...]
    text: str
    content_hash: str
    fetched_at: float
    http: Mapping[str, object]
    extractor: str
    likeness: Likeness | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store already holds for a URL that is fetched again; *pictures* by image URL."""

    article_id: int
    content_hash: str
    validators: Validators
    pictures: Mapping[str, Picture]


# ---------------------------------------------------------------- the ledger's words


@dataclass(frozen=True, slots=True, kw_only=True)
class LateImages:
    """The images of an article that are still to come, each with its ordinal; *referer* is the article's page."""

    article_id: int
    referer: str
    images: tuple[tuple[int, ImageRef], ...]


class Form(StrEnum):
    """What a crawl job reads its links from."""

    FEED = "feed"
    SITEMAP = "sitemap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a crawl job reads, and which of the links there it takes.

    *include* (one of them, if there are any) and *exclude* (none of them) are regular expressions searched for in a
    link's URL; *limit* bounds the new links of one run (None: all).
    """

    form: Form
    url: str
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit to a crawl job's source, for the slot that is due at *slot*; what the last visit left tells what is new."""

    source: Source
    slot: float
    validators: Validators
    sha256: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A row of the ledger that is ours until its lease runs out, proved by *fence*.

    *attempts* and *deferrals* count earlier tries that were charged; *last_cause* is the cause of the
    latest one; *suspect* says that a process died with it, so that it must run alone.
    """

    url_id: int
    kind: Kind
    url: str
    fingerprint: bytes
    host: str
    job: str
    attempts: int
    deferrals: int
    last_cause: Cause | None
    suspect: bool
    fence: int
    owner: str
    known: Known | None = None
    late: LateImages | None = None
    visit: Visit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The URL's article, new or changed; *links* are new URLs to accept under the same job.

    *picture_records* are the contents archived for it, by SHA-256; images still pending are due in *images_wait_s*.
    """

    article: Article
    page_records: tuple[Record, ...]
    picture_records: tuple[tuple[str, Record], ...]
    images_wait_s: float = 0.0
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """The URL was fetched again and says the same; *aliases* are what it is known under now, *records* is empty on a 304."""

    article_id: int
    validators: Validators
    aliases: tuple[str, ...] = ()
    records: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """The URL leads to an article that another URL has stored."""

    article_id: int
    aliases: tuple[str, ...]
    records: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The URL ended for good, as *state* (rejected or failed) with *cause*."""

    state: State
    cause: Cause
    detail: str
    status: int | None = None
    records: tuple[Record, ...] = ()


class Charge(StrEnum):
    """What a postponed try costs the URL."""

    ATTEMPT = "attempt"
    DEFERRAL = "deferral"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """The URL goes back to pending and is due again in *wait_s* seconds."""

    wait_s: float
    charge: Charge
    cause: Cause | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagesTried:
    """What became of an article's late images, by ordinal; those still pending are due again in *wait_s* (None: none is left)."""

    article_id: int
    images: tuple[tuple[int, ArticleImage], ...]
    picture_records: tuple[tuple[str, Record], ...]
    wait_s: float | None
    charge: Charge = Charge.ATTEMPT


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """A crawl job's source was read: *found* links stood there, *links* are those to take, the newest first.

    At most *limit* of them that are new are accepted. *validators* and *sha256* (None on a 304) tell the next visit what
    was there; *note* is for people, and empty when all was as it should be.
    """

    found: int
    links: tuple[str, ...]
    limit: int | None
    note: str
    validators: Validators
    sha256: str | None
    records: tuple[Record, ...] = ()


Ending = Stored | Unchanged | Alias | Ended | Later | ImagesTried | Crawled


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How the ledger took an ending: the row's state now, or `fenced_out` when it was no longer ours."""

    state: State
    cause: Cause | None = None
    article_id: int | None = None
    fenced_out: bool = False

"""What went over the wire, and where it is kept. Times are epoch seconds, sizes bytes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a conditional request sends back (RFC 9110 §13)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One HTTP request and its response, as they went over the wire.

    *wire_body* is the body before its content coding is undone, *body* after it. *request_headers* and
    *headers* keep order and repetition. *address* is the peer that answered (the proxy's, behind one).
    """

    url: str
    method: str
    request_headers: tuple[tuple[str, str], ...]
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    wire_body: bytes
    body: bytes
    address: str | None
    started_at: float

    def header(self, name: str) -> str | None:
        """Return the first header called *name*, case-insensitively."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A fetch that came to an end: the last exchange, and the URLs it passed through.

    *url* is the final URL, *hops* the URLs before it in order (empty without redirects);
    *not_modified* says that a conditional request was answered 304.
    """

    url: str
    hops: tuple[str, ...]
    exchange: Exchange
    not_modified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Where a WARC response record lies: *file* (name in the archive), *offset*, *length*; *sha256* of the decoded body."""

    file: str
    offset: int
    length: int
    sha256: str
    url: str
    status: int
    at: float

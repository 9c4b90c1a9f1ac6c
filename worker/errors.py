"""Everything the work may raise on purpose.

    IngestError
    ├─ Deferred                    not now, and nobody's fault: no attempt is charged
    │  ├─ HostBusy                 the host's next free slot lies too far ahead
    │  └─ OwnTrouble               our own database, archive or Redis is in trouble
    ├─ TransientError              try again, it should pass: an attempt is charged
    │  ├─ RateLimited              429, or 503 with Retry-After (charged as a deferral)
    │  ├─ ServerError              408, 425, other 5xx; robots.txt answers 5xx
    │  ├─ NameNotFound             NXDOMAIN
    │  ├─ NameServerTrouble        the resolver could not say
    │  ├─ ConnectFailed            refused, unreachable, reset in connect
    │  ├─ TlsFailed                certificate or protocol
    │  ├─ TimedOut                 connect, read or total deadline
    │  ├─ Truncated                reset, short body, half a content coding
    │  └─ BadEncoding              the content coding cannot be undone
    └─ PermanentError              trying again cannot help
       ├─ InvalidUrl    ├─ ForbiddenAddress   ├─ RobotsDisallowed   ├─ BadRedirect
       ├─ Gone          ├─ Blocked            ├─ ClientError        ├─ WrongType
       └─ TooLarge      ├─ Bomb               └─ NotArticle

Each class names the `Cause` it ends as; tries and waits are in `worker.outcomes`.
Anything else that flies is a bug.
"""

from enum import StrEnum
from typing import ClassVar, TypeVar

Error = TypeVar("Error", bound=BaseException)


class Cause(StrEnum):
    """Why a URL was rejected or has failed."""

    # rejected
    GONE = "gone"
    BLOCKED = "blocked"
    ROBOTS = "robots"
    FORBIDDEN_ADDRESS = "forbidden_address"
    NOT_ARTICLE = "not_article"
    WRONG_TYPE = "wrong_type"
    TOO_LARGE = "too_large"
    BOMB = "bomb"
    REDIRECTS = "redirects"
    INVALID_URL = "invalid_url"
    CLIENT_ERROR = "client_error"
    # failed
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    SERVER_ERROR = "server_error"
    RATE_LIMITED = "rate_limited"
    TRUNCATED = "truncated"
    BAD_ENCODING = "bad_encoding"


class IngestError(Exception):
    """Base of the tree; *detail* is one sentence for people, free of line breaks."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


def anew(error: Error) -> Error:
    """Return an equal error for one more who waits for the same answer.

    One error raised in several coroutines gathers the frames of them all in its one traceback. Celery clears that when a
    task ends of it, and clearing the frame of a coroutine that is suspended ends the coroutine: nothing ever wakes its task.
    """
    again = type(error).__new__(type(error), *error.args)
    again.__dict__.update(error.__dict__)
    again.__cause__ = error.__cause__
    return again


class Deferred(IngestError):
    """Not now, and nobody's fault."""


class HostBusy(Deferred):
    """The host can take the request at *at* (epoch seconds), too far ahead to wait for."""

    def __init__(self, at: float, detail: str = "") -> None:
        super().__init__(detail)
        self.at = at


class OwnTrouble(Deferred):
    """Our own database, archive or Redis is in trouble: never charged to the URL."""


class TransientError(IngestError):
    """Try again, it should pass."""

    cause: ClassVar[Cause]

    def __init__(self, detail: str = "", *, retry_after_s: float | None = None, status: int | None = None) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s
        self.status = status


class RateLimited(TransientError):
    """429, or 503 that says when to come back."""

    cause = Cause.RATE_LIMITED


class ServerError(TransientError):
    """408, 425 or another 5xx, of the page or of its robots.txt."""

    cause = Cause.SERVER_ERROR


class NameNotFound(TransientError):
    """The name does not exist (NXDOMAIN)."""

    cause = Cause.DNS


class NameServerTrouble(TransientError):
    """The resolver could not answer for now."""

    cause = Cause.DNS


class ConnectFailed(TransientError):
    """Refused, unreachable, or reset while connecting."""

    cause = Cause.CONNECT


class TlsFailed(TransientError):
    """The certificate or the TLS handshake is bad; never retried unverified."""

    cause = Cause.TLS


class TimedOut(TransientError):
    """A read or the total deadline ran out."""

    cause = Cause.TIMEOUT


class Truncated(TransientError):
    """The connection broke off, or the body ended before its coding or length did."""

    cause = Cause.TRUNCATED


class BadEncoding(TransientError):
    """The content coding cannot be undone; the next try asks for `identity`."""

    cause = Cause.BAD_ENCODING


class PermanentError(IngestError):
    """Trying again cannot help."""

    cause: ClassVar[Cause]

    def __init__(self, detail: str = "", *, status: int | None = None) -> None:
        super().__init__(detail)
        self.status = status


class InvalidUrl(PermanentError):
    """Not an http(s) URL with a host."""

    cause = Cause.INVALID_URL


class ForbiddenAddress(PermanentError):
    """The guard refuses the address, name or port."""

    cause = Cause.FORBIDDEN_ADDRESS


class RobotsDisallowed(PermanentError):
    """The host's robots.txt asks us not to."""

    cause = Cause.ROBOTS


class BadRedirect(PermanentError):
    """Too many redirects, a loop, or one to nowhere."""

    cause = Cause.REDIRECTS


class Gone(PermanentError):
    """404 or 410."""

    cause = Cause.GONE


class Blocked(PermanentError):
    """401, 403, 407 or 451."""

    cause = Cause.BLOCKED


class ClientError(PermanentError):
    """Another 4xx."""

    cause = Cause.CLIENT_ERROR


class WrongType(PermanentError):
    """The content is of a kind we do not take."""

    cause = Cause.WRONG_TYPE


class TooLarge(PermanentError):
    """The body passes a cap, on the wire or decoded."""

    cause = Cause.TOO_LARGE


class Bomb(PermanentError):
    """Content made to exhaust whoever decodes or parses it."""

    cause = Cause.BOMB


class NotArticle(PermanentError):
    """The page holds no article; *detail* says why."""

    cause = Cause.NOT_ARTICLE

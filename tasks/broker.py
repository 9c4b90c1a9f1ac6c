"""Where Redis is: the operator's, or the embedded Valkey of the home."""

from collections.abc import Mapping
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from redis import Redis
from redis.connection import parse_url
from redis.exceptions import RedisError

from config.settings import Settings
from tasks.valkey import EmbeddedValkey
from worker.errors import OwnTrouble

PROBE_S = 2.0  # for a look whether Redis answers
NOWHERE = "redis://127.0.0.1:1/0"  # nothing listens there: a connection is refused at once, and named in the error


class Broker:
    """Redis for as long as somebody here needs it; the embedded Valkey is started when none is configured."""

    def __init__(self, s: Settings) -> None:
        if s.redis_url is not None:
            _check(s.redis_url)
        self._embedded = None if s.redis_url else EmbeddedValkey(s.home)
        self.url = s.redis_url or ""

    def __enter__(self) -> Self:
        if self._embedded is not None:
            try:
                self.url = self._embedded.start()
            except BaseException:  # Ctrl-C and TERM too: nobody else would stop what was started
                self._embedded.stop()
                raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._embedded is not None:
            self._embedded.stop()

    def keep(self) -> str:
        """Start the embedded Valkey again if it has died; return the URL, which may be another one then.

        Raises OwnTrouble when it cannot be started.
        """
        if self._embedded is not None:
            self.url = self._embedded.ensure()
        return self.url

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """Return *base* with what a child process needs to find this Redis; never in its arguments."""
        return {**base, "NEWSMILL_REDIS_URL": self.url}


def _check(url: str) -> None:
    """Raise OwnTrouble, without the URL and its password, when *url* can be no Redis's."""
    try:
        usable = urlsplit(url).scheme in ("redis", "rediss") and bool(parse_url(url))  # type: ignore[no-untyped-call]
    except ValueError:
        usable = False
    if not usable:
        raise OwnTrouble(
            "NEWSMILL_REDIS_URL: use redis://:password@host:port/number, or rediss:// for TLS; @ : / # ? % in a password as %40 …"
        )


def redis_url(s: Settings) -> str:
    """Return the URL of the Redis that runs now, without starting one; of nowhere when none does."""
    return s.redis_url or EmbeddedValkey(s.home).running() or NOWHERE


def redis_answers(s: Settings) -> bool:
    """Return whether the configured Redis answers; an embedded one that is not running is nothing to worry about."""
    if s.redis_url is None:
        return True
    try:
        with Redis.from_url(s.redis_url, socket_timeout=PROBE_S, socket_connect_timeout=PROBE_S) as redis:
            return bool(redis.ping())
    except (RedisError, OSError, ValueError):
        return False

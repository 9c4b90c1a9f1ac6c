"""The dedupe cache in Redis: it may say "probably known", never "done"."""

from redis.asyncio import Redis
from redis.exceptions import RedisError

PREFIX = "seen:"


class RedisSeen:
    """Implements `worker.ports.Seen`; a Redis that does not answer only means that nothing is known."""

    def __init__(self, redis: Redis, *, ttl_s: float) -> None:
        self._redis = redis
        self._ttl_ms = int(ttl_s * 1000)

    async def has(self, fingerprint: bytes) -> bool:
        """Return whether *fingerprint* was marked within the time to live."""
        try:
            return bool(await self._redis.exists(PREFIX + fingerprint.hex()))
        except (RedisError, OSError):
            return False

    async def mark(self, fingerprints: list[bytes]) -> None:
        """Remember *fingerprints* for the time to live."""
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                for fingerprint in fingerprints:
                    pipe.set(PREFIX + fingerprint.hex(), b"", px=self._ttl_ms)
                await pipe.execute()
        except (RedisError, OSError):
            return

"""What keeps hosts from being asked now, as the governor has it in Redis; to look changes nothing."""

from collections.abc import Collection
from dataclasses import dataclass

from redis.asyncio import Redis
from redis.exceptions import RedisError

from worker.errors import OwnTrouble

FIELDS = ("hold", "open", "interval", "fails")  # of the hash that `worker.fetch.governor` keeps for a host


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How a host is held: for how many more seconds by its own word (429, Retry-After) and by our breaker; 0.0 for not at all.

    *interval_s* is what its robots.txt asks to lie between two requests, None without one; *failures* those in a row lately.
    """

    asked_s: float
    breaker_s: float
    interval_s: float | None
    failures: int

    @property
    def seconds(self) -> float:
        """How long nobody asks it anything."""
        return max(self.asked_s, self.breaker_s)


async def held(redis: Redis, hosts: Collection[str]) -> dict[str, Held]:
    """Return how each of *hosts* is held, by Redis's clock. Raises OwnTrouble when Redis does not answer."""
    names = list(hosts)
    try:
        seconds, micros = await redis.time()
        async with redis.pipeline(transaction=False) as pipe:
            for host in names:
                pipe.hmget(f"gov:{{{host}}}", FIELDS)
            answers = await pipe.execute() if names else []
    except (RedisError, OSError) as error:
        raise OwnTrouble(f"Redis: {' '.join(str(error).split())}") from error
    now_ms = seconds * 1000 + micros // 1000
    return {host: _held(answer, now_ms) for host, answer in zip(names, answers, strict=True)}


def _held(answer: list[bytes | None], now_ms: int) -> Held:
    hold, opened, interval, fails = (float(value or 0) for value in answer)
    return Held(
        asked_s=max(0.0, hold - now_ms) / 1000,
        breaker_s=max(0.0, opened - now_ms) / 1000,
        interval_s=interval / 1000 or None,
        failures=round(fails),
    )

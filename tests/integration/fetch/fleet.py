"""Several processes' governors over one Valkey."""

from redis.asyncio import Redis

from worker.fetch.governor import RedisGovernor

HOST = "news.example"


class Fleet:
    """Governors as so many processes would have them: each its own connection and memory."""

    def __init__(self, redis_url: str) -> None:
        self._url = redis_url
        self._open: list[tuple[RedisGovernor, Redis]] = []

    def governor(self, interval_s: float = 0.0, concurrency: int = 2, horizon_s: float = 5.0) -> RedisGovernor:
        redis = Redis.from_url(self._url, socket_timeout=1.0, retry=None)
        governor = RedisGovernor(redis, interval_s=interval_s, concurrency=concurrency, horizon_s=horizon_s)
        self._open.append((governor, redis))
        return governor

    @property
    def redis(self) -> Redis:
        return self._open[0][1]

    async def aclose(self) -> None:
        for governor, redis in self._open:
            await governor.aclose()
            await redis.aclose()

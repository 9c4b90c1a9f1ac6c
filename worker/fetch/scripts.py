"""Lua scripts that run atomically in Redis."""

from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from worker.errors import OwnTrouble

# Times are whole milliseconds of Redis's clock; what is kept for a host outlives the longest hold, one day.
_PRELUDE = """
local HOUR, DAY = 3600000, 2 * 86400000
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
"""


class Script:
    """A script called by its hash, loaded again when Redis has forgotten it."""

    def __init__(self, redis: Redis, source: str) -> None:
        self._script = redis.register_script(_PRELUDE + source)

    async def __call__(self, keys: Sequence[str], arguments: Sequence[str | int | float]) -> Any:
        """Run the script. Raises OwnTrouble when Redis does not answer."""
        try:
            return await self._script(keys=list(keys), args=list(arguments))
        except (RedisError, OSError) as error:
            raise OwnTrouble(f"Redis: {' '.join(str(error).split())}") from error

"""Permits that several senders share, counted in Redis by its own clock."""

import math
from collections.abc import Sequence
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from core.clock import Clock
from notifications.pace import Bucket, LocalPacer, Refusal, Scope

_PREFIX = "baijiamen:pace:"
_TAKE = """
local pause = redis.call('PTTL', KEYS[1])
if pause > 0 then return {0, pause} end
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local levels = {}
for i = 2, #KEYS do
  local rate, burst = tonumber(ARGV[2 * i - 3]), tonumber(ARGV[2 * i - 2])
  local kept = redis.call('HMGET', KEYS[i], 'level', 'at')
  local level = burst
  if kept[1] then
    level = math.min(burst, kept[1] + math.max(0, now - kept[2]) * rate / 1000)
  end
  if level < 1 then return {i - 1, math.ceil((1 - level) * 1000 / rate)} end
  levels[i] = level
end
for i = 2, #KEYS do
  local rate, burst = tonumber(ARGV[2 * i - 3]), tonumber(ARGV[2 * i - 2])
  redis.call('HSET', KEYS[i], 'level', tostring(levels[i] - 1), 'at', tostring(now))
  redis.call('PEXPIRE', KEYS[i], math.ceil(burst * 1000 / rate) + 1000)
end
return {-1, 0}
"""
_PAUSE = """
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
end
"""

log = structlog.get_logger(__name__)


class RedisPacer:
    """
    Shared permits. While Redis is away every process counts for itself.

    Several processes may then send too fast together; the channel says so
    (429 on Telegram) and each obeys.
    """

    def __init__(self, url: str, clock: Clock) -> None:
        self._redis: Redis = Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
        self._take: Any = self._redis.register_script(_TAKE)
        self._pause: Any = self._redis.register_script(_PAUSE)
        self._alone = LocalPacer(clock)

    async def take(self, lane: str, buckets: Sequence[Bucket]) -> Refusal | None:
        """Take one permit from every bucket, or none from any."""
        keys = [_pause_key(lane), *(f"{_PREFIX}{each.key}" for each in buckets)]
        rates = [part for each in buckets for part in (each.rate.per_second, each.rate.burst)]
        try:
            place, milliseconds = await self._take(keys=keys, args=rates)
        except (RedisError, OSError) as error:
            log.warning("pace_not_shared", error=type(error).__name__)
            return await self._alone.take(lane, buckets)
        if place < 0:
            return None
        scope = Scope.LANE if place == 0 else buckets[place - 1].scope
        return Refusal(scope, milliseconds / 1000)

    async def pause(self, lane: str, seconds: float) -> None:
        """Let nothing through for so long, in no process."""
        await self._alone.pause(lane, seconds)
        try:
            await self._pause(keys=[_pause_key(lane)], args=[max(math.ceil(seconds * 1000), 1)])
        except (RedisError, OSError) as error:
            log.warning("pace_not_shared", error=type(error).__name__)

    async def paused(self, lane: str) -> float:
        """For how many seconds nothing goes through."""
        try:
            return max(await self._redis.pttl(_pause_key(lane)), 0) / 1000
        except (RedisError, OSError):
            return await self._alone.paused(lane)

    async def close(self) -> None:
        """Let go of connections."""
        await self._redis.aclose()


def _pause_key(lane: str) -> str:
    return f"{_PREFIX}{lane}:pause"

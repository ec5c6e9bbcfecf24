"""Rate limits, shared through Redis where it is configured."""

from typing import Protocol

from limits import parse
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError


class Limits(Protocol):
    """Counts events against limits such as "10 per 15 minutes"."""

    async def hit(self, limit: str, *key: str) -> bool:
        """Count one event; False when that is one too many."""
        ...

    async def test(self, limit: str, *key: str) -> bool:
        """Whether one more event would still be allowed; counts nothing."""
        ...


class WindowLimits:
    """Moving windows, in memory or in Redis. Without its Redis everything is let through."""

    def __init__(self, redis_url: str = "") -> None:
        storage: Storage = MemoryStorage()
        if redis_url:
            storage = RedisStorage(f"async+{redis_url}", implementation="redispy")
        self._window = MovingWindowRateLimiter(storage)

    async def hit(self, limit: str, *key: str) -> bool:
        """Count one event; False when that is one too many."""
        try:
            return await self._window.hit(parse(limit), *key)
        except (StorageError, OSError):
            return True

    async def test(self, limit: str, *key: str) -> bool:
        """Whether one more event would still be allowed; counts nothing."""
        try:
            return await self._window.test(parse(limit), *key)
        except (StorageError, OSError):
            return True

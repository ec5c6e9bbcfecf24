"""Rate limits, shared through Redis where it is configured."""

from typing import TYPE_CHECKING, Protocol

from limits import parse
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError

if TYPE_CHECKING:
    from redis.asyncio import ConnectionPool

_PATIENCE = 2.0
"""Seconds that a limit waits for Redis; without it people are let through."""


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
        self._pool = _connections(redis_url) if redis_url else None
        storage: Storage = MemoryStorage()
        if self._pool is not None:
            storage = RedisStorage(
                f"async+{redis_url}",
                implementation="redispy",
                wrap_exceptions=True,
                connection_pool=self._pool,  # type: ignore[arg-type]  # documented, not annotated
            )
        self._window = MovingWindowRateLimiter(storage)

    async def close(self) -> None:
        """Let go of connections."""
        if self._pool is not None:
            await self._pool.aclose()

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


def _connections(redis_url: str) -> "ConnectionPool":
    """The library is imported where it is needed: a tenth of a start that does without."""
    from redis.asyncio import ConnectionPool

    return ConnectionPool.from_url(
        redis_url, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE
    )

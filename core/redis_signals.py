"""Wake-up calls and live hints over Redis pub/sub, for several processes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from core.signals import InProcessSignals, Subscription

_PREFIX = "baijiamen:"
_RETRY_SECONDS = 1.0

log = structlog.get_logger(__name__)


class RedisSignals:
    """
    Hints between processes. While Redis is away they travel within the process only.

    One connection listens for all subscriptions of the process; it comes back
    by itself, and what was missed meanwhile is found in the database.
    """

    def __init__(self, url: str) -> None:
        self._redis: Redis = Redis.from_url(url, socket_timeout=5, socket_connect_timeout=2)
        self._local = InProcessSignals()
        self._reader: asyncio.Task[None] | None = None

    async def publish(self, topic: str, note: str = "") -> None:
        """Tell every process; without Redis at least this one."""
        try:
            await self._redis.publish(f"{_PREFIX}{topic}", note)
        except (RedisError, OSError):
            await self._local.publish(topic, note)
        else:
            if self._reader is None:
                await self._local.publish(topic, note)

    @asynccontextmanager
    async def subscribe(self, *topics: str) -> AsyncIterator[Subscription]:
        """Listen while the block lasts."""
        if self._reader is None:
            self._reader = asyncio.create_task(self._read(), name="redis-signals")
        async with self._local.subscribe(*topics) as subscription:
            yield subscription

    async def ping(self) -> bool:
        """Whether Redis answers."""
        try:
            return bool(await self._redis.ping())
        except (RedisError, OSError):
            return False

    async def close(self) -> None:
        """Stop listening and disconnect."""
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        await self._redis.aclose()

    async def _read(self) -> None:
        while True:
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                log.warning("redis_signals_lost", error=type(error).__name__)
                await asyncio.sleep(_RETRY_SECONDS)

    async def _listen(self) -> None:
        async with self._redis.pubsub() as pubsub:
            await pubsub.psubscribe(f"{_PREFIX}*")
            while True:
                message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=2.0)
                if message is not None:
                    topic = message["channel"].decode().removeprefix(_PREFIX)
                    await self._local.publish(topic, message["data"].decode())

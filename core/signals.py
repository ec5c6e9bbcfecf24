"""
Wake-up calls and live hints: what may be lost, because the database remembers.

In one process a set of queues does; with Redis, pub/sub carries them between
processes (`core.redis_signals`). A listener that misses one finds the same
rows at its next look, at the latest a few seconds later.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

_BACKLOG = 256


@dataclass(frozen=True, slots=True)
class Signal:
    """Something happened under a topic, e.g. ("conversation:<id>", "12")."""

    topic: str
    note: str = ""


class Subscription:
    """The signals of some topics since it was opened; the oldest fall out when nobody reads."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Signal] = asyncio.Queue(_BACKLOG)

    def put(self, signal: Signal) -> None:
        """Add a signal without waiting."""
        if self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(signal)

    async def wait(self, timeout: float) -> Signal | None:  # noqa: ASYNC109 - a poll, not a guard
        """The next signal, or None after `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                return await self._queue.get()
        except TimeoutError:
            return None

    def drain(self) -> list[Signal]:
        """All signals that wait now, without waiting for more."""
        signals = []
        while not self._queue.empty():
            signals.append(self._queue.get_nowait())
        return signals


class Signals(Protocol):
    """Publishes hints and lets others listen for them."""

    async def publish(self, topic: str, note: str = "") -> None:
        """Tell every listener of the topic. Never raises: a lost hint is no error."""
        ...

    def subscribe(self, *topics: str) -> AbstractAsyncContextManager[Subscription]:
        """Listen while the block lasts."""
        ...

    async def ping(self) -> bool:
        """Whether hints travel just now."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class InProcessSignals:
    """The stand-in when no Redis is configured: everything runs in one process."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Subscription]] = {}

    async def publish(self, topic: str, note: str = "") -> None:
        """Tell every listener of the topic."""
        for subscription in tuple(self._listeners.get(topic, ())):
            subscription.put(Signal(topic, note))

    @asynccontextmanager
    async def subscribe(self, *topics: str) -> AsyncIterator[Subscription]:
        """Listen while the block lasts."""
        subscription = Subscription()
        for topic in topics:
            self._listeners.setdefault(topic, set()).add(subscription)
        try:
            yield subscription
        finally:
            self._forget(subscription, topics)

    async def ping(self) -> bool:
        """Always: there is nothing between us."""
        return True

    async def close(self) -> None:
        """Nothing to let go of."""

    def _forget(self, subscription: Subscription, topics: tuple[str, ...]) -> None:
        for topic in topics:
            listeners = self._listeners.get(topic, set())
            listeners.discard(subscription)
            if not listeners:
                self._listeners.pop(topic, None)

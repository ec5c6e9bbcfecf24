"""Lets tests wait until something has happened on the double."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class NothingHappened(AssertionError):
    """What was waited for did not come; the text says what there was."""


class Signal:
    """Rung at every change."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Something has changed."""
        for each in self._waiting:
            if not each.done():
                each.set_result(None)
        self._waiting.clear()

    async def until(
        self,
        found: Callable[[], Found],
        *,
        within: float = 30.0,
        otherwise: Callable[[], object] = lambda: "",
    ) -> Found:
        """
        The first true result of `found`, looked at after every change.

        `within` is in seconds of real time; then `NothingHappened` is raised
        with what `otherwise` says.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        while not (result := found()):
            left = deadline - loop.time()
            if left <= 0:
                raise NothingHappened(f"nothing within {within} s: {otherwise()}")
            change = loop.create_future()
            self._waiting.add(change)
            await asyncio.wait([change], timeout=min(left, 0.25))
            self._waiting.discard(change)
        return result

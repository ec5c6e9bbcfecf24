"""
The poller: asks for updates, stores them and moves the offset in one transaction.

Telegram counts an update as received when the next call names a higher offset.
That call is made only after the commit, so a crash at any moment brings the
update again and loses none.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from bot.telegram_transport import cursors
from bot.telegram_transport.api import ApiRefused, ApiUnreachable, BotApi
from bot.telegram_transport.courtesy import OnStored, Stored
from bot.telegram_transport.receiving import ALLOWED_UPDATES, as_inbound, store_updates
from conversations.inbox import Inbox
from core.clock import Clock
from core.database import Database
from core.errors import DatabaseUnavailable, FrontDoorError
from core.holders import Holder
from core.signals import Signals

POLL_SECONDS = 20
_ANSWER_SECONDS = POLL_SECONDS + 10.0
_BATCH = 100
_SHORTEST, _LONGEST = 0.5, 30.0
_NOBODYS_TURN = 2.0
"""Seconds until somebody without the lease looks again."""
_REFUSED_SECONDS = 60.0
"""A wrong token does not become right by asking often."""

log = structlog.get_logger(__name__)


class LeaseLost(FrontDoorError):
    """Another process polls this bot now; it gets the same updates again."""


def _nothing(_stored: Stored) -> None:
    """Nobody wants to know."""


class Poller:
    """Receives one bot's updates by `getUpdates`."""

    def __init__(
        self,
        *,
        account: str,
        api: BotApi,
        database: Database,
        inbox: Inbox,
        signals: Signals,
        clock: Clock,
        holder: Holder,
        point: Callable[[], Awaitable[object]],
        on_stored: OnStored = _nothing,
        poll_seconds: int = POLL_SECONDS,
    ) -> None:
        self._account = account
        self._api = api
        self._database = database
        self._inbox = inbox
        self._signals = signals
        self._clock = clock
        self._holder = holder
        self._point = point
        self._on_stored = on_stored
        self._poll_seconds = poll_seconds
        self._failures = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until told to stop; a poll in progress is broken off, which loses nothing."""
        while not stop.is_set():
            pause = await _unless(stop, self.step())
            if pause:
                await _unless(stop, asyncio.sleep(pause))
        await self._release()

    async def step(self) -> float:
        """
        One call of getUpdates and what belongs to it; gives the seconds to wait before the next.

        Never raises: a poller that ends leaves the bot deaf.
        """
        try:
            pause = await self._poll()
        except ApiRefused as error:
            return await self._after_refusal(error)
        except (ApiUnreachable, DatabaseUnavailable, LeaseLost) as error:
            log.warning("telegram_poll_failed", account=self._account, error=str(error))
            return await self._after_break()
        except Exception:
            log.exception("telegram_poll_failed", account=self._account)
            return await self._after_break()
        self._failures = 0
        return pause

    async def _poll(self) -> float:
        async with self._database.transaction() as session:
            held = await cursors.hold(session, self._account, self._holder, now=self._clock.now())
        if held is None:
            return _NOBODYS_TURN
        updates = await self._api.call(
            "getUpdates",
            {
                "offset": held.offset,
                "limit": _BATCH,
                "timeout": self._poll_seconds,
                "allowed_updates": ALLOWED_UPDATES,
            },
            seconds=_ANSWER_SECONDS,
        )
        if not isinstance(updates, list):
            raise ApiUnreachable("getUpdates without a list")
        return await self._store(updates)

    async def _store(self, updates: list[Any]) -> float:
        """Rows and offset together; an answer without one readable number moves nothing."""
        numbers = [
            each["update_id"]
            for each in updates
            if isinstance(each, dict) and isinstance(each.get("update_id"), int)
        ]
        if not numbers:
            return _SHORTEST if updates else 0.0
        now = self._clock.now()
        read = ((each, as_inbound(self._account, each, now=now)) for each in updates)
        stored = [(update, raw) for update, raw in read if raw is not None]
        async with self._database.transaction() as session:
            await store_updates(session, self._inbox, [raw for _, raw in stored])
            if not await cursors.advance(
                session, self._account, self._holder, max(numbers) + 1, now=now
            ):
                raise LeaseLost(self._account)
        await self._signals.publish("inbox")
        self._on_stored(stored)
        return 0.0

    async def _after_refusal(self, error: ApiRefused) -> float:
        log.warning("telegram_poll_refused", account=self._account, error=str(error))
        if error.code in (401, 404):
            return _REFUSED_SECONDS
        if error.code == 409 and "webhook" in error.description.lower():
            await self._point()
        pause = await self._after_break()
        return max(pause, error.retry_after.total_seconds() if error.retry_after else 0.0)

    async def _after_break(self) -> float:
        """The chain of calls is broken: begin at the earliest unconfirmed update again."""
        self._failures += 1
        try:
            async with self._database.transaction() as session:
                await cursors.advance(
                    session, self._account, self._holder, None, now=self._clock.now()
                )
        except DatabaseUnavailable as error:
            log.warning("database_unavailable", role="telegram", error=str(error))
        return min(_SHORTEST * 2.0 ** min(self._failures - 1, 10), _LONGEST)

    async def _release(self) -> None:
        try:
            async with self._database.transaction() as session:
                await cursors.release(session, self._account, self._holder)
        except DatabaseUnavailable as error:
            log.warning("database_unavailable", role="telegram", error=str(error))


async def _unless(stop: asyncio.Event, work: Awaitable[Any]) -> Any:
    """What the work gives, or None when told to stop before it is done."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        for each in (working, stopping):
            each.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)

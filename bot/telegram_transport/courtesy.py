"""
The only things said to Telegram without the outbox: a press is acknowledged, and "typing".

Neither promises anything, so both may be lost. A press that nobody
acknowledges keeps the button spinning; whoever waits longer than a moment
sees that somebody is busy.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import select

from bot.telegram_transport.api import ApiRefused, ApiUnreachable, BotApi
from conversations.models import InboxMessage
from core.database import Database
from core.errors import DatabaseUnavailable
from core.messages import RawInbound

Stored = Sequence[tuple[dict[str, Any], RawInbound]]
"""Updates that were just stored, with their rows."""
OnStored = Callable[[Stored], None]
"""Is told after the commit; must not wait."""

_PATIENCE_SECONDS = 1.0
_CALL_SECONDS = 10.0

log = structlog.get_logger(__name__)


class Courtesy:
    """Acknowledges what came in, for one bot, without holding anybody up."""

    def __init__(
        self,
        *,
        account: str,
        api: BotApi,
        database: Database,
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        self._account = account
        self._api = api
        self._database = database
        self._patience = patience_seconds
        self._busy: set[asyncio.Task[None]] = set()

    def note(self, stored: Stored) -> None:
        """Begin whatever courtesy asks for."""
        for update, raw in stored:
            press = update.get("callback_query")
            if isinstance(press, dict):
                query = {"callback_query_id": str(press.get("id"))}
                self._begin(self._call("answerCallbackQuery", query))
            elif "message" in update and not raw.address.peer.startswith("-"):
                self._begin(self._type_if_slow(raw))

    async def close(self) -> None:
        """Leave off whatever is not done."""
        for task in self._busy:
            task.cancel()
        await asyncio.gather(*self._busy, return_exceptions=True)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)

    async def _type_if_slow(self, raw: RawInbound) -> None:
        await asyncio.sleep(self._patience)
        if await self._waits(raw):
            await self._call("sendChatAction", {"chat_id": raw.address.peer, "action": "typing"})

    async def _waits(self, raw: RawInbound) -> bool:
        try:
            async with self._database.reading() as session:
                status = await session.scalar(
                    select(InboxMessage.status)
                    .where(InboxMessage.channel == raw.address.channel.value)
                    .where(InboxMessage.account == self._account)
                    .where(InboxMessage.external_id == raw.external_id)
                )
        except DatabaseUnavailable:
            return False
        return status == "new"

    async def _call(self, method: str, parameters: Mapping[str, object]) -> None:
        try:
            await self._api.call(method, parameters, seconds=_CALL_SECONDS)
        except (ApiRefused, ApiUnreachable) as error:
            log.info("telegram_courtesy_failed", account=self._account, error=str(error))

"""
`POST /telegram/{account}`: stores an update and says so; nobody waits for a handler.

Telegram sends again whatever is not answered with 2xx. So 200 means that the
update is in the inbox, and a database that is away is answered with 503.
"""

import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import structlog
from fastapi import APIRouter, Header, Request, Response

from bot.telegram_transport.raw_json import read_json
from bot.telegram_transport.receiving import as_inbound, store_updates
from conversations.inbox import Inbox
from core.clock import Clock
from core.database import Database
from core.errors import DatabaseUnavailable
from core.signals import Signals

if TYPE_CHECKING:
    from bot.telegram_transport.courtesy import OnStored

LARGEST = 1024 * 1024
"""Bytes of one update; Telegram's are far smaller."""
_PERMISSION = {"x-permission": "token"}

log = structlog.get_logger(__name__)


class Webhooks:
    """Receives updates that Telegram posts; `secrets` by account, none is empty."""

    def __init__(
        self,
        *,
        secrets: Mapping[str, str],
        on_stored: Mapping[str, "OnStored"],
        database: Database,
        inbox: Inbox,
        signals: Signals,
        clock: Clock,
    ) -> None:
        self._secrets = secrets
        self._on_stored = on_stored
        self._database = database
        self._inbox = inbox
        self._signals = signals
        self._clock = clock

    def router(self) -> APIRouter:
        """The one address."""
        router = APIRouter(prefix="/telegram", tags=["telegram"])
        router.post("/{account}", openapi_extra=_PERMISSION, include_in_schema=False)(self.receive)
        return router

    async def receive(
        self,
        account: str,
        request: Request,
        x_telegram_bot_api_secret_token: Annotated[str | None, Header()] = None,
    ) -> Response:
        """200 when the update is stored; 401, 403, 404, 413, 400 or 503 otherwise."""
        refusal = self._refusal(account, x_telegram_bot_api_secret_token)
        if refusal:
            return Response(status_code=refusal)
        body = await _read(request)
        if body is None:
            return Response(status_code=413)
        try:
            update = read_json(body)
        except ValueError:
            return Response(status_code=400)
        return Response(status_code=await self._store(account, update))

    def _refusal(self, account: str, given: str | None) -> int:
        secret = self._secrets.get(account)
        if secret is None:
            return 404
        if not given:
            return 401
        same = hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode())
        return 0 if same else 403

    async def _store(self, account: str, update: Any) -> int:
        raw = as_inbound(account, update, now=self._clock.now())
        if raw is None:
            return 200
        try:
            async with self._database.transaction() as session:
                await store_updates(session, self._inbox, [raw])
        except DatabaseUnavailable as error:
            log.warning("database_unavailable", role="telegram", error=str(error))
            return 503
        await self._signals.publish("inbox")
        if account in self._on_stored:
            self._on_stored[account]([(update, raw)])
        return 200


async def _read(request: Request) -> bytes | None:
    """The body, or None when it is larger than any update."""
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > LARGEST:
            return None
    return bytes(content)

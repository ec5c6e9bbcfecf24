"""A connection that answers `getMe` by itself: reading an update must not need the network."""

from typing import Any

import orjson
from telegram.request import BaseRequest, RequestData

OFFLINE_TOKEN = "1:offline"  # noqa: S105 - opens nothing
"""Stands where the library wants a token although nobody is called."""


class OfflineRequest(BaseRequest):
    """
    Enough of Telegram for a library that only reads.

    `Application.initialize` asks who the bot is. A page that shows a conversation must work
    while Telegram is away, so the answer
    is made here; who exactly the bot is does not matter for reading.
    """

    @property
    def read_timeout(self) -> float | None:
        """Nothing is ever waited for."""
        return None

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Who the bot is; everything else is refused, because reading asks for nothing else."""
        if not url.endswith("/getMe"):
            return 404, b'{"ok":false,"error_code":404,"description":"Not Found"}'
        me = {"id": 1, "is_bot": True, "first_name": "volunteers", "username": "bot"}
        return 200, orjson.dumps({"ok": True, "result": me})

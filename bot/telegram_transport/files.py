"""Fetches what people sent to a bot, by the id that Telegram gave it; good for this bot only."""

from bot.telegram_transport.api import ApiRefused, ApiUnreachable, BotApi
from notifications.deliveries import NeverDeliverable, TemporarilyUnreachable

_LATER = frozenset({401, 429})
"""Refusals that say nothing about the file: a wrong token, too many calls."""


class TelegramFiles:
    """Where the files of one bot's chats are."""

    def __init__(self, api: BotApi) -> None:
        self._api = api

    async def close(self) -> None:
        """Let go of connections."""
        await self._api.close()

    async def fetch(self, source: str) -> bytes:
        """
        The whole file, 20 MB at most.

        Raises `TemporarilyUnreachable`, or `NeverDeliverable` for what is gone or too large.
        """
        try:
            return await self._api.download(source)
        except ApiUnreachable:
            raise TemporarilyUnreachable from None
        except ApiRefused as error:
            if error.code in _LATER or error.code >= 500:
                raise TemporarilyUnreachable(error.retry_after) from None
            raise NeverDeliverable(error.description) from None

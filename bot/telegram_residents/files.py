"""Fetches the bytes of what a resident sent, by the id that Telegram gave it."""

from aiogram import Bot
from aiohttp import ClientError

from bot.telegram_residents.attached import LARGEST
from bot.telegram_residents.library import understood
from notifications.sender import NeverDeliverable, TemporarilyUnreachable


class TelegramFiles:
    """Where the files of one bot's chats are."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def fetch(self, source: str) -> bytes:
        """
        The whole file.

        Raises `TemporarilyUnreachable`, or `NeverDeliverable` for what is gone or too large.
        """
        with understood():
            found = await self._bot.get_file(source)
        if found.file_path is None or (found.file_size or 0) > LARGEST:
            raise NeverDeliverable("too large")
        return await self._download(found.file_path)

    async def _download(self, path: str) -> bytes:
        session = self._bot.session
        address = session.api.file_url(self._bot.token, path)
        content = bytearray()
        try:
            async for chunk in session.stream_content(address):
                content += chunk
                if len(content) > LARGEST:
                    raise NeverDeliverable("too large")
        except (ClientError, TimeoutError):
            # their texts show the address, and with it the token
            raise TemporarilyUnreachable from None
        return bytes(content)

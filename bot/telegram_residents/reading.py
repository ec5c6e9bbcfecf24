"""The decoder, without aiogram until the first update comes: most installations have none."""

from core.messages import Decoder, InboundMessage
from core.texts import Texts


class LaterDecoder:
    """Reads the residents' updates, loading aiogram with the first one."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._decoder: Decoder | None = None

    async def decode(self, body: str) -> InboundMessage:
        """Read one update; raises `UnreadableMessage`."""
        return await self.loaded().decode(body)

    def loaded(self) -> Decoder:
        """The real decoder; where the bot is on, this is asked for at the start."""
        if self._decoder is None:
            from bot.telegram_residents.decoder import ResidentsDecoder
            from bot.telegram_residents.menu import Menu

            self._decoder = ResidentsDecoder(Menu(self._texts))
        return self._decoder

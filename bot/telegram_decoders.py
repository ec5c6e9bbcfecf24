"""The decoders of both bots, without their libraries until the first update comes."""

from bot.decoding import LaterDecoder
from core.messages import Channel, Decoder
from core.texts import Texts


def telegram_decoders(texts: Texts) -> dict[tuple[Channel, str | None], Decoder]:
    """By account, as `Decoders` wants them; a page shows old chats also where no bot is on."""

    def residents() -> Decoder:
        from bot.telegram_residents.decoder import ResidentsDecoder
        from bot.telegram_residents.menu import Menu

        return ResidentsDecoder(Menu(texts))

    def volunteers() -> Decoder:
        from bot.telegram_volunteers.decoder import VolunteerDecoder

        return VolunteerDecoder()

    return {
        (Channel.TELEGRAM, "residents"): LaterDecoder(residents),
        (Channel.TELEGRAM, "volunteers"): LaterDecoder(volunteers),
    }

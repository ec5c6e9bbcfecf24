"""Hands one promised message to a volunteer's chat."""

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions

from bot.splitting import split
from bot.telegram_volunteers.library import understood
from core.messages import Reply
from notifications.sender import Delivery

_LONGEST_TITLE = 64


class VolunteersSender:
    """The volunteers' bot as the outbox's sender knows it."""

    def __init__(self, *, bot: Bot) -> None:
        self._bot = bot

    async def send(self, delivery: Delivery) -> str | None:
        """Send every part; gives Telegram's id of the last, under which the buttons are."""
        *first, last = split(delivery.reply.text)
        with understood():
            await self._bot.initialize()
            for part in first:
                await self._send(delivery.address.peer, part, None)
            return await self._send(delivery.address.peer, last, _buttons(delivery.reply))

    async def close(self) -> None:
        """Let go of the connections."""
        await self._bot.shutdown()

    async def _send(self, chat: str, html: str, buttons: InlineKeyboardMarkup | None) -> str:
        sent = await self._bot.send_message(
            int(chat),
            html,
            parse_mode="HTML",
            reply_markup=buttons,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
        return str(sent.message_id)


def _buttons(reply: Reply) -> InlineKeyboardMarkup | None:
    rows = [
        [InlineKeyboardButton(choice.title[:_LONGEST_TITLE], callback_data=choice.payload)]
        for choice in reply.choices
    ]
    return InlineKeyboardMarkup(rows) if rows else None

"""Hands one promised message to a volunteer's chat: one message, several, or one in place of another."""

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
)

from bot.telegram_volunteers.client import StaysAsItIs, understood
from bot.telegram_volunteers.rendering import Part, render
from core.texts import Texts
from notifications.deliveries import Delivery, NeverDeliverable

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | None

_REMEMBERED = 1000
_GROUPS = "-"
"""How a group's id begins; keyboards there would stand before everybody."""


class VolunteersSender:
    """
    The volunteers' bot as the outbox's sender knows it.

    A long text that was cut off in the middle goes on with the part that is
    missing, as long as this process lives.
    """

    def __init__(self, *, bot: Bot, texts: Texts) -> None:
        self._bot = bot
        self._texts = texts
        self._begun: dict[int, int] = {}

    async def send(self, delivery: Delivery) -> str | None:
        """Send every part; gives Telegram's id of the last, under which the buttons are."""
        peer = delivery.address.peer
        parts = render(delivery.reply, self._texts, group=peer.startswith(_GROUPS))
        if delivery.replaces and len(parts) == 1 and not parts[0].keyboard:
            changed = await self._change(peer, delivery.replaces, parts[0])
            if changed:
                return delivery.replaces
        message_id = ""
        for part in parts[self._begun.get(delivery.id, 0) :]:
            message_id = await self._send(peer, part)
            self._note(delivery.id)
        self._begun.pop(delivery.id, None)
        return message_id or None

    async def close(self) -> None:
        """Let go of the connections."""
        await self._bot.request.shutdown()

    async def _send(self, chat: str, part: Part) -> str:
        with understood():
            sent = await self._bot.send_message(
                int(chat),
                part.html,
                parse_mode="HTML",
                reply_markup=_markup(part),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        return str(sent.message_id)

    async def _change(self, chat: str, message_id: str, part: Part) -> bool:
        """Put this in place of an earlier message; False when that one is gone or too old."""
        try:
            with understood():
                await self._bot.edit_message_text(
                    part.html,
                    chat_id=int(chat),
                    message_id=int(message_id),
                    parse_mode="HTML",
                    reply_markup=_inline(part),
                    link_preview_options=LinkPreviewOptions(is_disabled=True),
                )
        except StaysAsItIs:
            return True
        except NeverDeliverable as error:
            if "edit" not in str(error):
                raise
            return False
        return True

    def _note(self, delivery_id: int) -> None:
        self._begun[delivery_id] = self._begun.get(delivery_id, 0) + 1
        while len(self._begun) > _REMEMBERED:
            self._begun.pop(next(iter(self._begun)))


def _markup(part: Part) -> Markup:
    rows = [[KeyboardButton(title) for title in row] for row in part.keyboard]
    if part.phone:
        ask = KeyboardButton(part.phone, request_contact=True)
        return ReplyKeyboardMarkup([[ask], *rows], resize_keyboard=True, one_time_keyboard=True)
    if rows:
        return ReplyKeyboardMarkup(rows, resize_keyboard=True, is_persistent=True)
    return _inline(part)


def _inline(part: Part) -> InlineKeyboardMarkup | None:
    rows = [
        [InlineKeyboardButton(title, callback_data=data) for title, data in row]
        for row in part.inline
    ]
    return InlineKeyboardMarkup(rows) if rows else None

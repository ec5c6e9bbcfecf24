"""Hands one promised message to a resident's chat: one message, or several when it is long."""

from dataclasses import replace

from aiogram import Bot
from aiogram.enums import ParseMode
from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
)

from bot.telegram_residents.client import understood
from bot.telegram_residents.menu import Menu
from bot.telegram_residents.rendering import Key, Part, render
from notifications.sender import Delivery

_REMEMBERED = 1000
_GROUPS = "-"
"""How a group's id begins; keyboards there would stand before everybody."""


class ResidentsSender:
    """
    The residents' bot as the outbox's sender knows it.

    A long answer that was cut off in the middle goes on with the part that is
    missing, as long as this process lives.
    """

    def __init__(self, *, bot: Bot, menu: Menu) -> None:
        self._bot = bot
        self._menu = menu
        self._begun: dict[int, int] = {}

    async def send(self, delivery: Delivery) -> str | None:
        """Send every part; gives Telegram's id of the last, under which the buttons are."""
        parts = render(delivery.reply, self._menu)
        if delivery.address.peer.startswith(_GROUPS):
            parts = [replace(part, inline=(), keyboard=()) for part in parts]
        message_id = ""
        for part in parts[self._begun.get(delivery.id, 0) :]:
            with understood():
                message_id = await self._send_part(delivery.address.peer, part)
            self._note(delivery.id)
        self._begun.pop(delivery.id, None)
        return message_id or None

    async def close(self) -> None:
        """Let go of the connections."""
        await self._bot.session.close()

    async def _send_part(self, chat: str, part: Part) -> str:
        sent = await self._bot.send_message(
            int(chat),
            part.html,
            parse_mode=ParseMode.HTML,
            reply_markup=_markup(part),
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
        return str(sent.message_id)

    def _note(self, delivery_id: int) -> None:
        self._begun[delivery_id] = self._begun.get(delivery_id, 0) + 1
        while len(self._begun) > _REMEMBERED:
            self._begun.pop(next(iter(self._begun)))


def _markup(part: Part) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | None:
    if part.inline:
        rows = [
            [InlineKeyboardButton(text=title, callback_data=data) for title, data in row]
            for row in part.inline
        ]
        return InlineKeyboardMarkup(inline_keyboard=rows)
    if part.keyboard:
        return ReplyKeyboardMarkup(
            keyboard=[[_key(key) for key in row] for row in part.keyboard],
            resize_keyboard=True,
            one_time_keyboard=part.once,
            is_persistent=not part.once,
        )
    return None


def _key(key: Key) -> KeyboardButton:
    return KeyboardButton(
        text=key.title,
        request_location=True if key.asks == "place" else None,
        request_contact=True if key.asks == "phone" else None,
    )

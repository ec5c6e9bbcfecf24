"""A stored update, read by aiogram's types and sorted by its router: nothing is done here."""

import logging
from typing import Any

from aiogram import Bot, Dispatcher, F, Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message, Update
from aiogram.types.update import UpdateTypeLookupError
from pydantic import ValidationError

from bot.decoding import UnreadableMessage
from bot.telegram_residents import translating
from bot.telegram_residents.menu import Menu
from core.messages import InboundMessage

_NOBODY = "1:reads-only"
"""aiogram wants a bot around every update; this one never calls anybody."""
_ONLY_US = F.chat.type == "private"


class ResidentsDecoder:
    """Turns one raw update of the residents' bot into a message."""

    def __init__(self, menu: Menu) -> None:
        logging.getLogger("aiogram.event").setLevel(logging.WARNING)
        self._bot = Bot(_NOBODY)
        self._dispatcher = Dispatcher(disable_fsm=True, menu=menu)
        self._dispatcher.include_router(_router())

    async def decode(self, body: str) -> InboundMessage:
        """Read one update; raises `UnreadableMessage` for what is none."""
        try:
            update = Update.model_validate_json(body, context={"bot": self._bot})
        except ValidationError as error:
            raise UnreadableMessage(f"{error.error_count()} errors") from None
        if not _is_known(update):
            return translating.NOTHING
        answer: Any = await self._dispatcher.feed_update(self._bot, update)
        return translating.NOTHING if answer is UNHANDLED else answer


def _router() -> Router:
    router = Router()
    router.message.register(_message, _ONLY_US)
    router.message.register(_group)
    router.edited_message.register(_edit, _ONLY_US)
    router.callback_query.register(_press)
    router.my_chat_member.register(_membership)
    return router


async def _message(message: Message, menu: Menu) -> InboundMessage:
    return translating.from_message(message, menu)


async def _group(message: Message) -> InboundMessage:
    return translating.from_group(message)


async def _edit(message: Message) -> InboundMessage:
    return translating.from_edit(message)


async def _press(press: CallbackQuery, menu: Menu) -> InboundMessage:
    return translating.from_press(press, menu)


async def _membership(change: ChatMemberUpdated) -> InboundMessage:
    return translating.from_membership(change)


def _is_known(update: Update) -> bool:
    """Whether this version of aiogram knows what kind of update it is."""
    try:
        return bool(update.event_type)
    except UpdateTypeLookupError:
        return False

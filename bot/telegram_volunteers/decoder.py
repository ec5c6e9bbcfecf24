"""
Raw updates of the volunteers' bot, read by python-telegram-bot's own handlers.

The handlers only translate. `process_update` swallows what a handler raises, which would mark
a message as done that nobody handled: the application raises it again.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import orjson
from telegram import Message, Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ExtBot,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.decoding import UnreadableMessage
from bot.telegram_volunteers import translating
from bot.telegram_volunteers.offline import OFFLINE_TOKEN, OfflineRequest
from core.messages import InboundMessage
from handlers.volunteers.chat.payloads import COMMANDS

_read: ContextVar[list[InboundMessage]] = ContextVar("read")
"""Where a handler puts its translation; each decoding has its own."""

Context = ContextTypes.DEFAULT_TYPE


class Candid(Application[Any, Any, Any, Any, Any, Any]):
    """An application that does not keep to itself what went wrong."""

    async def process_error(
        self, update: object | None, error: Exception, job: Any = None, coroutine: Any = None
    ) -> bool:
        """Raise it again: the worker counts failures and brings a person."""
        raise error


class VolunteerDecoder:
    """Translates stored updates of the volunteers' bot."""

    def __init__(self) -> None:
        nobody = OfflineRequest()
        bot: ExtBot[None] = ExtBot(OFFLINE_TOKEN, request=nobody, get_updates_request=nobody)
        builder = ApplicationBuilder().application_class(Candid).bot(bot)
        self._application = builder.updater(None).job_queue(None).build()
        self._add_handlers()

    async def decode(self, body: str) -> InboundMessage:
        """Read one stored update; raises `UnreadableMessage`."""
        await self._application.initialize()
        update = self._update(body)
        found: list[InboundMessage] = []
        token = _read.set(found)
        try:
            await self._application.process_update(update)
        finally:
            _read.reset(token)
        return found[0] if found else translating.NOTHING

    def _update(self, body: str) -> Update:
        try:
            update = Update.de_json(orjson.loads(body), self._application.bot)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UnreadableMessage(type(error).__name__) from error
        return update

    def _add_handlers(self) -> None:
        add, private = self._application.add_handler, filters.ChatType.PRIVATE
        fresh = filters.UpdateType.MESSAGE & private
        add(MessageHandler(~private, _group))
        add(MessageHandler(filters.UpdateType.EDITED_MESSAGE, _by(translating.from_edit)))
        add(CommandHandler(COMMANDS, _by(translating.from_command), filters=fresh))
        add(MessageHandler(fresh & filters.CONTACT, _by(translating.from_contact)))
        places = filters.LOCATION | filters.VENUE
        add(MessageHandler(fresh & places, _by(translating.from_place)))
        add(MessageHandler(fresh, _by(translating.from_content)))
        add(CallbackQueryHandler(_press))
        add(TypeHandler(Update, _other))


def _by(translate: Callable[[Message], InboundMessage]) -> Callable[[Update, Context], Any]:
    """A handler for messages of one kind."""

    async def handle(update: Update, _context: Context) -> None:
        message = update.effective_message
        if message is None:
            raise UnreadableMessage("no message in it")
        _read.get().append(translate(message))

    return handle


async def _group(update: Update, _context: Context) -> None:
    _read.get().append(translating.from_group(update.effective_message))


async def _press(update: Update, _context: Context) -> None:
    press = update.callback_query
    _read.get().append(translating.from_press(press) if press else translating.NOTHING)


async def _other(update: Update, _context: Context) -> None:
    """The chat was closed to us or opened again; anything else is a kind that we never asked for."""
    change = update.my_chat_member
    _read.get().append(translating.from_membership(change) if change else translating.NOTHING)

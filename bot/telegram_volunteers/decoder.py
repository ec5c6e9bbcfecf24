"""
Raw updates of the volunteers' bot, read by python-telegram-bot's own handlers.

The handlers only translate. `process_update` swallows what a handler raises, which would mark
a message as done that nobody handled: the application raises it again.
"""

from contextvars import ContextVar
from dataclasses import replace
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

from bot.decoding import UnreadableMessage, clean
from bot.telegram_volunteers.offline import OFFLINE_TOKEN, OfflineRequest
from core.messages import Attachment, AttachmentKind, InboundKind, InboundMessage, Place

COMMANDS = ("start", "tasks", "mine", "me", "help", "staff", "skip")

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
        if not found:
            raise UnreadableMessage("no handler took it")
        return found[0]

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
        add(MessageHandler(filters.UpdateType.EDITED_MESSAGE, _edit))
        add(CommandHandler(COMMANDS, _command, filters=fresh))
        add(MessageHandler(fresh & filters.CONTACT, _contact))
        add(MessageHandler(fresh & (filters.LOCATION | filters.VENUE), _place))
        add(MessageHandler(fresh & filters.ATTACHMENT, _media))
        add(MessageHandler(fresh, _text))
        add(CallbackQueryHandler(_press))
        add(TypeHandler(Update, _other))


async def _group(update: Update, _context: Context) -> None:
    _put(InboundMessage(InboundKind.GROUP, _words(update.effective_message)))


async def _edit(update: Update, _context: Context) -> None:
    message = _message(update)
    edits = f"{message.chat_id}:{message.message_id}"
    _put(InboundMessage(InboundKind.EDIT, _words(message), edits=edits))


async def _command(update: Update, _context: Context) -> None:
    """`/start 12345678` and the like are buttons; what follows the command stays with it."""
    name, _, rest = _words(update.effective_message).partition(" ")
    payload = f"{name.partition('@')[0].lower()} {rest.strip()}".strip()
    _put(InboundMessage(InboundKind.PRESS, payload, payload))


async def _contact(update: Update, _context: Context) -> None:
    """A number counts as the sender's own only when Telegram says so."""
    message = _message(update)
    contact, sender = message.contact, message.from_user
    own = contact is not None and sender is not None and contact.user_id == sender.id
    number = clean(contact.phone_number) if contact else ""
    _put(InboundMessage(InboundKind.TEXT, number, contact_phone=number if own else None))


async def _place(update: Update, _context: Context) -> None:
    message = _message(update)
    spot = message.location or (message.venue.location if message.venue else None)
    if spot is None:
        raise UnreadableMessage("no place in it")
    place = Place(latitude=spot.latitude, longitude=spot.longitude)
    _put(InboundMessage(InboundKind.PLACE, "", place=place))


async def _media(update: Update, _context: Context) -> None:
    message = _message(update)
    attachment = _attachment(message)
    if attachment is None:
        return await _text(update, _context)
    media = InboundMessage(InboundKind.MEDIA, _words(message), attachments=(attachment,))
    return _put(replace(media, album=message.media_group_id))


async def _text(update: Update, _context: Context) -> None:
    _put(InboundMessage(InboundKind.TEXT, _words(update.effective_message)))


async def _press(update: Update, _context: Context) -> None:
    query = update.callback_query
    data = clean(query.data or "") if query else ""
    _put(InboundMessage(InboundKind.PRESS, data, data))


async def _other(update: Update, _context: Context) -> None:
    """The chat was closed to us or opened again; anything else is a kind that we never asked for."""
    change = update.my_chat_member
    if change is None:
        raise UnreadableMessage("an update of a kind that was not asked for")
    reachable = change.new_chat_member.status not in ("kicked", "left")
    _put(InboundMessage(InboundKind.REACH, "", reachable=reachable))


def _attachment(message: Message) -> Attachment | None:
    if message.photo:
        largest = message.photo[-1]
        return Attachment(AttachmentKind.PHOTO, largest.file_id, "image/jpeg", largest.file_size)
    if message.voice:
        voice = message.voice
        mime = voice.mime_type or "audio/ogg"
        return Attachment(AttachmentKind.VOICE, voice.file_id, mime, voice.file_size)
    if message.video:
        video = message.video
        mime = video.mime_type or "video/mp4"
        return Attachment(AttachmentKind.VIDEO, video.file_id, mime, video.file_size)
    if message.document:
        paper = message.document
        mime = paper.mime_type or "application/octet-stream"
        kind = AttachmentKind.DOCUMENT
        return Attachment(kind, paper.file_id, mime, paper.file_size, paper.file_name)
    return None


def _message(update: Update) -> Message:
    message = update.effective_message
    if message is None:
        raise UnreadableMessage("no message in it")
    return message


def _words(message: Message | None) -> str:
    return clean((message.text or message.caption or "") if message else "")


def _put(message: InboundMessage) -> None:
    _read.get().append(message)

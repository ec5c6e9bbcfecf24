"""What python-telegram-bot read, as the house's own message: one function for each kind."""

from collections.abc import Iterable

from telegram import (
    Audio,
    CallbackQuery,
    ChatMemberUpdated,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    Voice,
)
from telegram.constants import ChatType

from bot.decoding import clean
from core.messages import Attachment, AttachmentKind, InboundKind, InboundMessage, Place
from core.phones import normalise_phone

NOTHING = InboundMessage(InboundKind.OTHER, "")
"""Nobody is waiting for an answer to this."""

_GONE = ("kicked", "left")
_BY_PEOPLE = (
    "sticker",
    "dice",
    "poll",
    "game",
    "story",
    "paid_media",
    "invoice",
    "checklist",
    "giveaway",
    "gift",
    "passport_data",
)
"""Content that a person sends and waits for an answer to; the rest are service messages."""


def from_group(message: Message | None) -> InboundMessage:
    """Written where others read along; what a group does by itself needs no answer."""
    said = words_of(message)
    if not said and (message is None or _others(message) is None):
        return NOTHING
    return InboundMessage(InboundKind.GROUP, said)


def from_edit(message: Message) -> InboundMessage:
    """An earlier message as it stands now; a moving location is no correction."""
    if message.location is not None:
        return NOTHING
    edits = f"{message.chat_id}:{message.message_id}"
    return InboundMessage(InboundKind.EDIT, words_of(message), edits=edits)


def from_command(message: Message) -> InboundMessage:
    """`/start 12345678` and the like are buttons; what follows the command stays with it."""
    name, _, rest = words_of(message).partition(" ")
    payload = f"{name.partition('@')[0].lower()} {rest.strip()}".strip()
    return InboundMessage(InboundKind.PRESS, payload, payload)


def from_contact(message: Message) -> InboundMessage:
    """A number counts as the sender's own only when Telegram says so."""
    contact, sender = message.contact, message.from_user
    if contact is None:
        return NOTHING
    own = sender is not None and contact.user_id == sender.id
    given = contact.phone_number
    number = normalise_phone(given if given.startswith("+") else f"+{given}") or clean(given)
    return InboundMessage(InboundKind.TEXT, number, contact_phone=number if own else None)


def from_place(message: Message) -> InboundMessage:
    """Where somebody is; a venue says its name as well."""
    venue = message.venue
    spot = message.location or (venue.location if venue else None)
    if spot is None:
        return NOTHING
    place = Place(latitude=spot.latitude, longitude=spot.longitude)
    return InboundMessage(InboundKind.PLACE, clean(venue.title if venue else ""), place=place)


def from_content(message: Message) -> InboundMessage:
    """Words, a file, or something that nobody here can use."""
    attachment = find_attachment(message)
    said = words_of(message)
    if attachment is not None:
        return InboundMessage(
            InboundKind.MEDIA, said, attachments=(attachment,), album=message.media_group_id
        )
    if message.text is not None:
        return InboundMessage(InboundKind.TEXT, said)
    kind = _others(message)
    return NOTHING if kind is None else InboundMessage(InboundKind.OTHER, "", kind)


def from_press(press: CallbackQuery) -> InboundMessage:
    """A pressed button with its title for the record; its rights are not known here."""
    card, data = press.message, clean(press.data or "")
    if card is None or not data:
        return InboundMessage(InboundKind.PRESS, data, data) if data else NOTHING
    if card.chat.type != ChatType.PRIVATE:
        return InboundMessage(InboundKind.GROUP, "")
    shown = card.reply_markup if isinstance(card, Message) else None
    title = clean(_title(shown, data) or data)
    return InboundMessage(InboundKind.PRESS, title, data, about=str(card.message_id))


def from_membership(change: ChatMemberUpdated) -> InboundMessage:
    """The bot was blocked or let in again; brought into a group, it says so once."""
    gone = change.new_chat_member.status in _GONE
    if change.chat.type == ChatType.PRIVATE or gone:
        return InboundMessage(InboundKind.REACH, "", reachable=not gone)
    if change.chat.type == ChatType.CHANNEL:
        return NOTHING
    return InboundMessage(InboundKind.GROUP, "")


def find_attachment(message: Message) -> Attachment | None:
    """The file of a message, the largest of a picture's sizes; albums are several messages."""
    if message.photo:
        best = max(message.photo, key=lambda each: each.width * each.height)
        return Attachment(AttachmentKind.PHOTO, best.file_id, "image/jpeg", best.file_size)
    return _sound(message) or _film(message) or _paper(message)


def words_of(message: Message | None) -> str:
    """What was written, or written under a file."""
    return clean((message.text or message.caption or "") if message else "")


def _sound(message: Message) -> Attachment | None:
    sound = message.voice or message.audio
    if sound is None:
        return None
    mime = sound.mime_type or ("audio/ogg" if message.voice else "audio/mpeg")
    return Attachment(
        AttachmentKind.VOICE, sound.file_id, mime, sound.file_size, seconds=_seconds(sound)
    )


def _film(message: Message) -> Attachment | None:
    if note := message.video_note:
        return Attachment(AttachmentKind.VIDEO, note.file_id, "video/mp4", note.file_size)
    film = message.video or message.animation
    if film is None:
        return None
    mime = film.mime_type or "video/mp4"
    return Attachment(AttachmentKind.VIDEO, film.file_id, mime, film.file_size)


def _paper(message: Message) -> Attachment | None:
    paper = message.document
    if paper is None:
        return None
    mime = paper.mime_type or "application/octet-stream"
    name = clean(paper.file_name)[:120] if paper.file_name else None
    return Attachment(AttachmentKind.DOCUMENT, paper.file_id, mime, paper.file_size, name)


def _seconds(sound: Voice | Audio) -> int | None:
    """Out of the raw form: the attribute is about to change its type (a span, from 23 on)."""
    seconds = sound.to_dict().get("duration")
    return seconds if isinstance(seconds, int) else None


def _others(message: Message) -> str | None:
    """Which of the things that nobody here can read it is."""
    known = (each for each in _BY_PEOPLE if getattr(message, each, None))
    return next(known, "unknown" if message.api_kwargs else None)


def _title(markup: InlineKeyboardMarkup | None, data: str) -> str | None:
    rows: Iterable[Iterable[InlineKeyboardButton]] = markup.inline_keyboard if markup else ()
    return next((key.text for row in rows for key in row if key.callback_data == data), None)

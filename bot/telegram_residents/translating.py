"""What aiogram read, as the house's own message: one function for each kind of update."""

import re
from collections.abc import Iterable
from dataclasses import replace

from aiogram.enums import ChatMemberStatus, ChatType, ContentType
from aiogram.types import (
    CallbackQuery,
    ChatMemberUpdated,
    Contact,
    InaccessibleMessage,
    InlineKeyboardMarkup,
    Message,
)

from bot.decoding import clean
from bot.telegram_residents.attached import find_attachments
from bot.telegram_residents.menu import COMMANDS, Menu
from core.messages import InboundKind, InboundMessage, Place
from core.phones import normalise_phone

NOTHING = InboundMessage(InboundKind.OTHER, "")
"""Nobody is waiting for an answer to this."""
OTHERS_CONTACT = "contact"

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s.*)?", re.DOTALL)
_BY_PEOPLE = frozenset(
    {
        ContentType.STICKER,
        ContentType.LIVE_PHOTO,
        ContentType.DICE,
        ContentType.POLL,
        ContentType.GAME,
        ContentType.STORY,
        ContentType.PAID_MEDIA,
        ContentType.INVOICE,
        ContentType.CHECKLIST,
        ContentType.GIVEAWAY,
        ContentType.GIFT,
        ContentType.PASSPORT_DATA,
        ContentType.UNKNOWN,
    }
)
"""Content that a person sends and waits for an answer to; the rest are service messages."""
_GONE = frozenset({ChatMemberStatus.KICKED, ChatMemberStatus.LEFT})


def is_private(message: Message | InaccessibleMessage) -> bool:
    """Whether only the resident and the bot are in this chat."""
    return message.chat.type == ChatType.PRIVATE


def from_message(message: Message, menu: Menu) -> InboundMessage:
    """Something new that a resident sent to the bot alone."""
    read = _content(message, menu)
    quoted = message.reply_to_message
    about = str(quoted.message_id) if quoted is not None else None
    return replace(read, about=about, album=message.media_group_id)


def from_edit(message: Message) -> InboundMessage:
    """An earlier message as it stands now; a moving location is no correction."""
    if message.location is not None:
        return NOTHING
    words = clean(message.text or message.caption or "")
    return InboundMessage(InboundKind.EDIT, words, edits=f"{message.chat.id}:{message.message_id}")


def from_press(press: CallbackQuery, menu: Menu) -> InboundMessage:
    """A pressed button; its title is looked up for the record, its rights are not known here."""
    card = press.message
    if card is None or press.data is None:
        return NOTHING
    if not is_private(card):
        return InboundMessage(InboundKind.GROUP, "")
    shown = card.reply_markup if isinstance(card, Message) else None
    title = _title(shown, press.data) or menu.old_button()
    return InboundMessage(
        InboundKind.PRESS,
        clean(title),
        clean(press.data),
        about=str(card.message_id),
    )


def from_membership(change: ChatMemberUpdated) -> InboundMessage:
    """The bot was blocked or let in again; brought into a group, it says so once."""
    gone = change.new_chat_member.status in _GONE
    if change.chat.type == ChatType.PRIVATE or gone:
        return InboundMessage(InboundKind.REACH, "", reachable=not gone)
    if change.chat.type == ChatType.CHANNEL:
        return NOTHING
    return InboundMessage(InboundKind.GROUP, "")


def from_group(message: Message) -> InboundMessage:
    """Written where others read along; what a group does by itself needs no answer."""
    if message.content_type not in _BY_PEOPLE and not (message.text or message.caption):
        return NOTHING
    return InboundMessage(InboundKind.GROUP, clean(message.text or message.caption or ""))


def _content(message: Message, menu: Menu) -> InboundMessage:
    if message.text is not None:
        return _words(clean(message.text), menu)
    if message.location is not None:
        return _place(message)
    if message.contact is not None:
        return _contact(message, message.contact)
    if attachments := find_attachments(message):
        return InboundMessage(
            InboundKind.MEDIA, clean(message.caption or ""), attachments=attachments
        )
    if message.content_type in _BY_PEOPLE:
        return InboundMessage(InboundKind.OTHER, "", str(message.content_type))
    return NOTHING


def _words(text: str, menu: Menu) -> InboundMessage:
    """Words, or a command or an entry of the menu, which are presses."""
    command = _COMMAND.fullmatch(text)
    if command and command[1].lower() in COMMANDS:
        return InboundMessage(InboundKind.PRESS, text, f"/{command[1].lower()}")
    payload = menu.find_payload(text)
    kind = InboundKind.TEXT if payload is None else InboundKind.PRESS
    return InboundMessage(kind, text, payload)


def _place(message: Message) -> InboundMessage:
    """Where somebody is; a venue says its name and street as well."""
    here = message.location
    venue = message.venue
    words = f"{venue.address} {venue.title}".strip() if venue else ""
    place = Place(here.latitude, here.longitude) if here else None
    return InboundMessage(InboundKind.PLACE, clean(words), place=place)


def _contact(message: Message, contact: Contact) -> InboundMessage:
    """One's own number counts as given; somebody else's does not."""
    sender = message.from_user
    if sender is None or contact.user_id != sender.id:
        return InboundMessage(InboundKind.OTHER, "", OTHERS_CONTACT)
    number = contact.phone_number
    phone = normalise_phone(number if number.startswith("+") else f"+{number}") or clean(number)
    return InboundMessage(InboundKind.TEXT, phone, contact_phone=phone)


def _title(markup: InlineKeyboardMarkup | None, data: str) -> str | None:
    rows: Iterable[Iterable[object]] = markup.inline_keyboard if markup else ()
    buttons = (button for row in rows for button in row)
    return next(
        (
            str(getattr(each, "text", ""))
            for each in buttons
            if getattr(each, "callback_data", None) == data
        ),
        None,
    )

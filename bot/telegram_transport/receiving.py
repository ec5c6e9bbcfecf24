"""From a raw update to an inbox row: as little is read of it as possible."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.telegram_transport.raw_json import write_json
from conversations.inbox import Inbox
from core.messages import Address, Channel, RawInbound

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
"""What we ask for, always by name: left out, Telegram keeps what it was told last."""

_REFERRED = frozenset({"message", "edited_message"})
"""What a later correction may point at; an earlier correction is one of its versions."""
_LONGEST_ID = 128
_LONGEST_REFERENCE = 64

log = structlog.get_logger(__name__)


async def store_updates(session: AsyncSession, inbox: Inbox, raws: Sequence[RawInbound]) -> None:
    """Keep messages in the order they came; what is here already stays as it is."""
    for raw in raws:
        standing = await inbox.get_or_begin(session, raw.address, now=raw.received_at)
        await inbox.store(session, standing.id, raw)


def as_inbound(account: str, update: Any, *, now: datetime) -> RawInbound | None:
    """
    One update as an inbox row; None for what nobody said to us.

    Updates of other kinds than we asked for, and those that name no chat, can
    be answered to nobody. They are logged by their number and left out, so
    that one strange update harms no other.
    """
    kind = _kind(update)
    chat = _chat_id(kind, update[kind]) if kind else None
    if kind is None or chat is None:
        number = update.get("update_id") if isinstance(update, dict) else None
        log.warning("telegram_update_left_out", account=account, update_id=number)
        return None
    said = update[kind]
    return RawInbound(
        address=Address(Channel.TELEGRAM, account, str(chat)),
        external_id=_external_id(update, kind, chat),
        body=write_json(update),
        received_at=now,
        reference=_reference(chat, said) if kind in _REFERRED else None,
    )


def _kind(update: Any) -> str | None:
    if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
        return None
    found = (each for each in ALLOWED_UPDATES if isinstance(update.get(each), dict))
    return next(found, None)


def _chat_id(kind: str, said: dict[str, Any]) -> int | None:
    """The chat; a press without its message is answered in private, to who pressed."""
    chat = said.get("chat")
    if kind == "callback_query":
        message = said.get("message")
        chat = message.get("chat") if isinstance(message, dict) else said.get("from")
    number = chat.get("id") if isinstance(chat, dict) else None
    return number if isinstance(number, int) else None


def _external_id(update: dict[str, Any], kind: str, chat: int) -> str:
    """
    The same for every delivery of one update, and for no other update.

    The number alone would not do: after a quiet week Telegram counts on from
    anywhere. So what the update is about, and when, belong to it.
    """
    said = update[kind]
    name = said.get("id") if kind == "callback_query" else said.get("message_id", "")
    at = said.get("edit_date") or said.get("date") or ""
    whole = f"{update['update_id']}:{kind}:{chat}:{name}:{at}"
    if len(whole) > _LONGEST_ID:
        return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()
    return whole


def _reference(chat: int, message: dict[str, Any]) -> str | None:
    whole = f"{chat}:{message.get('message_id')}"
    return whole if len(whole) <= _LONGEST_REFERENCE else None

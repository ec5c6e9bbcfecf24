"""A conversation that somebody took over and forgot: the bot must not stay silent for ever."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import holding
from conversations.models import Conversation
from core.messages import Channel
from handlers.staff.desk import Desk

FORGOTTEN_AFTER = timedelta(hours=12)
"""So long after the holder's last word a conversation counts as forgotten."""


async def free_forgotten(session: AsyncSession, desk: Desk, *, now: datetime) -> Sequence[UUID]:
    """
    Hand forgotten conversations back to the bot and give their ids.

    Whoever wrote something that the holder never answered waits for a person
    again, from when it was written.
    """
    found = await session.scalars(
        select(Conversation)
        .where(Conversation.held_since_at <= now - FORGOTTEN_AFTER)
        .order_by(Conversation.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    freed = []
    for chat in found.all():
        held_since, wrote = chat.held_since_at, chat.last_inbound_at
        await holding.hand_back(session, chat.id)
        if wrote is not None and held_since is not None and wrote > held_since:
            await holding.ask_for_person(session, chat.id, now=wrote)
        elif chat.channel not in (Channel.PHONE, Channel.COUNTER):
            await desk.notices.say_back_to_bot(session, chat.id, now=now)
        freed.append(chat.id)
    return freed

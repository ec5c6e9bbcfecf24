"""Whether a volunteer hears anything in a chat, for the staff who would ring instead."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Conversation
from people.volunteer_models import VolunteerChat


class ChatState(StrEnum):
    """`none`: only the page tells this volunteer anything; `closed`: they closed the chat to us."""

    NONE = "none"
    OPEN = "open"
    CLOSED = "closed"


async def read_chat_state(session: AsyncSession, volunteer_id: UUID) -> ChatState:
    """Over all chats of this volunteer; one that is open is enough."""
    same_chat = and_(
        Conversation.channel == VolunteerChat.channel,
        Conversation.account == VolunteerChat.account,
        Conversation.peer == VolunteerChat.peer,
    )
    rows = await session.scalars(
        select(Conversation.reachable)
        .select_from(VolunteerChat)
        .outerjoin(Conversation, same_chat)
        .where(VolunteerChat.volunteer_id == volunteer_id, VolunteerChat.ended_at.is_(None))
    )
    found = rows.all()
    if not found:
        return ChatState.NONE
    return ChatState.CLOSED if all(each is False for each in found) else ChatState.OPEN

"""The bot talks with the resident again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from conversations import holding
from handlers.staff.desk import Desk, acting
from people.permissions import Permission, StaffMember, require
from tickets.history import EventKind
from tickets.models import Ticket


async def hand_back(
    session: AsyncSession, desk: Desk, ticket: Ticket, *, by: StaffMember, now: datetime
) -> Ticket:
    """Give the conversation of a ticket back to the bot and tell the resident."""
    desk.allow(by, Permission.CONVERSATION_HOLD, ticket)
    if ticket.conversation_id is not None:
        await hand_back_conversation(session, desk, ticket.conversation_id, by=by, now=now)
    await desk.tickets.record(session, ticket, EventKind.HANDED_BACK, by=acting(by), now=now)
    return ticket


async def hand_back_conversation(
    session: AsyncSession, desk: Desk, conversation_id: UUID, *, by: StaffMember, now: datetime
) -> None:
    """Give a conversation back that may have no ticket."""
    require(by, Permission.CONVERSATION_HOLD)
    await holding.hand_back(session, conversation_id)
    await desk.notices.say_back_to_bot(session, conversation_id, now=now)

"""A member of staff talks with the resident from now on; the bot is silent until handed back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import holding
from conversations.models import Conversation
from core.errors import NotFound
from core.messages import Reply
from handlers.staff.desk import Desk, acting, speaking
from people.permissions import Permission, StaffMember, require
from tickets.history import EventKind
from tickets.models import Ticket
from tickets.sight import may_see


async def take_over(
    session: AsyncSession, desk: Desk, ticket: Ticket, *, by: StaffMember, now: datetime
) -> Ticket:
    """
    Take over the conversation of a ticket and tell the resident who is there.

    Raises `HeldBySomebodyElse`. Pressed again by the same person it changes
    nothing. A ticket without a conversation is only noted as taken.
    """
    desk.allow(by, Permission.CONVERSATION_HOLD, ticket)
    if ticket.conversation_id is not None:
        if await _holds(session, ticket.conversation_id, by):
            return ticket
        await holding.take_over(session, ticket.conversation_id, staff_id=by.id, now=now)
        await desk.notices.introduce(session, ticket.conversation_id, author=speaking(by), now=now)
    await desk.tickets.record(session, ticket, EventKind.TAKEN_OVER, by=acting(by), now=now)
    return ticket


async def take_over_conversation(
    session: AsyncSession, desk: Desk, conversation_id: UUID, *, by: StaffMember, now: datetime
) -> Ticket | None:
    """Take over somebody who waits; the latest ticket of the conversation, if there is one."""
    require(by, Permission.CONVERSATION_HOLD)
    tickets = await desk.tickets.list_in_conversation(session, conversation_id)
    if tickets:
        return await take_over(session, desk, tickets[0], by=by, now=now)
    await holding.take_over(session, conversation_id, staff_id=by.id, now=now)
    await desk.notices.introduce(session, conversation_id, author=speaking(by), now=now)
    return None


async def reply_in_conversation(
    session: AsyncSession,
    desk: Desk,
    conversation_id: UUID,
    words: str,
    *,
    by: StaffMember,
    now: datetime,
) -> None:
    """
    Say something to somebody who may have no ticket yet.

    Raises `NotFound` when one of their tickets lies outside the person's area.
    """
    require(by, Permission.TICKET_REPLY)
    tickets = await desk.tickets.list_in_conversation(session, conversation_id)
    if not all(may_see(each, by) for each in tickets):
        raise NotFound("conversation", conversation_id)
    await holding.take_over(session, conversation_id, staff_id=by.id, now=now)
    await desk.notices.say_in(session, conversation_id, Reply(words), author=speaking(by), now=now)


async def _holds(session: AsyncSession, conversation_id: UUID, by: StaffMember) -> bool:
    found = select(Conversation.held_by_id).where(Conversation.id == conversation_id)
    return await session.scalar(found) == by.id

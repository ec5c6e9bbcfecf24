"""A member of staff answers the resident from the ticket page."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from conversations import holding
from handlers.staff.desk import Desk, acting, needed, speaking
from people.permissions import Permission, StaffMember
from tickets.history import EventKind
from tickets.joint import check_is_lead
from tickets.models import Ticket


async def reply(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    words: str,
    *,
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """
    Say something to the resident, under one's own name.

    Whoever answers also takes the conversation over, so that the bot does not
    talk in between; raises `HeldBySomebodyElse`, and `LeadOnly` for a
    co-handling unit. Without a chat the words
    wait as a call to make.
    """
    desk.allow(by, Permission.TICKET_REPLY, ticket)
    check_is_lead(ticket)
    words = needed(words, "words")
    if ticket.conversation_id is not None:
        await holding.take_over(session, ticket.conversation_id, staff_id=by.id, now=now)
    said = await desk.notices.say_words(session, ticket, words, author=speaking(by), now=now)
    await desk.tickets.record(
        session,
        ticket,
        EventKind.REPLIED,
        by=acting(by),
        now=now,
        note=words,
        data={"by_call": not said},
    )
    return ticket

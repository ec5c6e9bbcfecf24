"""A person answers a request that needs no department."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.desk import NOT_SOLVED_BUTTON, Desk, acting, needed, speaking
from people.permissions import Permission, StaffMember
from tickets.history import EventKind
from tickets.models import Ticket
from tickets.status import TicketStatus


async def answer(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    words: str,
    *,
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """
    Answer before anything is dispatched.

    The words are kept as they were said, so that it can be seen later how it
    was answered at the time. The resident can say that it did not help.
    """
    desk.allow(by, Permission.TICKET_ANSWER, ticket)
    words = needed(words, "words")
    await desk.tickets.move(
        session,
        ticket,
        TicketStatus.ANSWERED,
        by=acting(by),
        now=now,
        note=words,
        changes={"outcome": "answered"},
        kind=EventKind.ANSWERED,
    )
    await desk.notices.tell(
        session,
        ticket,
        "ticket.notice.answered",
        now=now,
        author=speaking(by),
        choices=(NOT_SOLVED_BUTTON,),
        words=words,
    )
    return ticket

"""The resident told a person that the request is taken back."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.desk import NOT_SOLVED_BUTTON, Desk, acting, needed
from people.permissions import Permission, StaffMember
from tickets.models import Ticket
from tickets.status import TicketStatus


async def withdraw(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    *,
    note: str,
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """
    Take a request back for the resident, with what was said.

    A person may do so for emergencies and complaints too, where the
    resident's own word to the bot is not enough.
    """
    desk.allow(by, Permission.TICKET_WITHDRAW, ticket)
    await desk.tickets.move(
        session,
        ticket,
        TicketStatus.WITHDRAWN,
        by=acting(by),
        now=now,
        note=needed(note, "words"),
        changes={"outcome": "withdrawn"},
    )
    await desk.notices.tell(
        session, ticket, "ticket.notice.withdrawn", now=now, choices=(NOT_SOLVED_BUTTON,)
    )
    return ticket

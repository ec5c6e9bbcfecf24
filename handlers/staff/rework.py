"""Not done, or not well: the department does it again within three working days."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.desk import Desk, acting, needed
from people.permissions import Permission, StaffMember
from tickets.models import Ticket
from tickets.status import TicketStatus


async def rework(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    *,
    note: str,
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """Send a resolved ticket, or one that is being called back, to be done again."""
    desk.allow(by, Permission.TICKET_REWORK, ticket)
    await send_back(session, desk, ticket, note=needed(note, "words"), by=by, now=now)
    return ticket


async def send_back(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    *,
    note: str,
    by: StaffMember,
    now: datetime,
) -> None:
    """The change itself, for whoever has the right to cause it: rework, call-back or appeal."""
    await desk.tickets.move(
        session,
        ticket,
        TicketStatus.REWORK,
        by=acting(by),
        now=now,
        note=note or None,
        changes={
            "call_back": None,
            **desk.tickets.fresh_deadlines(ticket, TicketStatus.REWORK, now),
        },
    )
    await desk.notices.tell(
        session,
        ticket,
        "ticket.notice.rework",
        now=now,
        unit=desk.unit_name(ticket.unit),
        due=desk.moment(ticket.finish_due_at, now),
    )

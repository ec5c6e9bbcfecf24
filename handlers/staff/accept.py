"""Somebody of the department takes the ticket as their own."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotPermitted
from handlers.staff.desk import Desk, acting, speaking
from people.permissions import Permission, StaffMember
from tickets.models import Ticket
from tickets.status import TicketStatus


async def accept(
    session: AsyncSession, desk: Desk, ticket: Ticket, *, by: StaffMember, now: datetime
) -> Ticket:
    """Accept a dispatched ticket; from now on this person answers for it."""
    desk.allow(by, Permission.TICKET_ACCEPT, ticket)
    if ticket.assignee_id not in (None, by.id) and not by.may(Permission.TICKET_DISPATCH):
        raise NotPermitted(Permission.TICKET_ACCEPT)
    await desk.tickets.move(
        session,
        ticket,
        TicketStatus.ACCEPTED,
        by=acting(by),
        now=now,
        changes={"assignee_id": by.id},
    )
    await desk.notices.tell(
        session,
        ticket,
        "ticket.notice.accepted",
        now=now,
        author=speaking(by),
        unit=desk.unit_name(ticket.unit),
        name=by.name,
        due=desk.moment(ticket.contact_due_at, now),
    )
    return ticket

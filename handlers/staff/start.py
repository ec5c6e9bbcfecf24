"""The work begins, or begins again."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import FrontDoorError
from handlers.staff.desk import Desk, acting, speaking
from people.permissions import Permission, StaffMember
from tickets.history import EventKind, count_events
from tickets.models import Ticket
from tickets.status import TicketStatus


class FirstContactMissing(FrontDoorError):
    """Nobody has spoken with the resident, nor tried three times."""

    def __init__(self, number: str) -> None:
        super().__init__(f"{number} has no first contact yet")
        self.number = number


async def start(
    session: AsyncSession, desk: Desk, ticket: Ticket, *, by: StaffMember, now: datetime
) -> Ticket:
    """
    Begin to work on a ticket, after the first contact or a rework.

    Without a contact only for people who are lost or wished none; raises
    `FirstContactMissing`.
    """
    desk.allow(by, Permission.TICKET_HANDLE, ticket)
    if ticket.status == TicketStatus.ACCEPTED and not await _may_skip_contact(session, ticket):
        raise FirstContactMissing(ticket.number)
    again = ticket.status == TicketStatus.REWORK
    changes = {"assignee_id": by.id} if ticket.assignee_id is None else {}
    await desk.tickets.move(
        session, ticket, TicketStatus.IN_PROGRESS, by=acting(by), now=now, changes=changes
    )
    await desk.notices.tell(
        session,
        ticket,
        "ticket.notice.started_again" if again else "ticket.notice.started",
        now=now,
        author=speaking(by),
        name=by.name,
        unit=desk.unit_name(ticket.unit),
        due=desk.moment(ticket.finish_due_at, now),
    )
    return ticket


async def _may_skip_contact(session: AsyncSession, ticket: Ticket) -> bool:
    unreachable = ticket.phone_sealed is None and ticket.conversation_id is None
    if unreachable or ticket.contact_wish == "none":
        return True
    return await count_events(session, ticket.id, EventKind.CONTACT_LOST) > 0

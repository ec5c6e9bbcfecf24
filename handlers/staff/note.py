"""Something for colleagues that the resident does not see."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.desk import Desk, acting, needed
from people.permissions import Permission, StaffMember
from tickets.history import EventKind
from tickets.models import Ticket


async def note(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    words: str,
    *,
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """Write an internal note into the history."""
    desk.allow(by, Permission.TICKET_NOTE, ticket)
    await desk.tickets.record(
        session, ticket, EventKind.NOTE, by=acting(by), now=now, note=needed(words, "words")
    )
    return ticket

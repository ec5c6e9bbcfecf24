"""A parked ticket is worked on again."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.desk import Desk, acting, speaking
from people.permissions import Permission, StaffMember
from tickets.history import find_last_move
from tickets.models import Ticket
from tickets.status import TicketStatus, check_may_follow


async def resume(
    session: AsyncSession, desk: Desk, ticket: Ticket, *, by: StaffMember, now: datetime
) -> Ticket:
    """
    Take a parked ticket up again.

    The time for which it was parked does not count: the end moves by as much,
    on to the close of a working day. The event keeps how long that was.
    """
    desk.allow(by, Permission.TICKET_HANDLE, ticket)
    check_may_follow(ticket.status, TicketStatus.IN_PROGRESS)
    changes, data = await _moved_deadline(session, desk, ticket, now)
    await desk.tickets.move(
        session,
        ticket,
        TicketStatus.IN_PROGRESS,
        by=acting(by),
        now=now,
        data=data,
        changes=changes,
    )
    await desk.notices.tell(
        session,
        ticket,
        "ticket.notice.started_again",
        now=now,
        author=speaking(by),
        name=by.name,
        unit=desk.unit_name(ticket.unit),
        due=desk.moment(ticket.finish_due_at, now),
    )
    return ticket


async def _moved_deadline(
    session: AsyncSession, desk: Desk, ticket: Ticket, now: datetime
) -> tuple[dict[str, Any], dict[str, Any]]:
    parked = await find_last_move(session, ticket.id, TicketStatus.PARKED)
    if parked is None or not parked.data.get("finish_due_at"):
        return {}, {}
    stood = now - parked.at
    finish = datetime.fromisoformat(parked.data["finish_due_at"]) + stood
    due = desk.calendar.end_of_working_day(finish)
    data = {"parked_seconds": round(stood.total_seconds())}
    return {"finish_due_at": due.at, "due_provisional": due.provisional}, data

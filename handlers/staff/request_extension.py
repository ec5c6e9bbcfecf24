"""More time, once, before the time is over."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import FrontDoorError, InvalidInput
from handlers.staff.desk import Desk
from handlers.staff.request import ask
from people.permissions import Permission, StaffMember
from tickets.history import EventKind, count_events
from tickets.models import Approval, Ticket
from tickets.reasons import Action
from tickets.status import TicketStatus

LONGEST = "15wd"
"""The taxonomy's class `complex_15wd`, which needs an approval."""
_WORKING = frozenset({TicketStatus.ACCEPTED, TicketStatus.CONTACTED, TicketStatus.IN_PROGRESS})


class ExtensionNotPossible(FrontDoorError):
    """`why`: `used` (one is the limit), `late`, `status` or `source` (a higher hotline's deadline)."""

    def __init__(self, number: str, why: str) -> None:
        super().__init__(f"{number} cannot be extended: {why}")
        self.number = number
        self.why = why


async def request_extension(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    *,
    new_due_at: datetime,
    reason: str,
    note: str,
    by: StaffMember,
    now: datetime,
) -> Approval:
    """
    Ask for a later end, at most fifteen working days after the time began.

    Raises `ExtensionNotPossible` and `InvalidInput`. The deadline moves only
    when a supervisor grants it.
    """
    desk.allow(by, Permission.EXTENSION_ASK, ticket)
    await _check(session, ticket, now)
    latest = desk.calendar.due(ticket.due_from_at, LONGEST).at
    if ticket.finish_due_at is None or not ticket.finish_due_at < new_due_at <= latest:
        raise InvalidInput("new_due_at", "ticket.error.new_due_at")
    return await ask(
        session,
        desk,
        ticket,
        Action.EXTENSION,
        reason=reason,
        note=note,
        data={"from": ticket.finish_due_at.isoformat(), "to": new_due_at.isoformat()},
        by=by,
        now=now,
    )


async def _check(session: AsyncSession, ticket: Ticket, now: datetime) -> None:
    if ticket.source_number is not None:
        raise ExtensionNotPossible(ticket.number, "source")
    if ticket.status not in _WORKING:
        raise ExtensionNotPossible(ticket.number, "status")
    if ticket.finish_due_at is not None and now > ticket.finish_due_at:
        raise ExtensionNotPossible(ticket.number, "late")
    if await count_events(session, ticket.id, EventKind.DEADLINE_CHANGED):
        raise ExtensionNotPossible(ticket.number, "used")

"""How urgent a request is: anybody at the desk raises it, only a shift lead lowers it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import InvalidInput
from handlers.staff.desk import Desk, acting, needed
from people.permissions import Permission, StaffMember
from tickets.alerts import AlertKind
from tickets.history import EventKind
from tickets.models import Ticket
from tickets.reasons import URGENCY_REASONS, check_code
from tickets.stops import time_added

_RINGS = {"P0": AlertKind.EMERGENCY, "P1": AlertKind.URGENT}


async def change_urgency(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    urgency: str,
    *,
    reason: str,
    note: str,
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """
    Raise or lower the urgency, with a reason code and words.

    Raised, the deadlines begin now and a P0 or P1 rings; lowered, they are
    those of the new level from when they began, and later by the time that the
    clock stood still. Raises `NotPermitted` for
    anybody but a shift lead who lowers it, and `InvalidInput`.
    """
    if urgency not in desk.taxonomy.urgency_names or urgency == ticket.urgency:
        raise InvalidInput("urgency", "ticket.error.urgency")
    check_code(reason, URGENCY_REASONS)
    raised = urgency < ticket.urgency
    permission = Permission.URGENCY_RAISE if raised else Permission.URGENCY_LOWER
    desk.allow(by, permission, ticket)
    before = ticket.urgency
    if raised:
        deadlines = desk.tickets.sooner_deadlines(ticket, urgency=urgency, now=now)
    else:
        deadlines = desk.tickets.reckoned_again(ticket, urgency=urgency, matter=ticket.matter)
        deadlines["finish_due_at"] += await time_added(session, ticket)
    await desk.tickets.record(
        session,
        ticket,
        EventKind.URGENCY_CHANGED,
        by=acting(by),
        now=now,
        reason=reason,
        note=needed(note, "words"),
        data={"before": before, "urgency": urgency},
        changes={"urgency": urgency, **deadlines},
    )
    if raised and urgency in _RINGS:
        await desk.tickets.ring(session, ticket, _RINGS[urgency], by=acting(by), now=now)
    return ticket

"""A quarter of the time left, due, one and three working days late: somebody is told each time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import CLOCK
from handlers.staff.desk import Desk
from tickets.deadlines import REMINDERS, reminder_after
from tickets.history import EventKind
from tickets.lifecycle import TicketChangedMeanwhile
from tickets.models import Ticket

AT_ONCE = 200
"""Reminders given in one transaction; the rest follows at the next tick."""
REMINDED = ("handler", "handler", "shift_lead", "supervisor")
"""Whom each reminder is for (hotline.md §4.4). Without a handler it is the dispatcher's."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder that was just given; `step` 1 to 4."""

    number: str
    step: int
    role: str
    assignee_id: object
    due_at: datetime


async def remind_deadlines(
    session: AsyncSession, desk: Desk, *, now: datetime
) -> Sequence[Reminder]:
    """
    Write the reminders that are due into the histories and give them, for hints.

    Each deadline is reminded of at most four times. After a standstill only
    the furthest step is given. What somebody changes at this moment waits.
    """
    found = await session.scalars(
        select(Ticket)
        .where(Ticket.remind_at <= now)
        .order_by(Ticket.remind_at)
        .limit(AT_ONCE)
        .execution_options(populate_existing=True)
    )
    given = []
    for ticket in found.all():
        reminder = await _remind(session, desk, ticket, now)
        if reminder is not None:
            given.append(reminder)
    return given


async def _remind(
    session: AsyncSession, desk: Desk, ticket: Ticket, now: datetime
) -> Reminder | None:
    if ticket.next_due_at is None or ticket.warn_at is None:
        return None
    step, next_at = _furthest(desk, ticket, ticket.next_due_at, ticket.warn_at, now)
    role = "dispatcher" if step <= 2 and ticket.assignee_id is None else REMINDED[step - 1]
    try:
        await desk.tickets.record(
            session,
            ticket,
            EventKind.REMINDED,
            by=CLOCK,
            now=now,
            data={"step": step, "role": role, "due_at": ticket.next_due_at.isoformat()},
            changes={"reminded": step, "remind_at": next_at},
        )
    except TicketChangedMeanwhile:
        return None
    return Reminder(ticket.number, step, role, ticket.assignee_id, ticket.next_due_at)


def _furthest(
    desk: Desk, ticket: Ticket, due_at: datetime, warn_at: datetime, now: datetime
) -> tuple[int, datetime | None]:
    """The last step whose time has come, and when the next one falls."""
    step = ticket.reminded + 1
    next_at = reminder_after(desk.calendar, due_at, warn_at, step)
    while next_at is not None and next_at <= now and step < REMINDERS:
        step += 1
        next_at = reminder_after(desk.calendar, due_at, warn_at, step)
    return step, next_at

"""Provisional deadlines become firm when the holidays of their year are published."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import CLOCK
from handlers.staff.desk import Desk
from tickets.deadlines import reckon
from tickets.history import EventKind, count_events
from tickets.lifecycle import TicketChangedMeanwhile
from tickets.models import Ticket
from tickets.status import OPEN_TO_RESIDENT
from tickets.stops import time_added


async def reckon_again(session: AsyncSession, desk: Desk, *, now: datetime) -> Sequence[str]:
    """
    Reckon provisional deadlines anew and give the numbers of the tickets that changed.

    Deadlines that a supervisor or a higher hotline set stay as they are.
    """
    found = await session.scalars(
        select(Ticket)
        .where(Ticket.due_provisional, Ticket.status.in_(OPEN_TO_RESIDENT))
        .where(Ticket.source_number.is_(None))
        .order_by(Ticket.number)
    )
    return [ticket.number for ticket in found.all() if await _settle(session, desk, ticket, now)]


async def _settle(session: AsyncSession, desk: Desk, ticket: Ticket, now: datetime) -> bool:
    deadline = desk.taxonomy.deadlines[ticket.deadline_class]
    if reckon(desk.calendar, deadline, ticket.due_from_at).provisional:
        return False
    if await count_events(session, ticket.id, EventKind.DEADLINE_CHANGED):
        return False
    changes = desk.tickets.columns_of_class(ticket.deadline_class, ticket.due_from_at)
    changes["accept_due_at"] = ticket.accept_due_at
    changes["finish_due_at"] += await time_added(session, ticket)
    try:
        await desk.tickets.record(
            session,
            ticket,
            EventKind.RECKONED_AGAIN,
            by=CLOCK,
            now=now,
            data={"finish_due_at": changes["finish_due_at"].isoformat()},
            changes=changes,
        )
    except TicketChangedMeanwhile:
        return False
    return True

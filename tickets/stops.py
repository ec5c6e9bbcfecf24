"""The clock of a ticket stands still while its resident looks for papers (hotline.md §5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from tickets.history import EVENTS, EventKind
from tickets.models import Ticket

LONGEST_STOP = timedelta(days=3)
"""At a time; then the clock runs again by itself."""
_KINDS = (EventKind.CLOCK_STOPPED, EventKind.CLOCK_RUNS)


@dataclass(frozen=True, slots=True)
class Stop:
    """One time during which the deadline did not come nearer."""

    from_at: datetime
    until_at: datetime
    """When the papers came, or the end that was set when it began."""
    announced_until_at: datetime


async def list_stops(session: AsyncSession, ticket_id: UUID) -> Sequence[Stop]:
    """The stops of a ticket, oldest first, from its history."""
    found = await session.execute(
        select(EVENTS.c.kind, EVENTS.c.at, EVENTS.c.data)
        .where(EVENTS.c.ticket_id == ticket_id, EVENTS.c.kind.in_(_KINDS))
        .order_by(EVENTS.c.number)
    )
    stops: list[Stop] = []
    for row in found:
        if row.kind == EventKind.CLOCK_STOPPED:
            until_at = datetime.fromisoformat(row.data["until"])
            stops.append(Stop(row.at, until_at, until_at))
        else:
            stops[-1] = Stop(stops[-1].from_at, row.at, stops[-1].announced_until_at)
    return stops


async def find_stop(session: AsyncSession, ticket_id: UUID, *, now: datetime) -> Stop | None:
    """The stop that lasts now, if any."""
    stops = await list_stops(session, ticket_id)
    return stops[-1] if stops and stops[-1].until_at > now else None


async def time_added(session: AsyncSession, ticket: Ticket) -> timedelta:
    """
    By how much stops have moved the end since the present deadlines began.

    Whoever reckons the deadlines anew from the same beginning adds it again. A
    stop from before (then came a rework, or a raised urgency) moved another end.
    """
    stops = await list_stops(session, ticket.id)
    return sum(
        (each.until_at - each.from_at for each in stops if each.from_at >= ticket.due_from_at),
        timedelta(),
    )


def time_stopped(stops: Sequence[Stop], *, now: datetime) -> timedelta:
    """How long the clock stood still so far: counted on its own, so that it hides no delay."""
    return sum(
        (max(min(each.until_at, now) - each.from_at, timedelta()) for each in stops), timedelta()
    )

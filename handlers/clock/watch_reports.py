"""A report that the law demands and nobody made rings, and climbs to the supervisor."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.desk import Desk
from tickets.alerts import AlertKind
from tickets.lookups import get_ticket
from tickets.reports import list_to_ring, ring_again_at


async def watch_reports(session: AsyncSession, desk: Desk, *, now: datetime) -> Sequence[UUID]:
    """
    Ring for every overdue report; gives the tickets' ids.

    Taking the alert does not settle the report: while it is owed the bell
    comes back as often as the time that it was given.
    """
    again_at = now + timedelta(minutes=desk.settings.report_within_minutes)
    rung = []
    for duty in await list_to_ring(session, now=now):
        if await ring_again_at(session, duty, again_at):
            ticket = await get_ticket(session, duty.ticket_id)
            await desk.tickets.ring(session, ticket, AlertKind.REPORT, now=now)
            rung.append(ticket.id)
    return rung

"""A call that was promised and not made rings."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.desk import Desk
from tickets.alerts import AlertKind
from tickets.call_backs import list_overdue_promises, mark_reminded
from tickets.lookups import get_ticket


async def keep_promises(session: AsyncSession, desk: Desk, *, now: datetime) -> Sequence[UUID]:
    """Ring once for every promised call whose time has come; gives the tickets' ids."""
    rung = []
    for call in await list_overdue_promises(session, now=now):
        if await mark_reminded(session, call.id):
            ticket = await get_ticket(session, call.ticket_id)
            await desk.tickets.ring(session, ticket, AlertKind.PROMISE, now=now)
            rung.append(ticket.id)
    return rung

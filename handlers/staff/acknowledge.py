"""Somebody takes an alert: it stops ringing, and the resident learns who it is."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.desk import Desk, acting, speaking
from people.permissions import Permission, StaffMember
from tickets.alerts import AlertKind, get_alert
from tickets.models import Ticket

_TOLD = frozenset({AlertKind.EMERGENCY, AlertKind.URGENT})
"""Alerts that the resident knows of."""


async def acknowledge(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    alert_id: UUID,
    *,
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """Take an alert of this ticket; raises `AlertAlreadyAcknowledged` for the slower of two."""
    desk.allow(by, Permission.ALERT_ACKNOWLEDGE, ticket)
    alert = await get_alert(session, alert_id, ticket_id=ticket.id)
    await desk.tickets.acknowledge_alert(session, ticket, alert_id, by=acting(by), now=now)
    if alert.kind in _TOLD:
        await desk.notices.tell(
            session,
            ticket,
            "ticket.notice.alert_taken",
            now=now,
            author=speaking(by),
            urgent=True,
            name=by.name,
        )
    return ticket

"""An alert that nobody takes climbs: shift lead, duty telephone, supervisor."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.desk import PERSON_BUTTON, Desk
from tickets.alerts import AlertKind, Climb
from tickets.lookups import get_ticket


async def climb_alerts(session: AsyncSession, desk: Desk, *, now: datetime) -> Sequence[Climb]:
    """
    Let every alert climb whose time has come, and give whom to ring now.

    Who waits for help in an emergency is told the truth at each step: nobody
    has taken it yet, ring 110, 119 or 120. Two clocks at once climb each step
    once, the database decides.
    """
    due = await desk.tickets.alerts.list_due(session, now=now)
    tickets = [await get_ticket(session, alert.ticket_id) for alert in due]
    if tickets:
        await desk.lock(session, *tickets)
    climbs = []
    for alert, ticket in zip(due, tickets, strict=True):
        climb = await desk.tickets.alerts.climb(session, alert, ticket, now=now)
        if climb is None:
            continue
        climbs.append(climb)
        if alert.kind == AlertKind.EMERGENCY:
            await desk.notices.tell(
                session,
                ticket,
                f"ticket.notice.alert_waiting.{climb.rings}",
                now=now,
                choices=(PERSON_BUTTON,),
                urgent=True,
                calls=("110", "119", "120"),
            )
    return climbs

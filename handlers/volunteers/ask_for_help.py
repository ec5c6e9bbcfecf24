"""A volunteer on the spot needs somebody now."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import Actor
from handlers.staff.desk import Desk
from people.permissions import VolunteerMember
from tickets.alerts import AlertKind
from tickets.history import EventKind
from tickets.lookups import get_ticket
from tickets.tasks import get_own_claim, get_task


async def ask_for_help(
    session: AsyncSession,
    desk: Desk,
    task_id: UUID,
    words: str,
    *,
    by: VolunteerMember,
    now: datetime,
) -> UUID:
    """Ring at the desk, climbing like an emergency; gives the alert's id. Raises `NotFound`."""
    await get_own_claim(session, task_id, by.id)
    task = await get_task(session, task_id)
    ticket = await get_ticket(session, task.ticket_id)
    actor = Actor.volunteer(by.id)
    await desk.tickets.record(
        session,
        ticket,
        EventKind.HELP_ASKED,
        by=actor,
        now=now,
        note=words or None,
        data={"task_id": str(task_id)},
    )
    return await desk.tickets.ring(session, ticket, AlertKind.HELP, by=actor, now=now)

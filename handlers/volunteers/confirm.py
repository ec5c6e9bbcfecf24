"""「我会去」: a volunteer answers the reminder of the evening before."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import Actor
from handlers.staff.desk import Desk
from people.permissions import VolunteerMember
from tickets.claims import change_claim
from tickets.history import EventKind
from tickets.lookups import get_ticket
from tickets.tasks import ClaimStatus, get_own_claim, get_task


async def confirm_claim(
    session: AsyncSession, desk: Desk, task_id: UUID, *, by: VolunteerMember, now: datetime
) -> None:
    """
    Note that the volunteer will go; said twice, or on the spot already, nothing changes.

    Raises `NotFound`, `ClaimStepNotAllowed` for a place that was given back or lapsed.
    """
    claim = await get_own_claim(session, task_id, by.id)
    if claim.confirmed_at is not None and claim.status == ClaimStatus.CLAIMED:
        return
    if claim.status in (ClaimStatus.CHECKED_IN, ClaimStatus.COMPLETED):
        return
    await change_claim(session, claim, confirmed_at=now)
    task = await get_task(session, task_id)
    await desk.tickets.record(
        session,
        await get_ticket(session, task.ticket_id),
        EventKind.TASK_CONFIRMED,
        by=Actor.volunteer(by.id),
        now=now,
        data={"task_id": str(task_id)},
    )

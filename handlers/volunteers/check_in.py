"""A volunteer is there."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import Actor
from handlers.staff.desk import Desk
from handlers.volunteers.partners import called, tell_partners
from people.permissions import VolunteerMember
from tickets.history import EventKind
from tickets.lookups import get_ticket
from tickets.tasks import ClaimStatus, get_own_claim, get_task, step_claim


async def check_in(
    session: AsyncSession, desk: Desk, task_id: UUID, *, by: VolunteerMember, now: datetime
) -> None:
    """Note the arrival; pressed twice it stays the first one. Raises `ClaimStepNotAllowed`."""
    claim = await get_own_claim(session, task_id, by.id)
    if claim.status == ClaimStatus.CHECKED_IN:
        return
    task = await get_task(session, task_id)
    await step_claim(
        session,
        claim,
        ClaimStatus.CHECKED_IN,
        only_from=(ClaimStatus.CLAIMED,),
        checked_in_at=now,
    )
    await desk.tickets.record(
        session,
        await get_ticket(session, task.ticket_id),
        EventKind.TASK_CHECKED_IN,
        by=Actor.volunteer(by.id),
        now=now,
        data={"task_id": str(task_id)},
    )
    await tell_partners(
        session,
        desk,
        task,
        "claim.notice.partner_there",
        but=by.id,
        now=now,
        name=called(desk, by.name),
    )

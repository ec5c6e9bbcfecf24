"""A volunteer cannot go after all; no blame, and the place is free at once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import Actor
from handlers.staff.desk import Desk
from handlers.volunteers.partners import called, tell_partners
from people.permissions import VolunteerMember
from tickets.history import EventKind
from tickets.tasks import (
    ClaimStatus,
    TaskStatus,
    get_own_claim,
    get_task,
    give_place_back,
    step_claim,
)


async def release_claim(
    session: AsyncSession,
    desk: Desk,
    task_id: UUID,
    *,
    words: str = "",
    by: VolunteerMember,
    now: datetime,
) -> None:
    """
    Give the place back; given back already, nothing changes. Raises `ClaimStepNotAllowed`.

    A reason may be given and is read by staff only; the partner is told that
    somebody else is looked for.
    """
    claim = await get_own_claim(session, task_id, by.id)
    if claim.status == ClaimStatus.RELEASED:
        return
    task = await get_task(session, task_id)
    ticket = await desk.lock_by_id(session, task.ticket_id)
    await step_claim(
        session,
        claim,
        ClaimStatus.RELEASED,
        only_from=(ClaimStatus.CLAIMED, ClaimStatus.CHECKED_IN),
        released_at=now,
    )
    await give_place_back(session, task_id)
    await desk.tickets.record(
        session,
        ticket,
        EventKind.TASK_RELEASED,
        by=Actor.volunteer(by.id),
        now=now,
        note=words or None,
        data={"task_id": str(task_id)},
    )
    await tell_partners(
        session,
        desk,
        task,
        "claim.notice.partner_gone",
        but=by.id,
        now=now,
        name=called(desk, by.name),
    )
    if task.status != TaskStatus.CANCELLED:
        await desk.notices.tell(session, ticket, "ticket.notice.task_released", now=now)

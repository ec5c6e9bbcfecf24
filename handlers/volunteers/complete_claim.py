"""A volunteer has done it; staff resolve the ticket."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import Actor
from handlers.staff.desk import Desk
from handlers.volunteers.finish_task import finish_task
from people.permissions import VolunteerMember
from tickets.claims import PartnerMissing, list_holders, may_begin
from tickets.history import EventKind
from tickets.models import Claim
from tickets.tasks import NOTE, ClaimStatus, get_own_claim, get_task, step_claim


async def complete_claim(
    session: AsyncSession,
    desk: Desk,
    task_id: UUID,
    *,
    words: str = "",
    photo_id: UUID | None = None,
    photo_inbox_id: int | None = None,
    by: VolunteerMember,
    now: datetime,
) -> bool:
    """
    Check out: note that it is done, and for how long (from the check-in until now).

    Words and a picture are for the office; a picture from a chat is named by
    its message, because its bytes come later. True when every place of the task
    is completed by now. The ticket moves only by staff. Pressed twice, nothing
    changes. Raises `ClaimStepNotAllowed` without a check-in, `PartnerMissing`
    when a visit for two never began.
    """
    claim = await get_own_claim(session, task_id, by.id)
    if claim.status == ClaimStatus.COMPLETED:
        return False
    task = await get_task(session, task_id)
    ticket = await desk.lock_by_id(session, task.ticket_id)
    if not may_begin(task, await list_holders(session, task_id)):
        raise PartnerMissing(task_id)
    await step_claim(
        session,
        claim,
        ClaimStatus.COMPLETED,
        only_from=(ClaimStatus.CHECKED_IN,),
        completed_at=now,
        minutes=_minutes(claim, now),
        photo_id=photo_id,
        photo_inbox_id=photo_inbox_id,
        note_sealed=desk.vault.seal_maybe(words, purpose=NOTE),
    )
    actor = Actor.volunteer(by.id)
    pictured = photo_id is not None or photo_inbox_id is not None
    data = {"task_id": str(task_id), "minutes": _minutes(claim, now), "photo": pictured}
    await desk.tickets.record(
        session, ticket, EventKind.TASK_COMPLETED, by=actor, now=now, note=words or None, data=data
    )
    return await finish_task(session, desk, task, ticket, by=actor, now=now)


def _minutes(claim: Claim, now: datetime) -> int:
    """Whole minutes since the check-in, at least one: hours are certified, so they are true."""
    began = claim.checked_in_at or now
    return max(1, round((now - began).total_seconds() / 60))

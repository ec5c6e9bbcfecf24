"""A volunteer has done it; staff resolve the ticket."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import Actor
from handlers.staff.desk import Desk
from people.permissions import VolunteerMember
from tickets.history import EventKind
from tickets.models import Claim
from tickets.tasks import (
    NOTE,
    ClaimStatus,
    finish_if_complete,
    get_own_claim,
    get_task,
    lock_task,
    step_claim,
)


async def complete_claim(
    session: AsyncSession,
    desk: Desk,
    task_id: UUID,
    *,
    words: str = "",
    by: VolunteerMember,
    now: datetime,
) -> bool:
    """
    Note that it is done, and for how long: from the check-in until now.

    True when every place of the task is completed by now. The ticket moves
    only by staff. Pressed twice, nothing changes. Raises `ClaimStepNotAllowed`
    without a check-in.
    """
    claim = await get_own_claim(session, task_id, by.id)
    if claim.status == ClaimStatus.COMPLETED:
        return False
    ticket = await desk.lock_by_id(session, (await get_task(session, task_id)).ticket_id)
    await step_claim(
        session,
        claim,
        ClaimStatus.COMPLETED,
        only_from=(ClaimStatus.CHECKED_IN,),
        completed_at=now,
        minutes=_minutes(claim, now),
        note_sealed=desk.vault.seal_maybe(words, purpose=NOTE),
    )
    actor = Actor.volunteer(by.id)
    data = {"task_id": str(task_id), "minutes": _minutes(claim, now)}
    await desk.tickets.record(
        session, ticket, EventKind.TASK_COMPLETED, by=actor, now=now, note=words or None, data=data
    )
    done = await finish_if_complete(session, await lock_task(session, task_id), now=now)
    if done:
        await desk.tickets.record(
            session, ticket, EventKind.TASK_DONE, by=actor, now=now, data={"task_id": str(task_id)}
        )
    return done


def _minutes(claim: Claim, now: datetime) -> int:
    """Whole minutes since the check-in, at least one: hours are certified, so they are true."""
    began = claim.checked_in_at or now
    return max(1, round((now - began).total_seconds() / 60))

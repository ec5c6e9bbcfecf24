"""「时长记得不对」: a volunteer may always ask to have it put right (民政部令第67号)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import InvalidInput
from handlers.staff.desk import Desk
from people.permissions import VolunteerMember
from tickets.hours import MINUTES_OF_A_DAY, add_correction
from tickets.tasks import ClaimStatus, ClaimStepNotAllowed, get_own_claim


async def ask_correction(
    session: AsyncSession,
    desk: Desk,
    task_id: UUID,
    *,
    minutes: int,
    reason: str,
    by: VolunteerMember,
    now: datetime,
) -> UUID:
    """
    Ask for other minutes, with a reason; gives the wish's id.

    Raises `InvalidInput`, `CorrectionPending`, `NotFound`, and
    `ClaimStepNotAllowed` for a visit that is not finished.
    """
    if not 0 < minutes <= MINUTES_OF_A_DAY:
        raise InvalidInput("minutes", "claim.error.minutes")
    if not reason.strip():
        raise InvalidInput("reason", "claim.error.words")
    claim = await get_own_claim(session, task_id, by.id)
    if claim.status != ClaimStatus.COMPLETED:
        raise ClaimStepNotAllowed(claim.status, "correction")
    return await add_correction(session, desk.vault, claim.id, minutes, reason.strip(), now=now)

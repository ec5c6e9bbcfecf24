"""A picture in the chat for a visit that is done; its bytes are fetched later."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from people.permissions import VolunteerMember
from tickets.tasks import ClaimStatus, ClaimStepNotAllowed, get_own_claim


async def add_photo(
    session: AsyncSession, task_id: UUID, inbox_id: int, *, by: VolunteerMember
) -> None:
    """
    Note which message has the picture; the clock puts the file to the claim once it is here.

    A later picture takes the place of an earlier one. Raises `NotFound`, and
    `ClaimStepNotAllowed` for a visit that is not finished.
    """
    claim = await get_own_claim(session, task_id, by.id)
    if claim.status != ClaimStatus.COMPLETED:
        raise ClaimStepNotAllowed(claim.status, "photo")
    claim.photo_inbox_id = inbox_id
    await session.flush()

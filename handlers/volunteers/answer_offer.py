"""A volunteer says that this time it does not suit; nothing else follows from it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from people.permissions import VolunteerMember
from tickets.offers import Answer, answer_offer
from tickets.tasks import get_task


async def say_not_now(
    session: AsyncSession, task_id: UUID, *, by: VolunteerMember, now: datetime
) -> bool:
    """
    Ask this volunteer no more for this task; the next wave need not wait for the answer.

    False when nobody had asked, or it was said before. The task may still be
    claimed later: minds change. Raises `NotFound`.
    """
    await get_task(session, task_id)
    return await answer_offer(session, task_id, by.id, Answer.NOT_NOW, now=now)

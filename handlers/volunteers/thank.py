"""A resident's word of thanks reaches the volunteers; staff take back what hurts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import Actor
from core.errors import NotFound
from handlers.staff.desk import Desk
from handlers.volunteers.relay import LONGEST, resident_called
from handlers.volunteers.tell import tell_volunteer
from people.permissions import Permission, StaffMember, require
from people.volunteer_notices import NoticeKind, take_back_notices
from tickets.claims import list_holders
from tickets.history import EventKind
from tickets.masking import masked_text
from tickets.models import Task, Ticket
from tickets.tasks import ClaimStatus
from tickets.thanks import add_thanks, hide_thanks


async def thank_volunteers(
    session: AsyncSession,
    desk: Desk,
    task: Task,
    ticket: Ticket,
    words: str,
    *,
    by: Actor,
    now: datetime,
) -> bool:
    """
    Pass thanks on to everybody who did the task; False when something was said before.

    Numbers and doors are taken out of the words.
    """
    said = masked_text(words.strip())[:LONGEST]
    if not await add_thanks(session, desk.vault, task.id, said, now=now):
        return False
    data = {"task_id": str(task.id)}
    await desk.tickets.record(
        session, ticket, EventKind.THANKED, by=by, now=now, note=said, data=data
    )
    for holder in await list_holders(session, task.id):
        if holder.status == ClaimStatus.COMPLETED:
            await tell_volunteer(
                session,
                desk,
                holder.volunteer_id,
                "claim.notice.thanks",
                kind=NoticeKind.THANKS,
                now=now,
                task_id=task.id,
                name=resident_called(desk, task),
                words=said,
            )
    return True


async def take_back_thanks(
    session: AsyncSession, task_id: UUID, *, by: StaffMember, now: datetime
) -> None:
    """Hide words that hurt from the volunteers' pages; raises `NotPermitted`, `NotFound`."""
    require(by, Permission.THANKS_HIDE)
    if not await hide_thanks(session, task_id, by_id=by.id, now=now):
        raise NotFound("thanks", task_id)
    await take_back_notices(session, task_id, NoticeKind.THANKS)

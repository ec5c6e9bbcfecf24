"""A volunteer and a resident who would rather not meet again; the other side is never told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound
from core.ids import new_id
from handlers.staff.desk import Desk, acting, needed
from handlers.staff.vet_volunteer import allow
from people.permissions import Permission, StaffMember, VolunteerMember
from people.profiles import get_profile
from people.volunteer_events import VolunteerEventKind, record_event
from tickets.lookups import get_ticket_by_number
from tickets.models import Avoidance
from tickets.sight import may_see
from tickets.tasks import get_own_claim, get_task


async def rather_not_again(
    session: AsyncSession, task_id: UUID, *, by: VolunteerMember, now: datetime
) -> None:
    """A volunteer asks for no more tasks of this resident; no reason wanted. Raises `NotFound`."""
    await get_own_claim(session, task_id, by.id)
    ticket_id = (await get_task(session, task_id)).ticket_id
    await _note(session, by.id, ticket_id, "volunteer", None, now)


async def keep_apart(
    session: AsyncSession,
    desk: Desk,
    volunteer_id: UUID,
    number: str,
    *,
    words: str,
    by: StaffMember,
    now: datetime,
) -> None:
    """
    Staff write down that the resident of a ticket would rather have somebody else.

    The reason stays in the volunteer's file, with the ticket's number. Raises
    `NotFound` for a ticket or a volunteer that this person may not see.
    """
    allow(by, Permission.VOLUNTEER_VET)
    await get_profile(session, volunteer_id)
    ticket = await get_ticket_by_number(session, number.strip())
    if not may_see(ticket, by):
        raise NotFound("ticket", number)
    words = needed(words, "reason")
    await _note(session, volunteer_id, ticket.id, "resident", by.id, now)
    await record_event(
        session,
        desk.vault,
        volunteer_id,
        VolunteerEventKind.KEPT_APART,
        by=acting(by),
        now=now,
        note=words,
        data={"ticket": ticket.number},
    )


async def _note(
    session: AsyncSession,
    volunteer_id: UUID,
    ticket_id: UUID,
    wished_by: str,
    noted_by_id: UUID | None,
    now: datetime,
) -> None:
    found = await session.scalar(
        select(Avoidance.id)
        .where(Avoidance.volunteer_id == volunteer_id, Avoidance.ticket_id == ticket_id)
        .where(Avoidance.wished_by == wished_by)
    )
    if found is None:
        session.add(
            Avoidance(
                id=new_id(),
                volunteer_id=volunteer_id,
                ticket_id=ticket_id,
                wished_by=wished_by,
                noted_by_id=noted_by_id,
                noted_at=now,
            )
        )
        await session.flush()

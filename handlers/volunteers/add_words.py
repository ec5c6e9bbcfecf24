"""A volunteer adds to what was said: why a place was given back, words to a picture, a correction."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.tracing import list_caused_tickets
from core.actors import Actor
from handlers.staff.desk import Desk
from people.permissions import VolunteerMember
from tickets.history import EventKind
from tickets.lookups import get_ticket
from tickets.models import Claim, Task
from tickets.tasks import NOTE, ClaimStatus, get_own_claim, get_task


async def add_words(
    session: AsyncSession,
    desk: Desk,
    task_id: UUID,
    words: str,
    *,
    by: VolunteerMember,
    now: datetime,
) -> None:
    """
    Put words for the office into the ticket's history, and to the note of a finished visit.

    What was said before stays. Raises `NotFound` for somebody who never
    claimed the task.
    """
    claim = await get_own_claim(session, task_id, by.id)
    if claim.status == ClaimStatus.COMPLETED:
        before = desk.vault.open_maybe(claim.note_sealed, purpose=NOTE)
        both = "\n".join(part for part in (before, words) if part)
        claim.note_sealed = desk.vault.seal(both, purpose=NOTE)
    task = await get_task(session, task_id)
    await desk.tickets.record(
        session,
        await get_ticket(session, task.ticket_id),
        EventKind.VOLUNTEER_SAID,
        by=Actor.volunteer(by.id),
        now=now,
        note=words,
        data={"task_id": str(task_id)},
    )


async def find_visit_of(session: AsyncSession, inbox_id: int, volunteer_id: UUID) -> UUID | None:
    """The task of this volunteer about which an earlier message in the chat was."""
    return await session.scalar(
        select(Task.id)
        .join(Claim, Claim.task_id == Task.id)
        .where(Claim.volunteer_id == volunteer_id)
        .where(Task.ticket_id.in_(await list_caused_tickets(session, inbox_id)))
        .order_by(Claim.claimed_at.desc())
        .limit(1)
    )

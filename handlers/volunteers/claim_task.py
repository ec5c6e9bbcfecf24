"""A volunteer takes a task with one tap."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import Actor
from handlers.staff.desk import Desk
from handlers.volunteers.cards import ClaimedTask
from handlers.volunteers.list_tasks import open_own_task
from handlers.volunteers.partners import called, tell_partners
from handlers.volunteers.suited import find_lack_for, take_turn
from people.permissions import VolunteerMember
from tickets.history import EventKind
from tickets.offers import Answer, answer_offer
from tickets.tasks import (
    HELD,
    TaskAlreadyClaimed,
    TaskStatus,
    VolunteerNotSuited,
    find_claim,
    get_task,
    take_place,
)


async def claim_task(
    session: AsyncSession, desk: Desk, task_id: UUID, *, by: VolunteerMember, now: datetime
) -> ClaimedTask:
    """
    Give one place of the task to this volunteer, with name and door.

    Of two who press together for the last place exactly one gets it, the
    other `TaskAlreadyClaimed`. Pressed twice by the same person it stays one
    claim. Raises `VolunteerNotSuited` with what is lacking, `NotFound`.
    """
    await take_turn(session, by.id)
    task = await get_task(session, task_id)
    before = await find_claim(session, task_id, by.id)
    if before is None or before.status not in HELD:
        lack = await find_lack_for(session, task, by.id, now=now)
        if lack is not None:
            raise VolunteerNotSuited(lack.reason, lack.what)
        if task.status != TaskStatus.OPEN:
            raise TaskAlreadyClaimed(task_id)
        ticket = await desk.lock_by_id(session, task.ticket_id)
        await take_place(session, task, by, now=now)
        await answer_offer(session, task_id, by.id, Answer.TAKEN, now=now)
        await desk.tickets.record(
            session,
            ticket,
            EventKind.TASK_CLAIMED,
            by=Actor.volunteer(by.id),
            now=now,
            data={"task_id": str(task_id)},
        )
        await desk.notices.tell(
            session,
            ticket,
            "ticket.notice.task_claimed",
            now=now,
            name=by.name,
            kind=task.kind,
            starts=desk.moment(task.starts_at, now),
        )
        await tell_partners(
            session,
            desk,
            task,
            "claim.notice.partner_joined",
            but=by.id,
            now=now,
            name=called(desk, by.name),
        )
    return await open_own_task(session, task_id, vault=desk.vault, by=by, now=now)

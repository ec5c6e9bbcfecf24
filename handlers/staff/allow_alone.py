"""The partner does not come: staff let a visit for two begin with one, and say why."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound
from handlers.staff.desk import Desk, acting, needed
from handlers.volunteers.partners import tell_partners
from people.permissions import Permission, StaffMember
from tickets.history import EventKind
from tickets.models import Task, Ticket
from tickets.tasks import get_task


async def allow_alone(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    task_id: UUID,
    *,
    reason: str,
    by: StaffMember,
    now: datetime,
) -> None:
    """
    Let one volunteer go in alone; told to whoever holds a place. Twice changes nothing.

    Raises `NotPermitted`, `NotFound` for another ticket's task, `InvalidInput`
    without a reason.
    """
    desk.allow(by, Permission.TASK_PUBLISH, ticket)
    words = needed(reason, "reason")
    task = await get_task(session, task_id)
    if task.ticket_id != ticket.id:
        raise NotFound("task", task_id)
    allowed = await session.execute(
        update(Task)
        .where(Task.id == task_id, Task.in_home, Task.alone_allowed_at.is_(None))
        .values(alone_allowed_at=now, alone_allowed_by_id=by.id)
        .returning(Task.id)
    )
    if allowed.one_or_none() is None:
        return
    await desk.tickets.record(
        session,
        ticket,
        EventKind.TASK_ALONE_ALLOWED,
        by=acting(by),
        now=now,
        note=words,
        data={"task_id": str(task_id)},
    )
    await tell_partners(session, desk, task, "claim.notice.alone_allowed", but=None, now=now)

"""Volunteers' tasks whose time has come: silence after a check-in, too few came forward."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import CLOCK
from handlers.staff.desk import Desk
from handlers.volunteers.finish_task import finish_task
from handlers.volunteers.partners import tell_partners
from tickets.alerts import AlertKind
from tickets.claims import fell_out_after_start, has_time, list_holders, needs_pair
from tickets.history import EventKind
from tickets.lookups import get_ticket
from tickets.models import Claim, Task, Ticket
from tickets.tasks import ClaimStatus, TaskStatus, get_task, lock_task

SILENT_AFTER = timedelta(minutes=30)
"""So long after the end of a task a checked-in volunteer should have said something."""
_PAIR = 2


async def ring_for_silence(session: AsyncSession, desk: Desk, *, now: datetime) -> Sequence[UUID]:
    """Ring once for every volunteer who checked in and was not heard of; gives the tickets' ids."""
    silent = await session.scalars(
        update(Claim)
        .where(Claim.status == ClaimStatus.CHECKED_IN, Claim.silence_rung_at.is_(None))
        .where(Claim.task_id.in_(select(Task.id).where(Task.ends_at <= now - SILENT_AFTER)))
        .values(silence_rung_at=now)
        .returning(Claim.task_id)
        .execution_options(synchronize_session=False)
    )
    rung = []
    for task_id in set(silent.all()):
        task = await session.get_one(Task, task_id)
        ticket = await get_ticket(session, task.ticket_id)
        await desk.tickets.ring(session, ticket, AlertKind.SILENCE, now=now)
        rung.append(ticket.id)
    return rung


async def end_unfilled(session: AsyncSession, desk: Desk, *, now: datetime) -> Sequence[UUID]:
    """
    Call off tasks that begin now without enough volunteers; gives the tickets' ids.

    Inside a home one volunteer alone is not enough. Where somebody fell out
    after the start, others may come as long as there is time. Staff, the
    resident and whoever had claimed are told.
    """
    found = await session.scalars(
        select(Task.id)
        .where(Task.status == TaskStatus.OPEN, Task.starts_at <= now)
        .order_by(Task.id)
    )
    ended = []
    for task_id in found.all():
        ticket = await desk.lock_by_id(session, (await get_task(session, task_id)).ticket_id)
        task = await lock_task(session, task_id)
        if task.status == TaskStatus.OPEN and await _end_or_shrink(
            session, desk, task, ticket, now
        ):
            ended.append(ticket.id)
    return ended


async def _end_or_shrink(
    session: AsyncSession, desk: Desk, task: Task, ticket: Ticket, now: datetime
) -> bool:
    fell_out = await fell_out_after_start(session, task)
    if fell_out and has_time(task, now):
        return False
    held = len(await list_holders(session, task.id))
    if held >= (_PAIR if needs_pair(task) else 1):
        await _change(session, task, places=held, places_left=0, status=TaskStatus.TAKEN)
        await finish_task(session, desk, task, ticket, by=CLOCK, now=now)
        return False
    await _change(session, task, status=TaskStatus.CANCELLED, finished_at=now)
    await desk.tickets.record(
        session, ticket, EventKind.TASK_UNFILLED, by=CLOCK, now=now, data={"task_id": str(task.id)}
    )
    if not fell_out:
        await desk.notices.tell(session, ticket, "ticket.notice.task_unfilled", now=now)
    await tell_partners(session, desk, task, "claim.notice.called_off", but=None, now=now)
    return True


async def _change(session: AsyncSession, task: Task, **values: object) -> None:
    await session.execute(
        update(Task)
        .where(Task.id == task.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )

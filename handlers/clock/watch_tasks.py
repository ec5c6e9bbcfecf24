"""Volunteers' tasks whose time has come: silence after a check-in, nobody came, nobody claimed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import CLOCK
from handlers.staff.desk import Desk
from tickets.alerts import AlertKind
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


async def lapse_claims(session: AsyncSession, desk: Desk, *, now: datetime) -> Sequence[UUID]:
    """Who claimed and never checked in by the end did not come; gives the tickets' ids."""
    lapsed = await session.scalars(
        update(Claim)
        .where(Claim.status == ClaimStatus.CLAIMED)
        .where(Claim.task_id.in_(select(Task.id).where(Task.ends_at <= now)))
        .values(status=ClaimStatus.LAPSED, released_at=now)
        .returning(Claim.task_id)
        .execution_options(synchronize_session=False)
    )
    touched = []
    for task_id in lapsed.all():
        task = await session.get_one(Task, task_id)
        ticket = await get_ticket(session, task.ticket_id)
        await desk.tickets.record(
            session,
            ticket,
            EventKind.TASK_LAPSED,
            by=CLOCK,
            now=now,
            data={"task_id": str(task_id)},
        )
        touched.append(ticket.id)
    return touched


async def end_unfilled(session: AsyncSession, desk: Desk, *, now: datetime) -> Sequence[UUID]:
    """
    Call off tasks that begin now without enough volunteers; gives the tickets' ids.

    Inside a home one volunteer alone is not enough. Staff and the resident are
    told; who had claimed reads it on their page.
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
    held = await session.scalar(
        select(func.count())
        .select_from(Claim)
        .where(Claim.task_id == task.id)
        .where(Claim.status.not_in((ClaimStatus.RELEASED, ClaimStatus.LAPSED)))
    )
    needs = _PAIR if task.in_home and not task.accompanied else 1
    if (held or 0) >= needs:
        await _change(session, task, places=held, places_left=0, status=TaskStatus.TAKEN)
        return False
    await _change(session, task, status=TaskStatus.CANCELLED, finished_at=now)
    await desk.tickets.record(
        session, ticket, EventKind.TASK_UNFILLED, by=CLOCK, now=now, data={"task_id": str(task.id)}
    )
    await desk.notices.tell(session, ticket, "ticket.notice.task_unfilled", now=now)
    return True


async def _change(session: AsyncSession, task: Task, **values: object) -> None:
    await session.execute(
        update(Task)
        .where(Task.id == task.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )

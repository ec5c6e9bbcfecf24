"""Who was asked to take a task, in which wave, and what they answered."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from tickets.matching import Match
from tickets.models import Claim, Task, TaskOffer
from tickets.tasks import TaskStatus


class Answer(StrEnum):
    """What became of an offer; none yet is no answer and no refusal."""

    TAKEN = "taken"
    NOT_NOW = "not_now"


async def list_due_for_wave(
    session: AsyncSession, *, urgent_within: timedelta, now: datetime, limit: int = 20
) -> Sequence[UUID]:
    """Tasks whose next volunteers should be asked now, the soonest first."""
    found = await session.scalars(
        select(Task.id)
        .where(Task.status == TaskStatus.OPEN, Task.places_left > 0, Task.starts_at > now)
        .where(or_(Task.urgent, Task.starts_at <= now + urgent_within))
        .where(or_(Task.next_wave_at.is_(None), Task.next_wave_at <= now))
        .order_by(Task.starts_at, Task.id)
        .limit(limit)
    )
    return found.all()


async def take_wave(
    session: AsyncSession, task: Task, *, next_at: datetime, count: bool, now: datetime
) -> bool:
    """
    Move the task on to its next wave; False when another process just did.

    The one UPDATE decides it, so there are never two waves at once.
    """
    moved = await session.execute(
        update(Task)
        .where(Task.id == task.id, Task.wave == task.wave, Task.status == TaskStatus.OPEN)
        .where(or_(Task.next_wave_at.is_(None), Task.next_wave_at <= now))
        .values(wave=Task.wave + (1 if count else 0), next_wave_at=next_at)
        .returning(Task.id)
        .execution_options(synchronize_session=False)
    )
    return moved.one_or_none() is not None


async def list_asked(session: AsyncSession, task_id: UUID) -> set[UUID]:
    """Who is not to be asked for this task again: asked before, or held it and gave it back."""
    asked = await session.scalars(
        select(TaskOffer.volunteer_id).where(TaskOffer.task_id == task_id)
    )
    held = await session.scalars(select(Claim.volunteer_id).where(Claim.task_id == task_id))
    return {*asked, *held}


async def count_recent_offers(
    session: AsyncSession, volunteer_ids: Collection[UUID], *, since: datetime
) -> dict[UUID, int]:
    """How often each was asked lately, for any task."""
    rows = await session.execute(
        select(TaskOffer.volunteer_id, func.count())
        .where(TaskOffer.volunteer_id.in_(volunteer_ids), TaskOffer.offered_at > since)
        .group_by(TaskOffer.volunteer_id)
    )
    return {row[0]: row[1] for row in rows}


def add_offers(
    session: AsyncSession, task_id: UUID, wave: int, asked: Sequence[Match], *, now: datetime
) -> None:
    """Put down who is asked."""
    session.add_all(
        TaskOffer(task_id=task_id, volunteer_id=each.volunteer_id, wave=wave, offered_at=now)
        for each in asked
    )


async def answer_offer(
    session: AsyncSession, task_id: UUID, volunteer_id: UUID, answer: Answer, *, now: datetime
) -> bool:
    """
    Note an answer; False when nobody asked, or the same was said before.

    When nobody of those asked is left to answer, the next wave need not wait.
    """
    noted = await session.execute(
        update(TaskOffer)
        .where(TaskOffer.task_id == task_id, TaskOffer.volunteer_id == volunteer_id)
        .where(or_(TaskOffer.answered.is_(None), TaskOffer.answered != answer))
        .values(answered=answer, answered_at=now)
        .returning(TaskOffer.wave)
        .execution_options(synchronize_session=False)
    )
    if noted.one_or_none() is None:
        return False
    waiting = select(TaskOffer.task_id).where(
        TaskOffer.task_id == task_id, TaskOffer.answered.is_(None)
    )
    await session.execute(
        update(Task)
        .where(Task.id == task_id, Task.next_wave_at > now, ~waiting.exists())
        .values(next_wave_at=now)
        .execution_options(synchronize_session=False)
    )
    return True


async def list_offers_to(session: AsyncSession, volunteer_id: UUID) -> set[UUID]:
    """Open tasks for which this volunteer was asked and has not answered."""
    found = await session.scalars(
        select(TaskOffer.task_id)
        .join(Task, Task.id == TaskOffer.task_id)
        .where(TaskOffer.volunteer_id == volunteer_id, TaskOffer.answered.is_(None))
        .where(Task.status == TaskStatus.OPEN)
    )
    return set(found)

"""How much volunteers are needed this week, counted and nothing added."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.clock import CHINA
from tickets.models import Claim, Task
from tickets.tasks import HELD, TaskStatus


@dataclass(frozen=True, slots=True)
class Needed:
    """Places in tasks that begin this week, Monday to Sunday."""

    places: int
    """All of them, the filled and the unfilled, without what was called off by the resident."""
    filled: int
    open_by_community: tuple[tuple[str | None, int], ...]
    """Places still open, most first; None: without a community."""
    open_by_kind: tuple[tuple[str, int], ...]

    @property
    def open(self) -> int:
        """Places that somebody can still take."""
        return sum(count for _, count in self.open_by_kind)


async def count_needed(session: AsyncSession, *, now: datetime) -> Needed:
    """
    Count the places of this civil week.

    A task that ended without anybody counts as unfilled: leaving it out
    would make the share look better than it was.
    """
    begins, ends = _week_of(now)
    rows = await session.execute(
        select(Task, func.count(Claim.id))
        .outerjoin(Claim, (Claim.task_id == Task.id) & Claim.status.in_(HELD))
        .where(Task.starts_at >= begins, Task.starts_at < ends)
        .group_by(Task.id)
    )
    places = filled = 0
    communities: Counter[str | None] = Counter()
    kinds: Counter[str] = Counter()
    for task, held in rows:
        if task.status == TaskStatus.CANCELLED and not _nobody_came(task):
            continue
        places += max(task.places, held)
        filled += held
        if task.status == TaskStatus.OPEN and task.ends_at > now:
            communities[task.community] += task.places_left
            kinds[task.kind] += task.places_left
    return Needed(places, filled, tuple(communities.most_common()), tuple(kinds.most_common()))


def _nobody_came(task: Task) -> bool:
    """Called off by the clock because too few had come forward, not by the resident."""
    return task.finished_at is not None and task.finished_at >= task.starts_at


def _week_of(now: datetime) -> tuple[datetime, datetime]:
    today = now.astimezone(CHINA).date()
    monday = datetime.combine(today - timedelta(days=today.weekday()), time(), tzinfo=CHINA)
    return monday, monday + timedelta(days=7)

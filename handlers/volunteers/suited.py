"""Tasks as one volunteer sees them: what may be taken, what is lacking, and how well it suits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound
from people.models import Volunteer
from tickets.candidates import get_helper, read_pairings
from tickets.matching import Reason, Steps, rate
from tickets.models import Task
from tickets.suitability import Lack, LackReason, find_lack, needs_of


@dataclass(frozen=True, slots=True)
class Suited:
    """One task for one volunteer; without a lack it has points."""

    task: Task
    lack: Lack | None
    points: float = 0.0
    why: tuple[Reason, ...] = ()


def near_only(one: str, other: str) -> int | None:
    """Distances where no street is at hand: the same community, or another."""
    return 0 if one == other else None


async def weigh_tasks(
    session: AsyncSession,
    tasks: Sequence[Task],
    *,
    volunteer_id: UUID,
    now: datetime,
    steps: Steps = near_only,
) -> list[Suited]:
    """
    What each task is for this volunteer, in the order given.

    Where one of the two would rather not meet the other, the task is left
    out: saying why would say too much. Raises `NotFound`.
    """
    helper = await get_helper(session, volunteer_id, now=now)
    if helper is None:
        raise NotFound("volunteer", volunteer_id)
    pairings = await read_pairings(session, tasks, volunteer_id=volunteer_id)
    found = []
    for task in tasks:
        needs, past = needs_of(task), pairings.of(task.id, volunteer_id)
        lack = find_lack(needs, helper.profile, busy=helper.busy, avoided=past.avoid)
        if lack is None:
            rated = rate(needs, helper, steps=steps, past=past)
            found.append(Suited(task, None, rated.points, rated.reasons))
        elif not past.avoid:
            found.append(Suited(task, lack))
    return found


async def find_lack_for(
    session: AsyncSession, task: Task, volunteer_id: UUID, *, now: datetime
) -> Lack | None:
    """Why this volunteer may not claim the task now, if so; the caller holds `take_turn`."""
    weighed = await weigh_tasks(session, [task], volunteer_id=volunteer_id, now=now)
    return weighed[0].lack if weighed else Lack(LackReason.AVOID)


async def take_turn(session: AsyncSession, volunteer_id: UUID) -> None:
    """
    One claim at a time for each volunteer, until the transaction ends.

    Of two claims for the same hour, sent together, the second one sees the
    first. Rows that point at the volunteer may still be written meanwhile.
    """
    await session.execute(
        select(Volunteer.id).where(Volunteer.id == volunteer_id).with_for_update(key_share=True)
    )

"""What a volunteer can take, and what the volunteer has taken."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import Actor
from core.dates import today_in_china
from core.errors import NotFound
from core.vault import Vault
from handlers.volunteers.cards import ClaimedTask, TaskCard, card_of, claimed_of
from handlers.volunteers.suited import near_only, weigh_tasks
from people.permissions import VolunteerMember
from people.view_log import record_view
from tickets.claims import list_holders
from tickets.matching import Steps
from tickets.models import Claim, Task
from tickets.suitability import Lack, LackReason
from tickets.tasks import (
    ClaimStatus,
    TaskStatus,
    find_claim,
    get_task,
    list_open,
    open_contact,
)

ACTIVE = frozenset({ClaimStatus.CLAIMED, ClaimStatus.CHECKED_IN})
"""While a claim stands so, its holder sees name and address."""


async def list_open_tasks(
    session: AsyncSession,
    *,
    by: VolunteerMember,
    now: datetime,
    community: str | None = None,
    today_only: bool = False,
    not_in_home: bool = False,
    steps: Steps = near_only,
) -> list[TaskCard]:
    """
    Open tasks that this volunteer may claim, the best suited first, each with why.

    Equally suited ones come in the order of their time. `steps` counts the
    communities between two, as `Street.steps_between`.
    """
    tasks = await list_open(session, now=now, not_held_by=by.id)
    weighed = await weigh_tasks(session, tasks, volunteer_id=by.id, now=now, steps=steps)
    suited = [each for each in weighed if each.lack is None]
    return [
        card_of(each.task, why=each.why)
        for each in sorted(suited, key=lambda each: -each.points)
        if _wanted(each.task, community, today_only, not_in_home, now)
    ]


async def list_tasks_out_of_reach(
    session: AsyncSession, *, by: VolunteerMember, now: datetime
) -> list[TaskCard]:
    """Open tasks that this volunteer may not claim yet, each with what is lacking for it."""
    tasks = await list_open(session, now=now, not_held_by=by.id)
    weighed = await weigh_tasks(session, tasks, volunteer_id=by.id, now=now)
    return [card_of(each.task, lack=each.lack) for each in weighed if each.lack is not None]


async def list_own_tasks(session: AsyncSession, *, by: VolunteerMember) -> list[ClaimedTask]:
    """The volunteer's claims, the latest first, without anybody's name or address."""
    found = await session.execute(
        select(Task, Claim)
        .join(Claim, Claim.task_id == Task.id)
        .where(Claim.volunteer_id == by.id)
        .order_by(Task.starts_at.desc())
    )
    return [
        claimed_of(task, claim, name=None, address=None, note=None) for task, claim in found.all()
    ]


async def get_task_card(
    session: AsyncSession,
    task_id: UUID,
    *,
    by: VolunteerMember,
    now: datetime,
    steps: Steps = near_only,
) -> TaskCard:
    """One task as it is before a claim; raises `NotFound` once it is over for this volunteer."""
    task = await get_task(session, task_id)
    if task.status not in (TaskStatus.OPEN, TaskStatus.TAKEN):
        raise NotFound("task", task_id)
    weighed = await weigh_tasks(session, [task], volunteer_id=by.id, now=now, steps=steps)
    if not weighed:
        return card_of(task, lack=Lack(LackReason.AVOID))
    return card_of(task, lack=weighed[0].lack, why=weighed[0].why)


async def open_own_task(
    session: AsyncSession,
    task_id: UUID,
    *,
    vault: Vault,
    by: VolunteerMember,
    now: datetime,
) -> ClaimedTask:
    """
    A claimed task with name and door, while the claim stands; every look is recorded.

    Raises `NotFound` for somebody who never claimed it.
    """
    task = await get_task(session, task_id)
    claim = await find_claim(session, task_id, by.id)
    if claim is None:
        raise NotFound("task", task_id)
    if claim.status not in ACTIVE or task.status == TaskStatus.CANCELLED:
        return claimed_of(task, claim, name=None, address=None, note=None)
    contact = open_contact(task, vault)
    await record_view(
        session,
        viewer=Actor.volunteer(by.id),
        action="claim",
        subject_kind="ticket",
        subject_id=task.ticket_id,
        fields=("name", "address"),
        reason=task.kind,
        now=now,
    )
    return claimed_of(
        task,
        claim,
        name=contact.name if contact else None,
        address=contact.address if contact else None,
        note=contact.note if contact else None,
        holders=await list_holders(session, task_id),
    )


def _wanted(
    task: Task, community: str | None, today_only: bool, not_in_home: bool, now: datetime
) -> bool:
    if community is not None and task.community not in (None, community):
        return False
    if today_only and today_in_china(task.starts_at) != today_in_china(now):
        return False
    return not (not_in_home and task.in_home)

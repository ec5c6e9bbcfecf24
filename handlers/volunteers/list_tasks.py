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
from people.permissions import VolunteerMember
from people.view_log import record_view
from tickets.models import Claim, Task
from tickets.tasks import (
    ClaimStatus,
    TaskStatus,
    find_claim,
    find_lack,
    get_task,
    list_claimable,
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
) -> list[TaskCard]:
    """Open tasks that this volunteer may claim, by skill, area and training, the soonest first."""
    return [
        card_of(task)
        for task in await list_claimable(session, by, now=now)
        if _wanted(task, community, today_only, not_in_home, now)
    ]


async def list_tasks_out_of_reach(
    session: AsyncSession, *, by: VolunteerMember, now: datetime
) -> list[TaskCard]:
    """Open tasks that this volunteer may not claim yet, each with what is lacking for it."""
    cards = [card_of(task, lacks=find_lack(task, by)) for task in await list_open(session, now=now)]
    return [card for card in cards if card.lacks is not None]


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


async def get_task_card(session: AsyncSession, task_id: UUID, *, by: VolunteerMember) -> TaskCard:
    """One task as it is before a claim; raises `NotFound` once it is over for this volunteer."""
    task = await get_task(session, task_id)
    if task.status not in (TaskStatus.OPEN, TaskStatus.TAKEN):
        raise NotFound("task", task_id)
    return card_of(task, lacks=find_lack(task, by))


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
    )


def _wanted(
    task: Task, community: str | None, today_only: bool, not_in_home: bool, now: datetime
) -> bool:
    if community is not None and task.community not in (None, community):
        return False
    if today_only and today_in_china(task.starts_at) != today_in_china(now):
        return False
    return not (not_in_home and task.in_home)

"""Tasks that volunteers can claim: who may have which place is decided by the database."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import case, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import FrontDoorError, NotFound
from core.ids import new_id
from core.vault import Vault
from people.permissions import VolunteerMember
from tickets.models import Claim, Task

CONTACT = "task.contact"
NOTE = "claim.note"


class TaskStatus(StrEnum):
    """`open`: places are left; `taken`: none; `done`: every place completed."""

    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"
    CANCELLED = "cancelled"


class ClaimStatus(StrEnum):
    """A volunteer's place in a task."""

    CLAIMED = "claimed"
    CHECKED_IN = "checked_in"
    COMPLETED = "completed"
    RELEASED = "released"
    LAPSED = "lapsed"


HELD = (ClaimStatus.CLAIMED, ClaimStatus.CHECKED_IN, ClaimStatus.COMPLETED)
"""A place that nobody else may have."""
_GIVEN_BACK = (ClaimStatus.RELEASED, ClaimStatus.LAPSED)


class TaskAlreadyClaimed(FrontDoorError):
    """Somebody else was faster, or the task is over."""

    def __init__(self, task_id: UUID) -> None:
        super().__init__("this task is taken")
        self.task_id = task_id


class VolunteerNotSuited(FrontDoorError):
    """`lacks` is a `LackReason` of `tickets.suitability`, `what` the training or skill."""

    def __init__(self, lacks: str, what: str = "") -> None:
        super().__init__(f"this volunteer lacks {lacks} {what}".rstrip())
        self.lacks = lacks
        self.what = what


class ClaimStepNotAllowed(FrontDoorError):
    """This step does not follow from where the claim stands."""

    def __init__(self, present: str, wanted: str) -> None:
        super().__init__(f"a {present} claim cannot become {wanted}")
        self.present = present
        self.wanted = wanted


@dataclass(frozen=True, slots=True)
class Contact:
    """What a volunteer sees after claiming: how to address the person and where the door is."""

    name: str
    address: str
    note: str = ""


def seal_contact(contact: Contact, vault: Vault) -> bytes:
    """A contact as it is kept."""
    fields = {"name": contact.name, "address": contact.address, "note": contact.note}
    return vault.seal(json.dumps(fields, ensure_ascii=False), purpose=CONTACT)


def open_contact(task: Task, vault: Vault) -> Contact | None:
    """The contact of a task; only for somebody who holds a place, and recorded."""
    kept = vault.open_maybe(task.contact_sealed, purpose=CONTACT)
    return None if kept is None else Contact(**json.loads(kept))


async def get_task(session: AsyncSession, task_id: UUID) -> Task:
    """One task; raises `NotFound`."""
    task = await session.get(Task, task_id, populate_existing=True)
    if task is None:
        raise NotFound("task", task_id)
    return task


async def find_task(session: AsyncSession, task_id: UUID) -> Task | None:
    """One task, if there is one."""
    return await session.get(Task, task_id, populate_existing=True)


async def list_open(
    session: AsyncSession, *, now: datetime, not_held_by: UUID | None = None
) -> list[Task]:
    """Every task that has places left, the soonest first; without those somebody holds."""
    found = select(Task).where(Task.status == TaskStatus.OPEN, Task.ends_at > now)
    if not_held_by is not None:
        held = select(Claim.task_id).where(
            Claim.volunteer_id == not_held_by, Claim.status.in_(HELD)
        )
        found = found.where(Task.id.not_in(held))
    return list(await session.scalars(found.order_by(Task.starts_at, Task.id)))


async def lock_task(session: AsyncSession, task_id: UUID) -> Task:
    """
    One task, locked: of two who complete it together the second sees the first.

    Raises `NotFound`.
    """
    task = await session.get(Task, task_id, populate_existing=True, with_for_update=True)
    if task is None:
        raise NotFound("task", task_id)
    return task


async def take_place(
    session: AsyncSession, task: Task, volunteer: VolunteerMember, *, now: datetime
) -> Claim:
    """
    Give one place of the task to this volunteer.

    One conditional UPDATE decides it, so of two volunteers who press the
    button together for the last place exactly one gets it; the other gets
    `TaskAlreadyClaimed`. Who holds a place already gets the same one again.
    """
    mine = await find_claim(session, task.id, volunteer.id)
    if mine is not None and mine.status in HELD:
        return mine
    taken = await session.execute(
        update(Task)
        .where(Task.id == task.id, Task.status == TaskStatus.OPEN)
        .where(Task.places_left > 0, Task.ends_at > now)
        .values(
            places_left=Task.places_left - 1,
            status=case((Task.places_left == 1, TaskStatus.TAKEN), else_=TaskStatus.OPEN),
        )
        .returning(Task.id)
    )
    if taken.one_or_none() is None:
        raise TaskAlreadyClaimed(task.id)
    return await _hold(session, task, volunteer, now)


async def give_place_back(session: AsyncSession, task_id: UUID) -> None:
    """One place is free again, if the task is still wanted."""
    await session.execute(
        update(Task)
        .where(Task.id == task_id, Task.status.in_((TaskStatus.OPEN, TaskStatus.TAKEN)))
        .values(places_left=Task.places_left + 1, status=TaskStatus.OPEN)
    )


async def find_claim(session: AsyncSession, task_id: UUID, volunteer_id: UUID) -> Claim | None:
    """This volunteer's claim of this task, given back or not."""
    found = await session.scalars(
        select(Claim)
        .where(Claim.task_id == task_id, Claim.volunteer_id == volunteer_id)
        .execution_options(populate_existing=True)
    )
    return found.one_or_none()


async def get_own_claim(session: AsyncSession, task_id: UUID, volunteer_id: UUID) -> Claim:
    """This volunteer's place in the task; raises `NotFound`."""
    claim = await find_claim(session, task_id, volunteer_id)
    if claim is None:
        raise NotFound("claim", task_id)
    return claim


async def step_claim(
    session: AsyncSession,
    claim: Claim,
    wanted: ClaimStatus,
    *,
    only_from: Sequence[ClaimStatus],
    **values: object,
) -> None:
    """Bring a claim forward; raises `ClaimStepNotAllowed`."""
    stepped = await session.execute(
        update(Claim)
        .where(Claim.id == claim.id, Claim.status.in_(only_from))
        .values(status=wanted, **values)
        .returning(Claim.id)
        .execution_options(synchronize_session=False)
    )
    if stepped.one_or_none() is None:
        raise ClaimStepNotAllowed(claim.status, wanted)
    await session.refresh(claim)


async def finish_if_complete(session: AsyncSession, task: Task, *, now: datetime) -> bool:
    """Whether every place is completed now; then the task is done, once."""
    completed = (
        select(func.count())
        .select_from(Claim)
        .where(Claim.task_id == task.id, Claim.status == ClaimStatus.COMPLETED)
        .scalar_subquery()
    )
    finished = await session.execute(
        update(Task)
        .where(Task.id == task.id, Task.places <= completed)
        .where(Task.status.in_((TaskStatus.OPEN, TaskStatus.TAKEN)))
        .values(status=TaskStatus.DONE, finished_at=now)
        .returning(Task.id)
        .execution_options(synchronize_session=False)
    )
    return finished.one_or_none() is not None


async def cancel_tasks(session: AsyncSession, ticket_id: UUID, *, now: datetime) -> None:
    """Call off what is not done yet; volunteers read it on their page."""
    await session.execute(
        update(Task)
        .where(Task.ticket_id == ticket_id)
        .where(Task.status.in_((TaskStatus.OPEN, TaskStatus.TAKEN)))
        .values(status=TaskStatus.CANCELLED, finished_at=now)
    )


async def _hold(
    session: AsyncSession, task: Task, volunteer: VolunteerMember, now: datetime
) -> Claim:
    """The row of the place; a place that was given back earlier is taken up again."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    fresh = {
        "status": ClaimStatus.CLAIMED.value,
        "claimed_at": now,
        "released_at": None,
        "checked_in_at": None,
        "silence_rung_at": None,
        "confirmed_at": None,
        "late_until_at": None,
    }
    held = await session.execute(
        insert(Claim)
        .values(id=new_id(), task_id=task.id, volunteer_id=volunteer.id, **fresh)
        .on_conflict_do_update(
            index_elements=[Claim.task_id, Claim.volunteer_id],
            set_=fresh,
            where=Claim.status.in_(_GIVEN_BACK),
        )
        .returning(Claim.id)
    )
    if held.one_or_none() is None:
        await give_place_back(session, task.id)
    return await get_own_claim(session, task.id, volunteer.id)

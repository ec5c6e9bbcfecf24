"""Who holds the places of a task, whether a visit for two may begin, and what is due by the clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from core.clock import CHINA
from core.dates import today_in_china
from core.errors import FrontDoorError
from people.models import Volunteer
from people.names import surname_of
from tickets.claim_models import Reminder
from tickets.models import Claim, Task
from tickets.tasks import ClaimStatus, ClaimStepNotAllowed, TaskStatus

ACTIVE = (ClaimStatus.CLAIMED, ClaimStatus.CHECKED_IN)
"""While a claim stands so, something is still to be done."""
WANTED = (TaskStatus.OPEN, TaskStatus.TAKEN)
"""While a task stands so, somebody is waiting for it."""
NO_SHOW_AFTER = timedelta(minutes=30)
"""So long after somebody should have been there, the place is given to others."""
ASK_AFTER = timedelta(minutes=15)
ANSWER_BY = timedelta(hours=2)
"""Before the visit: who did not answer the evening before by then is not counted on."""
TOO_LATE_TO_SWAP = timedelta(hours=1)
"""So shortly before a visit nobody is taken off it: they may be on their way."""
_EVENING = time(18, 0)
_NIGHT = time(21, 0)
_PAIR = 2


class PartnerMissing(FrontDoorError):
    """A visit inside a home begins when both are there, or when staff let one go in alone."""


class ReminderKind(StrEnum):
    """What the clock says to somebody who holds a place."""

    DAY_BEFORE = "day_before"
    HOUR_BEFORE = "hour_before"
    CAME = "came"


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds a place in a task."""

    claim_id: UUID
    volunteer_id: UUID
    name: str
    skills: tuple[str, ...]
    status: str
    late_until_at: datetime | None = None

    @property
    def surname(self) -> str:
        """何, as the partner and the resident know this person."""
        return surname_of(self.name)

    @property
    def is_there(self) -> bool:
        """Whether this person has arrived (and perhaps finished)."""
        return self.status in (ClaimStatus.CHECKED_IN, ClaimStatus.COMPLETED)


@dataclass(frozen=True, slots=True)
class DueReminder:
    """One thing to say now, and for which time it was planned."""

    kind: ReminderKind
    due_at: datetime


async def list_holders(session: AsyncSession, task_id: UUID) -> list[Holder]:
    """Everybody who holds a place now, finished or not, in the order of the claims."""
    found = await session.execute(
        select(Claim, Volunteer)
        .join(Volunteer, Volunteer.id == Claim.volunteer_id)
        .where(Claim.task_id == task_id)
        .where(Claim.status.not_in((ClaimStatus.RELEASED, ClaimStatus.LAPSED)))
        .order_by(Claim.claimed_at, Claim.id)
        .execution_options(populate_existing=True)
    )
    return [
        Holder(
            claim.id,
            person.id,
            person.name,
            tuple(person.skills),
            claim.status,
            claim.late_until_at,
        )
        for claim, person in found.all()
    ]


def needs_pair(task: Task) -> bool:
    """Whether two have to be there before the visit begins: inside a home, with no social worker."""
    return task.in_home and not task.accompanied and task.alone_allowed_at is None


def may_begin(task: Task, holders: Sequence[Holder]) -> bool:
    """Whether the visit may begin."""
    return not needs_pair(task) or sum(each.is_there for each in holders) >= _PAIR


def expected_at(task: Task, claim: Claim) -> datetime:
    """When the volunteer should be there: the start, later if they said so."""
    return claim.late_until_at or task.starts_at


def no_show_at(task: Task, claim: Claim) -> datetime:
    """When somebody who has not checked in counts as not coming; who claims late has their time."""
    return min(max(expected_at(task, claim), claim.claimed_at) + NO_SHOW_AFTER, task.ends_at)


def has_time(task: Task, now: datetime) -> bool:
    """Whether somebody else could still do it before it ends."""
    return now + timedelta(minutes=task.minutes) <= task.ends_at


def due_reminders(task: Task, claim: Claim, now: datetime) -> list[DueReminder]:
    """
    What is to be said to this volunteer now.

    A reminder whose time has passed uselessly (the clock stood still) is left
    out: at night nobody is told of tomorrow, and on the doorstep nobody is
    told of the next hour.
    """
    expected = expected_at(task, claim)
    evening = _evening_before(task)
    came = max(expected, claim.claimed_at) + ASK_AFTER
    windows = (
        (ReminderKind.DAY_BEFORE, evening, evening + _hours_to_night()),
        (ReminderKind.HOUR_BEFORE, expected - timedelta(hours=1), expected - ASK_AFTER),
        (ReminderKind.CAME, came, min(came + ASK_AFTER, task.ends_at)),
    )
    return [
        DueReminder(kind, due_at)
        for kind, due_at, useless_at in windows
        if due_at <= now < useless_at and claim.claimed_at <= due_at
    ]


async def list_claims_due(session: AsyncSession, *, now: datetime) -> list[tuple[Task, Claim]]:
    """Places whose holder has not arrived, of tasks from an hour ago until tomorrow night."""
    found = await session.execute(
        select(Task, Claim)
        .join(Claim, Claim.task_id == Task.id)
        .where(Claim.status == ClaimStatus.CLAIMED, Task.status.in_(WANTED))
        .where(Task.starts_at <= now + timedelta(hours=31), Task.ends_at > now)
        .order_by(Task.id, Claim.id)
        .execution_options(populate_existing=True)
    )
    return [(task, claim) for task, claim in found.all()]


async def list_given(
    session: AsyncSession, claims: Sequence[UUID]
) -> dict[UUID, list[tuple[str, datetime, datetime]]]:
    """Reminders that were given, by claim: kind, planned and given."""
    found = await session.scalars(select(Reminder).where(Reminder.subject_id.in_(claims)))
    given: dict[UUID, list[tuple[str, datetime, datetime]]] = {}
    for each in found.all():
        given.setdefault(each.subject_id, []).append((each.kind, each.due_at, each.given_at))
    return given


async def note_reminder(
    session: AsyncSession, claim_id: UUID, reminder: DueReminder, *, now: datetime
) -> bool:
    """Take it upon us to say it; False when another clock did. The database decides."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    noted = await session.execute(
        insert(Reminder)
        .values(subject_id=claim_id, kind=reminder.kind.value, due_at=reminder.due_at, given_at=now)
        .on_conflict_do_nothing(index_elements=["subject_id", "kind", "due_at"])
        .returning(Reminder.id)
    )
    return noted.one_or_none() is not None


async def change_claim(session: AsyncSession, claim: Claim, **values: object) -> None:
    """Change a claim whose holder has not arrived; raises `ClaimStepNotAllowed`."""
    changed = await session.execute(
        update(Claim)
        .where(Claim.id == claim.id, Claim.status == ClaimStatus.CLAIMED)
        .values(**values)
        .returning(Claim.id)
        .execution_options(synchronize_session=False)
    )
    if changed.one_or_none() is None:
        raise ClaimStepNotAllowed(claim.status, "change")
    await session.refresh(claim)


async def lapse_claim(session: AsyncSession, claim: Claim, *, now: datetime) -> bool:
    """Take the place away, if the claim still stands as we read it."""
    lapsed = await session.execute(
        update(Claim)
        .where(Claim.id == claim.id, Claim.status == ClaimStatus.CLAIMED)
        .where(Claim.late_until_at.is_not_distinct_from(claim.late_until_at))
        .where(Claim.confirmed_at.is_not_distinct_from(claim.confirmed_at))
        .values(status=ClaimStatus.LAPSED, released_at=now)
        .returning(Claim.id)
        .execution_options(synchronize_session=False)
    )
    return lapsed.one_or_none() is not None


async def fell_out_after_start(session: AsyncSession, task: Task) -> bool:
    """Whether a place became free after the task had begun."""
    found = await session.scalars(
        select(Claim.id)
        .where(Claim.task_id == task.id, Claim.released_at >= task.starts_at)
        .where(Claim.status.in_((ClaimStatus.RELEASED, ClaimStatus.LAPSED)))
        .limit(1)
    )
    return found.first() is not None


def _evening_before(task: Task) -> datetime:
    day = today_in_china(task.starts_at) - timedelta(days=1)
    return datetime.combine(day, _EVENING, tzinfo=CHINA)


def _hours_to_night() -> timedelta:
    return timedelta(hours=_NIGHT.hour - _EVENING.hour)

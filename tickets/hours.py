"""Minutes that volunteers gave: recorded at the check-out, counted once staff approve them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from core.clock import CHINA
from core.errors import FrontDoorError, NotFound
from core.ids import new_id
from core.vault import Vault
from people.models import Volunteer
from tickets.claim_models import HoursCorrection
from tickets.models import Claim, Task, Ticket
from tickets.tasks import ClaimStatus

REASON = "hours.reason"
ANSWER = "hours.answer"
MINUTES_OF_A_DAY = 24 * 60
_AN_HOUR = 60
_MUCH_LONGER = 30
"""Minutes beyond the plan from which on staff see that it took much longer."""


class HoursNotOpen(FrontDoorError):
    """These minutes are not waiting for a decision: not finished, or decided before."""


class CorrectionPending(FrontDoorError):
    """The volunteer has asked already; one question at a time."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One finished visit of one volunteer, for whoever approves its minutes."""

    claim_id: UUID
    task_id: UUID
    volunteer_id: UUID
    volunteer: str
    ticket_number: str
    kind: str
    title: str
    community: str | None
    checked_in_at: datetime
    completed_at: datetime
    minutes: int
    planned: int
    approved_at: datetime | None
    photo_id: UUID | None

    @property
    def is_long(self) -> bool:
        """Whether it took much longer than planned: perhaps the check-out was forgotten."""
        return self.minutes > self.planned + _MUCH_LONGER


@dataclass(frozen=True, slots=True)
class Correction:
    """A volunteer's wish to have minutes put right."""

    id: UUID
    visit: Visit
    minutes: int
    reason: str
    asked_at: datetime


async def list_unapproved(session: AsyncSession, *, limit: int = 100) -> Sequence[Visit]:
    """Finished visits whose minutes do not count yet, the oldest first."""
    query = _visits().where(Claim.hours_approved_at.is_(None))
    found = await session.execute(query.order_by(Claim.completed_at).limit(limit))
    return [_visit(claim, task, number, name) for claim, task, number, name in found.all()]


async def list_visits_of(session: AsyncSession, volunteer_id: UUID) -> Sequence[Visit]:
    """Everything that one volunteer finished, the latest first."""
    query = _visits().where(Claim.volunteer_id == volunteer_id)
    found = await session.execute(query.order_by(Claim.completed_at.desc()))
    return [_visit(claim, task, number, name) for claim, task, number, name in found.all()]


async def list_approved_between(
    session: AsyncSession, volunteer_id: UUID, from_day: date, to_day: date
) -> Sequence[Visit]:
    """Approved visits that ended on these civil days (both included), the earliest first."""
    begin = datetime.combine(from_day, datetime.min.time(), tzinfo=CHINA)
    end = datetime.combine(to_day + timedelta(days=1), datetime.min.time(), tzinfo=CHINA)
    query = _visits().where(
        Claim.volunteer_id == volunteer_id, Claim.hours_approved_at.is_not(None)
    )
    query = query.where(Claim.completed_at >= begin, Claim.completed_at < end)
    found = await session.execute(query.order_by(Claim.completed_at))
    return [_visit(claim, task, number, name) for claim, task, number, name in found.all()]


async def get_visit(session: AsyncSession, claim_id: UUID) -> Visit:
    """One finished visit; raises `NotFound`."""
    row = (await session.execute(_visits().where(Claim.id == claim_id))).one_or_none()
    if row is None:
        raise NotFound("claim", claim_id)
    claim, task, number, name = row
    return _visit(claim, task, number, name)


async def sum_approved_minutes(session: AsyncSession, volunteer_id: UUID) -> int:
    """How much counts: what the stars and the certificates go by."""
    total = await session.scalar(
        select(func.coalesce(func.sum(Claim.minutes), 0))
        .where(Claim.volunteer_id == volunteer_id, Claim.status == ClaimStatus.COMPLETED)
        .where(Claim.hours_approved_at.is_not(None))
    )
    return int(total or 0)


async def approve_minutes(
    session: AsyncSession, claim_id: UUID, minutes: int, *, by_id: UUID, now: datetime, again: bool
) -> None:
    """Let minutes count; `again` changes what counts already. Raises `HoursNotOpen`."""
    statement = update(Claim).where(Claim.id == claim_id, Claim.status == ClaimStatus.COMPLETED)
    if not again:
        statement = statement.where(Claim.hours_approved_at.is_(None))
    approved = await session.execute(
        statement.values(minutes=minutes, hours_approved_at=now, hours_approved_by_id=by_id)
        .returning(Claim.id)
        .execution_options(synchronize_session=False)
    )
    if approved.one_or_none() is None:
        raise HoursNotOpen(claim_id)


async def list_staff_of_task(session: AsyncSession, claim_id: UUID) -> set[UUID]:
    """The accounts as staff of everybody who went on the visit of this claim."""
    task_id = select(Claim.task_id).where(Claim.id == claim_id).scalar_subquery()
    found = await session.scalars(
        select(Volunteer.staff_id)
        .join(Claim, Claim.volunteer_id == Volunteer.id)
        .where(Claim.task_id == task_id, Volunteer.staff_id.is_not(None))
    )
    return {each for each in found.all() if each is not None}


async def add_correction(
    session: AsyncSession, vault: Vault, claim_id: UUID, minutes: int, reason: str, *, now: datetime
) -> UUID:
    """Note what the volunteer says it was; raises `CorrectionPending`."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    added = await session.execute(
        insert(HoursCorrection)
        .values(
            id=new_id(),
            claim_id=claim_id,
            minutes=minutes,
            reason_sealed=vault.seal(reason, purpose=REASON),
            asked_at=now,
        )
        .on_conflict_do_nothing()
        .returning(HoursCorrection.id)
    )
    correction_id = added.scalar_one_or_none()
    if correction_id is None:
        raise CorrectionPending(claim_id)
    return correction_id


async def list_corrections(session: AsyncSession, vault: Vault) -> Sequence[Correction]:
    """Wishes that nobody decided yet, the oldest first."""
    found = await session.scalars(
        select(HoursCorrection)
        .where(HoursCorrection.decided_at.is_(None))
        .order_by(HoursCorrection.asked_at)
    )
    return [await _correction(session, row, vault) for row in found.all()]


async def get_correction(session: AsyncSession, vault: Vault, correction_id: UUID) -> Correction:
    """One wish that waits; raises `HoursNotOpen` when it was decided, `NotFound`."""
    row = await session.get(HoursCorrection, correction_id, populate_existing=True)
    if row is None:
        raise NotFound("correction", correction_id)
    if row.decided_at is not None:
        raise HoursNotOpen(correction_id)
    return await _correction(session, row, vault)


async def list_waiting_for(session: AsyncSession, volunteer_id: UUID) -> set[UUID]:
    """The claims about whose minutes this volunteer waits for an answer."""
    found = await session.scalars(
        select(HoursCorrection.claim_id)
        .join(Claim, Claim.id == HoursCorrection.claim_id)
        .where(Claim.volunteer_id == volunteer_id, HoursCorrection.decided_at.is_(None))
    )
    return set(found.all())


async def decide_correction(
    session: AsyncSession,
    vault: Vault,
    correction_id: UUID,
    *,
    granted: bool,
    answer: str,
    by_id: UUID,
    now: datetime,
) -> None:
    """Note the decision; one conditional UPDATE decides between two. Raises `HoursNotOpen`."""
    decided = await session.execute(
        update(HoursCorrection)
        .where(HoursCorrection.id == correction_id, HoursCorrection.decided_at.is_(None))
        .values(
            granted=granted,
            decided_at=now,
            decided_by_id=by_id,
            answer_sealed=vault.seal_maybe(answer, purpose=ANSWER),
        )
        .returning(HoursCorrection.id)
        .execution_options(synchronize_session=False)
    )
    if decided.one_or_none() is None:
        raise HoursNotOpen(correction_id)


def stars(minutes: int, thresholds: Sequence[int]) -> int:
    """How many stars approved minutes make; thresholds are hours, rising."""
    return sum(minutes >= hours * _AN_HOUR for hours in thresholds)


def _visits() -> Select[Claim, Task, str, str]:
    return (
        select(Claim, Task, Ticket.number, Volunteer.name)
        .join(Task, Task.id == Claim.task_id)
        .join(Ticket, Ticket.id == Task.ticket_id)
        .join(Volunteer, Volunteer.id == Claim.volunteer_id)
        .where(Claim.status == ClaimStatus.COMPLETED)
        .execution_options(populate_existing=True)
    )


def _visit(claim: Claim, task: Task, number: str, name: str) -> Visit:
    ended = claim.completed_at or task.ends_at
    return Visit(
        claim_id=claim.id,
        task_id=claim.task_id,
        volunteer_id=claim.volunteer_id,
        volunteer=name,
        ticket_number=number,
        kind=task.kind,
        title=task.title,
        community=task.community,
        checked_in_at=claim.checked_in_at or ended,
        completed_at=ended,
        minutes=claim.minutes or 0,
        planned=task.minutes,
        approved_at=claim.hours_approved_at,
        photo_id=claim.photo_id,
    )


async def _correction(session: AsyncSession, row: HoursCorrection, vault: Vault) -> Correction:
    visit = await get_visit(session, row.claim_id)
    reason = vault.open(row.reason_sealed, purpose=REASON)
    return Correction(row.id, visit, row.minutes, reason, row.asked_at)

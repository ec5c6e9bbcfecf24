"""Reads what matching needs: helpers with their last weeks, and who met whom before."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from people.profiles import Profile, read_profiles
from tickets.matching import Helper, Past
from tickets.models import Avoidance, Claim, Task, Ticket
from tickets.suitability import Span
from tickets.tasks import HELD, ClaimStatus, TaskStatus

RECENT = timedelta(weeks=4)
"""Fairness looks back so far."""
NOBODY = Past()

_Who = frozenset[tuple[str, UUID | str]]
"""Marks by which two tickets are of one person: the resident, the telephone, the chat."""


@dataclass(frozen=True, slots=True)
class Pairings:
    """Who met whom, by task and volunteer."""

    known: Mapping[tuple[UUID, UUID], Past]

    def of(self, task_id: UUID, volunteer_id: UUID) -> Past:
        """What was between this volunteer and the resident of this task."""
        return self.known.get((task_id, volunteer_id), NOBODY)


async def read_helpers(
    session: AsyncSession,
    *,
    now: datetime,
    only: Collection[UUID] | None = None,
    vetted: bool = False,
) -> list[Helper]:
    """Volunteers with what keeps them busy and what they gave lately."""
    profiles = await read_profiles(session, only=only, vetted=vetted)
    return await _with_history(session, profiles, now)


async def get_helper(session: AsyncSession, volunteer_id: UUID, *, now: datetime) -> Helper | None:
    """One volunteer as a helper; None for nobody."""
    found = await read_helpers(session, now=now, only=(volunteer_id,))
    return found[0] if found else None


async def read_pairings(
    session: AsyncSession, tasks: Sequence[Task], *, volunteer_id: UUID | None = None
) -> Pairings:
    """
    Past visits and wishes not to meet again, for these tasks and all volunteers, or one.

    Two tickets are of one person when resident, telephone or chat agree; a
    shared family telephone makes a family one person, which is meant so here.
    """
    people = await _people_of(session, {task.ticket_id for task in tasks})
    rows = await _meetings(session, people, volunteer_id)
    known: dict[tuple[UUID, UUID], Past] = {}
    for task in tasks:
        who = people.get(task.ticket_id, frozenset())
        for helper_id, met, avoid in rows:
            if who & met:
                past = known.get((task.id, helper_id), NOBODY)
                known[task.id, helper_id] = Past(past.times + (not avoid), past.avoid or avoid)
    return Pairings(known)


async def _with_history(
    session: AsyncSession, profiles: Sequence[Profile], now: datetime
) -> list[Helper]:
    ids = [profile.id for profile in profiles]
    busy = await _busy(session, ids, now)
    recent = await _sums(session, ids, Claim.claimed_at > now - RECENT, Claim.status.in_(HELD))
    ever = await _sums(session, ids, Claim.status == ClaimStatus.COMPLETED)
    return [
        Helper(
            profile=profile,
            busy=tuple(busy.get(profile.id, ())),
            recent_claims=recent.get(profile.id, (0, 0))[0],
            recent_minutes=recent.get(profile.id, (0, 0))[1],
            ever=ever.get(profile.id, (0, 0))[0],
        )
        for profile in profiles
    ]


async def _busy(
    session: AsyncSession, ids: Sequence[UUID], now: datetime
) -> Mapping[UUID, list[Span]]:
    rows = await session.execute(
        select(Claim.volunteer_id, Task.starts_at, Task.ends_at)
        .join(Task, Task.id == Claim.task_id)
        .where(Claim.volunteer_id.in_(ids), Claim.status.in_(_UNDER_WAY))
        .where(Task.status != TaskStatus.CANCELLED, Task.ends_at > now)
    )
    busy: dict[UUID, list[Span]] = {}
    for volunteer_id, starts_at, ends_at in rows:
        busy.setdefault(volunteer_id, []).append(Span(starts_at, ends_at))
    return busy


_UNDER_WAY = (ClaimStatus.CLAIMED, ClaimStatus.CHECKED_IN)


async def _sums(
    session: AsyncSession, ids: Sequence[UUID], *which: ColumnElement[bool]
) -> Mapping[UUID, tuple[int, int]]:
    """Claims and minutes by volunteer."""
    rows = await session.execute(
        select(Claim.volunteer_id, func.count(), func.coalesce(func.sum(Claim.minutes), 0))
        .where(Claim.volunteer_id.in_(ids), *which)
        .group_by(Claim.volunteer_id)
    )
    return {volunteer_id: (count, int(minutes or 0)) for volunteer_id, count, minutes in rows}


async def _people_of(session: AsyncSession, ticket_ids: Collection[UUID]) -> Mapping[UUID, _Who]:
    rows = await session.execute(
        select(Ticket.id, Ticket.resident_id, Ticket.phone_index, Ticket.conversation_id).where(
            Ticket.id.in_(ticket_ids)
        )
    )
    return {row.id: _marks(row.resident_id, row.phone_index, row.conversation_id) for row in rows}


async def _meetings(
    session: AsyncSession, people: Mapping[UUID, _Who], volunteer_id: UUID | None
) -> list[tuple[UUID, _Who, bool]]:
    """Volunteer, who was met, and whether it was a wish not to meet."""
    same = _same(frozenset().union(*people.values()))
    if same is None:
        return []
    columns = (Ticket.resident_id, Ticket.phone_index, Ticket.conversation_id)
    visits = (
        select(Claim.volunteer_id, *columns)
        .join(Task, Task.id == Claim.task_id)
        .join(Ticket, Ticket.id == Task.ticket_id)
        .where(Claim.status == ClaimStatus.COMPLETED, same)
    )
    wishes = (
        select(Avoidance.volunteer_id, *columns)
        .join(Ticket, Ticket.id == Avoidance.ticket_id)
        .where(Avoidance.ended_at.is_(None), same)
    )
    if volunteer_id is not None:
        visits = visits.where(Claim.volunteer_id == volunteer_id)
        wishes = wishes.where(Avoidance.volunteer_id == volunteer_id)
    found = []
    for query, avoid in ((visits, False), (wishes, True)):
        for row in await session.execute(query):
            who = _marks(row.resident_id, row.phone_index, row.conversation_id)
            found.append((row.volunteer_id, who, avoid))
    return found


def _marks(resident_id: UUID | None, phone: str | None, chat: UUID | None) -> _Who:
    named = (("resident", resident_id), ("phone", phone), ("chat", chat))
    return frozenset((kind, value) for kind, value in named if value is not None)


def _same(marks: _Who) -> ColumnElement[bool] | None:
    by_kind = {
        "resident": Ticket.resident_id,
        "phone": Ticket.phone_index,
        "chat": Ticket.conversation_id,
    }
    conditions = [
        column.in_([value for kind, value in marks if kind == name])
        for name, column in by_kind.items()
        if any(kind == name for kind, _ in marks)
    ]
    return or_(*conditions) if conditions else None

"""
The three rates, both ways, with every denominator open to be read (hotline.md §6.1).

Computed from events, so they can be computed again at any time. What a machine
answered counts nowhere as solved; who could not be reached does not vanish,
it lowers the rate over all closed tickets.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from people.permissions import StaffMember
from tickets.history import EVENTS, EventKind
from tickets.models import Ticket
from tickets.sight import visible_to
from tickets.status import UNFINISHED, TicketStatus

PARTLY = 0.5
"""What a half-solved request counts (configurable by street in the domain's proposal)."""


@dataclass(frozen=True, slots=True)
class Rate:
    """
    A share with its two numbers; `share` is None where the denominator is 0.

    `missing` are the numbers of the tickets that are in the denominator only.
    """

    numerator: float
    denominator: int
    missing: tuple[str, ...] = ()

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None: nothing is known, which is not 0."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True)
class Rates:
    """What a report shows for one period, and for one community if asked."""

    from_at: datetime
    to_at: datetime
    community: str | None
    received: int
    answered: int
    """Answered without a department, by the bot or by a person."""
    closed: int
    in_work: int
    parked: int
    late: int
    contacted: Rate
    """响应率: first contact in time, of those dispatched who can be contacted."""
    solved_of_called: Rate
    """解决率 by call-back: of those who were reached."""
    solved_of_closed: Rate
    """解决率 over all closed: who was not reached was not solved."""
    satisfied_of_called: Rate
    satisfied_of_closed: Rate
    called: Rate
    """回访成功率: reached, of all closed."""
    excluded: Rate
    """剔除率: left out with an approval, of all closed."""
    exclusions: Mapping[str, int] = field(default_factory=dict)
    """Reason code to how many."""


@dataclass(frozen=True, slots=True)
class _Closed:
    """One closed ticket: what the last call-back said, and whether it is left out."""

    number: str
    solved: str | None
    satisfied: str | None
    excluded: str | None


async def get_rates(
    session: AsyncSession,
    *,
    member: StaffMember,
    from_at: datetime,
    to_at: datetime,
    community: str | None = None,
    now: datetime,
) -> Rates:
    """
    The rates of a period, over what the member may see.

    Received counts by opening, contacts by dispatch, the rest by closing, each
    within `from_at <= t < to_at`.
    """
    scope = _scope(member, community)
    closed = await _list_closed(session, scope, from_at, to_at)
    counted = [each for each in closed if each.excluded is None]
    reached = [each for each in counted if each.solved is not None]
    return Rates(
        from_at=from_at,
        to_at=to_at,
        community=community,
        received=await _count(session, scope, *_within(Ticket.opened_at, from_at, to_at)),
        answered=await _count_answered(session, scope, from_at, to_at),
        closed=len(closed),
        in_work=await _count(session, scope, Ticket.status.in_(UNFINISHED)),
        parked=await _count(session, scope, Ticket.status == TicketStatus.PARKED),
        late=await _count(session, scope, Ticket.status.in_(UNFINISHED), Ticket.next_due_at <= now),
        contacted=await _contacted(session, scope, from_at, to_at),
        solved_of_called=_solved(reached),
        solved_of_closed=_solved(counted),
        satisfied_of_called=_satisfied(reached),
        satisfied_of_closed=_satisfied(counted),
        called=_rate(counted, reached),
        excluded=_rate(closed, [each for each in closed if each.excluded is not None]),
        exclusions=_by_reason(closed),
    )


def _scope(member: StaffMember, community: str | None) -> ColumnElement[bool]:
    here = Ticket.community == community if community is not None else true()
    lead = Ticket.parent_id.is_(None)
    return and_(visible_to(member), Ticket.status != TicketStatus.DRAFT, lead, here)


async def _count(
    session: AsyncSession, scope: ColumnElement[bool], *conditions: ColumnElement[bool]
) -> int:
    query = select(func.count()).select_from(Ticket).where(scope, *conditions)
    return await session.scalar(query) or 0


async def _count_answered(
    session: AsyncSession, scope: ColumnElement[bool], from_at: datetime, to_at: datetime
) -> int:
    moved = select(EVENTS.c.ticket_id).where(
        EVENTS.c.to_status == TicketStatus.ANSWERED, *_within(EVENTS.c.at, from_at, to_at)
    )
    return await _count(session, scope, Ticket.id.in_(moved))


async def _contacted(
    session: AsyncSession, scope: ColumnElement[bool], from_at: datetime, to_at: datetime
) -> Rate:
    """Who was dispatched in the period and can be contacted, and who was in time."""
    sent = select(EVENTS.c.ticket_id).where(
        EVENTS.c.to_status == TicketStatus.DISPATCHED, *_within(EVENTS.c.at, from_at, to_at)
    )
    reachable = or_(Ticket.conversation_id.is_not(None), Ticket.phone_sealed.is_not(None))
    found = await session.execute(
        select(Ticket.id, Ticket.number)
        .where(scope, Ticket.id.in_(sent), reachable, Ticket.contact_wish != "none")
        .order_by(Ticket.number)
    )
    due = {row.id: row.number for row in found}
    in_time = await _in_time(session, sent)
    missing = tuple(number for ticket_id, number in due.items() if ticket_id not in in_time)
    return Rate(len(due) - len(missing), len(due), missing)


async def _in_time(session: AsyncSession, sent: Select[UUID]) -> set[UUID]:
    found = await session.execute(
        select(EVENTS.c.ticket_id, EVENTS.c.data).where(
            EVENTS.c.to_status == TicketStatus.CONTACTED,
            EVENTS.c.ticket_id.in_(sent),
        )
    )
    return {row.ticket_id for row in found if not row.data.get("late")}


async def _list_closed(
    session: AsyncSession, scope: ColumnElement[bool], from_at: datetime, to_at: datetime
) -> list[_Closed]:
    """Tickets that are closed and were closed last in the period."""
    ended = and_(
        scope,
        Ticket.status == TicketStatus.CLOSED,
        *_within(Ticket.closed_at, from_at, to_at),
    )
    rows = await session.execute(
        select(Ticket.id, Ticket.number, Ticket.call_back).where(ended).order_by(Ticket.number)
    )
    excluded = await _exclusions(session, select(Ticket.id).where(ended))
    return [
        _Closed(
            row.number,
            (row.call_back or {}).get("solved"),
            (row.call_back or {}).get("satisfied"),
            excluded.get(row.id),
        )
        for row in rows
    ]


async def _exclusions(session: AsyncSession, ids: Select[UUID]) -> dict[UUID, str]:
    found = await session.execute(
        select(EVENTS.c.ticket_id, EVENTS.c.reason_code).where(
            EVENTS.c.kind == EventKind.EXCLUDED, EVENTS.c.ticket_id.in_(ids)
        )
    )
    return {row.ticket_id: row.reason_code for row in found}


def _solved(tickets: Sequence[_Closed]) -> Rate:
    worth = {"yes": 1.0, "partly": PARTLY}
    total = sum(worth.get(each.solved or "", 0.0) for each in tickets)
    missing = tuple(each.number for each in tickets if each.solved != "yes")
    return Rate(total, len(tickets), missing)


def _satisfied(tickets: Sequence[_Closed]) -> Rate:
    return _rate(tickets, [each for each in tickets if each.satisfied in ("yes", "basically")])


def _rate(of: Sequence[_Closed], these: Iterable[_Closed]) -> Rate:
    counted = {each.number for each in these}
    missing = tuple(each.number for each in of if each.number not in counted)
    return Rate(len(counted), len(of), missing)


def _by_reason(tickets: Iterable[_Closed]) -> dict[str, int]:
    reasons: dict[str, int] = {}
    for each in tickets:
        if each.excluded is not None:
            reasons[each.excluded] = reasons.get(each.excluded, 0) + 1
    return reasons


def _within(
    column: ColumnElement[datetime] | InstrumentedAttribute[Any], from_at: datetime, to_at: datetime
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return column >= from_at, column < to_at

"""The views of the queue: which tickets stand in each, in which order, for whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Conversation
from core.taxonomy import Street, Taxonomy
from handlers.staff.approve import MAY_DECIDE
from people.permissions import StaffMember
from tickets.models import Alert, Approval, CallBack, Ticket
from tickets.status import UNFINISHED, TicketStatus

PER_PAGE = 50
_NEIGHBOURS = 500
"""So many tickets of a view are looked through for the one before and the one after."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to see: a view, filters, words to look for."""

    view: str = "to_dispatch"
    community: str = ""
    area: str = ""
    channel: str = ""
    q: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue."""

    id: UUID
    number: str
    urgency: str
    status: str
    title: str
    due_at: datetime | None
    community: str | None
    channel: str
    confidentiality: str
    unit: str | None
    assignee_id: UUID | None
    conversation_id: UUID | None
    held_by_id: UUID | None
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits for a person."""

    conversation_id: UUID
    channel: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Ringing:
    """An alert that nobody has taken."""

    alert_id: UUID
    number: str
    title: str
    kind: str
    step: int
    opened_at: datetime


class Lists:
    """Reads the queue for one member of staff at one instant."""

    def __init__(
        self, *, taxonomy: Taxonomy, street: Street, me: StaffMember, now: datetime
    ) -> None:
        self._taxonomy = taxonomy
        self._street = street
        self._me = me
        self._now = now

    async def count_views(self, session: AsyncSession) -> dict[str, int]:
        """How many tickets stand in each view, in one statement."""
        counts = [
            func.count().filter(condition).label(view)
            for view, condition in self._conditions().items()
        ]
        row = (await session.execute(select(*counts).where(self._visible()))).one()
        waiting = await session.scalar(
            select(func.count()).select_from(Conversation).where(*_waits())
        )
        return {**row._mapping, "waiting_for_person": waiting or 0}

    async def list_rows(self, session: AsyncSession, wish: Wish) -> tuple[list[Row], int]:
        """One page of a view and how many it holds, the most urgent first."""
        total = await session.scalar(
            select(func.count()).select_from(self._wanted(select(Ticket.id), wish).subquery())
        )
        query = self._wanted(select(*_COLUMNS).outerjoin(_HELD, _OF_TICKET), wish)
        page = query.order_by(*_ORDER).limit(PER_PAGE).offset((wish.page - 1) * PER_PAGE)
        found = await session.execute(page)
        return [Row(**row._mapping) for row in found], total or 0

    async def list_numbers(self, session: AsyncSession, wish: Wish) -> list[str]:
        """The numbers of a view in its order, for "the one before" and "the one after"."""
        query = self._wanted(select(Ticket.number), wish).order_by(*_ORDER).limit(_NEIGHBOURS)
        return list(await session.scalars(query))

    async def count_newer(self, session: AsyncSession, wish: Wish, since: datetime) -> int:
        """How many came into a view after the page was made."""
        query = self._wanted(select(Ticket.id), replace(wish, page=1))
        newer = query.where(Ticket.opened_at > since).subquery()
        return await session.scalar(select(func.count()).select_from(newer)) or 0

    async def list_waiting(self, session: AsyncSession) -> list[Waiting]:
        """Who waits for a person, the longest first."""
        found = await session.execute(
            select(Conversation.id, Conversation.channel, Conversation.waiting_since_at)
            .where(*_waits())
            .order_by(Conversation.waiting_since_at)
            .limit(PER_PAGE)
        )
        return [Waiting(row.id, row.channel, row.waiting_since_at) for row in found]

    async def list_ringing(self, session: AsyncSession) -> list[Ringing]:
        """Alerts that nobody has taken, the oldest first."""
        found = await session.execute(
            select(
                Alert.id.label("alert_id"),
                Ticket.number,
                Ticket.title,
                Alert.kind,
                Alert.step,
                Alert.opened_at,
            )
            .join(Ticket, Ticket.id == Alert.ticket_id)
            .where(Alert.acknowledged_at.is_(None), self._visible())
            .order_by(Alert.opened_at)
            .limit(5)
        )
        return [Ringing(**row._mapping) for row in found]

    async def list_calls(self, session: AsyncSession) -> Sequence[tuple[CallBack, Ticket]]:
        """Calls that somebody has to make, the soonest first."""
        found = await session.execute(
            select(CallBack, Ticket)
            .join(Ticket, Ticket.id == CallBack.ticket_id)
            .where(CallBack.done_at.is_(None), self._visible())
            .order_by(CallBack.due_at)
            .limit(PER_PAGE)
        )
        return [(row[0], row[1]) for row in found]

    async def count_calls(self, session: AsyncSession) -> int:
        """How many calls are to be made."""
        count = await session.scalar(
            select(func.count())
            .select_from(CallBack)
            .join(Ticket, Ticket.id == CallBack.ticket_id)
            .where(CallBack.done_at.is_(None), self._visible())
        )
        return count or 0

    async def list_similar(self, session: AsyncSession, number: str) -> list[Row]:
        """Tickets about the same matter in the same community, the newest first."""
        one = await session.execute(
            select(Ticket.matter, Ticket.community, Ticket.id).where(Ticket.number == number)
        )
        this = one.one()
        if this.matter is None:
            return []
        query = (
            select(*_COLUMNS)
            .outerjoin(_HELD, _OF_TICKET)
            .where(Ticket.matter == this.matter, Ticket.community == this.community)
            .where(Ticket.id != this.id, Ticket.status != TicketStatus.DRAFT, self._visible())
            .order_by(Ticket.opened_at.desc())
            .limit(4)
        )
        return [Row(**row._mapping) for row in await session.execute(query)]

    # ------------------------------------------------------------ conditions

    def _wanted(self, query: Select[*tuple[Any, ...]], wish: Wish) -> Select[*tuple[Any, ...]]:
        condition = self._conditions().get(wish.view, true())
        query = query.where(self._visible(), Ticket.status != TicketStatus.DRAFT)
        query = query.where(self._searched(wish.q) if wish.q else condition)
        if wish.community:
            query = query.where(Ticket.community == wish.community)
        if wish.area:
            query = query.where(Ticket.matter.startswith(f"{wish.area}/", autoescape=True))
        if wish.channel:
            query = query.where(Ticket.channel == wish.channel)
        return query

    def _conditions(self) -> Mapping[str, ColumnElement[bool]]:
        unfinished = Ticket.status.in_(UNFINISHED - {TicketStatus.DRAFT})
        return {
            "mine": and_(Ticket.assignee_id == self._me.id, unfinished),
            "to_dispatch": Ticket.status.in_((TicketStatus.REGISTERED, TicketStatus.TO_DISPATCH)),
            "due_soon": and_(
                unfinished, Ticket.warn_at <= self._now, Ticket.next_due_at > self._now
            ),
            "overdue": and_(unfinished, Ticket.next_due_at <= self._now),
            "to_call_back": Ticket.status == TicketStatus.TO_CALL_BACK,
            "returns": Ticket.status == TicketStatus.RETURN_REQUESTED,
            "approvals": self._awaits_me(),
            "parked": Ticket.status == TicketStatus.PARKED,
            "open": unfinished,
            "all": Ticket.status != TicketStatus.DRAFT,
        }

    def _awaits_me(self) -> ColumnElement[bool]:
        mine = [action for action, permission in MAY_DECIDE.items() if self._me.may(permission)]
        if not mine:
            return false()
        pending = select(Approval.ticket_id).where(
            Approval.decided_at.is_(None),
            Approval.action.in_(mine),
            Approval.requested_by_id != self._me.id,
        )
        return Ticket.id.in_(pending)

    def _visible(self) -> ColumnElement[bool]:
        """The same rule as `handlers.staff.desk.may_see`, for whole lists."""
        here: ColumnElement[bool] = true()
        if self._me.communities:
            here = or_(Ticket.community.is_(None), Ticket.community.in_(self._me.communities))
        if self._me.units:
            here = and_(here, Ticket.unit.in_(self._me.units))
        return or_(Ticket.assignee_id == self._me.id, here)

    def _searched(self, words: str) -> ColumnElement[bool]:
        """By number, place, first words, community or matter."""
        like = f"%{words.replace('%', '').replace('_', '')}%"
        matters = [
            each.id
            for each in self._taxonomy.matters.values()
            if words in each.name or any(words in alias for alias in each.aliases)
        ]
        communities = [each.id for each in self._street.communities.values() if words in each.name]
        return or_(
            Ticket.number.ilike(like),
            Ticket.source_number.ilike(like),
            Ticket.place.ilike(like),
            Ticket.title.ilike(like),
            Ticket.matter.in_(matters),
            Ticket.community.in_(communities),
        )


def _waits() -> tuple[ColumnElement[bool], ...]:
    return Conversation.waiting_since_at.is_not(None), Conversation.held_by_id.is_(None)


_HELD = Conversation
_OF_TICKET = Conversation.id == Ticket.conversation_id
_COLUMNS = (
    Ticket.id,
    Ticket.number,
    Ticket.urgency,
    Ticket.status,
    Ticket.title,
    Ticket.next_due_at.label("due_at"),
    Ticket.community,
    Ticket.channel,
    Ticket.confidentiality,
    Ticket.unit,
    Ticket.assignee_id,
    Ticket.conversation_id,
    Conversation.held_by_id,
    Ticket.opened_at,
)
_ORDER = (
    Ticket.urgency,
    Ticket.next_due_at.is_(None),
    Ticket.next_due_at,
    Ticket.number,
)

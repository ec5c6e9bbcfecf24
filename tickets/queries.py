"""Reading tickets for staff and programs: lists with cursors, counts, one ticket with its history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Instant
from core.errors import InvalidInput
from people.models import Staff
from people.permissions import Permission, StaffMember
from tickets.models import Alert, Approval, CallBack, Ticket
from tickets.reasons import Action
from tickets.report_models import ReportDuty
from tickets.sight import visible_to
from tickets.status import IN_HAND, UNFINISHED, TicketStatus

MOST = 200
"""Rows in one answer."""
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_APPROVES: Mapping[Action, Permission] = {
    Action.RETURN: Permission.RETURN_APPROVE,
    Action.EXTENSION: Permission.EXTENSION_APPROVE,
    Action.PARKING: Permission.PARKING_APPROVE,
    Action.EXCLUSION: Permission.EXCLUSION_APPROVE,
    Action.DECLINE: Permission.DECLINE_APPROVE,
}


class View(StrEnum):
    """The standing lists of the desk. People who wait are conversations, not tickets."""

    MINE = "mine"
    TO_DISPATCH = "to_dispatch"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    REPORTS = "reports"
    TO_CALL_BACK = "to_call_back"
    RETURNS = "returns"
    APPROVALS = "approvals"
    PARKED = "parked"
    OPEN = "open"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list is narrowed down to; None: not at all."""

    status: Sequence[str] | None = None
    matter: str | None = None
    """A matter, or an area: everything under it."""
    community: str | None = None
    urgency: str | None = None
    unit: str | None = None
    assignee_id: UUID | None = None
    channel: str | None = None
    overdue: bool | None = None
    q: str | None = None
    """Part of a number, a place or a resident's first words."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of a list: nothing in it points at a person."""

    number: str
    title: str
    status: str
    urgency: str
    request_type: str
    matter: str | None
    community: str | None
    place: str | None
    channel: str
    confidentiality: str
    unit: str | None
    assignee_id: UUID | None
    assignee: str | None
    next_due_at: datetime | None
    is_late: bool
    is_provisional: bool
    chases: int
    is_ringing: bool
    revision: int
    opened_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Some lines, and where the next ones begin; None: these were the last."""

    rows: tuple[QueueRow, ...]
    next_after: str | None


async def list_queue(
    session: AsyncSession,
    view: View,
    *,
    member: StaffMember,
    filters: Filters | None = None,
    now: datetime,
    limit: int = 50,
    after: str | None = None,
) -> QueuePage:
    """
    One page of a list, the most urgent and the soonest due first.

    `after` is the `next_after` of the page before: rows that change in between
    neither double nor hide others. Raises `InvalidInput` for a broken one.
    """
    limit = max(1, min(limit, MOST))
    query = _rows(member, view, filters or Filters(), now).limit(limit + 1)
    if after is not None:
        query = query.where(_comes_after(after))
    found = (await session.execute(query)).all()
    rows = tuple(_row(each._asdict(), now) for each in found[:limit])
    return QueuePage(rows, _cursor(rows[-1]) if len(found) > limit else None)


async def count_newer(
    session: AsyncSession,
    view: View,
    *,
    member: StaffMember,
    filters: Filters | None = None,
    now: datetime,
    since: datetime,
) -> int:
    """How many tickets of a list were opened after an instant."""
    rows = _rows(member, view, filters or Filters(), now).where(Ticket.opened_at > since)
    query = select(func.count()).select_from(rows.order_by(None).subquery())
    return await session.scalar(query) or 0


async def count_views(
    session: AsyncSession, *, member: StaffMember, now: datetime
) -> dict[View, int]:
    """How many tickets stand in each view, in one statement."""
    counts = [func.count().filter(_in_view(view, member, now)).label(view.value) for view in View]
    query = select(*counts).where(visible_to(member), Ticket.status != TicketStatus.DRAFT)
    row = (await session.execute(query)).one()
    return {view: row._mapping[view.value] for view in View}


def _rows(
    member: StaffMember, view: View, filters: Filters, now: datetime
) -> Select[*tuple[Any, ...]]:
    ringing = exists().where(Alert.ticket_id == Ticket.id, Alert.acknowledged_at.is_(None))
    return (
        select(*_COLUMNS, Staff.name.label("assignee"), ringing.label("is_ringing"))
        .outerjoin(Staff, Staff.id == Ticket.assignee_id)
        .where(visible_to(member), Ticket.status != TicketStatus.DRAFT)
        .where(_in_view(view, member, now), *_narrowed(filters, now))
        .order_by(Ticket.urgency, _DUE, Ticket.number)
    )


def _in_view(view: View, member: StaffMember, now: datetime) -> ColumnElement[bool]:
    unfinished = Ticket.status.in_(UNFINISHED)
    conditions: Mapping[View, ColumnElement[bool]] = {
        View.MINE: and_(Ticket.assignee_id == member.id, Ticket.status.in_(IN_HAND)),
        View.TO_DISPATCH: Ticket.status.in_((TicketStatus.REGISTERED, TicketStatus.TO_DISPATCH)),
        View.DUE_SOON: and_(unfinished, Ticket.warn_at <= now, Ticket.next_due_at > now),
        View.OVERDUE: and_(unfinished, Ticket.next_due_at <= now),
        View.REPORTS: exists().where(
            ReportDuty.ticket_id == Ticket.id, ReportDuty.settled_at.is_(None)
        ),
        View.TO_CALL_BACK: exists().where(
            CallBack.ticket_id == Ticket.id, CallBack.done_at.is_(None)
        ),
        View.RETURNS: Ticket.status == TicketStatus.RETURN_REQUESTED,
        View.APPROVALS: _awaits(member),
        View.PARKED: Ticket.status == TicketStatus.PARKED,
        View.OPEN: unfinished,
        View.ALL: true(),
    }
    return conditions[view]


def _awaits(member: StaffMember) -> ColumnElement[bool]:
    """Whether a second person is needed and this member may be that person."""
    actions = [action for action, permission in _APPROVES.items() if member.may(permission)]
    if not actions:
        return false()
    return exists().where(
        Approval.ticket_id == Ticket.id,
        Approval.decided_at.is_(None),
        Approval.action.in_(actions),
        Approval.requested_by_id != member.id,
    )


def _narrowed(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.status is not None:
        conditions.append(Ticket.status.in_(filters.status))
    if filters.matter is not None:
        under = Ticket.matter.startswith(f"{filters.matter}/", autoescape=True)
        conditions.append(or_(Ticket.matter == filters.matter, under))
    for name in ("community", "urgency", "unit", "assignee_id", "channel"):
        if (wanted := getattr(filters, name)) is not None:
            conditions.append(getattr(Ticket, name) == wanted)
    if filters.overdue is not None:
        late = and_(Ticket.status.in_(UNFINISHED), Ticket.next_due_at <= now)
        conditions.append(late if filters.overdue else ~func.coalesce(late, false()))
    if filters.q:
        conditions.append(_speaks_of(filters.q))
    return conditions


def _speaks_of(words: str) -> ColumnElement[bool]:
    columns = (Ticket.number, Ticket.source_number, Ticket.title, Ticket.place)
    return or_(*(column.icontains(words.strip(), autoescape=True) for column in columns))


def _row(row: Mapping[str, Any], now: datetime) -> QueueRow:
    due, status = row["next_due_at"], row["status"]
    return QueueRow(**row, is_late=due is not None and due <= now and status in UNFINISHED)


def _cursor(row: QueueRow) -> str:
    due = (row.next_due_at or _NEVER).astimezone(UTC)
    return f"{row.urgency}~{due.isoformat()}~{row.number}"


def _comes_after(after: str) -> ColumnElement[bool]:
    key = tuple_(Ticket.urgency, _DUE, Ticket.number)
    return key > tuple_(*_read_cursor(after))


def _read_cursor(after: str) -> tuple[Any, ...]:
    urgency, _, rest = after.partition("~")
    due, _, number = rest.partition("~")
    try:
        instant = datetime.fromisoformat(due)
    except ValueError:
        raise InvalidInput("after", "ticket.error.cursor") from None
    if instant.tzinfo is None or not number:
        raise InvalidInput("after", "ticket.error.cursor")
    return urgency, literal(instant, Instant), number


_DUE = func.coalesce(Ticket.next_due_at, literal(_NEVER, Instant), type_=Instant)
_COLUMNS = (
    Ticket.number,
    Ticket.title,
    Ticket.status,
    Ticket.urgency,
    Ticket.request_type,
    Ticket.matter,
    Ticket.community,
    Ticket.place,
    Ticket.channel,
    Ticket.confidentiality,
    Ticket.unit,
    Ticket.assignee_id,
    Ticket.next_due_at,
    Ticket.due_provisional.label("is_provisional"),
    Ticket.chases,
    Ticket.revision,
    Ticket.opened_at,
    Ticket.changed_at,
)

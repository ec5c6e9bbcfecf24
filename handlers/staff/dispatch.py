"""A department gets the ticket, by the dispatch catalogue."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import Actor
from core.errors import InvalidInput
from handlers.staff.desk import Desk, acting
from people.models import Staff
from people.permissions import Permission, StaffMember
from tickets.models import Ticket
from tickets.status import TicketStatus

_COMMUNITY = "community"


async def dispatch(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    unit: str,
    *,
    assignee_id: UUID | None = None,
    note: str | None = None,
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """
    Send a ticket to a department, perhaps to one person of it.

    The time to accept begins now. A ticket that was sent already is taken back
    first. What belongs to other offices is never put on a residents' committee
    (taxonomy `handled_by: elsewhere`). Raises `InvalidInput`.
    """
    desk.allow(by, Permission.TICKET_DISPATCH, ticket)
    if assignee_id is not None:
        await _check_assignee(session, assignee_id, unit)
    await dispatch_to(
        session, desk, ticket, unit, assignee_id=assignee_id, note=note, by=acting(by), now=now
    )
    await _tell(session, desk, ticket, now)
    return ticket


async def dispatch_to(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    unit: str,
    *,
    assignee_id: UUID | None = None,
    note: str | None = None,
    by: Actor,
    now: datetime,
) -> None:
    """Bring a ticket to a department, whatever allowed it; raises `InvalidInput`."""
    _check_unit(desk, ticket, unit)
    if ticket.status == TicketStatus.REGISTERED or ticket.status == TicketStatus.DISPATCHED:
        await desk.tickets.move(session, ticket, TicketStatus.TO_DISPATCH, by=by, now=now)
    receive = desk.taxonomy.deadlines[ticket.deadline_class].receive
    await desk.tickets.move(
        session,
        ticket,
        TicketStatus.DISPATCHED,
        by=by,
        now=now,
        note=note,
        data={"unit": unit, "assignee_id": str(assignee_id) if assignee_id else None},
        changes={
            "unit": unit,
            "assignee_id": assignee_id,
            "accept_due_at": desk.calendar.due(now, receive).at,
        },
    )


async def _tell(session: AsyncSession, desk: Desk, ticket: Ticket, now: datetime) -> None:
    await desk.notices.tell(
        session,
        ticket,
        "ticket.notice.dispatched",
        now=now,
        unit=desk.unit_name(ticket.unit),
        due=desk.moment(ticket.contact_due_at, now),
    )


def _check_unit(desk: Desk, ticket: Ticket, unit: str) -> None:
    if unit not in desk.taxonomy.departments:
        raise InvalidInput("unit", "ticket.error.unit")
    matter = desk.taxonomy.matters.get(ticket.matter or "")
    if unit == _COMMUNITY and matter is not None and matter.handled_by == "elsewhere":
        raise InvalidInput("unit", "ticket.error.not_for_community")


async def _check_assignee(session: AsyncSession, assignee_id: UUID, unit: str) -> None:
    found = await session.execute(select(Staff.active, Staff.units).where(Staff.id == assignee_id))
    row = found.one_or_none()
    if row is None or not row.active or (row.units and unit not in row.units):
        raise InvalidInput("assignee", "ticket.error.assignee")

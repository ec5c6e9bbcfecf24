"""Another department helps: a child ticket for its part, while one unit leads."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import InvalidInput
from handlers.staff.desk import Desk, acting, needed
from handlers.staff.dispatch import dispatch_to
from people.permissions import Permission, StaffMember
from tickets.history import EventKind
from tickets.joint import check_is_lead, list_open_children
from tickets.models import Ticket
from tickets.opening import ADDRESS, NewTicket
from tickets.status import IN_HAND, StatusChangeNotAllowed


async def involve(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    unit: str,
    *,
    part: str,
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """
    Ask a department for its part of a ticket; gives the child ticket, already dispatched.

    The unit that the ticket was dispatched to leads: the resident hears from
    it alone, and it cannot resolve before every child is resolved. `part` says
    what the department is asked to do, without who asked: the child ticket
    carries the place, but neither the resident's name, telephone, chat nor
    words. It is due no later than the ticket itself. Raises `LeadOnly`,
    `StatusChangeNotAllowed` for a ticket that no unit has, `InvalidInput`.
    """
    desk.allow(by, Permission.TICKET_INVOLVE, ticket)
    check_is_lead(ticket)
    if ticket.status not in IN_HAND or ticket.unit is None:
        raise StatusChangeNotAllowed(ticket.status, "joint")
    helping = {child.unit for child in await list_open_children(session, ticket.id)}
    if unit == ticket.unit or unit in helping:
        raise InvalidInput("unit", "ticket.error.already_helps")
    new = _child(desk, ticket, needed(part, "part"), now)
    child = await desk.tickets.open_ticket(session, new, by=acting(by), now=now)
    await dispatch_to(session, desk, child, unit, by=acting(by), now=now)
    await desk.tickets.record(
        session,
        ticket,
        EventKind.UNIT_INVOLVED,
        by=acting(by),
        now=now,
        note=part.strip(),
        data={"number": child.number, "unit": unit},
    )
    await desk.notices.tell(
        session,
        ticket,
        "ticket.notice.involved",
        now=now,
        unit=desk.unit_name(unit),
        lead=desk.unit_name(ticket.unit),
    )
    return child


def _child(desk: Desk, ticket: Ticket, part: str, now: datetime) -> NewTicket:
    due_at = ticket.finish_due_at
    return NewTicket(
        channel=ticket.channel,
        description=part,
        request_type=ticket.request_type,
        matter=ticket.matter,
        urgency=ticket.urgency,
        community=ticket.community,
        place=ticket.place,
        address=desk.vault.open_maybe(ticket.address_sealed, purpose=ADDRESS),
        contact_wish="none",
        confidentiality=ticket.confidentiality,
        classified_by={"parent": ticket.number},
        finish_due_at=due_at if due_at is not None and due_at > now else None,
        parent_id=ticket.id,
    )

"""Two requests about the same thing are worked on as one; each resident is answered on their own."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import InvalidInput
from handlers.staff.desk import Desk, acting
from people.permissions import Permission, StaffMember
from tickets.history import EventKind
from tickets.joint import check_is_lead
from tickets.models import Ticket
from tickets.status import UNFINISHED, TicketStatus


async def merge(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    main: Ticket,
    *,
    note: str = "",
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """
    Join a ticket to the main one and give the joined one; `Desk.get_tickets` gives both.

    The main one must be unfinished and not joined to another itself. What was
    joined to this ticket earlier moves along. Neither may be a co-handling
    unit's part. Raises `InvalidInput` and `LeadOnly`.
    """
    desk.allow(by, Permission.TICKET_MERGE, ticket)
    desk.allow(by, Permission.TICKET_MERGE, main)
    check_is_lead(ticket)
    check_is_lead(main)
    if main.id == ticket.id or main.status not in UNFINISHED:
        raise InvalidInput("main", "ticket.error.merge_main")
    await desk.tickets.move(
        session,
        ticket,
        TicketStatus.MERGED,
        by=acting(by),
        now=now,
        note=note or None,
        data={"into": main.number},
        changes={"merged_into_id": main.id},
    )
    await desk.tickets.take_along(session, ticket.id, main.id)
    await desk.tickets.record(
        session, main, EventKind.MERGED_IN, by=acting(by), now=now, data={"number": ticket.number}
    )
    await desk.notices.tell(
        session,
        ticket,
        "ticket.notice.merged",
        now=now,
        main=main.number[-4:],
        unit=desk.unit_name(main.unit),
    )
    return ticket

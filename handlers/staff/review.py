"""Somebody else looks whether what was done is true before the resident is called."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.desk import Desk, acting, needed
from people.permissions import Permission, StaffMember
from tickets.call_backs import CallKind, add_call_back
from tickets.duties import check_did_not_handle
from tickets.joint import check_children_done
from tickets.lookups import list_merged_into
from tickets.models import Ticket
from tickets.status import TicketStatus


async def review(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    *,
    passed: bool,
    note: str = "",
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """
    Let a resolved ticket go on to the call-back, or send it to be done again.

    Everybody whose ticket was joined to it is called back on their own. A
    refusal needs words. A co-handling unit's part is closed by it: nobody has
    to be called. Raises `OwnWork` for who handled it, and `ChildrenUnfinished`
    when a part went back to be done again.
    """
    desk.allow(by, Permission.TICKET_REVIEW, ticket)
    await check_did_not_handle(session, ticket, by.id, step="review")
    if not passed:
        await desk.tickets.move(
            session,
            ticket,
            TicketStatus.REWORK,
            by=acting(by),
            now=now,
            note=needed(note, "words"),
            data={"after": "review"},
            changes=desk.tickets.fresh_deadlines(ticket, TicketStatus.REWORK, now),
        )
        return ticket
    await check_children_done(session, ticket)
    await desk.tickets.move(
        session, ticket, TicketStatus.TO_CALL_BACK, by=acting(by), now=now, note=note or None
    )
    if ticket.parent_id is not None:
        await desk.tickets.move(session, ticket, TicketStatus.CLOSED, by=acting(by), now=now)
        return ticket
    for called in (ticket, *await list_merged_into(session, ticket.id)):
        await plan_closing_call(session, desk, called, now=now)
    return ticket


async def plan_closing_call(
    session: AsyncSession, desk: Desk, ticket: Ticket, *, now: datetime
) -> None:
    """
    Put the three closing questions on the list, for the next working day at the latest.

    Who wished not to be contacted is not called.
    """
    if ticket.contact_wish == "none":
        return
    words = desk.texts.say("ticket.call.closing", number=ticket.number, title=ticket.title)
    await add_call_back(
        session,
        ticket.id,
        CallKind.CLOSING,
        words,
        due_at=desk.calendar.due(now, "1wd").at,
        vault=desk.vault,
        now=now,
    )

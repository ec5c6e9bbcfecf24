"""A ticket ends, by somebody who did not handle it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import FrontDoorError
from handlers.staff.desk import NOT_SOLVED_BUTTON, Desk, acting, needed
from people.permissions import Permission, StaffMember
from tickets.call_backs import TRIES_BEFORE_LOST, CallKind, find_open_call
from tickets.duties import check_did_not_handle
from tickets.models import Ticket
from tickets.status import TicketStatus, check_may_follow


class CallBackMissing(FrontDoorError):
    """The resident was neither asked nor tried three times."""

    def __init__(self, number: str) -> None:
        super().__init__(f"{number} was not called back yet")
        self.number = number


async def close(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    *,
    note: str = "",
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """
    Close a ticket whose closing call was made, or tried three times.

    Not quite solved or not reached needs words that explain why it ends.
    Closing a closed one changes nothing. Raises `OwnWork`, `CallBackMissing`.
    """
    desk.allow(by, Permission.TICKET_CLOSE, ticket)
    if ticket.status == TicketStatus.CLOSED:
        return ticket
    check_may_follow(ticket.status, TicketStatus.CLOSED)
    await check_did_not_handle(session, ticket, by.id, step="close")
    solved = (ticket.call_back or {}).get("solved")
    if solved is None and not await _nobody_answers(session, ticket):
        raise CallBackMissing(ticket.number)
    if solved != "yes":
        note = needed(note, "words")
    await desk.tickets.move(
        session, ticket, TicketStatus.CLOSED, by=acting(by), now=now, note=note or None
    )
    await tell_closed(session, desk, ticket, now=now)
    return ticket


async def tell_closed(session: AsyncSession, desk: Desk, ticket: Ticket, *, now: datetime) -> None:
    """Tell the resident that it is over, with the way back in; who was just called knows it."""
    if ticket.conversation_id is not None:
        await desk.notices.tell(
            session, ticket, "ticket.notice.closed", now=now, choices=(NOT_SOLVED_BUTTON,)
        )


async def _nobody_answers(session: AsyncSession, ticket: Ticket) -> bool:
    if ticket.contact_wish == "none":
        return True
    if ticket.phone_sealed is None and ticket.conversation_id is None:
        return True
    call = await find_open_call(session, ticket.id, CallKind.CLOSING)
    return call is not None and call.attempts >= TRIES_BEFORE_LOST

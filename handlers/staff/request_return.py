"""The department says that the ticket is not theirs."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import FrontDoorError
from handlers.staff.desk import Desk, acting
from handlers.staff.request import ask
from people.permissions import Permission, StaffMember
from tickets.history import find_last_move
from tickets.models import Approval, Ticket
from tickets.reasons import Action
from tickets.status import TicketStatus, check_may_follow

RETURN_WITHIN = "1wd"
"""After that the department counts as having accepted (hotline.md §4)."""


class ReturnBarred(FrontDoorError):
    """A return was refused, or three were granted: who has it now keeps it."""

    def __init__(self, number: str) -> None:
        super().__init__(f"{number} may not be returned again")
        self.number = number


class ReturnTooLate(FrontDoorError):
    """The working day in which a return can be asked for is over."""

    def __init__(self, number: str) -> None:
        super().__init__(f"the time to return {number} is over")
        self.number = number


async def request_return(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    *,
    reason: str,
    note: str,
    by: StaffMember,
    now: datetime,
) -> Approval:
    """Ask to return a dispatched ticket within one working day, with a reason and its basis."""
    desk.allow(by, Permission.RETURN_ASK, ticket)
    check_may_follow(ticket.status, TicketStatus.RETURN_REQUESTED)
    if ticket.return_barred:
        raise ReturnBarred(ticket.number)
    sent = await find_last_move(session, ticket.id, TicketStatus.DISPATCHED)
    if sent is not None and now > desk.calendar.due(sent.at, RETURN_WITHIN).at:
        raise ReturnTooLate(ticket.number)
    data = {"unit": ticket.unit}
    approval = await ask(
        session, desk, ticket, Action.RETURN, reason=reason, note=note, data=data, by=by, now=now
    )
    await desk.tickets.move(
        session, ticket, TicketStatus.RETURN_REQUESTED, by=acting(by), now=now, reason=reason
    )
    return approval

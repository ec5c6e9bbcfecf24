"""Nobody here may take this up: why, and where the resident goes instead. Never by a machine."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.desk import Desk
from handlers.staff.request import ask
from people.permissions import Permission, StaffMember
from tickets.models import Approval, Ticket
from tickets.reasons import Action
from tickets.status import TicketStatus, check_may_follow


async def decline(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    *,
    reason: str,
    words: str,
    by: StaffMember,
    now: datetime,
) -> Approval:
    """
    Ask to decline a request (reason codes of hotline.md §4.2).

    `words` are for the resident: why, and where to go. They are said when the
    shift lead has agreed, and the resident can object.
    """
    desk.allow(by, Permission.DECLINE_ASK, ticket)
    check_may_follow(ticket.status, TicketStatus.DECLINED)
    return await ask(
        session, desk, ticket, Action.DECLINE, reason=reason, note=words, data={}, by=by, now=now
    )

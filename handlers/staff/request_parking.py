"""The matter cannot move for now: history, money, policy, the season. It is not forgotten."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import InvalidInput
from handlers.staff.desk import Desk
from handlers.staff.request import ask
from people.permissions import Permission, StaffMember
from tickets.models import Approval, Ticket
from tickets.reasons import Action
from tickets.status import TicketStatus, check_may_follow


async def request_parking(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    *,
    review_at: datetime,
    reason: str,
    plan: str,
    by: StaffMember,
    now: datetime,
) -> Approval:
    """Ask to park a ticket in work, with a plan and the day on which it is looked at again."""
    desk.allow(by, Permission.PARKING_ASK, ticket)
    check_may_follow(ticket.status, TicketStatus.PARKED)
    if review_at <= now:
        raise InvalidInput("review_at", "ticket.error.review_at")
    return await ask(
        session,
        desk,
        ticket,
        Action.PARKING,
        reason=reason,
        note=plan,
        data={"review_at": review_at.isoformat()},
        by=by,
        now=now,
    )

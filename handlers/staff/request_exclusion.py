"""A ticket that should not count in the rates, and why; counted and shown on its own."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.desk import Desk
from handlers.staff.request import ask
from people.permissions import Permission, StaffMember
from tickets.models import Approval, Ticket
from tickets.reasons import Action


async def request_exclusion(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    *,
    reason: str,
    note: str,
    by: StaffMember,
    now: datetime,
) -> Approval:
    """Ask to leave a ticket out of the rates."""
    desk.allow(by, Permission.EXCLUSION_ASK, ticket)
    return await ask(
        session, desk, ticket, Action.EXCLUSION, reason=reason, note=note, data={}, by=by, now=now
    )

"""Staff pass on to a volunteer what a resident said on the telephone or at the counter."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.desk import Desk, acting
from handlers.volunteers import relay
from people.permissions import Permission, StaffMember
from tickets.models import Ticket


async def answer_volunteer(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    claim_id: UUID,
    *,
    words: str,
    by: StaffMember,
    now: datetime,
) -> None:
    """Pass it on; raises `NotPermitted`, `RelayClosed`, `TooMuchRelayed`, `InvalidInput`."""
    desk.allow(by, Permission.TICKET_REPLY, ticket)
    await relay.answer_volunteer(session, desk, ticket, claim_id, words, by=acting(by), now=now)

"""Reports that a ticket still owes to an authority, as its page shows them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from console.words import Words
from people.permissions import Permission, StaffMember
from tickets.models import Ticket
from tickets.reports import list_owed


@dataclass(frozen=True, slots=True)
class OwedReport:
    """One report that is owed, and what this person may do about it."""

    id: UUID
    words: str
    due_at: datetime
    may_make: bool
    may_lift: bool


async def list_owed_reports(
    session: AsyncSession, ticket: Ticket, words: Words, me: StaffMember
) -> list[OwedReport]:
    """The soonest due first."""
    return [
        OwedReport(
            id=duty.id,
            words=words.say(f"ticket.report.{duty.kind}"),
            due_at=duty.due_at,
            may_make=me.may(Permission.REPORT_MAKE),
            may_lift=me.may(Permission.REPORT_LIFT),
        )
        for duty in await list_owed(session, ticket.id)
    ]

"""The first contact with the resident, or the tries that failed."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import FrontDoorError, InvalidInput
from handlers.staff.desk import Desk, acting, needed
from people.permissions import Permission, StaffMember
from tickets.call_backs import TRIES_BEFORE_LOST
from tickets.history import EventKind, list_times
from tickets.joint import check_is_lead
from tickets.models import Ticket
from tickets.status import TicketStatus

WAYS = ("call", "message", "visit")
APART = timedelta(hours=1)
"""Tries count towards "lost" when they lie at different times of the day."""


class TriedJustNow(FrontDoorError):
    """Another try so soon after the last one shows nothing."""

    def __init__(self, number: str) -> None:
        super().__init__(f"the last try to reach the resident of {number} was just now")
        self.number = number


async def contact(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    *,
    how: str,
    words: str,
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """
    Note that the resident was reached, how (`call`, `message`, `visit`) and what was said.

    The words are the evidence by which the response rate counts this contact.
    """
    desk.allow(by, Permission.TICKET_HANDLE, ticket)
    check_is_lead(ticket)
    if how not in WAYS:
        raise InvalidInput("how", "ticket.error.how")
    late = ticket.contact_due_at is not None and now > ticket.contact_due_at
    await desk.tickets.move(
        session,
        ticket,
        TicketStatus.CONTACTED,
        by=acting(by),
        now=now,
        note=needed(words, "words"),
        data={"how": how, "late": late},
    )
    return ticket


async def contact_failed(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    *,
    words: str = "",
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """
    Note a try that nobody answered.

    Three at different times make the resident "lost": a message is left and
    work may begin without a contact. Raises `TriedJustNow`.
    """
    desk.allow(by, Permission.TICKET_HANDLE, ticket)
    check_is_lead(ticket)
    tried = await list_times(session, ticket.id, EventKind.CONTACT_FAILED)
    if tried and now - tried[-1] < APART:
        raise TriedJustNow(ticket.number)
    await desk.tickets.record(
        session, ticket, EventKind.CONTACT_FAILED, by=acting(by), now=now, note=words or None
    )
    if len(tried) + 1 == TRIES_BEFORE_LOST:
        await desk.tickets.record(session, ticket, EventKind.CONTACT_LOST, by=acting(by), now=now)
        await desk.notices.tell(
            session, ticket, "ticket.notice.contact_lost", now=now, unit=desk.unit_name(ticket.unit)
        )
    return ticket

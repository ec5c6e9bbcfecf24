"""A report that the law demands is made, or a supervisor says why it need not be."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import InvalidInput
from handlers.staff.desk import Desk, acting, needed
from people.permissions import Permission, StaffMember
from tickets.history import EventKind
from tickets.models import Ticket
from tickets.reports import AUTHORITIES, WORDS, get_report, settle_report


async def make_report(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    duty_id: UUID,
    *,
    to: str,
    words: str,
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """
    Record that it was reported, to whom, and who took it or under which number.

    The reporting itself is done by telephone or in person. Raises
    `ReportSettledBefore`, `InvalidInput`, `NotPermitted`.
    """
    desk.allow(by, Permission.REPORT_MAKE, ticket)
    if to not in AUTHORITIES:
        raise InvalidInput("to", "ticket.error.report_to")
    words = needed(words, "report_words")
    await _settle(session, desk, ticket, duty_id, to, words, by, now)
    return ticket


async def lift_report(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    duty_id: UUID,
    *,
    words: str,
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """Lift the duty, with the reason in words; a supervisor alone may (hotline.md §7)."""
    desk.allow(by, Permission.REPORT_LIFT, ticket)
    words = needed(words, "report_why")
    await _settle(session, desk, ticket, duty_id, None, words, by, now)
    return ticket


async def _settle(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    duty_id: UUID,
    to: str | None,
    words: str,
    by: StaffMember,
    now: datetime,
) -> None:
    duty = await get_report(session, duty_id, ticket_id=ticket.id)
    sealed = desk.vault.seal(words, purpose=WORDS)
    await settle_report(session, duty.id, reported_to=to, words_sealed=sealed, by_id=by.id, now=now)
    await desk.tickets.record(
        session,
        ticket,
        EventKind.REPORT_LIFTED if to is None else EventKind.REPORT_MADE,
        by=acting(by),
        now=now,
        note=words,
        data={"report": duty.kind, "to": to},
    )

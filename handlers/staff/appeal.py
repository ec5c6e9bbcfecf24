"""Somebody objects to how a request ended, and somebody uninvolved decides."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.desk import PERSON_BUTTON, Desk, acting, needed
from people.permissions import Permission, StaffMember
from tickets.duties import OwnWork, check_did_not_handle
from tickets.history import find_last_move
from tickets.models import Ticket
from tickets.status import TicketStatus, check_may_follow


async def appeal(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    *,
    words: str,
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """Write down a resident's objection to a closed or declined request, made by telephone."""
    desk.allow(by, Permission.TICKET_APPEAL, ticket)
    words = needed(words, "words")
    check_may_follow(ticket.status, TicketStatus.APPEALED)
    await desk.tickets.reopen(session, ticket, by=acting(by), now=now, words=words)
    await desk.notices.tell(
        session,
        ticket,
        "ticket.notice.appealed",
        now=now,
        due=desk.moment(ticket.finish_due_at, now),
    )
    return ticket


async def decide_appeal(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    *,
    upheld: bool,
    note: str,
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """
    Decide an objection, by somebody who neither handled nor ended the request.

    Upheld: a closed one is worked on again, a declined one is dispatched after
    all. Otherwise it ends as before; the words say why and are for the
    resident. Raises `OwnWork`.
    """
    desk.allow(by, Permission.TICKET_REVIEW, ticket)
    note = needed(note, "words")
    check_may_follow(ticket.status, TicketStatus.CLOSED)
    await check_did_not_handle(session, ticket, by.id, step="decide an appeal")
    appealed = await find_last_move(session, ticket.id, TicketStatus.APPEALED)
    before = TicketStatus(appealed.from_status or "closed") if appealed else TicketStatus.CLOSED
    await _check_did_not_end(session, ticket, before, by)
    again = TicketStatus.REWORK if before is TicketStatus.CLOSED else TicketStatus.TO_DISPATCH
    to = again if upheld else before
    fresh = desk.tickets.fresh_deadlines(ticket, to, now) if upheld else {}
    await desk.tickets.move(
        session,
        ticket,
        to,
        by=acting(by),
        now=now,
        note=note,
        data={"upheld": upheld},
        changes={**fresh, "call_back": None} if upheld else {},
    )
    await desk.notices.tell(
        session,
        ticket,
        "ticket.notice.appeal_upheld" if upheld else "ticket.notice.appeal_dismissed",
        now=now,
        choices=(PERSON_BUTTON,),
        words=note,
    )
    return ticket


async def _check_did_not_end(
    session: AsyncSession, ticket: Ticket, before: TicketStatus, by: StaffMember
) -> None:
    ended = await find_last_move(session, ticket.id, before)
    if ended is not None and by.id in (ended.actor_id, ended.approver_id):
        raise OwnWork("decide an appeal")

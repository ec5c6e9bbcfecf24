"""A notice or a promised call: somebody rang, and reached the resident or did not."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound
from handlers.staff.desk import Desk, acting
from people.permissions import Permission, StaffMember
from tickets.call_backs import (
    TRIES_BEFORE_LOST,
    CallKind,
    finish_call,
    get_call_back,
    note_failed_call,
)
from tickets.history import EventKind
from tickets.models import Ticket

NEXT_TRY = timedelta(hours=3)


async def make_call(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    call_back_id: UUID,
    *,
    reached: bool,
    words: str = "",
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """
    Note a notice or a promised call.

    Not reached, it comes up again three hours later, three times in all. The
    closing call has its own questions: see `call_back`. Raises `NotFound`,
    `CallAlreadyMade`.
    """
    desk.allow(by, Permission.TICKET_CALL_BACK, ticket)
    call = await get_call_back(session, call_back_id)
    if call.ticket_id != ticket.id or call.kind == CallKind.CLOSING:
        raise NotFound("call_back", call_back_id)
    if reached:
        await finish_call(session, call, outcome="reached", by_id=by.id, now=now)
    else:
        attempts = await note_failed_call(session, call, next_try_at=now + NEXT_TRY)
        if attempts >= TRIES_BEFORE_LOST:
            await finish_call(session, call, outcome="not_reached", by_id=by.id, now=now)
    await desk.tickets.record(
        session,
        ticket,
        EventKind.CALLED,
        by=acting(by),
        now=now,
        note=words or None,
        data={"kind": call.kind, "reached": reached},
    )
    return ticket

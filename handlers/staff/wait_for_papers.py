"""The resident has to bring something: the clock stands still, for three days at most."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import FrontDoorError, InvalidInput
from handlers.staff.desk import PERSON_BUTTON, Desk, acting, needed
from people.permissions import Permission, StaffMember
from tickets.history import EventKind
from tickets.joint import check_is_lead
from tickets.models import Ticket
from tickets.status import TicketStatus
from tickets.stops import LONGEST_STOP, find_stop

_WORKING = frozenset({TicketStatus.CONTACTED, TicketStatus.IN_PROGRESS})
_NEVER = frozenset({"P0", "P1"})


class ClockMayNotStop(FrontDoorError):
    """`why`: `urgent`, `status`, `source` (a higher hotline's deadline), `late`, `stopped`, `runs`."""

    def __init__(self, number: str, why: str) -> None:
        super().__init__(f"the clock of {number} cannot stop: {why}")
        self.number = number
        self.why = why


async def wait_for_papers(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    *,
    papers: str,
    until_at: datetime,
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """
    Tell the resident what is missing and until when; the end moves by that time.

    At most three days at a time (hotline.md §5); emergencies and urgent ones
    never stop. When the time is over the clock runs on by itself. Raises
    `ClockMayNotStop` and `InvalidInput`.
    """
    desk.allow(by, Permission.TICKET_HANDLE, ticket)
    check_is_lead(ticket)
    papers = needed(papers, "papers")
    if not now < until_at <= now + LONGEST_STOP:
        raise InvalidInput("until", "ticket.error.stop_until")
    if why := await _why_not(session, ticket, now):
        raise ClockMayNotStop(ticket.number, why)
    assert ticket.finish_due_at is not None
    await desk.tickets.record(
        session,
        ticket,
        EventKind.CLOCK_STOPPED,
        by=acting(by),
        now=now,
        note=papers,
        data={"until": until_at.isoformat()},
        changes={"finish_due_at": ticket.finish_due_at + (until_at - now)},
    )
    await desk.notices.tell(
        session,
        ticket,
        "ticket.notice.papers",
        now=now,
        choices=(PERSON_BUTTON,),
        papers=papers,
        until=desk.moment(until_at, now),
    )
    return ticket


async def papers_came(
    session: AsyncSession, desk: Desk, ticket: Ticket, *, by: StaffMember, now: datetime
) -> Ticket:
    """
    What was missing is here: the clock runs, and the days not needed are given back.

    Nothing is given back of an end that was set anew meanwhile (a raised
    urgency, a rework): the stop had not moved that one.
    """
    desk.allow(by, Permission.TICKET_HANDLE, ticket)
    stop = await find_stop(session, ticket.id, now=now)
    if stop is None or ticket.finish_due_at is None:
        raise ClockMayNotStop(ticket.number, "runs")
    not_needed = stop.until_at - now if stop.from_at >= ticket.due_from_at else timedelta()
    finish_due_at = ticket.finish_due_at - not_needed
    await desk.tickets.record(
        session,
        ticket,
        EventKind.CLOCK_RUNS,
        by=acting(by),
        now=now,
        data={"finish_due_at": finish_due_at.isoformat()},
        changes={"finish_due_at": finish_due_at},
    )
    await desk.notices.tell(
        session,
        ticket,
        "ticket.notice.papers_came",
        now=now,
        due=desk.moment(finish_due_at, now),
    )
    return ticket


async def _why_not(session: AsyncSession, ticket: Ticket, now: datetime) -> str | None:
    if ticket.urgency in _NEVER:
        return "urgent"
    if ticket.source_number is not None:
        return "source"
    if ticket.status not in _WORKING:
        return "status"
    if ticket.finish_due_at is None or now > ticket.finish_due_at:
        return "late"
    return "stopped" if await find_stop(session, ticket.id, now=now) else None

"""The work is done, says who did it: a text for the resident and another for colleagues."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import InvalidInput
from handlers.staff.desk import NOT_SOLVED_BUTTON, SOLVED_BUTTON, Desk, acting, needed, speaking
from people.permissions import Permission, StaffMember
from tickets.history import EventKind
from tickets.joint import check_children_done
from tickets.lookups import get_ticket, list_merged_into
from tickets.models import Ticket
from tickets.opening import RESULT
from tickets.status import TicketStatus

OUTCOMES = ("solved", "partly", "explained", "impossible", "unfounded", "lost")
_REPAIRS = "property_repair/"


async def resolve(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    *,
    result: str,
    internal_note: str,
    outcome: str = "solved",
    evidence: Sequence[str] = (),
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """
    Say that it is done.

    `result` is what the resident reads, `internal_note` what colleagues read:
    official language never goes straight to residents. Repairs need evidence
    (ids of files, or words such as 照片两张). Everybody whose ticket was joined
    to this one is told too. A co-handling unit gives its result to the lead
    unit, which has to wait for all of them. Raises `InvalidInput` and
    `ChildrenUnfinished`.
    """
    desk.allow(by, Permission.TICKET_HANDLE, ticket)
    result, internal_note = needed(result, "result"), needed(internal_note, "internal_note")
    if outcome not in OUTCOMES:
        raise InvalidInput("outcome", "ticket.error.outcome")
    if (ticket.matter or "").startswith(_REPAIRS) and not evidence:
        raise InvalidInput("evidence", "ticket.error.evidence")
    await check_children_done(session, ticket)
    await desk.tickets.move(
        session,
        ticket,
        TicketStatus.RESOLVED,
        by=acting(by),
        now=now,
        note=result,
        data={"outcome": outcome, "evidence": list(evidence)},
        changes={"outcome": outcome, "result_sealed": desk.vault.seal(result, purpose=RESULT)},
    )
    await desk.tickets.record(
        session, ticket, EventKind.NOTE, by=acting(by), now=now, note=internal_note
    )
    if ticket.parent_id is not None:
        await _give_to_lead(session, desk, ticket, result, by, now)
        return ticket
    for told in (ticket, *await list_merged_into(session, ticket.id)):
        await _tell(session, desk, told, result, by, now)
    return ticket


async def _give_to_lead(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    result: str,
    by: StaffMember,
    now: datetime,
) -> None:
    assert ticket.parent_id is not None
    lead = await get_ticket(session, ticket.parent_id)
    await desk.tickets.record(
        session,
        lead,
        EventKind.PART_RESOLVED,
        by=acting(by),
        now=now,
        note=result,
        data={"number": ticket.number, "unit": ticket.unit},
    )


async def _tell(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    result: str,
    by: StaffMember,
    now: datetime,
) -> None:
    await desk.notices.tell(
        session,
        ticket,
        "ticket.notice.resolved",
        now=now,
        author=speaking(by),
        choices=(SOLVED_BUTTON, NOT_SOLVED_BUTTON),
        result=result,
    )

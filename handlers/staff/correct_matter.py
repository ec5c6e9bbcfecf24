"""A person puts right what the machine, or somebody earlier, took the request for."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import InvalidInput
from editorial.corrections import NewCorrection, keep_correction
from handlers.staff.desk import Desk, acting
from people.permissions import Permission, StaffMember
from tickets.history import EventKind
from tickets.masking import masked_text
from tickets.models import Ticket
from tickets.opening import DESCRIPTION
from tickets.stops import time_added


async def correct_matter(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    matter: str,
    *,
    request_type: str | None = None,
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """
    Give a ticket another matter, and perhaps another request type.

    What the machine had said stays in `classified_by` and in the event, so
    that the two can be compared and learnt from. The deadlines are those of
    the new matter, reckoned from when they began, and later by the time that
    the clock stood still. A report to an authority that the new matter calls for
    is owed from now on. Where a machine had judged, the words become an example
    to learn from, masked. Raises `InvalidInput`.
    """
    desk.allow(by, Permission.TICKET_CORRECT, ticket)
    request_type = request_type or ticket.request_type
    if matter not in desk.taxonomy.matters:
        raise InvalidInput("matter", "ticket.error.matter")
    if request_type not in desk.taxonomy.request_types:
        raise InvalidInput("request_type", "ticket.error.request_type")
    before = {"matter": ticket.matter, "request_type": ticket.request_type}
    changes: dict[str, Any] = {
        "matter": matter,
        "request_type": request_type,
        "classified_by": {**ticket.classified_by, "corrected_by_id": str(by.id), "before": before},
    }
    if ticket.source_number is None:
        changes |= desk.tickets.reckoned_again(
            ticket, urgency=ticket.urgency, matter=matter, request_type=request_type
        )
        changes["finish_due_at"] += await time_added(session, ticket)
    await desk.tickets.record(
        session,
        ticket,
        EventKind.MATTER_CORRECTED,
        by=acting(by),
        now=now,
        data={"before": before, "matter": matter, "request_type": request_type},
        changes=changes,
    )
    await desk.tickets.owe_reports(session, ticket, now=now)
    await _learn(session, desk, ticket, was=before["matter"], by=by, now=now)
    return ticket


async def _learn(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    *,
    was: str | None,
    by: StaffMember,
    now: datetime,
) -> None:
    """What an operator typed from a call was never judged by a machine."""
    model = ticket.classified_by.get("model")
    if not isinstance(model, str):
        return
    words = desk.vault.open(ticket.description_sealed, purpose=DESCRIPTION)
    example = NewCorrection(
        ticket_id=ticket.id,
        text=masked_text(words),
        was=was,
        matter=str(ticket.matter),
        request_type=ticket.request_type,
        model=model,
    )
    await keep_correction(session, desk.vault, example, by_id=by.id, now=now)

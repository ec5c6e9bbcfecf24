"""Opening what is masked: with a reason, one ticket at a time, and recorded."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import InvalidInput, NotPermitted
from core.vault import Vault
from handlers.staff.desk import Desk, acting, needed
from people.permissions import Permission, StaffMember
from people.view_log import record_view
from tickets.history import EventKind
from tickets.models import Ticket
from tickets.opening import ADDRESS, COORDINATES, DESCRIPTION, PHONE, REQUESTER, SUBJECT
from tickets.reasons import REVEAL_REASONS, check_code
from tickets.sight import may_know_requester as may_know_requester

FIELDS: Mapping[str, str] = {
    "phone": PHONE,
    "requester": REQUESTER,
    "address": ADDRESS,
    "coordinates": COORDINATES,
    "subject": SUBJECT,
    "description": DESCRIPTION,
}
"""What can be opened, and the purpose under which each is sealed."""

_POINTS_AT_REQUESTER = frozenset({"phone", "requester", "description"})


async def reveal(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    fields: Sequence[str],
    *,
    reason: str,
    words: str,
    by: StaffMember,
    now: datetime,
) -> dict[str, str]:
    """
    Open fields of one ticket and give them by name; empty ones are left out.

    The reason code and the words go into the log of views, the history keeps
    the names of the fields. On a confidential ticket the handling unit never
    sees who asked: only the desk and reviewers do. Raises `NotPermitted`.
    """
    desk.allow(by, Permission.TICKET_REVEAL, ticket)
    check_code(reason, REVEAL_REASONS)
    words = needed(words, "words")
    if not fields or not set(fields) <= set(FIELDS):
        raise InvalidInput("fields", "ticket.error.fields")
    if _POINTS_AT_REQUESTER & set(fields) and not may_know_requester(ticket, by):
        raise NotPermitted(Permission.TICKET_REVEAL)
    opened = open_fields(ticket, fields, desk.vault)
    await desk.tickets.record(
        session,
        ticket,
        EventKind.REVEALED,
        by=acting(by),
        now=now,
        reason=reason,
        data={"fields": sorted(opened)},
    )
    await record_view(
        session,
        viewer=acting(by),
        action="reveal",
        subject_kind="ticket",
        subject_id=ticket.id,
        fields=sorted(opened),
        reason=f"{reason}：{words}",
        now=now,
    )
    return opened


def open_fields(ticket: Ticket, fields: Sequence[str], vault: Vault) -> dict[str, str]:
    """The contents of sealed columns by field name; only after the right was checked."""
    found = {
        name: vault.open_maybe(getattr(ticket, f"{name}_sealed"), purpose=FIELDS[name])
        for name in fields
    }
    return {name: value for name, value in found.items() if value is not None}

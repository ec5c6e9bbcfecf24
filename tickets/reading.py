"""One ticket as staff and programs read it: everything there is, personal fields masked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound
from core.vault import Vault
from people.models import Staff
from people.permissions import StaffMember
from tickets.history import EventKind, Happened, list_history
from tickets.lookups import get_ticket_by_number
from tickets.masking import masked_address, masked_name, masked_phone, masked_text
from tickets.models import Approval, Ticket
from tickets.opening import ADDRESS, DESCRIPTION, PHONE, REQUESTER, RESULT, SUBJECT
from tickets.sight import may_know_requester, may_see
from tickets.status import TicketStatus, open_to_resident

_RESIDENTS_WORDS = frozenset(
    {
        EventKind.CHASED,
        EventKind.WORDS_ADDED,
        EventKind.CORRECTED_BY_RESIDENT,
        EventKind.SAID_SOLVED,
        EventKind.COMPLAINED,
        EventKind.ASKED_FOR_PERSON,
    }
)


@dataclass(frozen=True, slots=True)
class DeadlinesView:
    """By when it is to be accepted, the resident contacted, the matter finished."""

    accept_at: datetime | None
    contact_at: datetime | None
    finish_at: datetime | None
    provisional: bool


@dataclass(frozen=True, slots=True)
class EventView:
    """One entry of the history; `actor` is the name of a member of staff, if it was one."""

    number: int
    kind: str
    at: datetime
    actor_kind: str
    actor: str | None
    from_status: str | None
    to_status: str | None
    reason: str | None
    approver: str | None
    note: str | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """A step that waits for a second person."""

    id: UUID
    action: str
    reason: str
    requested_by: str | None
    requested_at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket by the names of the contract; what points at a person is masked or absent."""

    number: str
    source_number: str | None
    channel: str
    request_type: str
    matter: str | None
    secondary_matters: tuple[str, ...]
    urgency: str
    trigger: str | None
    title: str
    description: str
    community: str | None
    place: str | None
    address: str | None
    requester: str | None
    phone: str | None
    contact_wish: str
    subject: str | None
    relation: str | None
    groups: tuple[str, ...]
    confidentiality: str
    status: str
    is_open: bool
    """What the resident reads: open until it is resolved or set aside."""
    unit: str | None
    assignee: str | None
    assignee_id: UUID | None
    deadline_class: str
    deadlines: DeadlinesView
    next_due_at: datetime | None
    result_for_resident: str | None
    internal_note: str | None
    """The last thing that colleagues were told."""
    outcome: str | None
    call_back: Mapping[str, Any] | None
    classified_by: Mapping[str, Any]
    chases: int
    merged_into: str | None
    revision: int
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    approvals: tuple[ApprovalView, ...]
    events: tuple[EventView, ...]


async def get_ticket_page(
    session: AsyncSession, number: str, *, member: StaffMember, vault: Vault
) -> TicketView:
    """
    One ticket with its history, as this member of staff may see it.

    On confidential tickets the handling unit reads neither name nor telephone
    nor the resident's own later words. The caller records the view. Raises
    `NotFound` for what is not there or may not be seen.
    """
    ticket = await get_ticket_by_number(session, number)
    if not may_see(ticket, member) or ticket.status == TicketStatus.DRAFT:
        raise NotFound("ticket", number)
    names = await _names(session)
    history = await list_history(session, ticket.id, vault=vault)
    knows = may_know_requester(ticket, member)
    return TicketView(
        **_plain(ticket),
        **_masked(ticket, vault, knows=knows),
        status=ticket.status,
        is_open=open_to_resident(ticket.status),
        assignee=names.get(ticket.assignee_id) if ticket.assignee_id else None,
        deadlines=DeadlinesView(
            ticket.accept_due_at,
            ticket.contact_due_at,
            ticket.finish_due_at,
            ticket.due_provisional,
        ),
        internal_note=_last_note(history),
        merged_into=await _number_of(session, ticket.merged_into_id),
        approvals=await _approvals(session, ticket, names),
        events=tuple(_event(each, names, knows=knows) for each in history),
    )


_PLAIN = (
    "number",
    "source_number",
    "channel",
    "request_type",
    "matter",
    "urgency",
    "trigger",
    "title",
    "community",
    "place",
    "contact_wish",
    "relation",
    "confidentiality",
    "unit",
    "assignee_id",
    "deadline_class",
    "next_due_at",
    "outcome",
    "call_back",
    "classified_by",
    "chases",
    "revision",
    "opened_at",
    "changed_at",
    "closed_at",
)


def _plain(ticket: Ticket) -> dict[str, Any]:
    return {
        **{name: getattr(ticket, name) for name in _PLAIN},
        "secondary_matters": tuple(ticket.secondary_matters),
        "groups": tuple(ticket.groups),
    }


def _masked(ticket: Ticket, vault: Vault, *, knows: bool) -> dict[str, Any]:
    requester = vault.open_maybe(ticket.requester_sealed, purpose=REQUESTER) if knows else None
    phone = vault.open_maybe(ticket.phone_sealed, purpose=PHONE) if knows else None
    address = vault.open_maybe(ticket.address_sealed, purpose=ADDRESS)
    subject = vault.open_maybe(ticket.subject_sealed, purpose=SUBJECT)
    return {
        "description": masked_text(vault.open(ticket.description_sealed, purpose=DESCRIPTION)),
        "address": masked_address(address) if address else None,
        "requester": masked_name(requester) if requester else None,
        "phone": masked_phone(phone) if phone else None,
        "subject": masked_name(subject) if subject else None,
        "result_for_resident": vault.open_maybe(ticket.result_sealed, purpose=RESULT),
    }


def _event(event: Happened, names: Mapping[UUID, str], *, knows: bool) -> EventView:
    hidden = event.kind in _RESIDENTS_WORDS and not knows
    return EventView(
        number=event.number,
        kind=event.kind,
        at=event.at,
        actor_kind=event.actor_kind,
        actor=names.get(event.actor_id) if event.actor_id else None,
        from_status=event.from_status,
        to_status=event.to_status,
        reason=event.reason,
        approver=names.get(event.approver_id) if event.approver_id else None,
        note=None if hidden or event.note is None else masked_text(event.note),
        data=event.data,
    )


def _last_note(history: Sequence[Happened]) -> str | None:
    notes = [each.note for each in history if each.kind == EventKind.NOTE and each.note]
    return masked_text(notes[-1]) if notes else None


async def _approvals(
    session: AsyncSession, ticket: Ticket, names: Mapping[UUID, str]
) -> tuple[ApprovalView, ...]:
    found = await session.scalars(
        select(Approval)
        .where(Approval.ticket_id == ticket.id, Approval.decided_at.is_(None))
        .order_by(Approval.requested_at)
    )
    return tuple(
        ApprovalView(
            each.id,
            each.action,
            each.reason_code,
            names.get(each.requested_by_id),
            each.requested_at,
            each.data,
        )
        for each in found
    )


async def _names(session: AsyncSession) -> dict[UUID, str]:
    found = await session.execute(select(Staff.id, Staff.name))
    return {row.id: row.name for row in found}


async def _number_of(session: AsyncSession, ticket_id: UUID | None) -> str | None:
    if ticket_id is None:
        return None
    number: str | None = await session.scalar(select(Ticket.number).where(Ticket.id == ticket_id))
    return number

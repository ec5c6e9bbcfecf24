"""What is known when a ticket is opened, and the row that it becomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from core.errors import InvalidInput
from core.ids import new_id
from core.vault import Vault
from people.residents import PHONE_INDEX, normal_phone
from tickets.deadlines import Deadlines, running
from tickets.masking import masked_title
from tickets.status import TicketStatus

DESCRIPTION = "ticket.description"
ADDRESS = "ticket.address"
COORDINATES = "ticket.coordinates"
REQUESTER = "ticket.requester"
PHONE = "ticket.phone"
SUBJECT = "ticket.subject"
RESULT = "ticket.result"

CONFIDENTIAL_TYPES = frozenset({"complaint", "report"})
"""Confidential towards the handling unit unless the resident wants otherwise (hotline.md §8.1)."""


@dataclass(frozen=True, slots=True)
class NewTicket:
    """Everything a door knows about a request; only what, where and how to reach are needed."""

    channel: str
    description: str
    """The resident's own words, kept as they are."""
    request_type: str
    matter: str | None
    urgency: str
    conversation_id: UUID | None = None
    resident_id: UUID | None = None
    title: str | None = None
    """None: the first of the resident's words. Masked in either case."""
    community: str | None = None
    place: str | None = None
    address: str | None = None
    coordinates: str | None = None
    """Latitude and longitude in degrees (WGS 84), parted by a comma."""
    requester: str | None = None
    phone: str | None = None
    contact_wish: str = "call"
    subject: str | None = None
    relation: str | None = None
    groups: Sequence[str] = ()
    confidentiality: str | None = None
    """None: confidential for complaints and reports, open otherwise."""
    trigger: str | None = None
    secondary_matters: Sequence[str] = ()
    classified_by: Mapping[str, Any] = field(default_factory=dict)
    source_number: str | None = None
    status: TicketStatus = TicketStatus.TO_DISPATCH
    answer: str | None = None
    """The words that answered it, kept in the history as they were said."""
    finish_due_at: datetime | None = None
    """The end that a higher hotline set; it may not be moved."""
    parent_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What the office adds: the number, the class and the deadlines."""

    number: str
    deadline_class: str
    deadlines: Deadlines
    now: datetime


def ticket_row(new: NewTicket, given: Given, *, vault: Vault, revision: int) -> dict[str, Any]:
    """Every column of the new ticket, with personal fields sealed."""
    clock = running(new.status, given.deadlines)
    return {
        **_sealed(new, vault),
        **_plain(new),
        "id": new_id(),
        "number": given.number,
        "deadline_class": given.deadline_class,
        "accept_due_at": given.deadlines.accept,
        "contact_due_at": given.deadlines.contact,
        "finish_due_at": given.deadlines.finish,
        "due_from_at": given.deadlines.from_at,
        "due_provisional": given.deadlines.provisional,
        "next_due_at": clock.due_at,
        "warn_at": clock.warn_at,
        "remind_at": clock.warn_at,
        "opened_at": given.now,
        "changed_at": given.now,
        "revision": revision,
        **_UNTOUCHED,
    }


_UNTOUCHED: Mapping[str, Any] = {
    "unit": None,
    "assignee_id": None,
    "reminded": 0,
    "result_sealed": None,
    "outcome": None,
    "call_back": None,
    "return_barred": False,
    "chases": 0,
    "merged_into_id": None,
    "closed_at": None,
}


def phone_columns(phone: str | None, vault: Vault) -> dict[str, Any]:
    """
    A telephone number, sealed and with its index.

    A number that cannot be read (eight digits without an area code) is kept
    as it was said and is not found by index.
    """
    if not phone:
        return {"phone_sealed": None, "phone_index": None}
    try:
        known = normal_phone(phone)
        index = vault.index(known, purpose=PHONE_INDEX)
    except InvalidInput:
        known, index = phone, None
    return {"phone_sealed": vault.seal(known, purpose=PHONE), "phone_index": index}


def _sealed(new: NewTicket, vault: Vault) -> dict[str, Any]:
    return {
        "description_sealed": vault.seal(new.description, purpose=DESCRIPTION),
        "address_sealed": vault.seal_maybe(new.address, purpose=ADDRESS),
        "coordinates_sealed": vault.seal_maybe(new.coordinates, purpose=COORDINATES),
        "requester_sealed": vault.seal_maybe(new.requester, purpose=REQUESTER),
        "subject_sealed": vault.seal_maybe(new.subject, purpose=SUBJECT),
        **phone_columns(new.phone, vault),
    }


def _plain(new: NewTicket) -> dict[str, Any]:
    return {
        "source_number": new.source_number,
        "channel": str(new.channel),
        "conversation_id": new.conversation_id,
        "resident_id": new.resident_id,
        "request_type": new.request_type,
        "matter": new.matter,
        "secondary_matters": list(new.secondary_matters),
        "urgency": new.urgency,
        "trigger": new.trigger,
        "title": masked_title(new.title or new.description),
        "community": new.community,
        "place": new.place[:120] if new.place else None,
        "contact_wish": new.contact_wish,
        "relation": new.relation,
        "groups": list(new.groups),
        "classified_by": dict(new.classified_by),
        "confidentiality": new.confidentiality or _usual_confidentiality(new.request_type),
        "status": new.status.value,
        "parent_id": new.parent_id,
    }


def _usual_confidentiality(request_type: str) -> str:
    return "confidential" if request_type in CONFIDENTIAL_TYPES else "open"

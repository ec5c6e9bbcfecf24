"""What the template of the ticket page is given: plain, masked values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from console.history import Line
from console.report_view import OwedReport


@dataclass(frozen=True, slots=True)
class Due:
    """The deadline that runs now."""

    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket without personal data."""

    number: str
    short: str
    title: str
    urgency: str
    status: str
    status_words: str
    confidentiality: str
    revision: int
    person: str
    sealed: Sequence[tuple[str, str]]
    next_due: Due | None
    matter: str
    request_type: str
    suggested_unit: str
    rough_place: str


@dataclass(frozen=True, slots=True)
class Button:
    """One thing that this person can do to this ticket now."""

    id: str
    words: str
    dialog: bool
    main: bool
    key: str
    second: str
    beside: bool


@dataclass(frozen=True, slots=True)
class PendingApproval:
    """A step that waits for its second person."""

    id: UUID
    words: str
    by: str
    at: str
    reason: str
    note: str
    may_decide: bool


@dataclass(frozen=True, slots=True)
class JointRow:
    """Another unit's ticket about the same request: the lead's, or one that helps."""

    number: str
    short: str
    role: str
    unit: str
    status: str
    may_open: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody looked at it."""

    name: str
    at: str


@dataclass(frozen=True, slots=True)
class Page:
    """All parts of the page."""

    ticket: TicketView
    ticket_id: UUID
    conversation_id: UUID | None
    history: Sequence[Line]
    facts: Sequence[tuple[str, str, str, str]]
    """Name, words, the dialog that changes it (or nothing), what its button says."""
    buttons: Sequence[Button]
    approvals: Sequence[PendingApproval]
    views: Sequence[Seen]
    may_reply: bool
    joint: Sequence[JointRow]
    reports: Sequence[OwedReport]
    names: Mapping[UUID, str] = field(default_factory=dict)

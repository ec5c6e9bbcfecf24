"""Tickets, their history, approvals, call-backs and alerts; tasks and claims."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Counting, Document, Instant


class Ticket(Base):
    """A resident's request for service, from first word to last."""

    __tablename__ = "tickets"
    __table_args__ = (
        Index("ix_tickets_queue", "status", "urgency", "finish_due_at"),
        Index("ix_tickets_same", "matter", "community", "status"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    source_number: Mapped[str | None] = mapped_column(String(64), index=True)
    """The number that a higher hotline gave it."""
    channel: Mapped[str] = mapped_column(String(16))
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    resident_id: Mapped[UUID | None] = mapped_column(ForeignKey("residents.id"), index=True)

    request_type: Mapped[str] = mapped_column(String(16))
    matter: Mapped[str | None] = mapped_column(String(64))
    """Taxonomy id; None until a person has decided."""
    secondary_matters: Mapped[list[str]] = mapped_column(Document)
    urgency: Mapped[str] = mapped_column(String(2))
    trigger: Mapped[str | None] = mapped_column(String(32))
    """The emergency trigger that opened it."""
    title: Mapped[str] = mapped_column(String(120))
    """The resident's own first words with numbers and doors masked."""
    description_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    community: Mapped[str | None] = mapped_column(String(16))
    place: Mapped[str | None] = mapped_column(String(120))
    """A named place, no door: 和平里."""
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    coordinates_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Where they said to be by their telephone's map: `30.590000,114.310000` (WGS 84)."""
    requester_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[str | None] = mapped_column(String(64), index=True)
    contact_wish: Mapped[str] = mapped_column(String(16), default="call")
    """How this person wants to be reached: `call`, `message`, `safe_only`, `none`."""
    subject_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    relation: Mapped[str | None] = mapped_column(String(16))
    groups: Mapped[list[str]] = mapped_column(Document)
    confidentiality: Mapped[str] = mapped_column(String(16), default="open")
    """`open`, `confidential` (towards the handling unit) or `anonymous`."""

    status: Mapped[str] = mapped_column(String(24))
    unit: Mapped[str | None] = mapped_column(String(32))
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    deadline_class: Mapped[str] = mapped_column(String(24))
    accept_due_at: Mapped[datetime | None] = mapped_column(Instant)
    contact_due_at: Mapped[datetime | None] = mapped_column(Instant)
    finish_due_at: Mapped[datetime | None] = mapped_column(Instant)
    due_from_at: Mapped[datetime] = mapped_column(Instant)
    """From when the deadlines are reckoned: the opening, later the rework or the appeal."""
    due_provisional: Mapped[bool] = mapped_column(default=False)
    """Reckoned with a year whose holidays are not published yet."""
    next_due_at: Mapped[datetime | None] = mapped_column(Instant)
    """The deadline that runs now: the earliest one that the present status has not met."""
    warn_at: Mapped[datetime | None] = mapped_column(Instant)
    """When a quarter of that time is left."""
    remind_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    """When the clock reminds somebody next; None: no more reminders for this deadline."""
    reminded: Mapped[int] = mapped_column(default=0)
    """Reminders given for it: 1 quarter left, 2 due, 3 one and 4 three working days late."""
    result_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    outcome: Mapped[str | None] = mapped_column(String(24))
    call_back: Mapped[dict[str, Any] | None] = mapped_column(Document)
    classified_by: Mapped[dict[str, Any]] = mapped_column(Document)
    """Model, confidence and ranking, or the member of staff who corrected it."""
    return_barred: Mapped[bool] = mapped_column(default=False)
    """A refused return may not be asked for again."""
    chases: Mapped[int] = mapped_column(default=0)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"))
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"))
    revision: Mapped[int] = mapped_column(default=0)
    """Rises with every event: a page that shows an older one is told."""
    opened_at: Mapped[datetime] = mapped_column(Instant, index=True)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)


class TicketEvent(Base):
    """One entry of a ticket's history. Never changed, never deleted: triggers see to it."""

    __tablename__ = "ticket_events"
    __table_args__ = (
        UniqueConstraint("ticket_id", "number"),
        Index("ix_ticket_events_kind", "kind", "at"),
    )

    id: Mapped[int] = mapped_column(Counting, primary_key=True, autoincrement=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(24))
    from_status: Mapped[str | None] = mapped_column(String(24))
    to_status: Mapped[str | None] = mapped_column(String(24))
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[UUID | None]
    reason_code: Mapped[str | None] = mapped_column(String(24))
    approver_id: Mapped[UUID | None]
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    data: Mapped[dict[str, Any]] = mapped_column(Document)
    """Facts of the event without personal data: matter before and after, new deadline…"""
    at: Mapped[datetime] = mapped_column(Instant)


class Approval(Base):
    """A step that needs a second person: return, extension, parking, exclusion, decline."""

    __tablename__ = "approvals"
    __table_args__ = (
        Index(
            "ix_approvals_pending",
            "ticket_id",
            "action",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), index=True)
    action: Mapped[str] = mapped_column(String(16))
    reason_code: Mapped[str] = mapped_column(String(24))
    note_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    data: Mapped[dict[str, Any]] = mapped_column(Document)
    requested_by_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    requested_at: Mapped[datetime] = mapped_column(Instant)
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    granted: Mapped[bool | None]


class CallBack(Base):
    """A call that somebody has to make: the closing question, or a notice without a channel."""

    __tablename__ = "call_backs"
    __table_args__ = (
        Index(
            "ix_call_backs_open",
            "due_at",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    """`closing` (contacted? solved? satisfied?), `notice` or `promised`."""
    words_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """What to say."""
    due_at: Mapped[datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    done_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    outcome: Mapped[str | None] = mapped_column(String(24))


class Alert(Base):
    """A bell that rings until somebody acknowledges it."""

    __tablename__ = "alerts"
    __table_args__ = (
        Index(
            "ix_alerts_ringing",
            "opened_at",
            sqlite_where=text("acknowledged_at IS NULL"),
            postgresql_where=text("acknowledged_at IS NULL"),
        ),
        UniqueConstraint("ticket_id", "kind", "opened_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"))
    kind: Mapped[str] = mapped_column(String(16))
    """`emergency`, `urgent`, `failed` (a message that could not be handled), `silence` (after a
    volunteer's check-in), `help` (a volunteer asks), `promise` (a promised call is overdue),
    `report` (a report that the law demands is overdue)."""
    step: Mapped[int] = mapped_column(default=0)
    """0 console, 1 shift lead, 2 duty telephone, 3 supervisor."""
    next_step_at: Mapped[datetime | None] = mapped_column(Instant)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    acknowledged_at: Mapped[datetime | None] = mapped_column(Instant)
    acknowledged_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))


class ReferenceCounter(Base):
    """The last ticket number given on a day."""

    __tablename__ = "reference_counters"

    day: Mapped[str] = mapped_column(String(8), primary_key=True)
    last: Mapped[int]


class Task(Base):
    """Something that volunteers can claim; made from a ticket, shows no person until claimed."""

    __tablename__ = "tasks"
    __table_args__ = (Index("ix_tasks_open", "status", "community", "starts_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    """A help type of the taxonomy: 送餐, 陪诊, 代购…"""
    title: Mapped[str] = mapped_column(String(80))
    community: Mapped[str | None] = mapped_column(String(16))
    rough_place: Mapped[str] = mapped_column(String(80))
    """Without a door: 和平里一带."""
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    minutes: Mapped[int]
    to_do: Mapped[list[str]] = mapped_column(Document)
    not_to_do: Mapped[list[str]] = mapped_column(Document)
    skill: Mapped[str | None] = mapped_column(String(32))
    language: Mapped[str | None] = mapped_column(String(16))
    """What the resident speaks best, where it matters: `wuhan`, `sign`…"""
    pets: Mapped[bool] = mapped_column(default=False)
    """There are animals in the home."""
    needs_training: Mapped[str | None] = mapped_column(String(32))
    """A kind of training that must be valid on the day: `home_visit`, `first_aid`…"""
    needs_insurance: Mapped[bool] = mapped_column(default=False)
    """Bodily risk: nobody goes uninsured (Volunteer Service Regulations art. 17)."""
    urgent: Mapped[bool] = mapped_column(default=False)
    """Volunteers are asked in waves instead of waiting for somebody to look."""
    wave: Mapped[int] = mapped_column(default=0)
    """Waves of asking so far."""
    next_wave_at: Mapped[datetime | None] = mapped_column(Instant)
    """When the next volunteers are asked; None: at the next look, if it is urgent by then."""
    in_home: Mapped[bool] = mapped_column(default=False)
    accompanied: Mapped[bool] = mapped_column(default=False)
    """A social worker goes along, so that one volunteer is enough inside a home."""
    places: Mapped[int]
    places_left: Mapped[int]
    contact_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """JSON shown after the claim: how to address the person and where the door is."""
    alone_allowed_at: Mapped[datetime | None] = mapped_column(Instant)
    """When staff let a visit for two begin with one."""
    alone_allowed_by_id: Mapped[UUID | None]
    status: Mapped[str] = mapped_column(String(16))
    """`open`, `taken`, `done` or `cancelled`."""
    published_by_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    published_at: Mapped[datetime] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)


class Claim(Base):
    """One volunteer's place in one task."""

    __tablename__ = "claims"
    __table_args__ = (UniqueConstraint("task_id", "volunteer_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id"))
    volunteer_id: Mapped[UUID] = mapped_column(ForeignKey("volunteers.id"), index=True)
    status: Mapped[str] = mapped_column(String(16))
    """`claimed`, `checked_in`, `completed`, `released` or `lapsed`."""
    claimed_at: Mapped[datetime] = mapped_column(Instant)
    checked_in_at: Mapped[datetime | None] = mapped_column(Instant)
    silence_rung_at: Mapped[datetime | None] = mapped_column(Instant)
    """When staff were told that nothing was heard since the check-in."""
    completed_at: Mapped[datetime | None] = mapped_column(Instant)
    released_at: Mapped[datetime | None] = mapped_column(Instant)
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    photo_id: Mapped[UUID | None]
    """The file with the picture that was given when it was done."""
    photo_inbox_id: Mapped[int | None] = mapped_column(Counting)
    """The message in a chat whose picture it will be, until its bytes are here."""
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    """When the volunteer said 「我会去」, or that it will be later."""
    late_until_at: Mapped[datetime | None] = mapped_column(Instant)
    """When somebody who is running late will be there; reminders go by it."""
    minutes: Mapped[int | None]
    hours_approved_at: Mapped[datetime | None] = mapped_column(Instant)
    """Since when the minutes count."""
    hours_approved_by_id: Mapped[UUID | None]
    """The member of staff who let them count."""


class TaskOffer(Base):
    """A volunteer who was asked to take a task, in which wave, and the answer."""

    __tablename__ = "task_offers"

    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id"), primary_key=True)
    volunteer_id: Mapped[UUID] = mapped_column(ForeignKey("volunteers.id"), primary_key=True)
    wave: Mapped[int]
    offered_at: Mapped[datetime] = mapped_column(Instant)
    answered: Mapped[str | None] = mapped_column(String(16))
    """`taken` or `not_now`; None: no answer yet."""
    answered_at: Mapped[datetime | None] = mapped_column(Instant)


class Avoidance(Base):
    """A volunteer and a resident who are not brought together again; the other is never told."""

    __tablename__ = "avoidances"
    __table_args__ = (UniqueConstraint("volunteer_id", "ticket_id", "wished_by"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    volunteer_id: Mapped[UUID] = mapped_column(ForeignKey("volunteers.id"), index=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), index=True)
    """Any ticket of that resident: the person behind it is found as `tickets.pairings` does."""
    wished_by: Mapped[str] = mapped_column(String(16))
    """`volunteer` or `resident`."""
    noted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    noted_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

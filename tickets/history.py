"""A ticket's history: what happened, who did it, in which order. Only ever added to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import Actor, ActorKind
from core.statements import Prepared
from core.vault import Vault
from tickets.models import TicketEvent
from tickets.status import TicketStatus

NOTE = "event.note"
EVENTS = cast(Table, TicketEvent.__table__)
_ADD = Prepared(insert(EVENTS))


class EventKind(StrEnum):
    """What an entry of the history tells. `MOVED` and `ANSWERED` change the status."""

    MOVED = "moved"
    ANSWERED = "answered"
    NOTE = "note"
    REPLIED = "replied"
    TAKEN_OVER = "taken_over"
    HANDED_BACK = "handed_back"
    CHASED = "chased"
    ASKED_FOR_PERSON = "asked_for_person"
    TOLD_DETAILS = "told_details"
    SAID_SOLVED = "said_solved"
    COMPLAINED = "complained"
    LOCATED = "located"
    WORDS_ADDED = "words_added"
    VOLUNTEER_SAID = "volunteer_said"
    CORRECTED_BY_RESIDENT = "corrected_by_resident"
    ALERT_RUNG = "alert_rung"
    ALERT_CLIMBED = "alert_climbed"
    ALERT_ACKNOWLEDGED = "alert_acknowledged"
    CONTACT_FAILED = "contact_failed"
    CONTACT_LOST = "contact_lost"
    MATTER_CORRECTED = "matter_corrected"
    URGENCY_CHANGED = "urgency_changed"
    APPROVAL_ASKED = "approval_asked"
    APPROVAL_GRANTED = "approval_granted"
    APPROVAL_REFUSED = "approval_refused"
    DEADLINE_CHANGED = "deadline_changed"
    EXCLUDED = "excluded"
    MERGED_IN = "merged_in"
    UNIT_INVOLVED = "unit_involved"
    PART_RESOLVED = "part_resolved"
    CLOCK_STOPPED = "clock_stopped"
    CLOCK_RUNS = "clock_runs"
    CALL_BACK_FAILED = "call_back_failed"
    CALL_BACK_ANSWERED = "call_back_answered"
    CALL_PROMISED = "call_promised"
    CALLED = "called"
    REVEALED = "revealed"
    REMINDED = "reminded"
    RECKONED_AGAIN = "reckoned_again"
    TASK_PUBLISHED = "task_published"
    TASK_OFFERED = "task_offered"
    TASK_CLAIMED = "task_claimed"
    TASK_RELEASED = "task_released"
    TASK_CHECKED_IN = "task_checked_in"
    TASK_COMPLETED = "task_completed"
    TASK_DONE = "task_done"
    TASK_LAPSED = "task_lapsed"
    TASK_UNFILLED = "task_unfilled"
    TASK_CONFIRMED = "task_confirmed"
    TASK_LATE = "task_late"
    TASK_ALONE_ALLOWED = "task_alone_allowed"
    RELAYED = "relayed"
    THANKED = "thanked"
    HOURS_APPROVED = "hours_approved"
    HELP_ASKED = "help_asked"
    REPORT_OWED = "report_owed"
    REPORT_MADE = "report_made"
    REPORT_LIFTED = "report_lifted"
    CALL_ENDED = "call_ended"
    CHAT_CLOSED = "chat_closed"
    CHAT_OPENED = "chat_opened"


STATUS_CHANGES = frozenset({EventKind.MOVED, EventKind.ANSWERED})
"""Entries after which a ticket stands elsewhere, whoever caused them."""
STAFF_CHANGES = frozenset(
    {
        EventKind.MATTER_CORRECTED,
        EventKind.URGENCY_CHANGED,
        EventKind.DEADLINE_CHANGED,
        EventKind.APPROVAL_ASKED,
        EventKind.APPROVAL_GRANTED,
        EventKind.APPROVAL_REFUSED,
        EventKind.EXCLUDED,
        EventKind.MERGED_IN,
        EventKind.UNIT_INVOLVED,
        EventKind.CLOCK_STOPPED,
        EventKind.CLOCK_RUNS,
        EventKind.CONTACT_FAILED,
        EventKind.CONTACT_LOST,
        EventKind.CALL_BACK_FAILED,
        EventKind.CALL_BACK_ANSWERED,
        EventKind.TASK_PUBLISHED,
    }
)
"""Entries by which a colleague decided what another one may just be deciding."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to write into a history. `data` holds facts without personal data."""

    kind: EventKind
    by: Actor
    at: datetime
    from_status: str | None = None
    to_status: str | None = None
    reason: str | None = None
    approver_id: UUID | None = None
    note: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Happened:
    """One entry as it is read back, with its note opened."""

    number: int
    kind: str
    actor_kind: str
    actor_id: UUID | None
    at: datetime
    from_status: str | None
    to_status: str | None
    reason: str | None
    approver_id: UUID | None
    note: str | None
    data: Mapping[str, Any]


async def add_entries(
    session: AsyncSession, ticket_id: UUID, entries: Sequence[Entry], *, first: int, vault: Vault
) -> None:
    """Write entries whose numbers begin with `first`; the caller raised the ticket's revision."""
    rows = [_row(ticket_id, first + offset, entry, vault) for offset, entry in enumerate(entries)]
    await _ADD.run_all(session, rows)


async def list_history(session: AsyncSession, ticket_id: UUID, *, vault: Vault) -> list[Happened]:
    """Everything that happened to a ticket, oldest first."""
    found = await session.execute(
        select(EVENTS).where(EVENTS.c.ticket_id == ticket_id).order_by(EVENTS.c.number)
    )
    return [_happened(row, vault) for row in found.mappings()]


async def list_changes_after(
    session: AsyncSession, ticket_id: UUID, number: int, *, vault: Vault
) -> list[Happened]:
    """
    What was decided about a ticket after its entry `number`, oldest first.

    Words count as no change: a form that is open while the resident writes on,
    or a colleague leaves a note, still means what it meant.
    """
    by_staff = EVENTS.c.kind.in_(STAFF_CHANGES) & (EVENTS.c.actor_kind == ActorKind.STAFF)
    found = await session.execute(
        select(EVENTS)
        .where(EVENTS.c.ticket_id == ticket_id, EVENTS.c.number > number)
        .where(EVENTS.c.kind.in_(STATUS_CHANGES) | by_staff)
        .order_by(EVENTS.c.number)
    )
    return [_happened(row, vault) for row in found.mappings()]


async def list_who_worked_on_it(session: AsyncSession, ticket_id: UUID) -> set[UUID]:
    """
    The staff who handled a ticket, for the separation of duties.

    Whoever accepted, contacted, worked on or resolved it may neither call back
    nor close it.
    """
    worked = (
        TicketStatus.ACCEPTED,
        TicketStatus.CONTACTED,
        TicketStatus.IN_PROGRESS,
        TicketStatus.RESOLVED,
    )
    found = await session.scalars(
        select(EVENTS.c.actor_id)
        .where(EVENTS.c.ticket_id == ticket_id, EVENTS.c.actor_kind == "staff")
        .where(EVENTS.c.kind == EventKind.MOVED, EVENTS.c.to_status.in_(worked))
        .where(EVENTS.c.approver_id.is_(None))
    )
    return {person for person in found if person is not None}


async def count_events(
    session: AsyncSession,
    ticket_id: UUID,
    kind: EventKind,
    *,
    between: tuple[TicketStatus, TicketStatus] | None = None,
) -> int:
    """How often something happened to a ticket; `between` counts one way from status to status."""
    query = (
        select(func.count())
        .select_from(EVENTS)
        .where(EVENTS.c.ticket_id == ticket_id, EVENTS.c.kind == kind)
    )
    if between is not None:
        query = query.where(EVENTS.c.from_status == between[0], EVENTS.c.to_status == between[1])
    return await session.scalar(query) or 0


async def list_times(session: AsyncSession, ticket_id: UUID, kind: EventKind) -> list[datetime]:
    """When something happened to a ticket, oldest first."""
    found = await session.scalars(
        select(EVENTS.c.at)
        .where(EVENTS.c.ticket_id == ticket_id, EVENTS.c.kind == kind)
        .order_by(EVENTS.c.number)
    )
    return list(found)


async def find_last_move(
    session: AsyncSession, ticket_id: UUID, to_status: TicketStatus
) -> Happened | None:
    """The latest entry that brought a ticket into a status; its note stays closed."""
    found = await session.execute(
        select(EVENTS)
        .where(EVENTS.c.ticket_id == ticket_id, EVENTS.c.to_status == to_status)
        .order_by(EVENTS.c.number.desc())
        .limit(1)
    )
    row = found.mappings().one_or_none()
    return None if row is None else _happened(row, None)


def _row(ticket_id: UUID, number: int, entry: Entry, vault: Vault) -> dict[str, Any]:
    return {
        "ticket_id": ticket_id,
        "number": number,
        "kind": entry.kind.value,
        "from_status": entry.from_status,
        "to_status": entry.to_status,
        "actor_kind": entry.by.kind.value,
        "actor_id": entry.by.person_id,
        "reason_code": entry.reason,
        "approver_id": entry.approver_id,
        "note_sealed": vault.seal_maybe(entry.note, purpose=NOTE),
        "data": dict(entry.data),
        "at": entry.at,
    }


def _happened(row: Mapping[Any, Any], vault: Vault | None) -> Happened:
    sealed = row["note_sealed"]
    return Happened(
        number=row["number"],
        kind=row["kind"],
        actor_kind=row["actor_kind"],
        actor_id=row["actor_id"],
        at=row["at"],
        from_status=row["from_status"],
        to_status=row["to_status"],
        reason=row["reason_code"],
        approver_id=row["approver_id"],
        note=vault.open_maybe(sealed, purpose=NOTE) if vault else None,
        data=row["data"],
    )

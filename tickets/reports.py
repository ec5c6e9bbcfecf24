"""
Reports that the law demands (hotline.md §7): harm to a minor, violence in a family.

Minors Protection Law art. 11, Anti-Domestic-Violence Law art. 14. The suspicion
is enough. Whatever becomes of the ticket or of its matter, the duty stays until
somebody reports it or a supervisor lifts it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import FrontDoorError, NotFound
from core.ids import new_id
from tickets.models import Ticket
from tickets.report_models import ReportDuty

WORDS = "report.words"
AUTHORITIES = ("police", "civil_affairs", "education", "other")
"""Whom a report can go to."""
_OF_TRIGGER = {"child_harm": "child", "violence": "violence"}
_OF_MATTER = {
    "child_women/child_protection": "child",
    "child_women/domestic_violence": "violence",
}


class ReportSettledBefore(FrontDoorError):
    """Somebody made this report, or lifted the duty, before."""

    def __init__(self, duty_id: UUID) -> None:
        super().__init__("this report is settled already")
        self.duty_id = duty_id


def reports_about(ticket: Ticket) -> Sequence[str]:
    """The kinds of report that a ticket's trigger and matters call for; none for a unit's part."""
    if ticket.parent_id is not None:
        return ()
    matters = (ticket.matter or "", *ticket.secondary_matters)
    kinds = [_OF_TRIGGER.get(ticket.trigger or ""), *(_OF_MATTER.get(each) for each in matters)]
    return sorted({kind for kind in kinds if kind is not None})


async def owe_report(
    session: AsyncSession, ticket_id: UUID, kind: str, *, within: timedelta, now: datetime
) -> bool:
    """Put a duty down; False when the ticket has, or had, one of this kind."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    due_at = now + within
    row = {"id": new_id(), "ticket_id": ticket_id, "kind": kind}
    owed = await session.execute(
        insert(ReportDuty)
        .values(**row, owed_at=now, due_at=due_at, ring_at=due_at)
        .on_conflict_do_nothing(index_elements=[ReportDuty.ticket_id, ReportDuty.kind])
        .returning(ReportDuty.id)
    )
    return owed.one_or_none() is not None


async def list_owed(session: AsyncSession, ticket_id: UUID) -> Sequence[ReportDuty]:
    """What is still owed for a ticket, the soonest due first."""
    found = await session.scalars(
        select(ReportDuty)
        .where(ReportDuty.ticket_id == ticket_id, ReportDuty.settled_at.is_(None))
        .order_by(ReportDuty.due_at, ReportDuty.kind)
    )
    return found.all()


async def get_report(session: AsyncSession, duty_id: UUID, *, ticket_id: UUID) -> ReportDuty:
    """A duty of this ticket; raises `NotFound`."""
    duty = await session.get(ReportDuty, duty_id, populate_existing=True)
    if duty is None or duty.ticket_id != ticket_id:
        raise NotFound("report", duty_id)
    return duty


async def settle_report(
    session: AsyncSession,
    duty_id: UUID,
    *,
    reported_to: str | None,
    words_sealed: bytes,
    by_id: UUID,
    now: datetime,
) -> None:
    """Made, or lifted (`reported_to` is None); raises `ReportSettledBefore` for the slower of two."""
    settled = await session.execute(
        update(ReportDuty)
        .where(ReportDuty.id == duty_id, ReportDuty.settled_at.is_(None))
        .values(
            settled_at=now,
            settled_by_id=by_id,
            reported_to=reported_to,
            words_sealed=words_sealed,
        )
        .returning(ReportDuty.id)
    )
    if settled.one_or_none() is None:
        raise ReportSettledBefore(duty_id)


async def list_to_ring(session: AsyncSession, *, now: datetime) -> Sequence[ReportDuty]:
    """Overdue duties whose bell is to ring, the oldest first."""
    found = await session.scalars(
        select(ReportDuty)
        .where(ReportDuty.settled_at.is_(None), ReportDuty.ring_at <= now)
        .order_by(ReportDuty.ring_at)
        .execution_options(populate_existing=True)
    )
    return found.all()


async def ring_again_at(session: AsyncSession, duty: ReportDuty, at: datetime) -> bool:
    """Set when it rings next; False when another clock did, or it was settled meanwhile."""
    changed = await session.execute(
        update(ReportDuty)
        .where(ReportDuty.id == duty.id, ReportDuty.ring_at == duty.ring_at)
        .where(ReportDuty.settled_at.is_(None))
        .values(ring_at=at)
        .returning(ReportDuty.id)
    )
    return changed.one_or_none() is not None

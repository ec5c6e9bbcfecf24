"""A call that is being typed in: saved every few seconds, without a history until it is registered."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import Actor
from core.taxonomy import Taxonomy
from core.vault import Vault
from tickets.calendar import WorkingCalendar
from tickets.deadlines import Deadlines, reckon
from tickets.history import EventKind
from tickets.lifecycle import Tickets
from tickets.models import Ticket
from tickets.opening import Given, NewTicket, ticket_row
from tickets.status import StatusChangeNotAllowed, TicketStatus, path_to
from tickets.writing import TICKETS, show

_KEPT = frozenset(
    {
        "id",
        "number",
        "status",
        "revision",
        "chases",
        "opened_at",
        "changed_at",
        "assignee_id",
    }
)
"""Columns of a draft that typing does not change."""


class Drafts:
    """Saves half-typed calls and makes tickets of them."""

    def __init__(
        self, *, tickets: Tickets, vault: Vault, taxonomy: Taxonomy, calendar: WorkingCalendar
    ) -> None:
        self._tickets = tickets
        self._vault = vault
        self._taxonomy = taxonomy
        self._calendar = calendar

    async def save(
        self, session: AsyncSession, draft: Ticket, new: NewTicket, *, now: datetime
    ) -> None:
        """Overwrite a draft with what is typed by now; raises `StatusChangeNotAllowed` later on."""
        columns = self._columns(draft, new, now)
        saved = await session.execute(
            update(TICKETS)
            .where(TICKETS.c.id == draft.id, TICKETS.c.status == TicketStatus.DRAFT)
            .values(**columns)
            .returning(TICKETS.c.id)
        )
        if saved.one_or_none() is None:
            raise StatusChangeNotAllowed(draft.status, TicketStatus.DRAFT)
        await session.refresh(draft)

    async def register(
        self, session: AsyncSession, draft: Ticket, new: NewTicket, *, by: Actor, now: datetime
    ) -> None:
        """Make a ticket of a draft: the deadlines begin now, the first status is `new.status`."""
        first, *rest = path_to(new.status)
        changes = {**self._columns(draft, new, now), "assignee_id": None}
        await self._tickets.move(session, draft, first, by=by, now=now, changes=changes)
        for status in rest:
            answered = status is TicketStatus.ANSWERED
            await self._tickets.move(
                session,
                draft,
                status,
                by=by,
                now=now,
                note=new.answer if answered else None,
                kind=EventKind.ANSWERED if answered else EventKind.MOVED,
            )
        await self._tickets.owe_reports(session, draft, now=now)

    async def assign(self, session: AsyncSession, draft: Ticket, staff_id: UUID) -> None:
        """A draft belongs to whoever types it."""
        await session.execute(
            update(TICKETS).where(TICKETS.c.id == draft.id).values(assignee_id=staff_id)
        )
        show(draft, {"assignee_id": staff_id})

    def _columns(self, draft: Ticket, new: NewTicket, now: datetime) -> dict[str, Any]:
        deadline = self._taxonomy.deadline_for(new.matter, new.request_type, new.urgency)
        deadlines: Deadlines = reckon(self._calendar, deadline, now)
        if new.finish_due_at is not None:
            deadlines = deadlines.with_finish(new.finish_due_at)
        given = Given(draft.number, deadline.id, deadlines, now)
        row = ticket_row(new, given, vault=self._vault, revision=0)
        return {name: value for name, value in row.items() if name not in _KEPT}

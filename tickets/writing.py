"""How a ticket is changed: one conditional UPDATE and one entry in its history, together."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from core.actors import Actor
from core.errors import FrontDoorError
from core.taxonomy import Taxonomy
from core.vault import Vault
from tickets.calendar import WorkingCalendar
from tickets.call_backs import drop_calls
from tickets.deadlines import Deadlines, reckon, running
from tickets.history import Entry, EventKind, add_entries
from tickets.joint import list_open_children
from tickets.models import Ticket
from tickets.status import TicketStatus, check_may_follow
from tickets.tasks import cancel_tasks

TICKETS = cast(Table, Ticket.__table__)
_REWORK = "rework_3wd"
_FINAL = frozenset({TicketStatus.CLOSED, TicketStatus.DECLINED, TicketStatus.WITHDRAWN})
ENDS_TASKS = _FINAL | {TicketStatus.MERGED, TicketStatus.TRANSFERRED_EMERGENCY}
"""Nobody need go there any more: what volunteers could still claim or do is called off."""


class TicketChangedMeanwhile(FrontDoorError):
    """Somebody changed the ticket after it was read; what was about to be done did not happen."""

    def __init__(self, number: str) -> None:
        super().__init__(f"{number} was changed meanwhile")
        self.number = number


class TicketWriter:
    """
    Changes tickets.

    Statements are written without the unit of work: a change must be decided
    by the database (one conditional UPDATE on the revision), not by what was
    read earlier. The objects handed in are kept up to date.
    """

    def __init__(self, *, vault: Vault, taxonomy: Taxonomy, calendar: WorkingCalendar) -> None:
        self._vault = vault
        self._taxonomy = taxonomy
        self._calendar = calendar

    async def move(
        self,
        session: AsyncSession,
        ticket: Ticket,
        to: TicketStatus,
        *,
        by: Actor,
        now: datetime,
        reason: str | None = None,
        note: str | None = None,
        approver_id: UUID | None = None,
        data: Mapping[str, Any] | None = None,
        changes: Mapping[str, Any] | None = None,
        kind: EventKind = EventKind.MOVED,
    ) -> None:
        """
        Bring a ticket into another status, with an entry in its history.

        `changes` are further columns that change with it (unit, assignee,
        result). Raises `StatusChangeNotAllowed`, or `TicketChangedMeanwhile`
        when somebody else was faster: of two at once exactly one gets through.
        """
        check_may_follow(ticket.status, to)
        values = {**self._with_deadlines(ticket, to, changes or {}, now), "status": to.value}
        values["closed_at"] = now if to in _FINAL else None
        left = ticket.status
        entry = Entry(kind, by, now, left, to.value, reason, approver_id, note, dict(data or {}))
        await self._write(session, ticket, entry, values, only_if_unchanged=True)
        if left == TicketStatus.TO_CALL_BACK:
            await drop_calls(session, ticket.id, outcome=to.value, now=now)
        if to in ENDS_TASKS:
            await cancel_tasks(session, ticket.id, now=now)
            await self._call_off_children(session, ticket, by=by, now=now)

    async def _call_off_children(
        self, session: AsyncSession, ticket: Ticket, *, by: Actor, now: datetime
    ) -> None:
        """What the lead no longer needs, no co-handling unit has to finish."""
        for child in await list_open_children(session, ticket.id):
            data = {"lead": ticket.number, "lead_status": ticket.status}
            await self.move(session, child, TicketStatus.WITHDRAWN, by=by, now=now, data=data)

    async def record(
        self,
        session: AsyncSession,
        ticket: Ticket,
        kind: str,
        *,
        by: Actor,
        now: datetime,
        reason: str | None = None,
        note: str | None = None,
        approver_id: UUID | None = None,
        data: Mapping[str, Any] | None = None,
        changes: Mapping[str, Any] | None = None,
    ) -> None:
        """
        Write an entry that leaves the status alone.

        Never lost to somebody else's change: the database gives the entry its
        number. With `changes` it is decided like a move.
        """
        values = self._with_deadlines(ticket, TicketStatus(ticket.status), changes, now)
        entry = Entry(
            EventKind(kind),
            by,
            now,
            reason=reason,
            approver_id=approver_id,
            note=note,
            data=dict(data or {}),
        )
        await self._write(session, ticket, entry, values, only_if_unchanged=bool(changes))

    def fresh_deadlines(
        self, ticket: Ticket, to: TicketStatus, now: datetime, *, urgency: str | None = None
    ) -> dict[str, Any]:
        """The columns of deadlines that begin now: the rework class, or the matter's own."""
        if to in (TicketStatus.REWORK, TicketStatus.APPEALED):
            deadline = self._taxonomy.deadlines[_REWORK]
        else:
            deadline = self._taxonomy.deadline_for(
                ticket.matter, ticket.request_type, urgency or ticket.urgency
            )
        return _columns(deadline.id, reckon(self._calendar, deadline, now))

    def reckoned_again(
        self, ticket: Ticket, *, urgency: str, matter: str | None, request_type: str | None = None
    ) -> dict[str, Any]:
        """The columns of deadlines for another urgency or matter, from when they began."""
        kind = request_type or ticket.request_type
        deadline = self._taxonomy.deadline_for(matter, kind, urgency)
        return _columns(deadline.id, reckon(self._calendar, deadline, ticket.due_from_at))

    def columns_of_class(self, deadline_class: str, from_at: datetime) -> dict[str, Any]:
        """The columns of a class's deadlines, reckoned from an instant."""
        deadline = self._taxonomy.deadlines[deadline_class]
        return _columns(deadline.id, reckon(self._calendar, deadline, from_at))

    def sooner_deadlines(self, ticket: Ticket, *, urgency: str, now: datetime) -> dict[str, Any]:
        """The columns for a raised urgency: they begin now, and none is later than it was."""
        deadline = self._taxonomy.deadline_for(ticket.matter, ticket.request_type, urgency)
        columns = _columns(deadline.id, reckon(self._calendar, deadline, now))
        for name in ("accept_due_at", "contact_due_at", "finish_due_at"):
            if (known := getattr(ticket, name)) is not None:
                columns[name] = min(columns[name], known)
        return columns

    def _with_deadlines(
        self,
        ticket: Ticket,
        status: TicketStatus,
        changes: Mapping[str, Any] | None,
        now: datetime,
    ) -> dict[str, Any]:
        """Which deadline runs after the change; a new one is reminded of from the start."""
        values = dict(changes or {})
        clock = running(status, _deadlines(ticket, values))
        if clock.due_at != ticket.next_due_at:
            values |= {
                "next_due_at": clock.due_at,
                "warn_at": clock.warn_at,
                "remind_at": clock.warn_at,
                "reminded": 0,
            }
        return values

    async def _write(
        self,
        session: AsyncSession,
        ticket: Ticket,
        entry: Entry,
        values: dict[str, Any],
        *,
        only_if_unchanged: bool,
    ) -> None:
        statement = update(TICKETS).where(TICKETS.c.id == ticket.id)
        if only_if_unchanged:
            statement = statement.where(TICKETS.c.revision == ticket.revision)
        counted = {"revision": TICKETS.c.revision + 1, "changed_at": entry.at}
        if entry.kind is EventKind.CHASED:
            counted["chases"] = TICKETS.c.chases + 1
        changed = await session.execute(
            statement.values(**values, **counted).returning(TICKETS.c.revision, TICKETS.c.chases)
        )
        row = changed.one_or_none()
        if row is None:
            raise TicketChangedMeanwhile(ticket.number)
        show(ticket, {**values, "changed_at": entry.at, **row._mapping})
        await add_entries(session, ticket.id, [entry], first=row.revision, vault=self._vault)


def _deadlines(ticket: Ticket, values: Mapping[str, Any]) -> Deadlines:
    return Deadlines(
        values.get("due_from_at", ticket.due_from_at),
        values.get("accept_due_at", ticket.accept_due_at),
        values.get("contact_due_at", ticket.contact_due_at),
        values.get("finish_due_at", ticket.finish_due_at),
    )


def _columns(deadline_class: str, deadlines: Deadlines) -> dict[str, Any]:
    return {
        "deadline_class": deadline_class,
        "accept_due_at": deadlines.accept,
        "contact_due_at": deadlines.contact,
        "finish_due_at": deadlines.finish,
        "due_from_at": deadlines.from_at,
        "due_provisional": deadlines.provisional,
    }


def show(ticket: Ticket, values: Mapping[str, Any]) -> None:
    """Bring the object up to what the database holds, without making it write again."""
    for name, value in values.items():
        set_committed_value(ticket, name, value)

"""A ticket's life: every change of status and every entry of its history goes through here."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, insert, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from core.actors import CLOCK, Actor
from core.errors import FrontDoorError
from core.taxonomy import Taxonomy
from core.vault import Vault
from tickets import lookups
from tickets.alerts import AlertKind, Alerts, Ladder
from tickets.calendar import WorkingCalendar
from tickets.deadlines import Deadlines, reckon, running
from tickets.history import Entry, EventKind, add_entries
from tickets.models import Ticket
from tickets.numbers import take_number
from tickets.opening import Given, NewTicket, ticket_row
from tickets.status import TicketStatus, check_may_follow, path_to

TICKETS = cast(Table, Ticket.__table__)
_REWORK = "rework_3wd"
_FINAL = frozenset({TicketStatus.CLOSED, TicketStatus.DECLINED, TicketStatus.WITHDRAWN})


class TicketChangedMeanwhile(FrontDoorError):
    """Somebody changed the ticket after it was read; what was about to be done did not happen."""

    def __init__(self, number: str) -> None:
        super().__init__(f"{number} was changed meanwhile")
        self.number = number


class NotWithdrawable(FrontDoorError):
    """An emergency, a complaint or a report: a person decides whether it may be taken back."""

    def __init__(self, number: str) -> None:
        super().__init__(f"{number} cannot be withdrawn without a person")
        self.number = number


class Tickets:
    """
    Opens tickets and changes them.

    Statements are written without the unit of work: opening is the office's
    hottest path, and a change must be decided by the database (one conditional
    UPDATE on the revision), not by what was read earlier. The objects handed in
    are kept up to date.
    """

    def __init__(
        self,
        *,
        vault: Vault,
        taxonomy: Taxonomy,
        calendar: WorkingCalendar,
        ladder: Ladder | None = None,
    ) -> None:
        self._vault = vault
        self._taxonomy = taxonomy
        self._calendar = calendar
        self.alerts = Alerts(history=self, ladder=ladder or Ladder.usual())

    async def open_ticket(
        self, session: AsyncSession, new: NewTicket, *, by: Actor, now: datetime
    ) -> Ticket:
        """
        Open a ticket and write how it came to its first status.

        Three statements: the number, the row, the events. Raises
        `StatusChangeNotAllowed` for a first status that no new ticket can have.
        """
        entries = _opening_entries(new, by, now)
        given = await self._give(session, new, now)
        row = ticket_row(new, given, vault=self._vault, revision=len(entries))
        await session.execute(insert(TICKETS), row)
        await add_entries(session, row["id"], entries, first=1, vault=self._vault)
        return _attached(session, row)

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
        entry = Entry(
            kind, by, now, ticket.status, to.value, reason, approver_id, note, dict(data or {})
        )
        await self._write(session, ticket, entry, values, only_if_unchanged=True)

    async def record(
        self,
        session: AsyncSession,
        ticket: Ticket,
        kind: EventKind,
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
            kind, by, now, reason=reason, approver_id=approver_id, note=note, data=dict(data or {})
        )
        await self._write(session, ticket, entry, values, only_if_unchanged=bool(changes))

    async def chase(
        self, session: AsyncSession, ticket: Ticket, *, by: Actor, now: datetime, words: str
    ) -> None:
        """The resident asks again: count it and keep the words. It is a signal, no nuisance."""
        await self.record(session, ticket, EventKind.CHASED, by=by, now=now, note=words)

    async def add_words(
        self,
        session: AsyncSession,
        ticket: Ticket,
        words: str,
        *,
        by: Actor,
        now: datetime,
        correction: bool = False,
    ) -> None:
        """Add what the resident says later, or puts right; the first words stay as they are."""
        kind = EventKind.CORRECTED_BY_RESIDENT if correction else EventKind.WORDS_ADDED
        await self.record(session, ticket, kind, by=by, now=now, note=words)

    async def reopen(
        self, session: AsyncSession, ticket: Ticket, *, by: Actor, now: datetime, words: str
    ) -> None:
        """
        「没解决」: before closing it is worked on again, afterwards it is an appeal.

        An unfinished ticket is chased instead; an answered, withdrawn, merged
        or transferred one goes to dispatch with fresh deadlines.
        """
        to = _REOPENED.get(TicketStatus(ticket.status))
        if to is None:
            await self.chase(session, ticket, by=by, now=now, words=words)
            return
        changes = self.fresh_deadlines(ticket, to, now)
        if ticket.status == TicketStatus.MERGED:
            changes["merged_into_id"] = None
        await self.move(session, ticket, to, by=by, now=now, note=words, changes=changes)

    async def withdraw(
        self, session: AsyncSession, ticket: Ticket, *, by: Actor, now: datetime
    ) -> None:
        """The resident takes it back. Raises `NotWithdrawable` where a person has to decide."""
        if not is_withdrawable(ticket):
            raise NotWithdrawable(ticket.number)
        await self.move(
            session,
            ticket,
            TicketStatus.WITHDRAWN,
            by=by,
            now=now,
            changes={"outcome": "withdrawn"},
        )

    async def ring(
        self,
        session: AsyncSession,
        ticket: Ticket,
        kind: AlertKind,
        *,
        by: Actor = CLOCK,
        now: datetime,
    ) -> UUID:
        """Ring for a ticket until somebody acknowledges it; gives the alert's id."""
        return await self.alerts.ring(session, ticket, kind, by=by, now=now)

    async def acknowledge_alert(
        self, session: AsyncSession, ticket: Ticket, alert_id: UUID, *, by: Actor, now: datetime
    ) -> None:
        """Take an alert of this ticket; raises `AlertAlreadyAcknowledged` or `NotFound`."""
        alert = await self.alerts.acknowledge(session, alert_id, by=by, now=now)
        data = {"alert": alert.kind, "seconds": round((now - alert.opened_at).total_seconds())}
        await self.record(session, ticket, EventKind.ALERT_ACKNOWLEDGED, by=by, now=now, data=data)

    async def list_in_conversation(
        self, session: AsyncSession, conversation_id: UUID
    ) -> list[Ticket]:
        """The tickets of a conversation, newest first."""
        return await lookups.list_in_conversation(session, conversation_id)

    async def find_same(
        self,
        session: AsyncSession,
        *,
        matter: str,
        conversation_id: UUID | None,
        phone: str | None = None,
        community: str | None = None,
        now: datetime,
    ) -> Ticket | None:
        """The newest unfinished ticket of the same person about the same matter (and place)."""
        return await lookups.find_same(
            session,
            vault=self._vault,
            matter=matter,
            conversation_id=conversation_id,
            phone=phone,
            community=community,
            now=now,
        )

    async def find_by_number(
        self,
        session: AsyncSession,
        reference: str,
        *,
        conversation_id: UUID | None = None,
        phone_last4: str | None = None,
    ) -> Ticket | None:
        """A resident's own ticket; see `lookups.find_by_number` for what it takes to see one."""
        return await lookups.find_by_number(
            session,
            reference,
            vault=self._vault,
            conversation_id=conversation_id,
            phone_last4=phone_last4,
        )

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

    def reckoned_again(self, ticket: Ticket, *, urgency: str, matter: str | None) -> dict[str, Any]:
        """The columns of deadlines for another urgency or matter, from when they began."""
        deadline = self._taxonomy.deadline_for(matter, ticket.request_type, urgency)
        return _columns(deadline.id, reckon(self._calendar, deadline, ticket.due_from_at))

    async def _give(self, session: AsyncSession, new: NewTicket, now: datetime) -> Given:
        deadline = self._taxonomy.deadline_for(new.matter, new.request_type, new.urgency)
        deadlines = reckon(self._calendar, deadline, now)
        if new.finish_due_at is not None:
            deadlines = deadlines.with_finish(new.finish_due_at)
        return Given(await take_number(session, now), deadline.id, deadlines, now)

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
        _show(ticket, {**values, "changed_at": entry.at, **row._mapping})
        await add_entries(session, ticket.id, [entry], first=row.revision, vault=self._vault)


_REOPENED: Mapping[TicketStatus, TicketStatus] = {
    TicketStatus.RESOLVED: TicketStatus.REWORK,
    TicketStatus.TO_CALL_BACK: TicketStatus.REWORK,
    TicketStatus.CLOSED: TicketStatus.APPEALED,
    TicketStatus.DECLINED: TicketStatus.APPEALED,
    TicketStatus.ANSWERED: TicketStatus.TO_DISPATCH,
    TicketStatus.WITHDRAWN: TicketStatus.TO_DISPATCH,
    TicketStatus.MERGED: TicketStatus.TO_DISPATCH,
    TicketStatus.TRANSFERRED_EMERGENCY: TicketStatus.TO_DISPATCH,
}


def is_withdrawable(ticket: Ticket) -> bool:
    """Whether a resident may take it back alone: no emergency, complaint or report."""
    dangerous = ticket.urgency == "P0" or ticket.trigger is not None
    return not dangerous and ticket.request_type not in ("complaint", "report")


def _opening_entries(new: NewTicket, by: Actor, now: datetime) -> Sequence[Entry]:
    entries: list[Entry] = []
    previous: str | None = None
    for status in path_to(new.status):
        answered = status is TicketStatus.ANSWERED
        kind = EventKind.ANSWERED if answered else EventKind.MOVED
        note = new.answer if answered else None
        entries.append(Entry(kind, by, now, previous, status.value, note=note))
        previous = status.value
    if new.answer and new.status is not TicketStatus.ANSWERED:
        entries.append(Entry(EventKind.ANSWERED, by, now, note=new.answer))
    return entries


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


def _show(ticket: Ticket, values: Mapping[str, Any]) -> None:
    """Bring the object up to what the database holds, without making it write again."""
    for name, value in values.items():
        set_committed_value(ticket, name, value)


def _attached(session: AsyncSession, row: Mapping[str, Any]) -> Ticket:
    """The row as an object of this session, as if it had been read."""
    ticket = Ticket(**row)
    make_transient_to_detached(ticket)
    session.add(ticket)
    return ticket

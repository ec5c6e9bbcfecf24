"""A ticket's life: every change of status and every entry of its history goes through here."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict

from core.actors import CLOCK, Actor
from core.errors import FrontDoorError
from core.settings import DeskSettings
from core.statements import Prepared
from core.taxonomy import Taxonomy
from core.vault import Vault
from tickets import lookups
from tickets.alerts import AlertKind, Alerts, Ladder
from tickets.calendar import WorkingCalendar
from tickets.deadlines import reckon
from tickets.history import Entry, EventKind, add_entries
from tickets.models import Ticket
from tickets.numbers import take_number
from tickets.opening import Given, NewTicket, ticket_row
from tickets.reports import owe_report, reports_about
from tickets.status import TicketStatus, path_to
from tickets.writing import TICKETS, TicketChangedMeanwhile, TicketWriter

REPORT_WITHIN = timedelta(minutes=DeskSettings().report_within_minutes)
_OPEN = Prepared(insert(TICKETS))
__all__ = ["NotWithdrawable", "TicketChangedMeanwhile", "Tickets", "is_withdrawable"]


class NotWithdrawable(FrontDoorError):
    """An emergency, a complaint or a report: a person decides whether it may be taken back."""

    def __init__(self, number: str) -> None:
        super().__init__(f"{number} cannot be withdrawn without a person")
        self.number = number


class Tickets(TicketWriter):
    """
    Opens tickets, finds them again and does what residents ask for.

    Opening is the office's hottest path and written in three statements.
    """

    def __init__(
        self,
        *,
        vault: Vault,
        taxonomy: Taxonomy,
        calendar: WorkingCalendar,
        ladder: Ladder | None = None,
        report_within: timedelta = REPORT_WITHIN,
    ) -> None:
        super().__init__(vault=vault, taxonomy=taxonomy, calendar=calendar)
        self._report_within = report_within
        self.alerts = Alerts(history=self, ladder=ladder or Ladder.usual())

    async def open_ticket(
        self, session: AsyncSession, new: NewTicket, *, by: Actor, now: datetime
    ) -> Ticket:
        """
        Open a ticket and write how it came to its first status.

        Three statements: the number, the row, the events; more only where a
        report to an authority is owed from now on. Raises
        `StatusChangeNotAllowed` for a first status that no new ticket can have.
        """
        entries = _opening_entries(new, by, now)
        given = await self._give(session, new, now)
        row = ticket_row(new, given, vault=self._vault, revision=len(entries))
        await _OPEN.run(session, row)
        await add_entries(session, row["id"], entries, first=1, vault=self._vault)
        ticket = _as_read(row)
        await self.owe_reports(session, ticket, now=now)
        return ticket

    async def owe_reports(self, session: AsyncSession, ticket: Ticket, *, now: datetime) -> None:
        """
        Put down the reports that the law demands by what the ticket is about now.

        A draft owes none yet; what was owed before, made or lifted, is not owed anew.
        """
        if ticket.status == TicketStatus.DRAFT:
            return
        for kind in reports_about(ticket):
            if await owe_report(session, ticket.id, kind, within=self._report_within, now=now):
                data = {"report": kind}
                await self.record(
                    session, ticket, EventKind.REPORT_OWED, by=CLOCK, now=now, data=data
                )

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
    ) -> bool:
        """
        「没解决」: before closing it is worked on again, afterwards it is an appeal.

        An answered, withdrawn, merged or transferred ticket goes to dispatch
        with fresh deadlines. One that is still being worked on is chased, and
        False comes back.
        """
        to = _REOPENED.get(TicketStatus(ticket.status))
        if to is None:
            await self.chase(session, ticket, by=by, now=now, words=words)
            return False
        changes = self.fresh_deadlines(ticket, to, now)
        if ticket.status == TicketStatus.MERGED:
            changes["merged_into_id"] = None
        await self.move(session, ticket, to, by=by, now=now, note=words, changes=changes)
        return True

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
        kind: str,
        *,
        by: Actor = CLOCK,
        now: datetime,
    ) -> UUID:
        """Ring for a ticket until somebody acknowledges it; gives the alert's id."""
        return await self.alerts.ring(session, ticket, AlertKind(kind), by=by, now=now)

    async def acknowledge_alert(
        self, session: AsyncSession, ticket: Ticket, alert_id: UUID, *, by: Actor, now: datetime
    ) -> None:
        """Take an alert of this ticket; raises `AlertAlreadyAcknowledged` or `NotFound`."""
        alert = await self.alerts.acknowledge(session, alert_id, by=by, now=now)
        data = {"alert": alert.kind, "seconds": round((now - alert.opened_at).total_seconds())}
        await self.record(session, ticket, EventKind.ALERT_ACKNOWLEDGED, by=by, now=now, data=data)

    async def take_along(self, session: AsyncSession, joined_id: UUID, main_id: UUID) -> None:
        """What was joined to a ticket goes with it to the main one."""
        await session.execute(
            update(TICKETS)
            .where(TICKETS.c.merged_into_id == joined_id)
            .values(merged_into_id=main_id)
        )

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

    async def find_with_proof(
        self, session: AsyncSession, number: str, *, last_four: str
    ) -> Ticket | None:
        """The ticket with this number, if its telephone ends so; the caller limits the tries."""
        return await self.find_by_number(session, number, phone_last4=last_four)

    async def _give(self, session: AsyncSession, new: NewTicket, now: datetime) -> Given:
        deadline = self._taxonomy.deadline_for(new.matter, new.request_type, new.urgency)
        deadlines = reckon(self._calendar, deadline, now)
        if new.finish_due_at is not None:
            deadlines = deadlines.with_finish(new.finish_due_at)
        return Given(await take_number(session, now), deadline.id, deadlines, now)


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


def _as_read(row: Mapping[str, Any]) -> Ticket:
    """The row as an object, as if it had been read; it belongs to no session."""
    ticket = Ticket()
    instance_dict(ticket).update(row)
    make_transient_to_detached(ticket)
    return ticket

"""What the staff's verbs work with, and the first thing each of them asks: may this person?"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.inbox import Inbox
from conversations.models import Conversation
from conversations.speech import Author
from core.actors import Actor, ActorKind
from core.dates import say_instant
from core.errors import InvalidInput, NotFound
from core.settings import DeskSettings, VolunteerSettings
from core.taxonomy import Street, Taxonomy
from core.texts import Texts
from core.vault import Vault
from handlers.notices import Notices
from handlers.residents import presses
from people.permissions import Permission, StaffMember, require
from tickets.calendar import WorkingCalendar
from tickets.drafts import Drafts
from tickets.history import list_changes_after
from tickets.lifecycle import TicketChangedMeanwhile, Tickets
from tickets.lookups import get_ticket, get_ticket_by_number
from tickets.models import Ticket
from tickets.sight import may_see as may_see

NOT_SOLVED_BUTTON = ("ticket.choice.not_solved", presses.NOT_SOLVED)
SOLVED_BUTTON = ("ticket.choice.solved", presses.SOLVED)
PERSON_BUTTON = ("ticket.choice.person", presses.PERSON)
"""Buttons under a notice: the key of what they say and what the residents' verbs understand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The stores and texts that the staff's, volunteers' and the clock's verbs need."""

    tickets: Tickets
    notices: Notices
    vault: Vault
    taxonomy: Taxonomy
    street: Street
    texts: Texts
    calendar: WorkingCalendar
    settings: DeskSettings
    volunteering: VolunteerSettings = field(default_factory=VolunteerSettings)
    drafts: Drafts
    inbox: Inbox
    find_danger: Callable[[str], str | None]
    """The emergency trigger that a text speaks of, if any; calls are read for danger too."""

    async def get_ticket(
        self, session: AsyncSession, number: str, *, by: StaffMember, seen: int | None = None
    ) -> Ticket:
        """
        The ticket that somebody is about to change, with its conversation locked.

        The conversation comes first, as in the worker, so that the two never
        wait for each other. `seen` is the revision that the person's page
        showed: if anything was decided since, `TicketChangedMeanwhile` is
        raised. What the person may not see raises `NotFound`.
        """
        ticket = (await self.get_tickets(session, number, by=by))[0]
        if seen is not None and await list_changes_after(
            session, ticket.id, seen, vault=self.vault
        ):
            raise TicketChangedMeanwhile(number)
        return ticket

    async def get_tickets(
        self, session: AsyncSession, *numbers: str, by: StaffMember
    ) -> list[Ticket]:
        """Several tickets that are changed together, with all their conversations locked first."""
        found = [await get_ticket_by_number(session, number) for number in numbers]
        await self.lock(session, *found)
        tickets = [await get_ticket(session, each.id) for each in found]
        for ticket in tickets:
            if not may_see(ticket, by):
                raise NotFound("ticket", ticket.number)
        return tickets

    async def lock(self, session: AsyncSession, *tickets: Ticket) -> None:
        """Lock the conversations of tickets, in one order for all who lock several."""
        ids = sorted({each.conversation_id for each in tickets if each.conversation_id})
        if ids:
            await session.execute(
                select(Conversation.id)
                .where(Conversation.id.in_(ids))
                .order_by(Conversation.id)
                .with_for_update()
            )

    async def lock_by_id(self, session: AsyncSession, ticket_id: UUID) -> Ticket:
        """The ticket with its conversation locked, for volunteers and the clock."""
        await self.lock(session, await get_ticket(session, ticket_id))
        return await get_ticket(session, ticket_id)

    def allow(self, by: StaffMember, permission: Permission, ticket: Ticket) -> None:
        """Raise `NotPermitted`, or `NotFound` for a ticket outside the person's area."""
        if not may_see(ticket, by):
            raise NotFound("ticket", ticket.number)
        require(by, permission)

    def unit_name(self, unit: str | None) -> Callable[[str], str]:
        """A department as residents know it, in whichever language they read."""
        department = self.taxonomy.departments[unit or "hotline_desk"]
        short = department.name.split("·")[-1].split("/")[0].split("（")[0]
        return lambda language: short if language == "zh" else department.english

    def moment(self, at: datetime | None, now: datetime) -> Callable[[str], str]:
        """An instant in words: 11月24日（周二）上午9点."""
        return lambda language: say_instant(at or now, now=now, language=language)

    def named(self, key: str) -> Callable[[str], str]:
        """A sentence or name in the resident's language, to be filled into another."""
        return lambda language: self.texts.say(key, language)


def acting(by: StaffMember) -> Actor:
    """The member of staff as an author in a history."""
    return Actor.staff(by.id)


def speaking(by: StaffMember) -> Author:
    """The member of staff as an author in a conversation."""
    return Author(ActorKind.STAFF, by.id, by.name)


def needed(words: str | None, field: str) -> str:
    """The words of a field that may not be empty; raises `InvalidInput`."""
    if words is None or not words.strip():
        raise InvalidInput(field, f"ticket.error.{field}")
    return words.strip()

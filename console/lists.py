"""The queue as one person sees it: views, filters, search; and what stands beside tickets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Conversation
from core.taxonomy import Street, Taxonomy
from people.permissions import StaffMember
from tickets import queries
from tickets.models import Alert, CallBack, Ticket
from tickets.queries import MOST, Filters, QueuePage, QueueRow, View
from tickets.sight import visible_to

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to see: a view, filters, words to look for."""

    view: str = "to_dispatch"
    community: str = ""
    area: str = ""
    channel: str = ""
    q: str = ""
    after: str = ""
    """Where the page begins (a cursor); empty: at the top."""

    @property
    def is_narrowed(self) -> bool:
        """Whether it asks for less than the whole view."""
        return bool(self.community or self.area or self.channel or self.q)


@dataclass(frozen=True, slots=True)
class Talk:
    """The conversation of a ticket and who holds it."""

    conversation_id: UUID
    held_by_id: UUID | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits for a person."""

    conversation_id: UUID
    channel: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Ringing:
    """An alert that nobody has taken."""

    alert_id: UUID
    number: str
    title: str
    kind: str
    step: int
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Similar:
    """Another ticket about the same matter in the same community."""

    number: str
    title: str
    status: str


class Lists:
    """Reads the queue for one member of staff at one instant."""

    def __init__(
        self, *, taxonomy: Taxonomy, street: Street, me: StaffMember, now: datetime
    ) -> None:
        self._taxonomy = taxonomy
        self._street = street
        self._me = me
        self._now = now

    async def count_views(self, session: AsyncSession) -> dict[str, int]:
        """How many tickets stand in each view, and how many people wait."""
        counts = await queries.count_views(session, member=self._me, now=self._now)
        waiting = await session.scalar(
            select(func.count()).select_from(Conversation).where(*_waits())
        )
        return {**{view.value: count for view, count in counts.items()}, _WAITING: waiting or 0}

    async def list_page(
        self, session: AsyncSession, wish: Wish, *, limit: int = PER_PAGE
    ) -> QueuePage:
        """Some rows of a view, the most urgent first."""
        return await queries.list_queue(
            session,
            _view(wish),
            member=self._me,
            filters=self._filters(wish),
            now=self._now,
            limit=limit,
            after=wish.after or None,
        )

    async def list_numbers(self, session: AsyncSession, wish: Wish) -> list[str]:
        """The numbers of a view in its order, for "the one before" and "the one after"."""
        if wish.view == _WAITING and not wish.q:
            return []
        return [row.number for row in (await self.list_page(session, wish, limit=MOST)).rows]

    async def count_newer(self, session: AsyncSession, wish: Wish, since: datetime) -> int:
        """How many came into a view after the page was made."""
        return await queries.count_newer(
            session,
            _view(wish),
            member=self._me,
            filters=self._filters(wish),
            now=self._now,
            since=since,
        )

    async def find_talks(self, session: AsyncSession, rows: Sequence[QueueRow]) -> dict[str, Talk]:
        """The conversations behind some rows, by ticket number."""
        found = await session.execute(
            select(Ticket.number, Conversation.id, Conversation.held_by_id)
            .join(Conversation, Conversation.id == Ticket.conversation_id)
            .where(Ticket.number.in_([row.number for row in rows]))
        )
        return {row.number: Talk(row.id, row.held_by_id) for row in found}

    async def list_waiting(self, session: AsyncSession) -> list[Waiting]:
        """Who waits for a person, the longest first."""
        found = await session.execute(
            select(Conversation.id, Conversation.channel, Conversation.waiting_since_at)
            .where(*_waits())
            .order_by(Conversation.waiting_since_at)
            .limit(PER_PAGE)
        )
        return [Waiting(row.id, row.channel, row.waiting_since_at) for row in found]

    async def list_ringing(self, session: AsyncSession) -> list[Ringing]:
        """Alerts that nobody has taken, the oldest first."""
        found = await session.execute(
            select(
                Alert.id.label("alert_id"),
                Ticket.number,
                Ticket.title,
                Alert.kind,
                Alert.step,
                Alert.opened_at,
            )
            .join(Ticket, Ticket.id == Alert.ticket_id)
            .where(Alert.acknowledged_at.is_(None), visible_to(self._me))
            .order_by(Alert.opened_at)
            .limit(5)
        )
        return [Ringing(**row._mapping) for row in found]

    async def list_calls(self, session: AsyncSession) -> Sequence[tuple[CallBack, Ticket]]:
        """Calls that somebody has to make, the soonest first."""
        found = await session.execute(
            select(CallBack, Ticket)
            .join(Ticket, Ticket.id == CallBack.ticket_id)
            .where(CallBack.done_at.is_(None), visible_to(self._me))
            .order_by(CallBack.due_at)
            .limit(PER_PAGE)
        )
        return [(row[0], row[1]) for row in found]

    async def count_calls(self, session: AsyncSession) -> int:
        """How many calls are to be made."""
        count = await session.scalar(
            select(func.count())
            .select_from(CallBack)
            .join(Ticket, Ticket.id == CallBack.ticket_id)
            .where(CallBack.done_at.is_(None), visible_to(self._me))
        )
        return count or 0

    async def list_similar(self, session: AsyncSession, number: str) -> list[Similar]:
        """Tickets about the same matter in the same community, the newest first."""
        found = await session.execute(
            select(Ticket.matter, Ticket.community).where(Ticket.number == number)
        )
        this = found.one()
        if this.matter is None or this.community is None:
            return []
        near = await session.execute(
            select(Ticket.number, Ticket.title, Ticket.status)
            .where(Ticket.matter == this.matter, Ticket.community == this.community)
            .where(Ticket.number != number, Ticket.status != "draft", visible_to(self._me))
            .where(Ticket.parent_id.is_(None))
            .order_by(Ticket.opened_at.desc())
            .limit(4)
        )
        return [Similar(**row._mapping) for row in near]

    def _filters(self, wish: Wish) -> Filters:
        matter, community, words = wish.area, wish.community, wish.q
        if words and (named := self._community_named(words)):
            community, words = named, ""
        elif words and (named := self._matter_named(words)):
            matter, words = named, ""
        return Filters(
            matter=matter or None,
            community=community or None,
            channel=wish.channel or None,
            q=words or None,
        )

    def _community_named(self, words: str) -> str | None:
        """The one community that the words name: 和平社区."""
        named = [each.id for each in self._street.communities.values() if words == each.name]
        return named[0] if named else None

    def _matter_named(self, words: str) -> str | None:
        """The one matter, or the one area, whose name or other names hold the words."""
        matters = self._taxonomy.matters.values()
        named = [each for each in matters if words in each.name or words in each.aliases]
        if len(named) == 1:
            return named[0].id
        areas = {each.area for each in named}
        areas |= {area for area, name in self._taxonomy.area_names.items() if words in name}
        return areas.pop() if len(areas) == 1 else None


_WAITING = "waiting_for_person"


def _view(wish: Wish) -> View:
    """Whoever searches searches everywhere."""
    return View.ALL if wish.q else View(wish.view)


def _waits() -> tuple[ColumnElement[bool], ...]:
    return Conversation.waiting_since_at.is_not(None), Conversation.held_by_id.is_(None)

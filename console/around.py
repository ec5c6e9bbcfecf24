"""What a ticket's row does not say: who talks with the resident, and what stopped the clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Conversation
from tickets.models import Ticket
from tickets.stops import Stop, list_stops, time_stopped


@dataclass(frozen=True, slots=True)
class Around:
    """What the page shows beside the row, and its buttons depend on."""

    held_by_id: UUID | None = None
    stop: Stop | None = None
    """The stop of the clock that lasts now."""
    stopped: timedelta = timedelta()
    closed_channel: str | None = None
    """The messenger in which the resident has closed the chat to us."""


NOTHING_AROUND = Around()


async def read_around(session: AsyncSession, ticket: Ticket, *, now: datetime) -> Around:
    """Look it up for one ticket."""
    stops = await list_stops(session, ticket.id)
    lasting = stops[-1] if stops and stops[-1].until_at > now else None
    stopped = time_stopped(stops, now=now)
    if ticket.conversation_id is None:
        return Around(None, lasting, stopped)
    chat = await session.get_one(Conversation, ticket.conversation_id)
    closed = None if chat.reachable else chat.channel
    return Around(chat.held_by_id, lasting, stopped, closed)

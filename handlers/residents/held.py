"""A person holds this conversation: store what was said, tell that person, say nothing."""

from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import Actor
from handlers.residents.desk import FrontDesk
from handlers.turn import Outcome, Turn


async def pass_on(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Keep the words on the ticket that is being talked about; the bot stays silent."""
    tickets = await desk.tickets.list_in_conversation(session, turn.conversation_id)
    if not tickets:
        return Outcome((), turn.dialogue)
    by = Actor.resident(turn.standing.resident_id)
    await desk.tickets.add_words(session, tickets[0], turn.words, by=by, now=turn.now)
    return Outcome((), turn.dialogue, ticket_id=tickets[0].id)

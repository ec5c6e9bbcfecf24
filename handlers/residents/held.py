"""
A person holds this conversation: the words are stored, that person is told, the bot says nothing.

They stand in the conversation, which staff read beside the ticket; a second
copy in the history would only be read twice.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.residents.desk import FrontDesk
from handlers.turn import Outcome, Turn


async def pass_on(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Name the ticket that is being talked about, so that its page is told; stay silent."""
    tickets = await desk.tickets.list_in_conversation(session, turn.conversation_id)
    if not tickets:
        return Outcome((), turn.dialogue)
    return Outcome((), turn.dialogue, ticket_id=tickets[0].id)

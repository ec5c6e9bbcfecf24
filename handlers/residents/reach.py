"""The chat was closed to us, or opened again: noted where staff see it."""

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.holding import set_reachable
from core.actors import Actor
from handlers.residents.desk import FrontDesk
from handlers.turn import Outcome, Turn
from tickets.history import EventKind


async def note_reach(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Blocked or let in again; nothing is said, whoever blocks us wants quiet."""
    if turn.standing.reachable == turn.message.reachable:
        return Outcome((), turn.dialogue, silent_after=desk.still(turn))
    return await _note(session, desk, turn, reachable=turn.message.reachable)


async def reopen_chat(session: AsyncSession, desk: FrontDesk, turn: Turn) -> None:
    """Somebody who had blocked us writes: then something can be said again."""
    await _note(session, desk, turn, reachable=True)


async def _note(session: AsyncSession, desk: FrontDesk, turn: Turn, *, reachable: bool) -> Outcome:
    await set_reachable(session, turn.conversation_id, reachable=reachable)
    kind = EventKind.CHAT_OPENED if reachable else EventKind.CHAT_CLOSED
    by = Actor.resident(turn.standing.resident_id)
    tickets = await desk.tickets.list_in_conversation(session, turn.conversation_id)
    living = [each for each in tickets if each.closed_at is None]
    for ticket in living:
        await desk.tickets.record(session, ticket, kind, by=by, now=turn.now)
    return Outcome(
        (),
        turn.dialogue,
        ticket_id=living[0].id if living else None,
        silent_after=desk.still(turn),
    )

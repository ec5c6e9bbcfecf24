"""What is not for us: groups, and things that nobody here can read."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.residents.desk import FrontDesk
from handlers.turn import Outcome, Turn

_CONTACT = "contact"


async def decline_group(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Where others read along nothing personal is dealt with; said once, kept as no request."""
    if turn.dialogue.declined:
        return Outcome((), turn.dialogue)
    reply = desk.say(turn, "group", street=desk.street.name)
    return Outcome((reply,), replace(turn.dialogue, declined=True))


async def decline_other(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """A sticker, a poll, somebody else's card: say what to do instead; silence where none waits."""
    if turn.message.payload is None:
        return Outcome((), turn.dialogue, silent_after=desk.still(turn))
    key = "others_contact" if turn.message.payload == _CONTACT else "unreadable"
    reply = desk.say(turn, key, desk.person(turn))
    return Outcome((reply,), turn.dialogue, silent_after=desk.still(turn))

"""The same matter again while one is open: ask, and record a chase instead of a second ticket."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.dialogue import Form
from core.actors import Actor
from handlers.residents import presses
from handlers.residents.desk import FrontDesk
from handlers.residents.open_request import due_words, unit_of
from handlers.turn import Outcome, Turn
from tickets.models import Ticket

SAME = "same_ticket"


def ask_whether_same(desk: FrontDesk, turn: Turn, form: Form, ticket: Ticket) -> Outcome:
    """「还是上次那件事吗？」 — never decided by equal texts (ARCHITECTURE, Forms and silence)."""
    question = desk.say(
        turn,
        "same.ask",
        desk.choice(turn, "same", presses.YES),
        desk.choice(turn, "other", presses.OTHER),
        desk.person(turn),
        number=ticket.number,
        title=ticket.title,
    )
    waiting = replace(turn.dialogue, asking=SAME, form=form, ticket_number=ticket.number)
    return Outcome((question,), waiting, ticket_id=ticket.id, silent_after=desk.silence)


async def chase_ticket(session: AsyncSession, desk: FrontDesk, turn: Turn, words: str) -> Outcome:
    """Record that the resident asks again, and say how it stands."""
    ticket = await desk.tickets.find_by_number(
        session, turn.dialogue.ticket_number or "", conversation_id=turn.conversation_id
    )
    if ticket is None:
        return Outcome((desk.say(turn, "status.none", desk.person(turn)),), turn.dialogue.settled())
    outcome = await record_chase(session, desk, turn, ticket, words)
    return replace(outcome, dialogue=outcome.dialogue.settled())


async def record_chase(
    session: AsyncSession, desk: FrontDesk, turn: Turn, ticket: Ticket, words: str
) -> Outcome:
    """Count the chase, keep the words, and say who has the ticket and until when."""
    by = Actor.resident(turn.standing.resident_id)
    await desk.tickets.chase(session, ticket, by=by, now=turn.now, words=words)
    reply = desk.say(
        turn,
        "same.chased",
        desk.person(turn),
        number=ticket.number,
        unit=unit_of(desk, ticket, turn.language),
        due=due_words(desk, ticket, turn),
    )
    dialogue = replace(turn.dialogue, ticket_number=ticket.number)
    return Outcome((reply,), dialogue, ticket_id=ticket.id)

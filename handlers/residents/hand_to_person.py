"""A message that could not be handled three times becomes a ticket that a person looks at."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.dialogue import Form
from core.actors import BOT
from handlers.residents.desk import FrontDesk
from handlers.residents.open_request import new_ticket
from handlers.turn import Outcome, Turn
from tickets.alerts import AlertKind


async def hand_to_person(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Open the ticket with the resident's own words, ring, and tell the resident."""
    earlier = turn.dialogue.form
    form = Form(
        matter=None,
        request_type="help",
        urgency="P2",
        words=(*(earlier.words if earlier else ()), turn.words or "…"),
        slots=earlier.slots if earlier else {},
        classified_by={"model": None, "failed": True},
    )
    new = new_ticket(desk, turn, form)
    ticket = await desk.tickets.open_ticket(session, new, by=BOT, now=turn.now)
    await desk.tickets.ring(session, ticket, AlertKind.FAILED, now=turn.now)
    reply = desk.say(turn, "failed", desk.person(turn), number=ticket.number)
    dialogue = replace(turn.dialogue.settled(), ticket_number=ticket.number)
    return Outcome((reply,), dialogue, ticket_id=ticket.id, rings=True)

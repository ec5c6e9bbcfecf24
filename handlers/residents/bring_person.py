"""「人工」: a person at once, without a form, at any moment."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.dialogue import Form
from conversations.holding import count_waiting_before
from core.actors import Actor
from core.dates import say_instant
from core.messages import Reply
from handlers.residents import presses
from handlers.residents.clues import remembered
from handlers.residents.desk import FrontDesk
from handlers.residents.make_request import verdict
from handlers.residents.open_request import new_ticket
from handlers.turn import Outcome, Turn
from people.rota import get_duty
from tickets.history import EventKind
from tickets.models import Ticket

_SAME = "same_ticket"
"""What `same_ticket` asks: an unanswered question about an open ticket makes no second one."""
_MINUTES_A_TALK = 3
"""How long one conversation takes an operator, for the estimate in front of the resident."""


async def bring_person(
    session: AsyncSession, desk: FrontDesk, turn: Turn, *, why: Reply | None = None
) -> Outcome:
    """
    Put the conversation into the queue for a human, with a ticket that nobody can overlook.

    What was half said goes along, so that nobody has to say it twice.
    """
    ticket = await _ticket_to_talk_about(session, desk, turn)
    waiting = await _waiting(session, desk, turn)
    replies = (why, waiting) if why else (waiting,)
    dialogue = replace(turn.dialogue.settled(), ticket_number=ticket.number)
    return Outcome(replies, dialogue, ticket_id=ticket.id, waits=True, rings=True)


async def keep_waiting(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Somebody who waits writes on: whoever comes reads it, and they hear how long it takes."""
    ticket = await desk.tickets.find_by_number(
        session, turn.dialogue.ticket_number or "", conversation_id=turn.conversation_id
    )
    if ticket is None:
        return await bring_person(session, desk, turn)
    noted = desk.texts.say("chat.person.noted", turn.language)
    waiting = await _waiting(session, desk, turn)
    reply = replace(waiting, text=f"{noted}{waiting.text}")
    return Outcome((reply,), turn.dialogue, ticket_id=ticket.id)


async def stop_waiting(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """The resident goes on with the bot; the ticket stays."""
    reply = desk.say(turn, "person.stopped", desk.person(turn))
    return Outcome((reply,), turn.dialogue, waits=False)


async def _ticket_to_talk_about(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Ticket:
    by = Actor.resident(turn.standing.resident_id)
    form = None if turn.dialogue.asking == _SAME else turn.dialogue.form
    if form is None:
        for ticket in await desk.tickets.list_in_conversation(session, turn.conversation_id):
            if ticket.closed_at is None and ticket.status != "answered":
                await desk.tickets.record(
                    session,
                    ticket,
                    EventKind.ASKED_FOR_PERSON,
                    by=by,
                    now=turn.now,
                    note=turn.words,
                )
                return ticket
        form = _bare_form(turn)
    else:
        form = form.heard(turn.words)
    new = new_ticket(desk, turn, form)
    return await desk.tickets.open_ticket(session, new, by=by, now=turn.now)


def _bare_form(turn: Turn) -> Form:
    return Form(
        matter=turn.matter or turn.dialogue.matter,
        request_type="help",
        urgency="P2",
        words=(turn.words,),
        slots=remembered(turn.dialogue),
        classified_by=verdict(turn.understanding),
    )


async def _waiting(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Reply:
    """Who is there, how many are before, or when somebody calls back: only what the rota holds."""
    duty = await get_duty(session, desk=desk.settings, now=turn.now)
    stop = desk.choice(turn, "stop_waiting", presses.STOP_WAITING)
    if duty.desk_open:
        since = turn.standing.waiting_since_at or turn.now
        before = await count_waiting_before(session, since)
        key = "person.calling" if before else "person.calling_next"
        minutes = (before + 1) * _MINUTES_A_TALK
        return desk.say(turn, key, stop, before=before, minutes=minutes)
    opens = duty.next_opens_at
    when = say_instant(opens, now=turn.now, language=turn.language) if opens else ""
    if duty.night is not None:
        return desk.say(turn, "person.night", stop, name=duty.night.name, when=when)
    key = "person.closed" if when else "person.closed_unknown"
    return desk.say(turn, key, stop, when=when)

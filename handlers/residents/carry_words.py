"""
What a resident wants a volunteer to hear: an answer before the visit, thanks after it.

Only for whoever pressed the button for it, and only their very next words:
a person, a danger, a form that is half filled in go before and come back.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.dialogue import Dialogue
from core.actors import Actor
from core.errors import InvalidInput
from core.messages import Choice, Reply
from handlers.residents import presses
from handlers.residents.desk import FrontDesk
from handlers.turn import Outcome, Turn
from handlers.volunteers.partners import called
from handlers.volunteers.relay import answer_volunteer
from handlers.volunteers.thank import thank_volunteers
from people.models import Volunteer
from tickets.lookups import get_ticket
from tickets.models import Claim, Task, Ticket
from tickets.relays import RelayClosed, TooMuchRelayed, find_standing
from tickets.tasks import TaskStatus, find_task
from tickets.thanks import has_thanks

RELAY = "relay"
THANKS = "thanks"
_OPEN_FOR = timedelta(minutes=30)
"""After so long without a word the question is forgotten; the button asks it again."""


async def ask_for_answer(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """「回复志愿者」: the next words are for the volunteer, if the visit is still to come."""
    found = await _standing(session, turn, _pressed(turn, presses.RELAY))
    if found is None:
        return _say(desk, turn, "closed")
    person = await session.get_one(Volunteer, found[1].volunteer_id)
    name = called(desk.staff_desk, person.name)(turn.language)
    return _ask(desk, turn, RELAY, found[1].id, "ask", name=name)


async def ask_for_thanks(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """「带句话」: the next words are for those who came; once a task."""
    found = await _done(session, turn, _pressed(turn, presses.THANKS))
    if found is None:
        return _say(desk, turn, "closed")
    if await has_thanks(session, found[0].id):
        return _say(desk, turn, "thanked_before")
    return _ask(desk, turn, THANKS, found[0].id, "ask_thanks")


async def no_thanks(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """「不用了」 is a good answer."""
    return _say(desk, turn, "no_thanks")


async def take_words(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """The words that were asked for, or a tap on 「不说了」; then the dialogue is as it was."""
    back = replace(turn, standing=replace(turn.standing, dialogue=_before(turn.dialogue)))
    if turn.press == presses.SKIP:
        return _say(desk, back, "dropped")
    about = UUID(hex=turn.dialogue.options[0])
    try:
        if turn.dialogue.asking == RELAY:
            return await _relay(session, desk, back, about)
        return await _thank(session, desk, back, about)
    except (RelayClosed, TooMuchRelayed):
        return _say(desk, back, "closed")
    except InvalidInput:
        return _say(desk, turn, "too_long")


def is_fresh(dialogue: Dialogue, now: datetime) -> bool:
    """Whether the question was asked a moment ago."""
    return now - datetime.fromisoformat(dialogue.options[1]) <= _OPEN_FOR


async def _relay(session: AsyncSession, desk: FrontDesk, turn: Turn, claim_id: UUID) -> Outcome:
    found = await _standing(session, turn, claim_id)
    if found is None:
        return _say(desk, turn, "closed")
    ticket = await get_ticket(session, found[0].ticket_id)
    by = Actor.resident(turn.standing.resident_id)
    await answer_volunteer(
        session, desk.staff_desk, ticket, claim_id, turn.words, by=by, now=turn.now
    )
    return replace(_say(desk, turn, "passed"), ticket_id=ticket.id, topics=("tasks", "outbox"))


async def _thank(session: AsyncSession, desk: FrontDesk, turn: Turn, task_id: UUID) -> Outcome:
    found = await _done(session, turn, task_id)
    if found is None:
        return _say(desk, turn, "closed")
    task, ticket = found
    by = Actor.resident(turn.standing.resident_id)
    said = await thank_volunteers(
        session, desk.staff_desk, task, ticket, turn.words, by=by, now=turn.now
    )
    key = "thanks_passed" if said else "thanked_before"
    return replace(_say(desk, turn, key), ticket_id=ticket.id, topics=("tasks", "outbox"))


async def _standing(
    session: AsyncSession, turn: Turn, claim_id: UUID | None
) -> tuple[Task, Claim] | None:
    """The claim, if it stands and is for a ticket of this very conversation."""
    found = await find_standing(session, claim_id) if claim_id else None
    if found is None:
        return None
    ticket = await get_ticket(session, found[0].ticket_id)
    return found if ticket.conversation_id == turn.conversation_id else None


async def _done(
    session: AsyncSession, turn: Turn, task_id: UUID | None
) -> tuple[Task, Ticket] | None:
    task = await find_task(session, task_id) if task_id else None
    if task is None or task.status != TaskStatus.DONE:
        return None
    ticket = await get_ticket(session, task.ticket_id)
    return (task, ticket) if ticket.conversation_id == turn.conversation_id else None


def _pressed(turn: Turn, prefix: str) -> UUID | None:
    try:
        return UUID(hex=(turn.press or "").removeprefix(prefix))
    except ValueError:
        return None


def _ask(
    desk: FrontDesk, turn: Turn, asking: str, about: UUID, key: str, **facts: object
) -> Outcome:
    """Ask for the words and remember what was asked before."""
    before = _before(turn.dialogue)
    options = (about.hex, turn.now.isoformat(), before.asking or "", *before.options)
    reply = Reply(
        desk.texts.say(f"claim.chat.{key}", turn.language, **facts),
        (
            Choice(desk.texts.say("claim.chat.drop", turn.language), presses.SKIP),
            desk.person(turn),
        ),
    )
    waiting = replace(turn.dialogue, asking=asking, options=options)
    return Outcome((reply,), waiting, silent_after=desk.silence if before.form else None)


def _before(dialogue: Dialogue) -> Dialogue:
    """The dialogue as it was before the words were asked for."""
    if dialogue.asking not in (RELAY, THANKS):
        return dialogue
    _, _, asking, *options = dialogue.options
    return replace(dialogue, asking=asking or None, options=tuple(options))


def _say(desk: FrontDesk, turn: Turn, key: str) -> Outcome:
    """Say it; a form that waits goes on waiting."""
    words = desk.texts.say(f"claim.chat.{key}", turn.language)
    waits = turn.dialogue.form is not None
    if waits:
        words += desk.texts.say("claim.chat.form_waits", turn.language)
    reply = Reply(words, (desk.person(turn),))
    return Outcome((reply,), turn.dialogue, silent_after=desk.silence if waits else None)

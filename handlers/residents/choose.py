"""Two likely matters: one either/or question made of them, then a person."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.dialogue import Form
from core.messages import Choice
from handlers.residents import presses
from handlers.residents.ask_question import ask_question
from handlers.residents.bring_person import bring_person
from handlers.residents.clues import clues
from handlers.residents.desk import FrontDesk
from handlers.residents.make_request import go_on, make_request, new_form
from handlers.turn import Outcome, Turn

EITHER_OR = "either_or"


async def ask_either_or(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Ask which of the two best matters is meant; the message waits in the form."""
    options = tuple(each.name for each in turn.understanding.matter_ranking[:2])
    names = [desk.matter_name(option, turn.language) for option in options]
    choices = [Choice(name, f"{presses.PICK}{place}") for place, name in enumerate(names)]
    neither = desk.choice(turn, "neither", presses.PERSON)
    question = desk.say(turn, "either_or", *choices, neither, first=names[0], second=names[1])
    form = new_form(desk, turn, options[0])
    waiting = replace(turn.dialogue, asking=EITHER_OR, options=options, form=form)
    return Outcome((question,), waiting, silent_after=desk.silence)


async def take_choice(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """The picked matter; words instead of a press are understood anew, once."""
    form = turn.dialogue.form
    picked = _picked(turn)
    if form is None:
        return await make_request(session, desk, turn)
    if picked is None:
        return await _in_other_words(session, desk, turn)
    urgency = desk.taxonomy.urgency_for(picked, form.request_type)
    chosen = replace(form, matter=picked, urgency=urgency, secondary=())
    return await go_on(session, desk, turn, chosen)


async def clarify(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Not understood: ask once in other words, the second time bring a person."""
    if turn.dialogue.unclear >= 1:
        sorry = desk.say(turn, "unclear.second")
        return await bring_person(session, desk, turn, why=sorry)
    reply = desk.say(turn, "unclear.first", *topics(desk, turn))
    return Outcome((reply,), replace(turn.dialogue, unclear=turn.dialogue.unclear + 1))


def topics(desk: FrontDesk, turn: Turn) -> tuple[Choice, ...]:
    """The two entries and a person: never more than three choices."""
    return (
        desk.choice(turn, "topic_elder", f"{presses.TOPIC}elder_care"),
        desk.choice(turn, "topic_aid", f"{presses.TOPIC}assistance"),
        desk.person(turn),
    )


async def _in_other_words(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    form = turn.dialogue.form
    if form is not None and turn.matter in turn.dialogue.options:
        return await go_on(session, desk, turn, replace(form.heard(turn.words), matter=turn.matter))
    if turn.matter is not None and turn.understanding.decision == "sure":
        if turn.act == "ask_info":
            return await ask_question(session, desk, turn)
        return await make_request(session, desk, turn)
    if form is not None and turn.understanding.entities:
        return await go_on(session, desk, turn, _undecided(desk, turn, form))
    return await bring_person(session, desk, turn, why=desk.say(turn, "unclear.second"))


def _undecided(desk: FrontDesk, turn: Turn, form: Form) -> Form:
    """An answer to another question (an address, a number): a person decides on the matter."""
    heard = form.heard(turn.words, **clues(turn, desk.street))
    return replace(heard, matter=None, secondary=turn.dialogue.options)


def _picked(turn: Turn) -> str | None:
    press = turn.press or ""
    if not press.startswith(presses.PICK):
        return None
    place = press.removeprefix(presses.PICK)
    options = turn.dialogue.options
    return options[int(place)] if place.isdigit() and int(place) < len(options) else None

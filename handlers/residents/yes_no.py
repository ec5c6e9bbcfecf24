"""Answers to our own yes-or-no questions, and what becomes of a form that nobody finishes."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.residents import presses
from handlers.residents.bring_person import bring_person
from handlers.residents.desk import FrontDesk
from handlers.residents.make_request import go_on, make_request
from handlers.residents.open_request import open_request
from handlers.residents.raise_emergency import PAST, answer_about_past
from handlers.residents.same_ticket import SAME, chase_ticket
from handlers.turn import Outcome, Turn

_ALWAYS_FOLLOWED_UP = frozenset({"violence", "child_harm", "self_harm"})
"""Even when it is over, somebody asks how they are (taxonomy `past_tense_rule`)."""


async def the_same(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """It is the old matter: a chase with the new words."""
    return await chase_ticket(session, desk, turn, _all_words(turn))


async def not_the_same(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """It is another one: go on with its form."""
    form = turn.dialogue.form
    if form is None:
        return await make_request(session, desk, turn)
    heard = form if turn.press is not None else form.heard(turn.words)
    return await go_on(session, desk, turn, heard)


async def no_danger_now(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """The danger is over: an ordinary matter, but some are always followed up by a person."""
    form = turn.dialogue.form
    if form is None:
        return await bring_person(session, desk, turn)
    urgency = desk.taxonomy.urgency_for(form.matter, form.request_type)
    ordinary = replace(form, urgency="P2" if urgency in ("P0", "P1") else urgency)
    if form.matter is None or turn.dialogue.trigger in _ALWAYS_FOLLOWED_UP:
        standing = replace(turn.standing, dialogue=replace(turn.dialogue, form=ordinary))
        why = desk.say(turn, "emergency.over")
        return await bring_person(session, desk, replace(turn, standing=standing), why=why)
    return await go_on(session, desk, turn, ordinary)


async def finish_form(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """
    Do what is right with a half-finished form, without another question.

    An unanswered question about danger counts as danger, one about an old
    ticket as the old ticket; everything else becomes a ticket with what is known.
    """
    form = turn.dialogue.form
    if form is None:
        return Outcome((), turn.dialogue.settled())
    if turn.dialogue.asking == PAST:
        return await answer_about_past(session, desk, turn)
    if turn.dialogue.asking == SAME:
        return await chase_ticket(session, desk, turn, "\n".join(form.words))
    _, outcome = await open_request(session, desk, turn, form, dialogue=turn.dialogue)
    return outcome


def _all_words(turn: Turn) -> str:
    form = turn.dialogue.form
    earlier = form.words if form else ()
    latest = () if turn.press in (presses.YES, presses.OTHER) else (turn.words,)
    return "\n".join((*earlier, *latest))

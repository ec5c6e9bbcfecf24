"""
Photos, voice, films and papers: the machine reads none of them, so a person gets them.

Danger could be in a picture; therefore nobody is left alone with a form: words
beside it are dealt with as usual, and the ticket opens soon; without words it
goes straight into the queue for a human.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.attachments import is_too_large
from core.messages import Reply
from handlers.residents.bring_person import bring_person
from handlers.residents.desk import FrontDesk
from handlers.residents.raise_emergency import PLACE
from handlers.turn import Outcome, Turn
from intents.understanding import is_blank
from tickets.models import Ticket
from tickets.status import TicketStatus

Verb = Callable[[AsyncSession, FrontDesk, Turn], Awaitable[Outcome]]

_SOON = timedelta(minutes=2)
"""A form with a picture becomes a ticket after so long, because nobody has seen it yet."""


def with_files(by_words: Verb) -> Verb:
    """A message with files: `by_words` deals with what stands beside them."""

    async def take_files(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
        album = turn.message.album
        if album is not None and album == turn.dialogue.album:
            return await _further(session, desk, turn, by_words)
        if is_blank(turn.words):
            outcome = await _without_words(session, desk, turn)
        else:
            outcome = await _with_words(session, desk, turn, by_words)
        return replace(outcome, dialogue=replace(outcome.dialogue, album=album))

    return take_files


async def _further(session: AsyncSession, desk: FrontDesk, turn: Turn, by_words: Verb) -> Outcome:
    """Another file of an album that was answered: kept, and only its words are new."""
    if is_blank(turn.words):
        return Outcome((), turn.dialogue, silent_after=desk.still(turn))
    return await by_words(session, desk, turn)


async def _without_words(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Into the queue for a human, and what to do if it is urgent."""
    label = desk.texts.say(f"chat.media.label.{_kind(turn)}", turn.language)
    named = replace(turn, message=replace(turn.message, text=label))
    outcome = await bring_person(session, desk, named, why=_cannot_read(desk, turn))
    if turn.dialogue.asking != PLACE:
        return outcome
    return replace(outcome, dialogue=replace(outcome.dialogue, asking=PLACE))


async def _with_words(
    session: AsyncSession, desk: FrontDesk, turn: Turn, by_words: Verb
) -> Outcome:
    outcome = await by_words(session, desk, turn)
    if not outcome.replies:
        return outcome
    if outcome.dialogue.form is not None:
        noted = desk.say(turn, f"media.also.{_kind(turn)}")
        return replace(outcome, replies=(noted, *outcome.replies), silent_after=_SOON)
    if await _somebody_looks(session, outcome):
        also = desk.say(turn, f"media.also.{_kind(turn)}", desk.person(turn))
        return outcome.then(also) if outcome.rings else _first(also, outcome)
    standing = replace(turn.standing, dialogue=outcome.dialogue)
    person = await bring_person(
        session, desk, replace(turn, standing=standing), why=_cannot_read(desk, turn)
    )
    return replace(person, replies=(*outcome.replies, *person.replies))


def _first(said: Reply, outcome: Outcome) -> Outcome:
    """Said before the rest, whose last words bear the buttons."""
    return replace(outcome, replies=(replace(said, choices=()), *outcome.replies))


async def _somebody_looks(session: AsyncSession, outcome: Outcome) -> bool:
    """Whether a person has the ticket; what the machine answered is looked at by nobody."""
    if outcome.ticket_id is None:
        return False
    ticket = await session.get(Ticket, outcome.ticket_id)
    return ticket is not None and ticket.closed_at is None and ticket.status != _ANSWERED


def _cannot_read(desk: FrontDesk, turn: Turn) -> Reply:
    if all(is_too_large(each.size) for each in turn.message.attachments):
        return desk.say(turn, "media.too_large")
    return desk.say(turn, f"media.{_kind(turn)}")


def _kind(turn: Turn) -> str:
    return turn.message.attachments[0].kind.value


_ANSWERED = TicketStatus.ANSWERED.value

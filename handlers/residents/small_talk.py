"""What is said around a request: greetings, thanks, questions about the bot, feelings."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from core.messages import Choice, Reply
from handlers.residents import presses
from handlers.residents.bring_person import bring_person
from handlers.residents.choose import topics
from handlers.residents.desk import FrontDesk
from handlers.residents.make_request import new_form
from handlers.residents.open_request import open_request
from handlers.turn import Outcome, Turn

_SILLY_AFTER = 2


async def greet(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Who we are (a machine), what we can do, and the way to a person."""
    return _say(desk, turn, "greeting", *topics(desk, turn), street=desk.street.name)


async def say_thanks(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """A short answer to thanks."""
    return _say(desk, turn, "welcome")


async def say_bye(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """A short good-bye; a half-finished form stays and opens by itself."""
    return _say(desk, turn, "bye")


async def tell_about_bot(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """The truth: a machine."""
    return _say(desk, turn, "about_bot", *topics(desk, turn), street=desk.street.name)


async def make_easier(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Larger letters, shorter words, or a person."""
    larger = desk.choice(turn, "larger", presses.LARGER)
    return _say(desk, turn, "cannot_use", larger, desk.person(turn))


async def repeat(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """The last sentences again, with their buttons."""
    texts = turn.dialogue.last_texts
    if not texts:
        return await greet(session, desk, turn)
    choices = tuple(Choice(title, payload) for title, payload in turn.dialogue.choices)
    replies = [Reply(text) for text in texts]
    replies[-1] = replace(replies[-1], choices=choices)
    return Outcome(tuple(replies), turn.dialogue, silent_after=desk.still(turn))


async def comfort(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Listen first; then offer a visit or somebody to talk to."""
    visit = desk.choice(turn, "visit", f"{presses.TOPIC}elder_care/visit_care")
    return _say(desk, turn, "vent", visit, desk.person(turn))


async def answer_abuse(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """One calm sentence; the second time a person looks whether there is a request in it."""
    if turn.dialogue.insults + 1 >= _SILLY_AFTER:
        outcome = await bring_person(session, desk, turn)
        return replace(outcome, dialogue=replace(outcome.dialogue, insults=0))
    dialogue = replace(turn.dialogue, insults=turn.dialogue.insults + 1)
    return replace(_say(desk, turn, "abusive", desk.person(turn)), dialogue=dialogue)


async def point_elsewhere(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """What we cannot do; never a refusal: a person may look again."""
    return _say(desk, turn, "out_of_scope", *topics(desk, turn))


async def handle_privacy(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Rights to one's own data: a ticket and a person (PIPL Art. 44 to 47)."""
    return await bring_person(session, desk, turn, why=desk.say(turn, "privacy"))


async def take_praise(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Passed on to whom it concerns."""
    form = replace(new_form(desk, turn, turn.matter), request_type="praise", urgency="P3")
    _, outcome = await open_request(session, desk, turn, form, dialogue=turn.dialogue)
    return outcome


async def take_volunteer(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Somebody wants to help: how to sign up, and a ticket for the volunteer station."""
    form = replace(new_form(desk, turn, "volunteer/join"), request_type="suggest", urgency="P3")
    _, outcome = await open_request(session, desk, turn, form, dialogue=turn.dialogue)
    welcome = desk.say(turn, "volunteer")
    return replace(outcome, replies=(welcome, *outcome.replies))


async def refuse_press(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """An old or forged button: a polite answer, and nothing changes."""
    reply = desk.say(turn, "old_button", desk.person(turn))
    return Outcome((reply,), turn.dialogue, silent_after=desk.still(turn))


async def ask_for_words(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Nothing readable came: empty, only blanks or symbols."""
    return _say(desk, turn, "empty", desk.person(turn))


async def open_topic(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """One of the entries was pressed: what belongs to it, asked in one sentence."""
    area = (turn.press or "").removeprefix(presses.TOPIC).split("/")[0]
    names = _names(desk, turn, area)
    if not names:
        return await refuse_press(session, desk, turn)
    reply = desk.say(turn, "topic", desk.person(turn), matters="、".join(names))
    return Outcome((reply,), replace(turn.dialogue, unclear=0))


def _names(desk: FrontDesk, turn: Turn, area: str) -> Sequence[str]:
    matters = [each for each in desk.taxonomy.matters.values() if each.area == area]
    return [desk.matter_name(each.id, turn.language) for each in matters[:6]]


def _say(desk: FrontDesk, turn: Turn, key: str, *choices: Choice, **facts: object) -> Outcome:
    reply = desk.say(turn, key, *choices, **facts)
    return Outcome((reply,), turn.dialogue, silent_after=desk.still(turn))

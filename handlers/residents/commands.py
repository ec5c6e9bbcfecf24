"""The commands in the bot's menu: how it begins, what it can do, which language it speaks."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from core.messages import Choice
from core.texts import LANGUAGES
from handlers.residents import presses
from handlers.residents.desk import FrontDesk
from handlers.residents.small_talk import refuse_press
from handlers.turn import Outcome, Turn


async def start(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Who we are, what becomes of one's words, and how to begin; a half-finished form stays."""
    reply = desk.say(turn, "start", street=desk.street.name)
    return Outcome((reply,), turn.dialogue, silent_after=desk.still(turn))


async def give_help(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """What can be done here and how."""
    reply = desk.say(turn, "help", desk.person(turn))
    return Outcome((reply,), turn.dialogue, silent_after=desk.still(turn))


async def offer_languages(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Each language under its own name."""
    choices = [
        Choice(desk.texts.say("chat.language.name", language), f"{presses.SPEAK}{language}")
        for language in LANGUAGES
    ]
    reply = desk.say(turn, "language.ask", *choices)
    return Outcome((reply,), turn.dialogue, silent_after=desk.still(turn))


async def speak(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """From now on in that language."""
    language = (turn.press or "").removeprefix(presses.SPEAK)
    if language not in LANGUAGES:
        return await refuse_press(session, desk, turn)
    there = replace(turn, standing=replace(turn.standing, language=language))
    reply = desk.say(there, "language.changed", desk.person(there))
    return Outcome((reply,), turn.dialogue, language=language, silent_after=desk.still(turn))

"""
What buttons carry, and how a press is recognised however it comes in.

A payload means nothing by itself: rights and states are checked when it is
pressed, and one that is old or forged changes nothing.
"""

import re
from dataclasses import replace
from hashlib import sha256

from conversations.dialogue import Dialogue
from core.messages import InboundKind, InboundMessage
from handlers.turn import Card, Outcome, Turn

PERSON = "/person"
SKIP = "/skip"
HERE = "/here"
DETAILS = "/details"
OPEN = "/open"
WRONG = "/wrong"
"""The answer that was given last is wrong."""
YES = "/yes"
NO = "/no"
OTHER = "/other"
PROGRESS = "/progress"
STOP_WAITING = "/stop_waiting"
SOLVED = "/solved"
NOT_SOLVED = "/not_solved"
LARGER = "/larger"
START = "/start"
HELP = "/help"
LANGUAGE = "/language"
SPEAK = "/language:"
PICK = "/pick:"
TOPIC = "/topic:"
RELAY = "/relay:"
"""Carries the id of the claim whose volunteer is answered."""
THANKS = "/thanks:"
"""Carries the id of the task whose volunteers hear a word."""
NO_THANKS = "/no_thanks"

PRESSES = frozenset(
    {
        PERSON,
        SKIP,
        HERE,
        DETAILS,
        OPEN,
        WRONG,
        YES,
        NO,
        OTHER,
        PROGRESS,
        STOP_WAITING,
        SOLVED,
        NOT_SOLVED,
        LARGER,
        START,
        HELP,
        LANGUAGE,
        NO_THANKS,
    }
)
"""Payloads that mean the same in every conversation; the rest carry what they are about."""

_ANSWERS = frozenset({SKIP, HERE, YES, NO, OTHER})
_ONCE = frozenset({OPEN, SOLVED, NOT_SOLVED})
_ALWAYS = frozenset({PERSON, PROGRESS, LARGER, START, HELP, LANGUAGE, STOP_WAITING})
"""Buttons that harm nothing and may be pressed at any time, however old they are."""

UNKNOWN = "/?"
"""A press that carries nothing we know."""

SHORTENED = "/#"
_LONGEST = 64
_PAYLOAD = re.compile(r"/[a-z_]+(?:[:/][!-~]*)?")
"""What looks like a payload and is nobody's words; an unknown one is old or forged."""


def short(payload: str) -> str:
    """
    The payload as a button can carry it: itself, or a digest when it is longer than 64 bytes.

    A digest is found again among the choices that were offered last.
    """
    if len(payload.encode()) <= _LONGEST:
        return payload
    return f"{SHORTENED}{sha256(payload.encode()).hexdigest()[:40]}"


def answers_a_question(payload: str) -> bool:
    """Whether such a button is good only for the question under which it stands."""
    return payload in _ANSWERS or payload.startswith(PICK)


def is_out_of_date(turn: Turn) -> bool:
    """
    Whether a press comes too late, a second time, or from where it never stood.

    Telegram keeps every old card with its buttons, and anybody may send any
    data: only what we really offered counts, on the card that still waits.
    """
    on_a_card = turn.message.kind is InboundKind.PRESS and turn.message.about is not None
    if not on_a_card or turn.press is None or _is_harmless(turn.press):
        return False
    if not turn.is_offered:
        return True
    if turn.card is None:
        return False
    too_late = answers_a_question(turn.press) and turn.card.number < turn.dialogue.asked_number
    return too_late or _mark(turn.card, turn.press) in turn.dialogue.pressed


def remember_press(turn: Turn, outcome: Outcome) -> Outcome:
    """Note a press that counts once, so that a second one changes nothing."""
    if turn.card is None or turn.press not in _ONCE or is_out_of_date(turn):
        return outcome
    dialogue = outcome.dialogue.having_pressed(_mark(turn.card, turn.press))
    return replace(outcome, dialogue=dialogue)


def _is_harmless(press: str) -> bool:
    return press in _ALWAYS or press.startswith((TOPIC, SPEAK))


def _mark(card: Card, press: str) -> str:
    return f"{card.number}{press}"


def read_press(message: InboundMessage, dialogue: Dialogue) -> str | None:
    """
    The payload that was pressed, or None for ordinary words.

    Typing a button's title or its number presses it, because not every
    channel has buttons. A pressed payload that we do not know is `UNKNOWN`.
    """
    if message.kind is InboundKind.PRESS:
        payload = message.payload or ""
        shortened = payload.startswith(SHORTENED)
        known = _lengthened(payload, dialogue) if shortened else _known(payload)
        return known or UNKNOWN
    text = message.text.strip()
    if _PAYLOAD.fullmatch(text):
        return _known(text) or UNKNOWN
    return _offered(text, dialogue)


def _lengthened(payload: str, dialogue: Dialogue) -> str | None:
    """What a digest stands for, if it was offered last."""
    return next((each for _, each in dialogue.choices if short(each) == payload), None)


def _known(payload: str) -> str | None:
    if len(payload) > _LONGEST:
        return None
    if payload in PRESSES or payload.startswith((PICK, TOPIC, SPEAK, RELAY, THANKS)):
        return payload
    return None


def _offered(text: str, dialogue: Dialogue) -> str | None:
    if text.isdecimal() and len(text) == 1 and 1 <= int(text) <= len(dialogue.choices):
        return dialogue.choices[int(text) - 1][1]
    return next((payload for title, payload in dialogue.choices if title == text), None)

"""
Where a dialogue stands: the half-finished form and what was just asked.

Kept sealed on the conversation's row; a worker reads it, thinks, and writes
the next one in the transaction that also holds everything else.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from core.messages import Choice

_REMEMBERED = 11


@dataclass(frozen=True, slots=True)
class Form:
    """A request that is not a ticket yet, because something is being asked."""

    matter: str | None
    request_type: str
    urgency: str
    words: tuple[str, ...]
    """Everything the resident said about it, message by message."""
    slots: dict[str, str] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    """Slots that were asked once: answered or skipped, never asked twice."""
    groups: tuple[str, ...] = ()
    on_behalf: bool = False
    secondary: tuple[str, ...] = ()
    classified_by: dict[str, Any] = field(default_factory=dict)

    def heard(self, words: str, **slots: str) -> "Form":
        """The form with one more message and what was found in it."""
        return replace(self, words=(*self.words, words), slots={**self.slots, **slots})


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Everything that has to be remembered between two messages."""

    asking: str | None = None
    """What the last message asked for: a slot (`community`, `callback`, `danger_now`) or a
    question (`either_or`, `same_ticket`, `past_danger`, `ticket_proof`, `emergency_place`)."""
    form: Form | None = None
    choices: tuple[tuple[str, str], ...] = ()
    """Title and payload of the buttons last offered; typed titles and numbers count as presses."""
    options: tuple[str, ...] = ()
    """Matters between which `either_or` asks."""
    ticket_number: str | None = None
    """The ticket that was last spoken of."""
    article_id: str | None = None
    matter: str | None = None
    """The matter of the last answer, for 「详细」 and for questions that follow."""
    trigger: str | None = None
    """The danger that `past_danger` asks about."""
    unclear: int = 0
    """How often in a row we did not understand; the second time a person is brought."""
    insults: int = 0
    last_texts: tuple[str, ...] = ()
    phone: str | None = None
    community: str | None = None
    coordinates: str | None = None
    """Where somebody said to be before saying what it is about: `30.590000,114.310000`."""
    asked_number: int = 0
    """The number of the message that asked the present question; older cards are out of date."""
    pressed: tuple[str, ...] = ()
    """The latest presses that count once, as number of the card and payload."""
    album: str | None = None
    """The album that was answered last: its further files are only kept."""
    declined: bool = False
    """A group was told once that nothing is dealt with there."""
    answers: dict[str, str] = field(default_factory=dict)
    """What somebody has filled in so far to become a volunteer, or is just changing."""

    @property
    def context(self) -> str | None:
        """The bot's last sentence, for the classifier."""
        return self.last_texts[-1] if self.last_texts else None

    def settled(self) -> "Dialogue":
        """The dialogue with nothing asked and no form."""
        return replace(
            self,
            asking=None,
            form=None,
            options=(),
            trigger=None,
            unclear=0,
            coordinates=None,
        )

    def having_pressed(self, press: str) -> "Dialogue":
        """The dialogue after a press that counts once."""
        return replace(self, pressed=(*self.pressed[-_REMEMBERED:], press))

    def offering(self, choices: tuple[Choice, ...], texts: tuple[str, ...]) -> "Dialogue":
        """The dialogue after these sentences and buttons were shown."""
        offered = tuple((choice.title, choice.payload) for choice in choices)
        return replace(self, choices=offered, last_texts=texts)


def encode_dialogue(dialogue: Dialogue) -> str:
    """A dialogue as JSON."""
    return orjson.dumps(dialogue).decode()


def decode_dialogue(body: str) -> Dialogue:
    """The dialogue that `encode_dialogue` wrote."""
    document = orjson.loads(body)
    form = document.pop("form")
    return Dialogue(
        form=_decode_form(form) if form else None,
        choices=tuple((title, payload) for title, payload in document.pop("choices")),
        options=tuple(document.pop("options")),
        last_texts=tuple(document.pop("last_texts")),
        pressed=tuple(document.pop("pressed", ())),
        **document,
    )


def _decode_form(document: dict[str, Any]) -> Form:
    lists = ("words", "asked", "groups", "secondary")
    return Form(**{**document, **{name: tuple(document[name]) for name in lists}})

"""Everything known when a message is handled, and everything that comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from conversations.dialogue import Dialogue
from conversations.inbox import Standing
from core.messages import InboundMessage, Reply
from intents.understanding import Entity, Understanding
from knowledge_base.search import Hit


@dataclass(frozen=True, slots=True)
class Card:
    """A message of ours that was pressed or quoted."""

    number: int
    """Its place in the conversation."""
    ticket_number: str | None
    offered: frozenset[str]
    """What its buttons carry."""


@dataclass(frozen=True, slots=True)
class Original:
    """A message of theirs that is corrected now."""

    inbox_id: int
    words: str
    latest: str
    """What it said before this correction: the words, or an earlier correction."""
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """One message with its conversation, understood and looked up, before anything is written."""

    standing: Standing
    message: InboundMessage
    understanding: Understanding
    hits: tuple[Hit, ...]
    now: datetime
    inbox_id: int | None = None
    press: str | None = None
    """The payload of the button that was pressed or typed; None for ordinary words."""
    lookups_left: bool = True
    """Whether another try at a ticket number of somebody else's is allowed (rate limit)."""
    card: Card | None = None
    """What was pressed or quoted, if it is known."""
    original: Original | None = None

    @property
    def conversation_id(self) -> UUID:
        """The conversation's id."""
        return self.standing.id

    @property
    def dialogue(self) -> Dialogue:
        """Where the dialogue stood before this message."""
        return self.standing.dialogue

    @property
    def is_offered(self) -> bool:
        """Whether the pressed button stood where it was pressed, or was offered last."""
        if self.card is not None:
            return (self.message.payload or "") in self.card.offered
        return self.press in {payload for _, payload in self.dialogue.choices}

    @property
    def words(self) -> str:
        """What the resident wrote."""
        return self.message.text

    @property
    def language(self) -> str:
        """The language to answer in."""
        return self.standing.language

    @property
    def act(self) -> str:
        """What the resident is doing, by the taxonomy's acts."""
        return self.understanding.act.name

    @property
    def matter(self) -> str | None:
        """What it is about, if anything."""
        return self.understanding.matter.name if self.understanding.matter else None

    @property
    def label(self) -> str:
        """Act, matter and confidence in short, for staff beside the message."""
        if self.press is not None:
            return f"press {self.press}"[:200]
        act, matter = self.understanding.act, self.understanding.matter
        words = f"{act.name} {act.confidence:.2f}"
        return f"{words} | {matter.name} {matter.confidence:.2f}" if matter else words

    def find_value(self, kind: str) -> str | None:
        """The value of the last entity of a kind (a correction comes last)."""
        found = self.find_entity(kind)
        return None if found is None else str(found.value)

    def find_entity(self, kind: str) -> Entity | None:
        """The last entity of a kind."""
        found = [entity for entity in self.understanding.entities if entity.entity == kind]
        return found[-1] if found else None

    def spans(self, *kinds: str) -> str:
        """The resident's own words for entities of these kinds, in order."""
        return "".join(
            self.understanding.text[entity.start : entity.end]
            for entity in sorted(self.understanding.entities, key=lambda each: each.start)
            if entity.entity in kinds
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of a message: what to say, where the dialogue stands, whom to call."""

    replies: tuple[Reply, ...]
    dialogue: Dialogue
    ticket_id: UUID | None = None
    silent_after: timedelta | None = None
    """After so long without an answer the half-finished form becomes a ticket."""
    waits: bool | None = None
    """True: put into the queue for a human; False: out of it; None: as it was."""
    rings: bool = False
    """An alert was opened: tell the console at once."""
    language: str | None = None
    """A change of language."""
    topics: Sequence[str] = field(default=())
    """Further topics to signal after the commit."""

    def then(self, *more: Reply) -> "Outcome":
        """The same outcome, saying more."""
        return replace(self, replies=(*self.replies, *more))


def speaking_of(turn: Turn) -> Turn:
    """The turn about the ticket of the card that was pressed or quoted, where there is one."""
    if turn.card is None or turn.card.ticket_number is None:
        return turn
    dialogue = replace(turn.dialogue, ticket_number=turn.card.ticket_number)
    return replace(turn, standing=replace(turn.standing, dialogue=dialogue))

"""
What was understood of one message, and the shape in which other programs read it.

`Understanding` is what conversations and tickets work with; `as_parse` is the
JSON of `baijiamen classify` and of `POST /model/parse`, a superset of Rasa's.
"""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

from intents.normalise import plain

Decision = Literal["sure", "either_or", "unsure"]
RANKING_LENGTH = 10
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Ranked:
    """A matter or an act with the probability that it is the right one, 0..1."""

    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Entity:
    """A piece of the message that says a fact: `text[start:end]` with its plain value."""

    entity: str
    """`phone`, `id_number`, `age`, `community`, `place`, `building`, `relation`, `time`,
    `money` or `ticket_no`."""
    start: int
    end: int
    """Code points of the original text, `end` exclusive."""
    value: str | int | float


@dataclass(frozen=True, slots=True)
class Danger:
    """An emergency that the message speaks of; only a duty officer may lower its level."""

    trigger_id: str
    level: str
    """`P0` or `P1`, modifiers already applied."""
    past: bool
    """Only the past is spoken of: the bot asks whether there is danger now."""
    sentence: str
    """The sentence that gave the alarm, as it was written."""
    calls: tuple[str, ...]
    """Whom to ring: numbers such as 110, or a word such as 燃气抢修."""
    script: str
    """What to say first, in Chinese."""
    by: str
    """What found it: `phrase` (taxonomy), `pattern` (ours) or `model`."""
    weak: bool = False
    """Self-harm by a weak sign alone: call somebody and ask directly (taxonomy)."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """Everything that one message says, as far as the machine can tell."""

    text: str
    act: Ranked
    act_ranking: tuple[Ranked, ...]
    matter: Ranked | None
    """None when the message is about no matter."""
    matter_ranking: tuple[Ranked, ...]
    """The likeliest matters, also where `matter` is None."""
    second_matters: tuple[Ranked, ...]
    """At most two more that the message speaks of as well."""
    request_type: str
    urgency: str
    groups: tuple[str, ...]
    on_behalf: bool
    entities: tuple[Entity, ...]
    danger: Danger | None
    decision: Decision
    """`sure`: go on; `either_or`: ask which of the two best; `unsure`: ask again or hand over."""
    reasons: tuple[str, ...]
    """The pieces of the text that spoke loudest for the matter (or the act)."""
    model: str
    """Version of the model, for the audit trail."""

    @property
    def likely_matter(self) -> str | None:
        """The matter's id unless it is a mere guess: what a search may lean on."""
        return self.matter.name if self.matter and self.decision != "unsure" else None


class Classifier(Protocol):
    """Whatever can understand a message: our own model, or Rasa behind HTTP."""

    def understand(self, text: str, *, context: str | None = None) -> Understanding:
        """Understand `text`; `context` is the bot's last sentence. Never raises on any text."""
        ...


def as_parse(understood: Understanding) -> dict[str, Any]:
    """The JSON of `classify` and `/model/parse` (CONTRACT): ids are the taxonomy's."""
    intent, ranking = _intent(understood)
    return {
        "text": understood.text,
        "intent": _named(intent),
        "intent_ranking": [_named(each) for each in ranking],
        "act": _named(understood.act),
        "act_ranking": [_named(each) for each in understood.act_ranking],
        "matter": _named(understood.matter) if understood.matter else None,
        "second_matters": [_named(each) for each in understood.second_matters],
        "request_type": understood.request_type,
        "urgency": understood.urgency,
        "groups": list(understood.groups),
        "on_behalf": understood.on_behalf,
        "entities": [_entity(each) for each in understood.entities],
        "danger": _danger(understood.danger),
        "decision": understood.decision,
        "reasons": list(understood.reasons),
        "model": understood.model,
    }


def _intent(understood: Understanding) -> tuple[Ranked, tuple[Ranked, ...]]:
    """The matter where there is one, otherwise the act, each with its own ranking."""
    if understood.matter:
        return understood.matter, understood.matter_ranking
    return understood.act, understood.act_ranking


def _named(ranked: Ranked) -> dict[str, Any]:
    return {"name": ranked.name, "confidence": round(ranked.confidence, DIGITS)}


def _entity(entity: Entity) -> dict[str, Any]:
    return {
        "entity": entity.entity,
        "start": entity.start,
        "end": entity.end,
        "value": entity.value,
    }


def _danger(danger: Danger | None) -> dict[str, Any] | None:
    if danger is None:
        return None
    return {
        "trigger": danger.trigger_id,
        "level": danger.level,
        "past": danger.past,
        "sentence": danger.sentence,
        "calls": list(danger.calls),
        "script": danger.script,
        "by": danger.by,
        "weak": danger.weak,
    }


def is_blank(text: str) -> bool:
    """Whether nothing is left of the text but white space and invisible characters."""
    return not plain(text).strip()

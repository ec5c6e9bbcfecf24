"""What the heads learn from: lines of the catalogue and the taxonomy, their features and labels."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from core.taxonomy import Taxonomy
from intents.catalogue import Utterance
from intents.emergencies import DangerFinder, sign_grams
from intents.features import context_grams, text_grams
from intents.model import NO_MATTER
from intents.normalise import plain

CALM, DANGER = "calm", "danger"
HELD_OUT_SHARE = 0.12

Label = Callable[[Utterance], str | None]


@dataclass(frozen=True, slots=True)
class Row:
    """An utterance, its grams, and the grams of what the bot had said."""

    utterance: Utterance
    grams: tuple[str, ...]
    context: tuple[str, ...]


def utterances_of_taxonomy(taxonomy: Taxonomy) -> list[Utterance]:
    """Names, definitions and examples are training rows, too."""
    rows = []
    for matter in taxonomy.matters.values():
        for text in (matter.name, matter.definition, *matter.examples, *matter.aliases):
            rows.append(Utterance(text, "taxonomy", matter=matter.id))
    for act in taxonomy.acts.values():
        rows += [
            Utterance(text, "taxonomy", act=act.id) for text in act.examples if "（" not in text
        ]
    for trigger in taxonomy.triggers.values():
        rows += [
            Utterance(text, "taxonomy", act="emergency", trigger=trigger.id)
            for text in trigger.phrases
        ]
        rows += [Utterance(text, "taxonomy", lookalike=trigger.id) for text in trigger.not_if]
    return rows


def row_of(utterance: Utterance, dangers: DangerFinder) -> Row:
    text = plain(utterance.text)
    return Row(
        utterance,
        (*text_grams(text), *sign_grams(dangers.signs(text), 0, len(text))),
        tuple(context_grams(utterance.context)),
    )


def is_held_out(utterance: Utterance) -> bool:
    """One line in eight, always the same ones."""
    if utterance.intent == "taxonomy":
        return False
    return hashlib.sha256(utterance.text.encode()).digest()[0] < 256 * HELD_OUT_SHARE


def _matter(row: Utterance) -> str | None:
    if row.matter or row.lookalike or row.trigger:
        return row.matter
    return NO_MATTER if row.act and row.act not in ("raise_request", "ask_info") else None


def _act(row: Utterance) -> str | None:
    return row.act


def _request_type(row: Utterance) -> str | None:
    return row.request_type


def _danger(row: Utterance) -> str | None:
    return row.trigger


def alarm_label(row: Utterance) -> str | None:
    if row.trigger:
        return DANGER
    return None if row.act == "emergency" or row.urgency == "P0" else CALM


HEADS: dict[str, Label] = {
    "matter": _matter,
    "act": _act,
    "request_type": _request_type,
    "danger": _danger,
    "alarm": alarm_label,
}

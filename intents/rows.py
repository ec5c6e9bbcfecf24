"""What the heads learn from: lines of the catalogue and the taxonomy, their features and labels."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.taxonomy import Taxonomy
from intents.catalogue import Utterance
from intents.emergencies import DangerFinder, sign_flags, sign_grams
from intents.features import context_grams, text_grams
from intents.model import NO_MATTER
from intents.normalise import plain

CALM, DANGER = "calm", "danger"

Label = Callable[[Utterance], str | None]


@dataclass(frozen=True, slots=True)
class Row:
    """An utterance, its grams, and the grams of what the bot had said."""

    utterance: Utterance
    grams: tuple[str, ...]
    context: tuple[str, ...]
    flags: NDArray[np.float32]
    """What the rules of danger see (see `SecondLook`)."""


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
    """Everything that training needs of a line."""
    text = plain(utterance.text)
    signs = dangers.signs(text)
    return Row(
        utterance,
        (*text_grams(text), *sign_grams(signs, 0, len(text))),
        tuple(context_grams(utterance.context)),
        sign_flags(signs, 0, len(text)),
    )


def half_of(utterance: Utterance) -> int | None:
    """0 or 1, always the same for a line; None for the taxonomy's own, which nobody is judged by."""
    if utterance.intent == "taxonomy":
        return None
    return hashlib.sha256(utterance.text.encode()).digest()[0] % 2


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

"""
Measures a model on rows that it did not see, and chooses sharpness and limits by them.

Rows that other hands wrote (`intents/tuning/`) decide where there are enough of
them: people do not write as a catalogue does. Everything here needs numpy alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.model import Floats, Head, TrainedModel, strangeness
from intents.rows import CALM, HEADS, Row, alarm_label

FALSE_ALARMS = 0.05
"""Share of ordinary held-out messages that may be asked whether there is danger."""
ENOUGH_TO_JUDGE = 50
CAUTIOUS_ALARM = 0.5
"""For a catalogue so small that nothing can be measured: phrases and clear cases only."""
TAKEN_FOR_STRANGE = 0.02
"""Share of requests that may be taken for what is no business of ours."""
SURE_ENOUGH = 0.95
"""How often the bot must be right to go on without asking."""
TWO_ENOUGH = 0.85
"""How often the right one must be among the two that it asks about."""
CONTEXT_WEIGHT = 0.7
"""How much the bot's last sentence counts beside the text, for the act alone."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A row and what a model that did not learn from it makes of it."""

    row: Row
    alone: Floats
    """The scores of the text by itself."""
    said: Floats
    """The scores with the bot's last sentence."""


def score_rows(model: TrainedModel, rows: Iterable[Row]) -> list[Scored]:
    """Score each row once; everything here works on that."""
    found = []
    for row in rows:
        alone = model.score(model.features(row.grams))
        context = model.features(row.context)
        found.append(Scored(row, alone, model.add_context(alone, context, CONTEXT_WEIGHT)))
    return found


@dataclass(frozen=True, slots=True)
class Judged:
    """Held-out rows that have a label in one head."""

    scores: Floats
    truth: NDArray[np.int64]
    """The column of the label."""
    accepted: NDArray[np.bool_]
    """The label and those that the catalogue takes as equally right (`also`)."""


def _judge(model: TrainedModel, name: str, rows: Sequence[Scored]) -> Judged:
    head = model.heads[name]
    place = {label: column for column, label in enumerate(head.labels)}
    used = [each for each in rows if HEADS[name](each.row.utterance) in place]
    truth = np.array([place[str(HEADS[name](each.row.utterance))] for each in used], dtype=np.int64)
    accepted = np.zeros((len(used), len(place)), dtype=bool)
    accepted[np.arange(len(used)), truth] = True
    for number, each in enumerate(used):
        for label in each.row.utterance.also if name == "matter" else ():
            accepted[number, place[label.replace(".", "/")]] = True
    table = np.array([each.said[head.columns] for each in used], dtype=np.float32)
    return Judged(table.reshape(-1, len(place)), truth, accepted)


def sharpen(model: TrainedModel, name: str, held_out: Sequence[Scored]) -> float:
    """The factor with which the held-out rows' accepted labels become likeliest."""
    judged = _judge(model, name, held_out)
    if not len(judged.truth):
        return 3.0
    factors = np.arange(0.5, 12, 0.25)
    return float(min(factors, key=lambda factor: _surprise(judged, factor)))


def _surprise(judged: Judged, factor: float) -> float:
    table = judged.scores * np.float32(factor)
    shares = np.exp(table - table.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    right = np.where(judged.accepted, shares, 0).max(axis=1)
    return float(-np.log(np.maximum(right, 1e-9)).mean())


def with_sharpness(model: TrainedModel, sharpness: dict[str, float]) -> TrainedModel:
    for name in sharpness:
        head = model.heads[name]
        model.heads[name] = Head(name, head.labels, head.start, sharpness[name])
    return model


def accuracy(model: TrainedModel, name: str, held_out: Sequence[Scored]) -> dict[str, float]:
    judged = _judge(model, name, held_out)
    if not len(judged.truth):
        return {"rows": 0}
    right = _right_by_rank(judged)
    return {
        "rows": len(judged.truth),
        "accuracy": round(float(right[:, 0].mean()), 4),
        "top3": round(float(right[:, :3].any(axis=1).mean()), 4),
    }


def _right_by_rank(judged: Judged) -> NDArray[Any]:
    """Whether the likeliest label, the second, the third… is accepted."""
    return np.take_along_axis(judged.accepted, np.argsort(-judged.scores, axis=1), axis=1)


def thresholds(model: TrainedModel, held_out: Sequence[Scored]) -> dict[str, float]:
    """Limits of certainty for the matter, and the score from which danger is believed."""
    return {
        **certainty(model, held_out),
        **_alarm_limit(model, held_out),
        **outside_limit(model, held_out),
    }


def outside_limit(model: TrainedModel, held_out: Sequence[Scored]) -> dict[str, float]:
    """The strangeness that one in fifty messages about a matter reaches."""
    inside = [
        strangeness(model, each.said)
        for each in held_out
        if each.row.utterance.matter and each.row.utterance.act in ("raise_request", "ask_info")
    ]
    return {
        "outside": round(float(np.quantile(inside, 1 - TAKEN_FOR_STRANGE)), 3) if inside else 9.0
    }


def certainty(model: TrainedModel, held_out: Sequence[Scored]) -> dict[str, float]:
    """
    `sure`: above it the first is right as often as wanted; `two`: one of the best two is.
    """
    judged = _judge(model, "matter", held_out)
    if not len(judged.truth):
        return {"sure": 0.6, "two": 0.7}
    head = model.heads["matter"]
    shares = np.array([head.probabilities(_padded(head, row)) for row in judged.scores])
    best = -np.sort(-shares, axis=1)
    right = _right_by_rank(judged)
    return {
        "sure": _limit(best[:, 0], right[:, 0], SURE_ENOUGH),
        "two": _limit(best[:, :2].sum(axis=1), np.any(right[:, :2], axis=1), TWO_ENOUGH),
    }


def _padded(head: Head, scores: Floats) -> Floats:
    whole = np.zeros(head.start + len(head.labels), dtype=np.float32)
    whole[head.columns] = scores
    return whole


def _limit(shares: Any, right: Any, wanted: float) -> float:
    """The lowest share above which the wanted part is right."""
    for limit in np.arange(0.2, 0.96, 0.02):
        above = shares >= limit
        if above.any() and right[above].mean() >= wanted:
            return round(float(limit), 2)
    return 0.95


def _alarm_limit(model: TrainedModel, held_out: Sequence[Scored]) -> dict[str, float]:
    """The score that one in twenty ordinary messages reaches: recall comes first."""
    column = model.heads["alarm"].start
    ordinary = [
        each
        for each in held_out
        if alarm_label(each.row.utterance) == CALM and not each.row.utterance.lookalike
    ]
    if len(ordinary) < ENOUGH_TO_JUDGE:
        return {"alarm": CAUTIOUS_ALARM}
    scores = [float(each.said[column]) for each in ordinary]
    return {"alarm": round(float(np.quantile(scores, 1 - FALSE_ALARMS)), 3)}

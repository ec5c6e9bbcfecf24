"""
Trains the model from the catalogue: linear classifiers over characters and concepts.

scikit-learn is imported here only, and only when training runs; what is saved
needs numpy alone. Every choice is measured on lines of the catalogue that
were held out, and the final model then learns from all of it.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.taxonomy import Street, Taxonomy
from intents.catalogue import Utterance, catalogue_key, read_catalogue
from intents.emergencies import DangerFinder, sign_grams
from intents.features import context_grams, text_grams
from intents.model import (
    FORMAT,
    NO_MATTER,
    Features,
    Floats,
    Head,
    SmallWeights,
    TrainedModel,
    strangeness,
)
from intents.normalise import plain

CALM, DANGER = "calm", "danger"
HELD_OUT_SHARE = 0.12
FALSE_ALARMS = 0.05
"""Share of ordinary held-out messages that may be asked whether there is danger."""
ENOUGH_TO_JUDGE = 50
CAUTIOUS_ALARM = 0.5
"""For a catalogue so small that nothing can be measured: phrases and clear cases only."""
TAKEN_FOR_STRANGE = 0.01
"""Share of held-out requests that may be taken for what is no business of ours."""
SURE_ENOUGH = 0.85
"""How often the bot must be right to go on without asking."""
SEEN_AT_LEAST = 2
LARGEST_VOCABULARY = 80_000
CONTEXT_WEIGHT = 0.7
"""How much the bot's last sentence counts beside the text, for the act alone."""

Label = Callable[[Utterance], str | None]


@dataclass(frozen=True, slots=True)
class Row:
    """An utterance, its grams, and the grams of what the bot had said."""

    utterance: Utterance
    grams: tuple[str, ...]
    context: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trained:
    """One head's columns before they are put beside the others."""

    labels: tuple[str, ...]
    weights: Floats
    bias: Floats


def train_model(catalogue_dir: Path, taxonomy: Taxonomy, street: Street) -> TrainedModel:
    """
    Learn from every file of the catalogue and from the taxonomy's own examples.

    `.scores` of the result are measured on an eighth of the catalogue's lines
    that a first, otherwise equal training did not see. Takes well under a
    minute. Raises `CatalogueUnreadable`.
    """
    utterances = read_catalogue(catalogue_dir)
    dangers = DangerFinder(taxonomy)
    taught = [_row(each, dangers) for each in (*utterances, *_of_taxonomy(taxonomy))]
    rows = [row for row in taught if not _is_held_out(row.utterance)]
    held_out = [row for row in taught if _is_held_out(row.utterance)]
    meta: dict[str, Any] = {
        "version": f"{catalogue_key(catalogue_dir)}-{taxonomy.version}",
        "street": street.name,
        "utterances": len(utterances),
        "scores": {},
        "thresholds": {},
    }
    first = _fit(rows, meta, sharpness={})
    sharpness = {name: _sharpen(first, name, held_out) for name in CHOOSING}
    trial = _with_sharpness(first, sharpness)
    meta["scores"] = {name: _accuracy(trial, name, held_out) for name in CHOOSING}
    meta["thresholds"] = _thresholds(trial, held_out)
    return _fit(taught, meta, sharpness=sharpness)


def _of_taxonomy(taxonomy: Taxonomy) -> list[Utterance]:
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


def _row(utterance: Utterance, dangers: DangerFinder) -> Row:
    text = plain(utterance.text)
    return Row(
        utterance,
        (*text_grams(text), *sign_grams(dangers.signs(text), 0, len(text))),
        tuple(context_grams(utterance.context)),
    )


def _is_held_out(utterance: Utterance) -> bool:
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


def _alarm(row: Utterance) -> str | None:
    if row.trigger:
        return DANGER
    return None if row.act == "emergency" or row.urgency == "P0" else CALM


HEADS: dict[str, Label] = {
    "matter": _matter,
    "act": _act,
    "request_type": _request_type,
    "danger": _danger,
    "alarm": _alarm,
}


CHOOSING = ("matter", "act", "request_type", "danger")
"""Heads that choose one of many; `alarm` says yes or no."""


def _fit(rows: Sequence[Row], meta: dict[str, Any], *, sharpness: dict[str, float]) -> TrainedModel:
    vocabulary, rarity = _vocabulary(rows)
    counter = _empty_model(vocabulary, rarity)
    features = [(counter.features(row.grams), counter.features(row.context)) for row in rows]
    with ThreadPoolExecutor(max_workers=2) as pool:
        parts = list(pool.map(lambda name: _head(name, rows, features, len(vocabulary)), HEADS))
    starts = np.cumsum([0, *(len(part.labels) for part in parts)])
    heads = [
        Head(name, part.labels, int(start), sharpness.get(name, 1.0))
        for name, part, start in zip(HEADS, parts, starts, strict=False)
    ]
    return TrainedModel(
        vocabulary=vocabulary,
        rarity=rarity,
        weights=SmallWeights.of(np.concatenate([part.weights for part in parts], axis=1)),
        bias=np.concatenate([part.bias for part in parts]),
        heads=heads,
        meta={"format": FORMAT, **meta},
    )


def _vocabulary(rows: Sequence[Row]) -> tuple[list[str], Floats]:
    """The features that at least two rows have, and how rare each is (inverse frequency)."""
    seen = Counter(gram for row in rows for gram in {*row.grams, *row.context})
    common = [item for item in seen.most_common(LARGEST_VOCABULARY) if item[1] >= SEEN_AT_LEAST]
    total = len(rows)
    rarity = [np.log((1 + total) / (1 + count)) + 1 for _, count in common]
    return [gram for gram, _ in common], np.array(rarity, dtype=np.float32)


def _empty_model(vocabulary: Sequence[str], rarity: Floats) -> TrainedModel:
    none = SmallWeights.of(np.zeros((0, 0), dtype=np.float32))
    return TrainedModel(
        vocabulary=vocabulary, rarity=rarity, weights=none, bias=none.scale, heads=(), meta={}
    )


def _head(
    name: str, rows: Sequence[Row], features: Sequence[tuple[Features, Features]], width: int
) -> Trained:
    """One linear support vector machine per label against the rest."""
    from sklearn.svm import LinearSVC

    labels = [HEADS[name](row.utterance) for row in rows]
    used = [place for place, label in enumerate(labels) if label]
    with_context = CONTEXT_WEIGHT if name == "act" else 0.0
    matrix = _matrix([features[place] for place in used], width, with_context)
    answers = [str(labels[place]) for place in used]
    machine = LinearSVC(  # type: ignore[no-untyped-call]
        C=0.2 if name == "alarm" else 1.0,
        class_weight=_class_weights(answers) if name in UNEVEN else None,
        tol=1e-3,
        random_state=0,
    )
    machine.fit(matrix, answers)
    return _columns(machine)


UNEVEN = ("act", "alarm")
"""Heads whose rare labels would drown: most of the catalogue are requests without danger."""


def _class_weights(answers: Sequence[str]) -> dict[str, float]:
    """A label that is a hundred times rarer weighs ten times as much."""
    counts = Counter(answers)
    largest = max(counts.values())
    return {label: (largest / count) ** 0.5 for label, count in counts.items()}


def _columns(machine: Any) -> Trained:
    """Of two classes scikit-learn keeps the second's weights alone."""
    labels = tuple(str(label) for label in machine.classes_)
    return Trained(
        labels[1:] if len(labels) == 2 else labels,
        np.ascontiguousarray(machine.coef_.T, dtype=np.float32),
        machine.intercept_.astype(np.float32),
    )


def _matrix(features: Sequence[tuple[Features, Features]], width: int, with_context: float) -> Any:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

    pairs = features if with_context else [(text, _NOTHING) for text, _ in features]
    columns = np.concatenate([side.rows for pair in pairs for side in pair])
    values = np.concatenate(
        [part for text, context in pairs for part in (text.weights, context.weights * with_context)]
    )
    ends = np.cumsum([0, *(len(text.rows) + len(context.rows) for text, context in pairs)])
    return csr_matrix((values, columns, ends), shape=(len(pairs), width))


_NOTHING = Features(np.zeros(0, np.int32), np.zeros(0, np.float32))


def _scores(model: TrainedModel, row: Row) -> Floats:
    scores = model.score(model.features(row.grams))
    return model.add_context(scores, model.features(row.context), CONTEXT_WEIGHT)


@dataclass(frozen=True, slots=True)
class Judged:
    """Held-out rows that have a label in one head."""

    scores: Floats
    truth: NDArray[np.int64]
    """The column of the label."""
    accepted: NDArray[np.bool_]
    """The label and those that the catalogue takes as equally right (`also`)."""


def _judge(model: TrainedModel, name: str, rows: Sequence[Row]) -> Judged:
    head = model.heads[name]
    place = {label: column for column, label in enumerate(head.labels)}
    used = [row for row in rows if HEADS[name](row.utterance) in place]
    truth = np.array([place[str(HEADS[name](row.utterance))] for row in used], dtype=np.int64)
    accepted = np.zeros((len(used), len(place)), dtype=bool)
    accepted[np.arange(len(used)), truth] = True
    for number, row in enumerate(used):
        for label in row.utterance.also if name == "matter" else ():
            accepted[number, place[label.replace(".", "/")]] = True
    table = np.array([_scores(model, row)[head.columns] for row in used], dtype=np.float32)
    return Judged(table.reshape(-1, len(place)), truth, accepted)


def _sharpen(model: TrainedModel, name: str, held_out: Sequence[Row]) -> float:
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


def _with_sharpness(model: TrainedModel, sharpness: dict[str, float]) -> TrainedModel:
    for name in sharpness:
        head = model.heads[name]
        model.heads[name] = Head(name, head.labels, head.start, sharpness[name])
    return model


def _accuracy(model: TrainedModel, name: str, held_out: Sequence[Row]) -> dict[str, float]:
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


def _thresholds(model: TrainedModel, held_out: Sequence[Row]) -> dict[str, float]:
    """Limits of certainty for the matter, and the score from which danger is believed."""
    return {
        **_certainty(model, held_out),
        **_alarm_limit(model, held_out),
        **_outside_limit(model, held_out),
    }


def _outside_limit(model: TrainedModel, held_out: Sequence[Row]) -> dict[str, float]:
    """The strangeness that one in a hundred messages about a matter reaches."""
    inside = [
        strangeness(model, _scores(model, row))
        for row in held_out
        if row.utterance.matter and row.utterance.act in ("raise_request", "ask_info")
    ]
    return {
        "outside": round(float(np.quantile(inside, 1 - TAKEN_FOR_STRANGE)), 3) if inside else 9.0
    }


def _certainty(model: TrainedModel, held_out: Sequence[Row]) -> dict[str, float]:
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
        "two": _limit(best[:, :2].sum(axis=1), np.any(right[:, :2], axis=1), SURE_ENOUGH),
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


def _alarm_limit(model: TrainedModel, held_out: Sequence[Row]) -> dict[str, float]:
    """The score that one in twenty ordinary messages reaches: recall comes first."""
    column = model.heads["alarm"].start
    ordinary = [
        row for row in held_out if _alarm(row.utterance) == CALM and not row.utterance.lookalike
    ]
    if len(ordinary) < ENOUGH_TO_JUDGE:
        return {"alarm": CAUTIOUS_ALARM}
    scores = [float(_scores(model, row)[column]) for row in ordinary]
    return {"alarm": round(float(np.quantile(scores, 1 - FALSE_ALARMS)), 3)}

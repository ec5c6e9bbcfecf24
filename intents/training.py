"""
Trains the model from the catalogue: linear classifiers over characters and concepts.

scikit-learn is imported here only, and only when training runs; what is saved
needs numpy alone. Every choice is measured on lines of the catalogue that
were held out, and the final model then learns from all of it.
"""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.taxonomy import Street, Taxonomy
from intents.catalogue import Utterance, catalogue_key, read_catalogue
from intents.emergencies import DangerFinder
from intents.limits import read_tuning, tune
from intents.model import FORMAT, Features, Floats, Head, SmallWeights, TrainedModel
from intents.rows import HEADS, Row, is_held_out, row_of, utterances_of_taxonomy
from intents.tuning import CONTEXT_WEIGHT, accuracy, sharpen, thresholds, with_sharpness

SEEN_AT_LEAST = 2
LARGEST_VOCABULARY = 80_000


@dataclass(frozen=True, slots=True)
class Trained:
    """One head's columns before they are put beside the others."""

    labels: tuple[str, ...]
    weights: Floats
    bias: Floats


def train_model(
    catalogue_dir: Path, taxonomy: Taxonomy, street: Street, *, more: Sequence[Utterance] = ()
) -> TrainedModel:
    """
    Learn from every file of the catalogue, the taxonomy's own examples and `more`.

    `.scores` of the result are measured on an eighth of the catalogue's lines
    that a first, otherwise equal training did not see. Takes well under a
    minute. Raises `CatalogueUnreadable`.
    """
    utterances = [*read_catalogue(catalogue_dir), *utterances_of_taxonomy(taxonomy), *more]
    version = f"{catalogue_key(catalogue_dir)}-{taxonomy.version}" + (
        f"+{len(more)}" if more else ""
    )
    model = learn(utterances, taxonomy, street, version=version)
    return tune(model, read_tuning(), taxonomy, street)


def learn(
    utterances: Sequence[Utterance], taxonomy: Taxonomy, street: Street, *, version: str
) -> TrainedModel:
    """Learn from these lines alone (see `train_model`)."""
    dangers = DangerFinder(taxonomy)
    taught = [row_of(each, dangers) for each in utterances]
    rows = [row for row in taught if not is_held_out(row.utterance)]
    held_out = [row for row in taught if is_held_out(row.utterance)]
    meta: dict[str, Any] = {
        "version": version,
        "street": street.name,
        "utterances": len(utterances),
        "scores": {},
        "thresholds": {},
    }
    first = _fit(rows, meta, sharpness={})
    sharpness = {name: sharpen(first, name, held_out) for name in CHOOSING}
    trial = with_sharpness(first, sharpness)
    meta["scores"] = {name: accuracy(trial, name, held_out) for name in CHOOSING}
    meta["thresholds"] = thresholds(trial, held_out)
    return _fit(taught, meta, sharpness=sharpness)


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


UNEVEN = ("matter", "act", "alarm")
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

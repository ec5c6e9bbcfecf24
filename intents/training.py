"""
Trains the model from the catalogue: linear classifiers over characters and concepts.

scikit-learn is imported here only, and only when training runs; what is saved
needs numpy alone. Every choice is measured on lines of the catalogue that
were held out, and the final model then learns from all of it.
"""

import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from core.taxonomy import Street, Taxonomy
from intents.catalogue import Utterance, catalogue_key, read_catalogue
from intents.emergencies import DangerFinder
from intents.limits import read_tuning, tune
from intents.model import FORMAT, Features, Floats, Head, SmallWeights, TrainedModel
from intents.rows import DANGER, HEADS, Row, alarm_label, half_of, row_of, utterances_of_taxonomy
from intents.second_look import SecondLook
from intents.tuning import (
    CONTEXT_WEIGHT,
    ENOUGH_TO_JUDGE,
    Scored,
    accuracy,
    score_rows,
    sharpen,
    thresholds,
    with_sharpness,
)

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

    `.scores` of the result are measured on the half of the catalogue's lines
    that a first training of the other half did not see. Takes about a minute.
    Raises `CatalogueUnreadable`.
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
    lessons = _prepare([row_of(each, dangers) for each in utterances])
    halves = [half_of(row.utterance) for row in lessons.rows]
    meta: dict[str, Any] = {
        "version": version,
        "street": street.name,
        "utterances": len(utterances),
        "scores": {},
        "thresholds": {},
    }
    trials = [
        _fit(lessons, meta, [place for place, its in enumerate(halves) if its != half])
        for half in (0, 1)
    ]
    scored = [
        score_rows(
            trial, [row for row, its in zip(lessons.rows, halves, strict=True) if its == half]
        )
        for half, trial in enumerate(trials)
    ]
    sharpness = {name: sharpen(trials[0], name, scored[0]) for name in CHOOSING}
    trial = with_sharpness(trials[0], sharpness)
    meta["scores"] = {name: accuracy(trial, name, scored[0]) for name in CHOOSING}
    second_look = _look_twice(scored[0] + scored[1]) if _answer_alike(trials) else None
    meta["thresholds"] = thresholds(trial, scored[0]) | ({"alarm": 0.0} if second_look else {})
    everything = range(len(lessons.rows))
    return _fit(lessons, meta, everything, sharpness=sharpness, second_look=second_look)


def _answer_alike(trials: Sequence[TrainedModel]) -> bool:
    """Whether both halves of the catalogue hold all labels; a tiny one's need not."""
    first, second = ({name: head.labels for name, head in each.heads.items()} for each in trials)
    return first == second


def _look_twice(scored: Sequence[Scored]) -> SecondLook | None:
    """Learn from what each half's heads make of the other half; None where dangers are few."""
    from sklearn.exceptions import ConvergenceWarning

    used = [each for each in scored if alarm_label(each.row.utterance)]
    danger = np.array([alarm_label(each.row.utterance) == DANGER for each in used], dtype=bool)
    if danger.sum() < ENOUGH_TO_JUDGE:
        return None
    given = np.array([np.concatenate([each.alone, each.row.flags]) for each in used])
    weights = [_weight(each.row.utterance) for each in used]
    mean, spread = given.mean(axis=0), given.std(axis=0) + 1e-6
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # so many rounds are meant, no more
        nets = [_net(seed, (given - mean) / spread, danger, weights) for seed in range(NETS)]
    return _one_net(nets, mean, spread)


def _net(seed: int, given: Any, danger: Any, weights: Sequence[float]) -> Any:
    from sklearn.neural_network import MLPClassifier

    net = MLPClassifier(  # type: ignore[no-untyped-call]
        (UNITS,),
        alpha=1.0,
        max_iter=20,
        batch_size=128,
        learning_rate_init=2e-3,
        random_state=seed,
    )
    return net.fit(given, danger, sample_weight=weights)


def _one_net(nets: Sequence[Any], mean: Any, spread: Any) -> SecondLook:
    """Networks whose answers are averaged are one with all their units; scaling goes into it."""
    inner = np.concatenate([net.coefs_[0] for net in nets], axis=1) / spread[:, None]
    bias = np.concatenate([net.intercepts_[0] for net in nets]) - mean @ inner
    outer = np.concatenate([net.coefs_[1][:, 0] for net in nets]) / len(nets)
    outer_bias = np.mean([net.intercepts_[1][0] for net in nets])
    return SecondLook(
        np.vstack([bias, inner]).astype(np.float32),
        (np.concatenate([[outer_bias], outer]) / LOGITS_A_STEP).astype(np.float32),
    )


def _weight(utterance: Utterance) -> float:
    """What must not be mixed up counts more than the mass of ordinary messages."""
    return 4.0 if utterance.trigger else 3.0 if utterance.lookalike else 1.0


UNITS, NETS = 48, 3
LOGITS_A_STEP = 5.0
"""Brings the network's answer to about -2..2, the scale on which rules help."""


CHOOSING = ("matter", "act", "request_type", "danger")
"""Heads that choose one of many; `alarm` says yes or no."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """All rows with their features, which are made once."""

    rows: Sequence[Row]
    features: Sequence[tuple[Features, Features]]
    """Of the text and of the bot's last sentence."""
    vocabulary: Sequence[str]
    rarity: Floats


def _prepare(rows: Sequence[Row]) -> Lessons:
    vocabulary, rarity = _vocabulary(rows)
    counter = _empty_model(vocabulary, rarity)
    features = [(counter.features(row.grams), counter.features(row.context)) for row in rows]
    return Lessons(rows, features, vocabulary, rarity)


def _fit(
    lessons: Lessons,
    meta: dict[str, Any],
    chosen: Sequence[int],
    *,
    sharpness: Mapping[str, float] = MappingProxyType({}),
    second_look: SecondLook | None = None,
) -> TrainedModel:
    rows, features = [lessons.rows[i] for i in chosen], [lessons.features[i] for i in chosen]
    width = len(lessons.vocabulary)
    with ThreadPoolExecutor(max_workers=2) as pool:
        parts = list(pool.map(lambda name: _head(name, rows, features, width), HEADS))
    starts = np.cumsum([0, *(len(part.labels) for part in parts)])
    heads = [
        Head(name, part.labels, int(start), sharpness.get(name, 1.0))
        for name, part, start in zip(HEADS, parts, starts, strict=False)
    ]
    return TrainedModel(
        vocabulary=lessons.vocabulary,
        rarity=lessons.rarity,
        weights=SmallWeights.of(np.concatenate([part.weights for part in parts], axis=1)),
        bias=np.concatenate([part.bias for part in parts]),
        heads=heads,
        meta={"format": FORMAT, **meta},
        second_look=second_look,
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
    answers = [str(labels[place]) for place in used]
    if len(set(answers)) < 2:
        return _only(answers[:1], width)
    matrix = _matrix([features[place] for place in used], width, with_context)
    machine = LinearSVC(  # type: ignore[no-untyped-call]
        C=SOFTNESS.get(name, 1.0),
        class_weight=_class_weights(answers) if name in UNEVEN else None,
        tol=1e-2,
        random_state=0,
    )
    machine.fit(matrix, answers)
    return _columns(machine)


def _only(labels: Sequence[str], width: int) -> Trained:
    """Half of a tiny catalogue may know one label of a head, or none: nothing is weighed."""
    weights = np.zeros((width, len(labels)), dtype=np.float32)
    return Trained(tuple(labels), weights, np.zeros(len(labels), dtype=np.float32))


SOFTNESS = {"alarm": 0.2, "matter": 0.5}
"""The inverse strength of regularisation, where another served better than 1."""
UNEVEN = ("matter", "act", "alarm")
"""Heads whose rare labels would drown: most of the catalogue are requests without danger."""


def _class_weights(answers: Sequence[str]) -> dict[str, float]:
    """A label that is a hundred times rarer weighs ten times as much; the mean weight is 1."""
    counts = Counter(answers)
    total = sum(count**0.5 for count in counts.values())
    return {label: len(answers) / total / count**0.5 for label, count in counts.items()}


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

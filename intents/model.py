"""
The trained model: one file of numbers and names, and the scorer that reads it.

The file is an `.npz` with a JSON text inside and no executable code; it is
loaded with `allow_pickle=False`. A head is a group of columns of one weight
matrix whose rows are features, so one gather scores all heads at once.
"""

import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import FrontDoorError
from intents.second_look import SecondLook

FORMAT = "baijiamen-intents-2"
NEEDED_HEADS = frozenset({"matter", "act", "request_type", "danger", "alarm"})
FLAGS = 3
"""How many flags of the rules the second look takes beside the scores."""
NO_MATTER = "none"
"""The label of the matter's head for messages about none."""
OUT_OF_SCOPE = "out_of_scope"
Floats = NDArray[np.float32]


class ModelUnreadable(FrontDoorError):
    """The file is missing, broken, or was not written by this program."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(
            f"{path} cannot be read as a model: {what}. Train it again: baijiamen train"
        )
        self.path = path
        self.what = what


@dataclass(frozen=True, slots=True)
class Head:
    """One question that the model answers: its columns and how its scores become shares."""

    name: str
    labels: tuple[str, ...]
    start: int
    sharpness: float
    """What scores are multiplied with before they become probabilities (fitted)."""

    @property
    def columns(self) -> slice:
        """Where this head's scores stand in the row of all scores."""
        return slice(self.start, self.start + len(self.labels))

    def probabilities(self, scores: Floats) -> Floats:
        """Calibrated shares of one; `scores` are those of all heads."""
        mine = scores[self.columns] * np.float32(self.sharpness)
        mine = np.exp(mine - mine.max())
        return mine / mine.sum()  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Features:
    """A text as the model sees it: rows of the weight matrix and how much each counts."""

    rows: NDArray[np.int32]
    weights: Floats


@dataclass(frozen=True, slots=True)
class SmallWeights:
    """
    Weights as whole numbers from -127 to 127 times a scale for each column.

    A fourth of the memory, and scoring is a matter of memory; a file is read
    without ever laying the weights out in their real size.
    """

    small: NDArray[np.int8]
    scale: Floats

    @classmethod
    def of(cls, weights: Floats) -> "SmallWeights":
        """Weights in their real size, rounded to 127 steps a column."""
        scale = _scale_of(weights)
        return cls(np.round(weights / scale).astype(np.int8), scale)


class TrainedModel:
    """Vocabulary, weights and heads; immutable, so threads may share it."""

    def __init__(
        self,
        *,
        vocabulary: Sequence[str],
        rarity: Floats,
        weights: SmallWeights,
        bias: Floats,
        heads: Iterable[Head],
        meta: Mapping[str, Any],
        second_look: SecondLook | None = None,
    ) -> None:
        self.second_look = second_look
        """None where too little danger was taught; then the alarm's head decides alone."""
        self._rows = {feature: row for row, feature in enumerate(vocabulary)}
        self.vocabulary = tuple(vocabulary)
        self._rarity = rarity
        self._small, self._scale = weights.small, weights.scale
        self.bias = bias
        self.heads = {head.name: head for head in heads}
        self.meta = dict(meta)

    @property
    def weights(self) -> Floats:
        """The weights in their real size: one row per feature, one column per label."""
        return self._small * self._scale

    @property
    def version(self) -> str:
        """Says which training made it: the catalogue's key and the format."""
        return str(self.meta["version"])

    @property
    def scores(self) -> dict[str, Any]:
        """What training measured on the part that it held out."""
        return dict(self.meta["scores"])

    @property
    def thresholds(self) -> dict[str, float]:
        """Limits chosen on the held-out part."""
        return dict(self.meta["thresholds"])

    def features(self, grams: Iterable[str]) -> Features:
        """Count the features that are known; a gram's weight grows with the logarithm."""
        counts = Counter(map(self._rows.get, grams))
        counts.pop(None, None)
        rows = np.fromiter(counts.keys(), dtype=np.int32, count=len(counts))
        amounts = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        weights = (1 + np.log(amounts)) * self._rarity[rows]
        length = float(np.sqrt(weights @ weights)) or 1.0
        return Features(rows, weights / np.float32(length))

    def score(self, features: Features) -> Floats:
        """The scores of all heads, without context."""
        return self._sum(features) + self.bias

    def add_context(self, scores: Floats, context: Features, weight: float) -> Floats:
        """The scores with those of the bot's last sentence, which only the act heeds."""
        return scores + np.float32(weight) * self._sum(context)

    def _sum(self, features: Features) -> Floats:
        rows = self._small[features.rows].astype(np.float32)
        return (features.weights @ rows) * self._scale

    def reasons(self, features: Features, column: int, count: int = 3) -> list[str]:
        """The features that add most to one column, best first."""
        shares = features.weights * self._small[features.rows, column]
        best = np.argsort(-shares)[:count]
        return [self.vocabulary[features.rows[place]] for place in best if shares[place] > 0]

    def save(self, path: Path) -> None:
        """Write the file in one step: a reader sees the old model or the new one."""
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer,
            meta=_as_bytes(json.dumps(self._description(), ensure_ascii=False)),
            vocabulary=_as_bytes("\n".join(self.vocabulary)),
            rarity=self._rarity.astype(np.float16),
            weights=self._small,
            scale=self._scale,
            bias=self.bias,
            inner=self.second_look.inner if self.second_look else _NOTHING,
            outer=self.second_look.outer if self.second_look else _NOTHING,
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(path.name + ".part")
        unfinished.write_bytes(buffer.getvalue())
        unfinished.replace(path)

    def _description(self) -> dict[str, Any]:
        heads = [
            {
                "name": head.name,
                "labels": head.labels,
                "start": head.start,
                "sharpness": head.sharpness,
            }
            for head in self.heads.values()
        ]
        return {"format": FORMAT, "heads": heads, "meta": self.meta}


def strangeness(model: TrainedModel, scores: Floats) -> float:
    """
    How little a message looks like any matter of ours and how much like small talk.

    Both heads must agree: a resident's odd question is claimed by some matter,
    a question about football by none.
    """
    matter, act = model.heads["matter"], model.heads["act"]
    if NO_MATTER not in matter.labels or OUT_OF_SCOPE not in act.labels:
        return -9.0
    claims = scores[matter.columns]
    none = matter.labels.index(NO_MATTER)
    claimed = max(claims[:none].max(initial=-9), claims[none + 1 :].max(initial=-9))
    outside = scores[act.start + act.labels.index(OUT_OF_SCOPE)]
    return float(claims[none] - claimed + outside)


def load_model(path: Path) -> TrainedModel:
    """Read a model file. Raises `ModelUnreadable` with a sentence that says why."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except FileNotFoundError as error:
        raise ModelUnreadable(path, "there is no such file") from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, KeyError) as error:
        raise ModelUnreadable(path, f"it is damaged or another kind of file ({error})") from error
    return _build(path, arrays)


def _build(path: Path, arrays: Mapping[str, NDArray[Any]]) -> TrainedModel:
    try:
        described = json.loads(arrays["meta"].tobytes().decode("utf-8"))
        if described["format"] != FORMAT:
            raise ModelUnreadable(path, f"its format is {described['format']}, not {FORMAT}")
        heads = [Head(**{**row, "labels": tuple(row["labels"])}) for row in described["heads"]]
        if {head.name for head in heads} != NEEDED_HEADS:
            raise ModelUnreadable(path, "it answers other questions than this program asks")
        vocabulary = arrays["vocabulary"].tobytes().decode("utf-8").split("\n")
        weights = SmallWeights(arrays["weights"], arrays["scale"].astype(np.float32))
        columns = len(arrays["bias"])
        if weights.small.dtype != np.int8:
            raise ModelUnreadable(path, "its weights are no small whole numbers")
        if weights.small.shape != (len(vocabulary), columns) or weights.scale.shape != (columns,):
            raise ModelUnreadable(path, "its tables do not fit together")
        return TrainedModel(
            vocabulary=vocabulary,
            rarity=arrays["rarity"].astype(np.float32),
            weights=weights,
            bias=arrays["bias"].astype(np.float32),
            heads=heads,
            meta=described["meta"],
            second_look=_second_look(path, arrays, columns),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ModelUnreadable(path, f"a part is missing or wrong ({error})") from error


def _second_look(path: Path, arrays: Mapping[str, NDArray[Any]], columns: int) -> SecondLook | None:
    inner, outer = arrays["inner"].astype(np.float32), arrays["outer"].astype(np.float32)
    if not inner.size:
        return None
    if inner.shape != (1 + columns + FLAGS, len(outer) - 1):
        raise ModelUnreadable(path, "its second look does not fit its heads")
    return SecondLook(inner, outer)


_NOTHING = np.zeros(0, dtype=np.float32)


def _scale_of(weights: Floats) -> Floats:
    """What one step of a column's whole numbers is worth."""
    largest = np.abs(weights).max(axis=0, initial=0) / np.float32(127)
    return np.where(largest > 0, largest, np.float32(1)).astype(np.float32)


def _as_bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode("utf-8"), dtype=np.uint8)

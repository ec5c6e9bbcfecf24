"""
Chooses how sure is sure, on messages that other hands wrote (`intents/tuning/`).

The weights come from the catalogue. Its lines are odd on purpose (two words,
letters, typos), so confidence fitted to them is too low for what residents
send. These rows teach no weight; they only decide sharpness and limits. The
sets that judge the result (`intents/frozen/`) are others again.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from core.taxonomy import Street, Taxonomy
from intents.catalogue import Utterance
from intents.emergencies import DangerFinder
from intents.evaluation import read_rows
from intents.model import TrainedModel
from intents.rows import row_of
from intents.tuning import (
    ENOUGH_TO_JUDGE,
    certainty,
    outside_limit,
    score_rows,
    sharpen,
    with_sharpness,
)
from intents.understander import Understander

TUNING = Path(__file__).parent / "tuning"
TUNED = ("matter", "act", "request_type")
MOST_FALSE_ALARMS = 0.09
"""Share of these harmless rows, one in eight of which sounds like danger, that may be alarmed at."""
_GRID = np.arange(-1.0, 1.01, 0.05)


def read_tuning(folder: Path = TUNING) -> list[Utterance]:
    """The labelled rows that choose limits. Raises `RowsUnreadable`."""
    return [
        Utterance(
            text=row["text"],
            intent="tuning",
            matter=row.get("matter"),
            act=row.get("act"),
            request_type=row.get("request_type"),
            urgency=row.get("urgency"),
            trigger=row.get("kind"),
            context=None if row.get("context") in (None, "", "none") else row["context"],
            also=tuple(row.get("also") or ()),
        )
        for path in sorted(folder.glob("*.jsonl"))
        for row in read_rows(path)
    ]


def tune(
    model: TrainedModel, chosen_on: Sequence[Utterance], taxonomy: Taxonomy, street: Street
) -> TrainedModel:
    """The model with sharpness and limits of these rows; where they are too few, with its own."""
    dangers = DangerFinder(taxonomy)
    rows = score_rows(model, (row_of(each, dangers) for each in chosen_on))
    about = [each for each in rows if each.row.utterance.matter]
    if len(about) >= ENOUGH_TO_JUDGE:
        sharp = {name: sharpen(model, name, rows) for name in TUNED}
        model = with_sharpness(model, sharp)
        _set_limits(model, {**certainty(model, about), **outside_limit(model, rows)})
    if sum(bool(each.trigger) for each in chosen_on) >= ENOUGH_TO_JUDGE:
        _set_limits(model, {"alarm": _alarm_limit(model, chosen_on, taxonomy, street)})
    return model


def _set_limits(model: TrainedModel, limits: dict[str, float]) -> None:
    model.meta["thresholds"] = {**model.thresholds, **limits}


def _alarm_limit(
    model: TrainedModel, rows: Iterable[Utterance], taxonomy: Taxonomy, street: Street
) -> float:
    """The lowest score, for recall comes first, that leaves enough people in peace."""
    harmless = [
        row
        for row in rows
        if not row.trigger and (row.urgency in ("P2", "P3") or row.act not in (None, "emergency"))
    ]

    def is_calm(limit: float) -> bool:
        _set_limits(model, {"alarm": limit})
        understander = Understander(model, taxonomy, street)
        return _alarmed(understander, harmless) <= MOST_FALSE_ALARMS

    return round(float(next((limit for limit in _GRID if is_calm(limit)), _GRID[-1])), 3)


def _alarmed(understander: Understander, rows: Sequence[Utterance]) -> float:
    """The share of rows that are taken for danger now."""
    found = [understander.understand(row.text, context=row.context).danger for row in rows]
    alarms = [danger is not None and not danger.past for danger in found]
    return sum(alarms) / len(alarms) if alarms else 0.0

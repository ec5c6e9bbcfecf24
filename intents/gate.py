"""
May another model take the champion's place? Compared on frozen sets, figure by figure.

The sets under `intents/frozen/` are labelled messages that no training sees.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from intents.evaluation import Report, evaluate, read_rows
from intents.understanding import Classifier

FROZEN = Path(__file__).parent / "frozen"
TOLERATED = 0.005
"""A share may be so much worse: less than one message of a set of two hundred."""
_HIGHER_IS_BETTER = {
    "matters.jsonl": ("matter_accuracy", "matter_top3", "request_type_accuracy"),
    "acts.jsonl": ("act_accuracy", "out_of_scope_caught"),
    "dangers.jsonl": ("emergency_recall", "emergency_asked"),
}
_LOWER_IS_BETTER = {"dangers.jsonl": ("false_alarms",), "matters.jsonl": ("calibration_error",)}
_NEVER_WORSE = ("emergency_recall", "emergency_asked")


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of both models on one set."""

    frozen_set: str
    figure: str
    champion: float
    challenger: float
    is_worse: bool
    """By more than is tolerated; missed emergencies are never tolerated."""


def compare(champion: Classifier, challenger: Classifier, folder: Path = FROZEN) -> list[Compared]:
    """Both models on every frozen set. Raises `RowsUnreadable`."""
    return [
        figure
        for path in sorted(folder.glob("*.jsonl"))
        for figure in _on_set(path, champion, challenger)
    ]


def _on_set(path: Path, champion: Classifier, challenger: Classifier) -> Iterable[Compared]:
    rows = read_rows(path)
    before, after = evaluate(champion, rows), evaluate(challenger, rows)
    for figure in _HIGHER_IS_BETTER.get(path.name, ()):
        yield from _compared(path.name, figure, before, after, sign=1)
    for figure in _LOWER_IS_BETTER.get(path.name, ()):
        yield from _compared(path.name, figure, before, after, sign=-1)


def _compared(
    name: str, figure: str, before: Report, after: Report, *, sign: int
) -> Iterable[Compared]:
    was, will_be = getattr(before, figure), getattr(after, figure)
    if was is None or will_be is None:
        return
    loss = sign * (was - will_be)
    tolerated = 0.0 if figure in _NEVER_WORSE else TOLERATED
    yield Compared(name, figure, was, will_be, is_worse=loss > tolerated)

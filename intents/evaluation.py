"""
Scores an understander against labelled messages.

A row is a JSON object with `text` and any of these labels; what is missing is
not scored: `matter` (None: none applies) with `also`, `act` or `expected_act`
with `act_also`, `request_type` with `request_type_also`, `urgency` with
`urgency_also`, `entities` (spans in code points), `voice`, `kind` (the danger's trigger; a row without it is harmless when
its urgency is P2 or P3), `context` (what the bot had said).
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.errors import FrontDoorError
from intents.understanding import Classifier, Understanding

WISHES = ("raise_request", "ask_info")
WORST_PAIRS = 15
BINS = 10
NO_CONTEXT = "none"

Row = Mapping[str, Any]
Judged = tuple[Row, Understanding]


class RowsUnreadable(FrontDoorError):
    """A line of the labelled file is no JSON object with a text."""

    def __init__(self, path: Path, line: int) -> None:
        super().__init__(f"{path.name}, line {line}: not a JSON object with a `text`")
        self.path = path
        self.line = line


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often `wanted` was taken for `given`."""

    wanted: str
    given: str
    times: int


@dataclass(frozen=True, slots=True)
class Voice:
    """How well one way of writing is understood."""

    voice: str
    rows: int
    matter_accuracy: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """Shares are 0..1; None where no row has the label."""

    rows: int
    matter_accuracy: float | None
    """The first label or one of `also`."""
    matter_strict: float | None
    """The first label alone."""
    matter_top3: float | None
    matter_macro_f1: float | None
    calibration_error: float | None
    """Expected calibration error of the matter's confidence, in ten bins."""
    act_accuracy: float | None
    request_type_accuracy: float | None
    urgency_accuracy: float | None
    emergency_recall: float | None
    """Rows with a `kind` that raised an alarm for now."""
    emergency_asked: float | None
    """Rows with a `kind` that were at least asked about."""
    emergency_trigger: float | None
    """Rows with a `kind` for which the right trigger was found."""
    false_alarms: float | None
    """Harmless rows (P2 or P3, no `kind`) that raised an alarm for now."""
    out_of_scope_caught: float | None
    requests_refused: float | None
    """Requests and questions about a matter that were taken for none of our business."""
    acting_alone: float | None
    """Messages about a matter of which the machine is sure."""
    acting_alone_precision: float | None
    """Those of them whose matter is right."""
    handed_over: float | None
    """Messages about a matter of which it is neither sure nor torn between two."""
    entity_precision: float | None
    entity_recall: float | None
    entity_f1: float | None
    """Spans and types exactly as labelled."""
    voices: tuple[Voice, ...]
    """The voices by their matters, the worst first."""
    confusions: tuple[Confusion, ...]

    def as_json(self) -> dict[str, Any]:
        """The report as JSON types."""
        return asdict(self)


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Labelled rows, one JSON object a line. Raises `RowsUnreadable`."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise RowsUnreadable(path, number) from error
        if not isinstance(row, dict) or not isinstance(row.get("text"), str):
            raise RowsUnreadable(path, number)
        rows.append(row)
    return rows


def evaluate(classifier: Classifier, rows: Iterable[Row]) -> Report:
    """Understand every row and compare."""
    judged = [(row, classifier.understand(row["text"], context=_context(row))) for row in rows]
    matters = [(row, given) for row, given in judged if row.get("matter")]
    dangers = [(row, given) for row, given in judged if row.get("kind")]
    harmless = [(row, given) for row, given in judged if _is_harmless(row)]
    outside = [(row, given) for row, given in judged if _wanted_act(row) == "out_of_scope"]
    asked = [(row, given) for row, given in matters if _wanted_act(row) in (None, *WISHES)]
    sure = [(row, given) for row, given in matters if given.decision == "sure"]
    precision, recall, f1 = _entities(judged)
    return Report(
        rows=len(judged),
        matter_accuracy=_share(_is_right(row, given) for row, given in matters),
        matter_strict=_share(_matter(given) == row["matter"] for row, given in matters),
        matter_top3=_share(_in_top3(row, given) for row, given in matters),
        matter_macro_f1=_macro_f1(
            [(row["matter"], _best_of(row, given)) for row, given in matters]
        ),
        calibration_error=_calibration_error(matters),
        act_accuracy=_share(_act_is_right(row, given) for row, given in judged if _wanted_act(row)),
        request_type_accuracy=_labelled(judged, "request_type"),
        urgency_accuracy=_labelled(judged, "urgency"),
        emergency_recall=_share(_alarms(given) for _, given in dangers),
        emergency_asked=_share(given.danger is not None for _, given in dangers),
        emergency_trigger=_share(
            given.danger is not None and given.danger.trigger_id == row["kind"]
            for row, given in dangers
        ),
        false_alarms=_share(_alarms(given) for _, given in harmless),
        out_of_scope_caught=_share(given.act.name == "out_of_scope" for _, given in outside),
        requests_refused=_share(given.act.name == "out_of_scope" for _, given in asked),
        acting_alone=_share(given.decision == "sure" for _, given in matters),
        acting_alone_precision=_share(_is_right(row, given) for row, given in sure),
        handed_over=_share(given.decision == "unsure" for _, given in matters),
        entity_precision=precision,
        entity_recall=recall,
        entity_f1=f1,
        voices=_voices(matters),
        confusions=_confusions(matters),
    )


def _context(row: Row) -> str | None:
    context = row.get("context")
    return None if context in (None, "", NO_CONTEXT) else str(context)


def _share(results: Iterable[bool]) -> float | None:
    found = list(results)
    return round(sum(found) / len(found), 4) if found else None


def _accepted(row: Row, key: str, also: str) -> tuple[str, ...]:
    return (row[key], *row.get(also, ()))


def _is_right(row: Row, given: Understanding) -> bool:
    return _matter(given) in _accepted(row, "matter", "also")


def _matter(given: Understanding) -> str | None:
    return given.matter.name if given.matter else None


def _in_top3(row: Row, given: Understanding) -> bool:
    best = {each.name for each in given.matter_ranking[:3]}
    return not best.isdisjoint(_accepted(row, "matter", "also"))


def _best_of(row: Row, given: Understanding) -> str:
    """The first label where an accepted one was given, lest macro-F1 punish a right answer."""
    name = _matter(given) or "none"
    return row["matter"] if name in _accepted(row, "matter", "also") else name


def _wanted_act(row: Row) -> str | None:
    act = row.get("act") or row.get("expected_act")
    return str(act) if act else None


def _act_is_right(row: Row, given: Understanding) -> bool:
    """`proxy_for_other` is laid over another act (taxonomy), so `on_behalf` fulfils it."""
    wanted = _wanted_act(row)
    if wanted == "proxy_for_other" and given.on_behalf:
        return True
    return given.act.name in (wanted, *row.get("act_also", ()))


def _labelled(judged: Sequence[Judged], key: str) -> float | None:
    return _share(
        getattr(given, key) in _accepted(row, key, f"{key}_also")
        for row, given in judged
        if row.get(key)
    )


def _alarms(given: Understanding) -> bool:
    return given.danger is not None and not given.danger.past


def _is_harmless(row: Row) -> bool:
    return not row.get("kind") and row.get("urgency") in ("P2", "P3")


def _macro_f1(pairs: Sequence[tuple[str, str]]) -> float | None:
    if not pairs:
        return None
    right = Counter(wanted for wanted, given in pairs if wanted == given)
    wanted = Counter(wanted for wanted, _ in pairs)
    given = Counter(given for _, given in pairs)
    scores = [2 * right[name] / (wanted[name] + given[name]) for name in wanted]
    return round(sum(scores) / len(scores), 4)


def _calibration_error(judged: Sequence[Judged]) -> float | None:
    bins: dict[int, list[tuple[float, bool]]] = {}
    for row, given in judged:
        if given.matter:
            right = _is_right(row, given)
            share = given.matter.confidence
            bins.setdefault(min(int(share * BINS), BINS - 1), []).append((share, right))
    total = sum(map(len, bins.values()))
    if not total:
        return None
    gaps = (abs(sum(s for s, _ in each) - sum(r for _, r in each)) for each in bins.values())
    return round(sum(gaps) / total, 4)


def _voices(judged: Sequence[Judged]) -> tuple[Voice, ...]:
    by_voice: dict[str, list[bool]] = {}
    for row, given in judged:
        if row.get("voice"):
            by_voice.setdefault(str(row["voice"]), []).append(_is_right(row, given))
    voices = [Voice(name, len(right), _share(right)) for name, right in by_voice.items()]
    return tuple(sorted(voices, key=lambda voice: voice.matter_accuracy or 0))


def _entities(judged: Sequence[Judged]) -> tuple[float | None, float | None, float | None]:
    """Precision, recall and F1 over all rows that say which entities they hold."""
    labelled = [(row, given) for row, given in judged if row.get("entities") is not None]
    if not labelled:
        return None, None, None
    wanted = found = right = 0
    for row, given in labelled:
        mine = {(each["entity"], each["start"], each["end"]) for each in row["entities"]}
        theirs = {(each.entity, each.start, each.end) for each in given.entities}
        wanted, found, right = wanted + len(mine), found + len(theirs), right + len(mine & theirs)
    precision, recall = right / (found or 1), right / (wanted or 1)
    both = 2 * right / ((wanted + found) or 1)
    return round(precision, 4), round(recall, 4), round(both, 4)


def _confusions(judged: Sequence[Judged]) -> tuple[Confusion, ...]:
    wrong = Counter(
        (str(row["matter"]), _matter(given) or "none")
        for row, given in judged
        if not _is_right(row, given)
    )
    return tuple(Confusion(*pair, times) for pair, times in wrong.most_common(WORST_PAIRS))

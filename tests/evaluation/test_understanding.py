"""
Floors for what the model understands of messages that no training has seen.

The lines of `intents/frozen/` are ours and in voices unlike the catalogue's. A
floor is a little under what was reached when it was set: falling below it
means that a change made understanding worse.
"""

import pytest

from intents.evaluation import evaluate, read_rows
from intents.gate import FROZEN

pytestmark = [pytest.mark.evaluation, pytest.mark.timeout(600)]


def test_matters_are_understood(understander):
    report = evaluate(understander, read_rows(FROZEN / "matters.jsonl"))
    assert report.matter_accuracy >= 0.80
    assert report.matter_top3 >= 0.92
    assert report.request_type_accuracy >= 0.78


def test_acts_are_understood(understander):
    report = evaluate(understander, read_rows(FROZEN / "acts.jsonl"))
    assert report.act_accuracy >= 0.74
    assert report.out_of_scope_caught >= 0.6


def test_danger_is_heard_and_everyday_talk_is_not_taken_for_it(understander):
    report = evaluate(understander, read_rows(FROZEN / "dangers.jsonl"))
    assert report.emergency_recall >= 0.85
    assert report.false_alarms <= 0.17


def test_no_held_out_line_is_in_the_catalogue():
    lines = {
        line.strip().removeprefix("- ")
        for path in (FROZEN.parent / "catalogue").rglob("*.yaml")
        for line in path.read_text(encoding="utf-8").splitlines()
    }
    held_out = [row["text"] for path in FROZEN.glob("*.jsonl") for row in read_rows(path)]
    assert len(held_out) > 150
    assert lines.isdisjoint(held_out)

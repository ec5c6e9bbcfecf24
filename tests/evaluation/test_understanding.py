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
    assert report.matter_accuracy >= 0.91
    assert report.matter_top3 >= 0.96
    assert report.request_type_accuracy >= 0.84
    assert report.acting_alone_precision >= 0.93
    assert report.acting_alone >= 0.70
    assert report.handed_over <= 0.15
    assert report.requests_refused <= 0.03
    assert report.false_alarms <= 0.07


def test_acts_are_understood(understander):
    report = evaluate(understander, read_rows(FROZEN / "acts.jsonl"))
    assert report.act_accuracy >= 0.79
    assert report.out_of_scope_caught >= 0.8


def test_danger_is_heard_and_everyday_talk_is_not_taken_for_it(understander):
    report = evaluate(understander, read_rows(FROZEN / "dangers.jsonl"))
    assert report.emergency_recall >= 0.91
    assert report.false_alarms <= 0.21


def test_what_is_said_beside_the_matter_is_found(understander):
    report = evaluate(understander, read_rows(FROZEN / "entities.jsonl"))
    assert report.entity_f1 >= 0.96


def test_no_held_out_line_is_in_the_catalogue():
    lines = {
        line.strip().removeprefix("- ")
        for path in (FROZEN.parent / "catalogue").rglob("*.yaml")
        for line in path.read_text(encoding="utf-8").splitlines()
    }
    held_out = [row["text"] for path in FROZEN.glob("*.jsonl") for row in read_rows(path)]
    assert len(held_out) > 150
    assert lines.isdisjoint(held_out)

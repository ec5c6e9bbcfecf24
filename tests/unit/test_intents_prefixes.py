"""An index finds exactly what trying every pattern everywhere would find."""

import re

import pytest

from core.taxonomy import load_taxonomy
from intents.emergencies import DangerFinder, read_patterns
from intents.prefixes import PatternIndex, beginnings

FINDER = DangerFinder(load_taxonomy())


@pytest.mark.parametrize(
    ("pattern", "starts"),
    [
        ("着火", {"着火"}),
        ("(冒|起)烟", {"冒烟", "起烟"}),
        ("不想(再)?活", {"不想"}),
        ("活(也|真)?没", {"活也", "活真", "活没"}),
        ("[老小]王", {"老王", "小王"}),
        ("水(?!果)没", {"水没"}),
        ("a.{0,3}b", {"a"}),
    ],
)
def test_a_pattern_s_beginnings_are_read_off(pattern, starts):
    assert beginnings(pattern) == starts


@pytest.mark.parametrize("pattern", [".着火", "[^好]的", r"\w火", "(a)?(b)?"])
def test_a_pattern_that_can_begin_with_anything_is_always_tried(pattern):
    assert beginnings(pattern) is None


def test_the_index_finds_what_the_patterns_find_one_by_one():
    patterns = ["(着|起)火(了|$)", "水<无>", "楼.{0,4}塌", "[零一二]楼", ".米"]
    text = "一楼起火了二楼着火 楼上要塌 五米水<无>"
    index = PatternIndex([(pattern, pattern) for pattern in patterns])
    expected = {(p, found.span()) for p in patterns for found in re.finditer(p, text)}
    assert {(name, found.span()) for name, found in index.find(text)} == expected


def test_every_pattern_of_ours_compiles_and_begins_with_something():
    document = read_patterns()
    written = [
        re.sub(r"<(\d+)>", r".{0,\1}", pattern)
        for trigger_id, rules in document.items()
        for key in ("patterns", "unless")
        if trigger_id != "everywhere"
        for pattern in rules[key]
    ]
    assert len(written) > 300
    for pattern in written:
        re.compile(pattern)
        assert beginnings(pattern), f"{pattern} may begin with anything"

"""
Finds danger in a message: taxonomy phrases, our patterns for indirect speech, a learned head.

The whole text is read, sentence by sentence, and recall comes first: what
takes an alarm back (`not_if`, our `unless`) counts only in its own sentence,
and nothing that the model says takes back what a rule has found.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from core.taxonomy import EmergencyTrigger, Taxonomy
from intents.normalise import Normalised
from intents.understanding import Danger

PATTERNS = Path(__file__).parent / "emergencies.yaml"
GAP = re.compile(r"<(\d+)>")
SENTENCE_END = re.compile(r"[。!?;…\n]+")
SOFT_END = re.compile(r"[。!?;…\n,、\s]+")
LONGEST_SENTENCE = 120
SELF_HARM = "self_harm"
NEVER = r"(?!)"
LEVELS = ("P0", "P1", "P2", "P3")

Guess = Callable[[str], str | None]
"""Gives the trigger that the model believes in for one sentence, or None."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One alarm: which trigger, where in the normalised text, and how it was found."""

    trigger_id: str
    start: int
    end: int
    by: str
    past: bool = False
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """The compiled rules of one trigger."""

    trigger: EmergencyTrigger
    alarm: re.Pattern[str]
    own: re.Pattern[str] | None
    unless: re.Pattern[str]
    """Harmless meanings, sought in the clause of the hit."""


class DangerFinder:
    """Immutable after construction, so threads may share it."""

    def __init__(self, taxonomy: Taxonomy, document: Mapping[str, Any] | None = None) -> None:
        document = document or read_patterns()
        everywhere = document["everywhere"]
        self._rules = [
            _rules(trigger, document.get(trigger.id, {})) for trigger in taxonomy.triggers.values()
        ]
        self._triggers = taxonomy.triggers
        self._story = re.compile("|".join(_expand(pattern) for pattern in everywhere["unless"]))
        self._past = _words((*taxonomy.past_markers, *everywhere["past"], *everywhere["over"]))
        self._past_self_harm = _words(taxonomy.past_markers)
        self._present = _words(everywhere["present"])
        families = taxonomy.self_harm_families
        self._weak = frozenset((*families.get("burden", ()), *families.get("hopeless", ())))

    def find(self, written: str, text: Normalised, guess: Guess) -> Danger | None:
        """The gravest danger of the message, with what is being done now before the past."""
        hits = [*self._by_rule(text.text), *self._by_model(text.text, guess)]
        if not hits:
            return None
        best = min(hits, key=lambda hit: (hit.past, hit.weak, self._level(hit), hit.start))
        trigger = self._triggers[best.trigger_id]
        start, end = _around(text.text, best.start, best.end, SENTENCE_END)
        first, last = text.span(start, end)
        return Danger(
            trigger_id=trigger.id,
            level=self._level(best),
            past=best.past,
            sentence=written[first:last].strip(),
            calls=trigger.calls,
            script=trigger.script,
            by=best.by,
            weak=best.weak,
        )

    def _level(self, hit: Hit) -> str:
        return self._triggers[hit.trigger_id].level

    def _by_rule(self, text: str) -> Iterator[Hit]:
        for rules in self._rules:
            for pattern, by in ((rules.alarm, "phrase"), (rules.own, "pattern")):
                for found in pattern.finditer(text) if pattern else ():
                    if not self._is_harmless(rules, text, found):
                        weak = found.group() in self._weak
                        past = self._is_past(rules.trigger.id, text, *found.span())
                        yield Hit(rules.trigger.id, *found.span(), by, past, weak)

    def _by_model(self, text: str, guess: Guess) -> Iterator[Hit]:
        for start, end in _worth_guessing(text):
            trigger_id = guess(text[start:end])
            if trigger_id:
                yield Hit(
                    trigger_id, start, end, "model", self._is_past(trigger_id, text, start, end)
                )

    def _is_harmless(self, rules: Rules, text: str, found: re.Match[str]) -> bool:
        clause = _around(text, *found.span(), SOFT_END)
        if rules.unless.search(text, *clause):
            return True
        return self._story.search(text, *_around(text, *found.span(), SENTENCE_END)) is not None

    def _is_past(self, trigger_id: str, text: str, start: int, end: int) -> bool:
        """Only past markers and no clue of the present in the sentence."""
        sentence = slice(*_around(text, start, end, SENTENCE_END))
        past = self._past_self_harm if trigger_id == SELF_HARM else self._past
        return bool(past.search(text[sentence])) and not self._present.search(text[sentence])


def read_patterns(path: Path = PATTERNS) -> Mapping[str, Any]:
    """Our own patterns, by trigger."""
    document: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def sentences(text: str) -> list[tuple[int, int]]:
    """
    Start and end of each sentence.

    Where nobody sets full stops, commas and spaces part the sentences of a long text.
    """
    spans = list(_split(text, 0, len(text), SENTENCE_END))
    return [
        piece
        for start, end in spans
        for piece in (
            [(start, end)]
            if end - start <= LONGEST_SENTENCE
            else _split(text, start, end, SOFT_END)
        )
    ]


def _split(text: str, start: int, end: int, rule: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    place = start
    for found in rule.finditer(text, start, end):
        if found.start() > place:
            yield place, found.start()
        place = found.end()
    if end > place:
        yield place, end


def _around(text: str, start: int, end: int, rule: re.Pattern[str]) -> tuple[int, int]:
    """The sentence or clause in which a hit lies, at most a few hundred characters of it."""
    near = max(0, start - 2 * LONGEST_SENTENCE)
    far = min(len(text), end + 2 * LONGEST_SENTENCE)
    before = [found.end() for found in rule.finditer(text, near, start)]
    after = rule.search(text, end, far)
    return (before[-1] if before else near), (after.start() if after else far)


MOST_GUESSES = 60


def _worth_guessing(text: str) -> list[tuple[int, int]]:
    """The whole of a short text and its sentences; of a giant one the first and last sentences."""
    spans = sentences(text)
    if len(spans) > MOST_GUESSES:
        spans = spans[: MOST_GUESSES // 2] + spans[-MOST_GUESSES // 2 :]
    spans = [(start, min(end, start + 3 * LONGEST_SENTENCE)) for start, end in spans]
    if len(spans) > 1 and len(text) <= LONGEST_SENTENCE:
        spans.append((0, len(text)))
    return spans


def _rules(trigger: EmergencyTrigger, own: Mapping[str, Sequence[str]]) -> Rules:
    patterns = [_expand(pattern) for pattern in own.get("patterns", ())]
    unless = [re.escape(words) for words in trigger.not_if]
    unless += [_expand(pattern) for pattern in own.get("unless", ())]
    return Rules(
        trigger=trigger,
        alarm=_words(trigger.phrases),
        own=re.compile("|".join(patterns)) if patterns else None,
        unless=re.compile("|".join(unless) or NEVER),
    )


def _expand(pattern: str) -> str:
    """`<6>` means a gap of up to six characters that stays inside the sentence."""
    return GAP.sub(r"[^。!?;\\n]{0,\1}", pattern)


def _words(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word.lower()) for word in words))

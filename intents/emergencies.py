"""
Finds danger in a message: taxonomy phrases, our patterns for indirect speech, a learned head.

The whole text is read, sentence by sentence, and recall comes first: what
takes an alarm back (`not_if`, our `unless`) counts only in its own sentence,
and nothing that the model says takes back what a rule has found.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from math import log2
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.taxonomy import Taxonomy
from intents.normalise import Normalised
from intents.prefixes import PatternIndex
from intents.reading import read_yaml
from intents.sentences import LONGEST_SENTENCE, SENTENCE_END, SOFT_END, Borders, sentences
from intents.understanding import Danger

PATTERNS = Path(__file__).parent / "emergencies.yaml"
GAP = re.compile(r"<(\d+)>")
SELF_HARM = "self_harm"
ANY_TRIGGER = "*"
PHRASE, PATTERN, EXCUSE = "phrase", "pattern", "excuse"
LEVELS = ("P0", "P1", "P2", "P3")

PATTERN_HELPS = 0.1
"""How much less certain the model need be where one of our patterns agrees."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A phrase or pattern of danger in the normalised text."""

    trigger_id: str
    start: int
    end: int
    by: str
    """`phrase` (taxonomy: an alarm by itself) or `pattern` (ours: evidence for the model)."""
    harmless: bool
    """Something in the same clause takes it back."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the model thinks of one span: how sure of danger, and of which."""

    score: float
    trigger_id: str


CARE_PER_DOUBLING = 0.08
"""How much surer the model must be each time that a message has twice as many sentences."""

Judge = Callable[[int, int], Verdict]
"""Asks the model about `text[start:end]`."""


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
class Excuse:
    """A harmless meaning: takes back what its trigger finds nearby."""

    trigger_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Excuses:
    """All excuses of a text, and the borders within which they count."""

    found: Sequence[Excuse]
    starts: Sequence[int]
    sentences: Borders
    clauses: Borders


class DangerFinder:
    """Immutable after construction, so threads may share it."""

    def __init__(self, taxonomy: Taxonomy, document: Mapping[str, Any] | None = None) -> None:
        document = document or read_patterns()
        everywhere = document["everywhere"]
        triggers = taxonomy.triggers.values()
        self._index = PatternIndex(
            [
                *(
                    (f"{PHRASE} {each.id}", re.escape(words.lower()))
                    for each in triggers
                    for words in each.phrases
                ),
                *_own(document, taxonomy, PATTERN, "patterns"),
                *(
                    (f"{EXCUSE} {each.id}", re.escape(words))
                    for each in triggers
                    for words in each.not_if
                ),
                *_own(document, taxonomy, EXCUSE, "unless"),
                *((f"{EXCUSE} {ANY_TRIGGER}", _expand(rule)) for rule in everywhere["unless"]),
            ]
        )
        self._triggers = taxonomy.triggers
        self._past = _words((*taxonomy.past_markers, *everywhere["past"], *everywhere["over"]))
        self._past_self_harm = _words(taxonomy.past_markers)
        self._present = _words(everywhere["present"])
        families = taxonomy.self_harm_families
        self._weak = frozenset((*families.get("burden", ()), *families.get("hopeless", ())))

    def signs(self, text: str) -> tuple[Sign, ...]:
        """Every phrase and pattern of danger in a normalised text."""
        alarms, harmless = [], []
        for name, found in self._index.find(text):
            by, trigger_id = name.split(" ")
            if by == EXCUSE:
                harmless.append(Excuse(trigger_id, *found.span()))
            else:
                alarms.append((trigger_id, found.span(), by))
        if not alarms:
            return ()
        excuses = _excuses(text, harmless)
        return tuple(
            Sign(trigger_id, *span, by, _is_harmless(trigger_id, span, excuses))
            for trigger_id, span, by in alarms
        )

    def find(
        self, written: str, text: Normalised, signs: Sequence[Sign], judge: Judge, *, alarm: float
    ) -> Danger | None:
        """
        The gravest danger of the message, with what is being done now before the past.

        A phrase of the taxonomy is an alarm whatever the model thinks; `alarm`
        is the score from which the model alone is believed.
        """
        borders = Borders(text.text, SENTENCE_END)
        hits = [
            replace(hit, past=self._is_past(hit, text.text, borders))
            for hit in chain(
                self._by_phrase(text.text, signs), self._by_model(text.text, signs, judge, alarm)
            )
        ]
        if not hits:
            return None
        best = min(hits, key=lambda hit: (hit.past, hit.weak, self._level(hit), hit.by == "model"))
        trigger = self._triggers[best.trigger_id]
        first, last = text.span(*borders.around(best.start, best.end))
        return Danger(
            trigger_id=trigger.id,
            level=trigger.level,
            past=best.past,
            sentence=written[first:last].strip(),
            calls=trigger.calls,
            script=trigger.script,
            by=best.by,
            weak=best.weak,
        )

    def _level(self, hit: Hit) -> str:
        return self._triggers[hit.trigger_id].level

    def _by_phrase(self, text: str, signs: Sequence[Sign]) -> Iterator[Hit]:
        for sign in signs:
            if sign.by == PHRASE and not sign.harmless:
                weak = text[sign.start : sign.end] in self._weak
                yield Hit(sign.trigger_id, sign.start, sign.end, PHRASE, weak=weak)

    def _by_model(
        self, text: str, signs: Sequence[Sign], judge: Judge, alarm: float
    ) -> Iterator[Hit]:
        spans = spans_to_judge(text, signs)
        alarm += CARE_PER_DOUBLING * log2(len(spans) or 1)
        for start, end in spans:
            here = [sign for sign in signs if _within(sign, start, end) and not sign.harmless]
            verdict = judge(start, end)
            if verdict.score >= alarm - (PATTERN_HELPS if here else 0):
                seen = [sign.trigger_id for sign in here]
                trusted = verdict.trigger_id in seen or not seen
                trigger_id = verdict.trigger_id if trusted else seen[0]
                by = PATTERN if here else "model"
                yield Hit(trigger_id, start, end, by)

    def _is_past(self, hit: Hit, text: str, borders: Borders) -> bool:
        """Only past markers and no clue of the present in the sentence."""
        first, last = borders.around(hit.start, hit.end)
        past = self._past_self_harm if hit.trigger_id == SELF_HARM else self._past
        sentence = text[first:last]
        return bool(past.search(sentence)) and not self._present.search(sentence)


def sign_grams(signs: Sequence[Sign], start: int, end: int) -> Iterator[str]:
    """The signs of a span as features of the model (see `features`)."""
    here = [sign for sign in signs if _within(sign, start, end)]
    for sign in here:
        if sign.harmless:
            yield f"!not:{sign.trigger_id}"
        else:
            yield f"!{sign.by}:{sign.trigger_id}"
            yield f"!{sign.by}"
    if len({sign.trigger_id for sign in here if not sign.harmless}) > 1:
        yield "!several"


def sign_flags(signs: Sequence[Sign], start: int, end: int) -> NDArray[np.float32]:
    """Whether a span holds a phrase, a pattern, and something taken back (see `SecondLook`)."""
    here = [sign for sign in signs if _within(sign, start, end)]
    alarms = {sign.by for sign in here if not sign.harmless}
    flags = (PHRASE in alarms, PATTERN in alarms, any(sign.harmless for sign in here))
    return np.array(flags, dtype=np.float32)


def _excuses(text: str, found: Iterable[Excuse]) -> Excuses:
    ordered = sorted(found, key=lambda excuse: excuse.start)
    starts = [excuse.start for excuse in ordered]
    return Excuses(ordered, starts, Borders(text, SENTENCE_END), Borders(text, SOFT_END))


def _is_harmless(trigger_id: str, span: tuple[int, int], excuses: Excuses) -> bool:
    """An excuse counts in the clause of the alarm; stories and drills in the whole sentence."""
    sentence = excuses.sentences.around(*span)
    clause = excuses.clauses.around(*span)
    first, last = (bisect_left(excuses.starts, place) for place in sentence)
    return any(
        excuse.trigger_id == ANY_TRIGGER
        or (
            excuse.trigger_id == trigger_id
            and clause[0] <= excuse.start
            and excuse.end <= clause[1]
        )
        for excuse in excuses.found[first:last]
    )


def _within(sign: Sign, start: int, end: int) -> bool:
    return start <= sign.start and sign.end <= end


def read_patterns(path: Path = PATTERNS) -> Mapping[str, Any]:
    """Our own patterns, by trigger."""
    return read_yaml(path)


MOST_GUESSES = 40


def spans_to_judge(text: str, signs: Sequence[Sign]) -> list[tuple[int, int]]:
    """
    The whole of a short text, each sentence of a longer one.

    A sentence out of a short story alarms by itself where the story does not. Of a giant text the model reads the first and last sentences and those in
    which a rule has seen something; the rules have read them all.
    """
    if len(text) <= LONGEST_SENTENCE:
        return [(0, len(text))] if text.strip() else []
    spans = [(start, end) for start, end in sentences(text) if text[start:end].strip()]
    if len(spans) > MOST_GUESSES:
        spans = _worth_reading(spans, [sign.start for sign in signs if not sign.harmless])
    return [(start, min(end, start + 3 * LONGEST_SENTENCE)) for start, end in spans]


def _worth_reading(spans: Sequence[tuple[int, int]], signs: Sequence[int]) -> list[tuple[int, int]]:
    half = MOST_GUESSES // 2
    middle = spans[half:-half]
    starts = [start for start, _ in middle]
    seen = {bisect_right(starts, sign) - 1 for sign in signs} - {-1}
    return [
        *spans[:half],
        *(middle[place] for place in sorted(seen)[:MOST_GUESSES]),
        *spans[-half:],
    ]


def _own(
    document: Mapping[str, Any], taxonomy: Taxonomy, kind: str, key: str
) -> Iterator[tuple[str, str]]:
    for trigger_id in taxonomy.triggers:
        for pattern in document.get(trigger_id, {}).get(key, ()):
            yield f"{kind} {trigger_id}", _expand(pattern)


def _expand(pattern: str) -> str:
    """`<6>` means a gap of up to six characters that stays inside the sentence."""
    return GAP.sub(r"[^。!?;\\n]{0,\1}", pattern)


def _words(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word.lower()) for word in words))

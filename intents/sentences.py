"""Where sentences and clauses begin and end, in texts with and without punctuation."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

SENTENCE_END = re.compile(r"[。!?;…\n]+")
SOFT_END = re.compile(r"[。!?;…\n,、\s]+")
LONGEST_SENTENCE = 120


class Borders:
    """Where the sentences of a text (or its clauses) begin and end."""

    def __init__(self, text: str, rule: re.Pattern[str]) -> None:
        found = list(rule.finditer(text))
        self._starts = [0, *(each.end() for each in found)]
        self._ends = [*(each.start() for each in found), len(text)]

    def around(self, start: int, end: int) -> tuple[int, int]:
        """The sentence in which a span lies, at most a few hundred characters of it."""
        first = self._starts[bisect_right(self._starts, start) - 1]
        last = self._ends[min(bisect_left(self._ends, end), len(self._ends) - 1)]
        return max(first, start - 2 * LONGEST_SENTENCE), min(last, end + 2 * LONGEST_SENTENCE)


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

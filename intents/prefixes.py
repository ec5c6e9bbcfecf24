"""
Finds which two characters a pattern can begin with, so that hundreds of them cost little.

Only patterns whose beginning stands in the text are tried, at that place. The
parser knows the part of regular expressions that `emergencies.yaml` uses:
literals, groups, alternatives, classes, `?`, `*`, `+`, `{m,n}`, looking ahead
and behind. Where it cannot tell, it gives up and the pattern is always tried.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

LENGTH = 2
MOST = 3_000
ANY = "\0"
"""Stands for a character that could be any."""
LOOKAROUND = re.compile(r"\?(?:<?[=!])")
QUANTIFIER = re.compile(r"[?*+]|\{(\d+)(?:,\d*)?\}")

Starts = frozenset[str]


@dataclass(slots=True)
class _Reader:
    pattern: str
    place: int = 0

    def peek(self) -> str:
        return self.pattern[self.place : self.place + 1]

    def take(self) -> str:
        self.place += 1
        return self.pattern[self.place - 1]


def beginnings(pattern: str) -> Starts | None:
    """
    The pairs of characters with which a match can begin, single ones where a match may be so short.

    None when a match can begin with anything.
    """
    starts = _alternatives(_Reader(pattern))
    cut = frozenset(start.split(ANY)[0] for start in starts)
    if "" in cut or len(cut) > MOST:
        return None
    return frozenset(start for start in cut if len(start) == 1 or start[0] not in cut)


def _alternatives(reader: _Reader) -> Starts:
    found = set(_sequence(reader))
    while reader.peek() == "|":
        reader.take()
        found |= _sequence(reader)
    return frozenset(found)


def _sequence(reader: _Reader) -> Starts:
    starts: Starts = frozenset({""})
    while reader.peek() not in ("", "|", ")"):
        item = _quantified(reader)
        starts = frozenset(_joined(starts, item))
    return starts


def _joined(starts: Starts, item: Starts) -> Iterator[str]:
    for start in starts:
        if len(start) >= LENGTH or start.endswith(ANY):
            yield start
        else:
            yield from ((start + more)[:LENGTH] for more in item)


def _quantified(reader: _Reader) -> Starts:
    item = _item(reader)
    quantifier = QUANTIFIER.match(reader.pattern, reader.place)
    if not quantifier:
        return item
    reader.place = quantifier.end()
    if reader.peek() == "?":
        reader.take()
    may_be_absent = quantifier.group()[0] in "?*" or quantifier[1] == "0"
    repeated = frozenset(start + ANY if len(start) < LENGTH else start for start in item)
    item = item if quantifier.group() == "?" else repeated
    return item | {""} if may_be_absent else item


def _item(reader: _Reader) -> Starts:
    char = reader.take()
    if char == "(":
        return _group(reader)
    if char == "[":
        return _class(reader)
    if char == "\\":
        return frozenset("0123456789") if reader.take() == "d" else frozenset({ANY})
    if char in "^$":
        return frozenset({""})
    return frozenset({ANY if char == "." else char})


def _group(reader: _Reader) -> Starts:
    looking = LOOKAROUND.match(reader.pattern, reader.place)
    if looking:
        reader.place = looking.end()
    elif reader.pattern.startswith("?:", reader.place):
        reader.place += 2
    inside = _alternatives(reader)
    reader.take()
    return frozenset({""}) if looking else inside


def _class(reader: _Reader) -> Starts:
    chars = []
    while reader.peek() != "]":
        chars.append(reader.take())
        if chars[-1] == "\\":
            chars.append(reader.take())
    reader.take()
    plain = chars[:1] != ["^"] and "\\" not in chars and "-" not in chars
    return frozenset(chars) if plain else frozenset({ANY})


class PatternIndex:
    """
    Many patterns, each with a name, searched at once.

    A pattern is compiled when its beginning is first met: most never are, and
    compiling all of them would take most of the time that starting takes.
    """

    def __init__(self, patterns: Iterable[tuple[str, str]]) -> None:
        self._by_start: dict[str, list[tuple[str, str]]] = {}
        self._always: list[tuple[str, str]] = []
        self._compiled: dict[str, re.Pattern[str]] = {}
        for name, pattern in patterns:
            starts = beginnings(pattern)
            if starts is None:
                self._always.append((name, pattern))
            for start in starts or ():
                self._by_start.setdefault(start, []).append((name, pattern))

    @property
    def slow(self) -> list[str]:
        """Patterns that must always be tried: keep them few."""
        return [pattern for _, pattern in self._always]

    def find(self, text: str) -> Iterator[tuple[str, re.Match[str]]]:
        """Every match of every pattern, in the order of the text; they may overlap."""
        begin = self._by_start.get
        for place, pair in enumerate(map("".join, pairwise(text + " "))):
            for name, pattern in (*begin(pair, ()), *begin(pair[0], ())):
                found = self._compile(pattern).match(text, place)
                if found:
                    yield name, found
        for name, pattern in self._always:
            for found in self._compile(pattern).finditer(text):
                yield name, found

    def _compile(self, pattern: str) -> re.Pattern[str]:
        compiled = self._compiled.get(pattern)
        if compiled is None:
            compiled = self._compiled[pattern] = re.compile(pattern)
        return compiled

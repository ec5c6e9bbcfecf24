"""What changed between two texts, line by line, with the words that differ marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_AROUND = 2
_ALIKE = 0.4
"""Lines less alike than this are shown as one gone and one new, without marks within."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the comparison: `same`, `gone`, `new`, or `left_out` between two places."""

    kind: str
    parts: Sequence[tuple[str, bool]] = ()
    """Pieces of the line; True: this piece differs."""


def compare_texts(before: str, after: str) -> list[Line]:
    """The lines that differ with two around each; empty when the texts are equal."""
    old, new = before.splitlines(), after.splitlines()
    lines: list[Line] = []
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(_AROUND):
        if lines:
            lines.append(Line("left_out"))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                lines += [Line("same", [(text, False)]) for text in old[i1:i2]]
            else:
                lines += _changed(old[i1:i2], new[j1:j2])
    return lines


def _changed(old: Sequence[str], new: Sequence[str]) -> list[Line]:
    lines: list[Line] = []
    for place in range(max(len(old), len(new))):
        was = old[place] if place < len(old) else None
        now = new[place] if place < len(new) else None
        if was is not None and now is not None:
            lines += _pair(was, now)
        elif was is not None:
            lines.append(Line("gone", [(was, False)]))
        elif now is not None:
            lines.append(Line("new", [(now, False)]))
    return lines


def _pair(was: str, now: str) -> list[Line]:
    matcher = SequenceMatcher(None, was, now, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return [Line("gone", [(was, False)]), Line("new", [(now, False)])]
    codes = matcher.get_opcodes()
    gone = [(was[i1:i2], tag != "equal") for tag, i1, i2, _, _ in codes if i2 > i1]
    new = [(now[j1:j2], tag != "equal") for tag, _, _, j1, j2 in codes if j2 > j1]
    return [Line("gone", gone), Line("new", new)]

"""
One spelling for what people write in many: the text that all rules and models read.

Full-width and compatibility forms (NFKC), traditional characters and capital
letters become their plain counterparts one for one, so a position in the
result is a position in the original. Only invisible characters are taken
out, and `Normalised.span` leads back over the gaps.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from opencc import OpenCC

INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
CONTROL_TO_SPACE = dict.fromkeys((*range(32), *range(127, 160)), " ")
LAST_OF_BMP = 0xFFFF
HAN = range(0x3400, 0xA000)
REPEATED = re.compile(r"(.)\1{2,}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text in plain spelling and the way back to what was written."""

    text: str
    origins: tuple[int, ...] | None
    """Where each character stood in the original; None when nothing was taken out."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original code-point offsets of `text[start:end]`; `end` is exclusive."""
        if self.origins is None or start == end:
            return start, end
        return self.origins[start], self.origins[end - 1] + 1


def normalise(text: str) -> Normalised:
    """
    Give the plain spelling of any string whatsoever.

    Control characters become spaces. Characters whose compatibility form is
    longer than one (㎡) stay as they are.
    """
    origins = None
    if not text.isascii() and INVISIBLE.search(text):
        kept = [(place, char) for place, char in enumerate(text) if not INVISIBLE.match(char)]
        origins = tuple(place for place, _ in kept)
        text = "".join(char for _, char in kept)
    return Normalised(text.translate(_table()), origins)


def plain(text: str) -> str:
    """The plain spelling alone, where offsets do not matter."""
    return normalise(text).text


def shorten_runs(text: str) -> str:
    """Write a character that is repeated many times twice: 急急急急急 → 急急."""
    return REPEATED.sub(r"\1\1", text)


@cache
def _table() -> dict[int, str]:
    """Code point to plain character, for those that differ."""
    table = dict(CONTROL_TO_SPACE)
    for code in range(0xA0, LAST_OF_BMP + 1):
        char = chr(code)
        simple = unicodedata.normalize("NFKC", char).lower()
        if len(simple) == 1 and simple != char:
            table[code] = simple
    table.update((code, chr(code).lower()) for code in range(ord("A"), ord("Z") + 1))
    table.update({0x3002: "。", 0x301C: "~", 0x30FB: "·"})
    for code, char in _simplified().items():
        table[code] = char
    table.update({ord("著"): "着", ord("妳"): "你"})  # these depend on the word; for us they do not
    return table


def _simplified() -> dict[int, str]:
    """Each traditional character's simplified one; on lines of their own, lest phrases match."""
    chars = [chr(code) for code in HAN]
    converted = OpenCC("t2s").convert("\n".join(chars)).split("\n")
    return {
        ord(char): simple
        for char, simple in zip(chars, converted, strict=True)
        if simple != char and len(simple) == 1
    }

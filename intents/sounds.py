"""
How characters sound, so that a word typed wrongly by ear still counts as the word.

教社保 for 缴社保, 居驻证 for 居住证: whoever types by sound picks a neighbour in
the list. Syllables that Wuhan speech does not keep apart (n/l, zh/z, ing/in)
are written alike here.
"""

import re
from functools import cache
from pathlib import Path

SOUNDS = Path(__file__).parent / "sounds.txt"
MERGED = ((r"^([zcs])h", r"\1"), (r"^n(?=[aeiou])", "l"), (r"(?<=[ie])ng$", "n"))
FIRST_PRIVATE = 0xE000


@cache
def sound_table() -> dict[int, str]:
    """
    Code point of a character to one private-use character that stands for its syllable.

    One character per syllable keeps n-grams of sounds as cheap as those of text.
    """
    codes: dict[str, str] = {}
    table: dict[int, str] = {}
    for line in SOUNDS.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        syllable, chars = line.split(" ")
        merged = _merge(syllable)
        code = codes.setdefault(merged, chr(FIRST_PRIVATE + len(codes)))
        table.update((ord(char), code) for char in chars)
    return table


def _merge(syllable: str) -> str:
    for pattern, replacement in MERGED:
        syllable = re.sub(pattern, replacement, syllable)
    return syllable

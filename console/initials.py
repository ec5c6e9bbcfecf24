"""First letters of how characters sound, so that `zc` finds 助餐 in a long list."""

from functools import cache

from intents.sounds import SOUNDS


def initials(words: str) -> str:
    """The pinyin initials of the Chinese characters, other letters as they are: 助餐 is `zc`."""
    table = _table()
    return "".join(table.get(char, char.lower() if char.isalnum() else "") for char in words)


@cache
def _table() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in SOUNDS.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            syllable, chars = line.split(" ")
            table.update(dict.fromkeys(chars, syllable[0]))
    return table

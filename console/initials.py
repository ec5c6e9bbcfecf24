"""First letters of how characters sound, so that `zc` finds 助餐 in a long list."""

from bisect import bisect_right

_FIRST = "啊芭擦搭蛾发噶哈击喀垃妈拿哦啪期然撒塌挖昔压匝"
_LETTERS = "abcdefghjklmnopqrstwxyz"
_STARTS = [char.encode("gb2312") for char in _FIRST]
_END = b"\xd7\xfa"
"""
The 3,755 common characters of GB 2312 stand in the order of their pinyin.

So the first character of each letter is all the table that is needed. Rarer
characters are in the order of their strokes and give nothing.
"""


def initials(words: str) -> str:
    """The pinyin initials of the Chinese characters, other letters as they are: 助餐 is `zc`."""
    return "".join(map(_initial, words))


def _initial(char: str) -> str:
    if char.isascii():
        return char.lower() if char.isalnum() else ""
    code = char.encode("gb2312", errors="ignore")
    if not _STARTS[0] <= code < _END:
        return ""
    return _LETTERS[bisect_right(_STARTS, code) - 1]

"""Numbers as they are spoken: 八十三, 一万二, 1.5万, 两百五, 幺三八."""

import re

DIGITS = {
    **{char: value for value, char in enumerate("零一二三四五六七八九")},
    "〇": 0, "○": 0, "幺": 1, "两": 2, "俩": 2, "仨": 3, "壹": 1, "贰": 2, "叁": 3,
}  # fmt: skip
UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
LARGE = {"万": 10_000, "亿": 100_000_000}
CHINESE = "[零〇一二两俩三四五六七八九十百千万亿]"
ARABIC = r"\d+(?:,\d{3})*(?:\.\d+)?"
MIXED = re.compile(rf"({ARABIC})([百千万亿])?(\d)?")


def chinese_number(words: str) -> float | None:
    """
    The value of Chinese numerals, with the spoken short forms: 一万二 is 12000, 一百五 is 150.

    Neighbouring digits such as 七八 in 七八十 count as the first. None for what is no number.
    """
    whole = total = section = 0.0
    digit: float | None = None
    last_unit = 1.0
    for char in words:
        if char in DIGITS:
            if digit is None:
                digit = DIGITS[char]
            if char in "零〇":
                last_unit = 1.0
        elif char in UNITS:
            section += (1 if digit is None else digit) * UNITS[char]
            digit, last_unit = None, UNITS[char]
        elif char in LARGE:
            whole += (total + section + (digit or 0) or 1) * LARGE[char]
            section, digit, last_unit = 0.0, None, LARGE[char]
        else:
            return None
    if digit is None:
        return whole + section if words else None
    return whole + section + digit * (last_unit / 10 if last_unit >= 100 else 1)


def any_number(words: str) -> float | None:
    """The value of 1,500, 1.5万, 2万5 or Chinese numerals."""
    found = MIXED.fullmatch(words)
    if not found:
        return chinese_number(words)
    unit = {**UNITS, **LARGE}.get(found[2] or "", 1)
    value = float(found[1].replace(",", "")) * unit
    return value + int(found[3]) * unit / 10 if found[3] else value


def spoken_digits(words: str) -> str:
    """Numerals read one by one as ASCII digits; whatever is not a digit is left out."""
    return "".join(
        char if char.isascii() and char.isdigit() else str(DIGITS[char])
        for char in words
        if char in DIGITS or (char.isascii() and char.isdigit())
    )


def tidy(value: float) -> int | float:
    """A whole number as an int."""
    return int(value) if value == int(value) else round(value, 2)

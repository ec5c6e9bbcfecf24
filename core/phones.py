"""Telephone numbers of mainland China: the library decides, we only tidy."""

import re

import phonenumbers

_DIGITS = re.compile(r"\d")
_TIDY = re.compile(r"[\s\-,，()（）+]")


def normalise_phone(text: str) -> str | None:
    """
    A valid number as plain ASCII digits without +86, or None.

    Mobile numbers have eleven digits; landlines may carry their area code.
    """
    digits = _TIDY.sub("", text).removeprefix("86") if text.strip().startswith("+") else text
    try:
        number = phonenumbers.parse(_TIDY.sub("", digits), "CN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return _TIDY.sub("", digits)


def looks_like_digits_of_a_phone(text: str) -> bool:
    """Whether somebody tried to give a number: six digits or more and little else."""
    digits = len(_DIGITS.findall(text))
    return digits >= 6 and digits * 2 >= len(text.strip())

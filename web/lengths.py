"""How long a field of a form may be: the form says so, and the server checks the same."""

from collections.abc import Mapping

from core.errors import InvalidInput

LONGEST = 4000
"""Characters of words in one field: several pages, and less than a chat message may have."""
_SHORTER = {
    "title": 80,
    "rough_place": 80,
    "kind": 32,
    "name": 64,
    "requester": 64,
    "login": 64,
    "relation": 16,
}
"""Fields that stand in a list or a column of their own."""


def longest(field: str) -> int:
    """The most characters that a field takes, a line break being one."""
    return _SHORTER.get(field, LONGEST)


def check_lengths(form: Mapping[str, str]) -> None:
    """Raise `InvalidInput` for the first field that holds more than its form lets one type."""
    for field, text in form.items():
        count = len(text.replace("\r\n", "\n"))
        if count > longest(field):
            raise InvalidInput(field, "web.error.too_long", most=longest(field), count=count)

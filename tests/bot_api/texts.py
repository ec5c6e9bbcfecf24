"""Text as Telegram counts and marks it: UTF-16 units, entities found by itself."""

import re
from collections.abc import Iterator

from tests.bot_api.refusals import Json

_COMMAND = r"(?<![\w/<>])/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\w/<>])"
_ADDRESS = r"[A-Za-z0-9./?=&%#_~:@!$*+,;-]"
_FOUND: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("url", re.compile(rf"https?://{_ADDRESS}*[A-Za-z0-9/]|\bwww\.{_ADDRESS}*[A-Za-z0-9/]")),
    ("email", re.compile(r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")),
    ("bot_command", re.compile(_COMMAND)),
    ("mention", re.compile(r"(?<![\w@])@[a-zA-Z][a-zA-Z0-9_]{3,31}(?!\w)")),
    ("hashtag", re.compile(r"(?<![\w#])#\w*[^\W\d]\w*")),
    ("phone_number", re.compile(r"(?<![\w+])\+[0-9][0-9 ()-]{6,18}[0-9](?![0-9])")),
)
"""In this order; what is found first is not looked at again. Chinese letters are word letters."""
FOUND_KINDS = frozenset(kind for kind, _ in _FOUND)


def units(text: str) -> int:
    """Length in UTF-16 units: an emoji beyond the basic plane counts as two."""
    return len(text.encode("utf-16-le")) // 2


def part(text: str, entity: Json) -> str:
    """The words that an entity marks."""
    encoded = text.encode("utf-16-le")
    begin = 2 * int(entity["offset"])
    return encoded[begin : begin + 2 * int(entity["length"])].decode("utf-16-le")


def find_entities(text: str, besides: list[Json] | None = None) -> list[Json]:
    """
    Commands, links, addresses, mentions, tags and numbers that Telegram marks by itself.

    Nothing is marked within links, code and quotations of code among `besides`.
    """
    taken = [_span(each) for each in besides or [] if each["type"] in {"text_link", "code", "pre"}]
    found: list[Json] = []
    for kind, pattern in _FOUND:
        for entity in _matches(kind, pattern, text):
            begin, end = _span(entity)
            if not any(begin < stop and start < end for start, stop in taken):
                taken.append((begin, end))
                found.append(entity)
    return sorted(found, key=_span)


def _matches(kind: str, pattern: re.Pattern[str], text: str) -> Iterator[Json]:
    for match in pattern.finditer(text):
        yield {
            "type": kind,
            "offset": units(text[: match.start()]),
            "length": units(match.group()),
        }


def _span(entity: Json) -> tuple[int, int]:
    return entity["offset"], entity["offset"] + entity["length"]

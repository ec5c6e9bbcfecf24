"""
A reply as Telegram can show it: parts of at most 4,096 UTF-16 units, escaped, with buttons.

Pure: knows Telegram's limits and no library (Bot API, "sendMessage", "InlineKeyboardButton").
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from bot.decoding import clean
from bot.telegram_residents.menu import Menu, language_of
from core.messages import Choice, Reply
from handlers.residents import presses

LONGEST = 4096
"""UTF-16 units of one message; counted with the escapes, which is stricter than Telegram."""
_LONGEST_TITLE = 64
"""Characters of a button; more is cut off by telephones anyway."""
_EARLIEST_CUT = 0.5
"""A part is at least half full before a mere word's end will do."""
_ENDS = (("\n\n",), ("\n",), tuple("。！？；!?;"), tuple("，、, "))
"""Where a text may be parted, best first."""
_CLINGING = frozenset({"\u200d", "\ufe0e", "\ufe0f", "\u20e3"})
"""Joiners and variation signs: what stands before one must not be parted from it."""
_BLANK = "…"


@dataclass(frozen=True, slots=True)
class Key:
    """One button of the keyboard that stands in place of the letters."""

    title: str
    asks: str | None = None
    """`place` or `phone`: gives that instead of its title."""


@dataclass(frozen=True, slots=True)
class Part:
    """One message to send: HTML, and what stands under it (one of both at most)."""

    html: str
    inline: tuple[tuple[tuple[str, str], ...], ...] = ()
    """Rows of (title, callback data)."""
    keyboard: tuple[tuple[Key, ...], ...] = ()
    once: bool = False
    """The keyboard goes away after one use."""


def render(reply: Reply, menu: Menu) -> list[Part]:
    """The messages that one reply becomes; only the last bears buttons."""
    parts = [Part(text) for text in split(reply.text)]
    parts[-1] = _with_buttons(parts[-1].html, reply, menu)
    return parts


def split(text: str) -> list[str]:
    """Escaped pieces that each fit, cut at lines, sentences or words where that is possible."""
    pieces = []
    rest = clean(text).strip()
    while rest:
        fitting = _fitting(rest)
        cut = fitting if fitting == len(rest) else _cut(rest, fitting)
        pieces.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [_escaped(piece) for piece in pieces if piece] or [_BLANK]


def units(text: str) -> int:
    """UTF-16 units, as Telegram counts."""
    return len(text.encode("utf-16-le", "replace")) // 2


def _escaped(text: str) -> str:
    return escape(text, quote=False)


def _fitting(text: str) -> int:
    """How many characters of the text fit into one message."""
    if units(_escaped(text)) <= LONGEST:
        return len(text)
    used = 0
    for place, character in enumerate(text):
        used += units(_escaped(character))
        if used > LONGEST:
            return place
    return len(text)


def _cut(text: str, fitting: int) -> int:
    """The best place to part the text, at most `fitting`."""
    head = text[:fitting]
    for ends in _ENDS:
        cut = max(_after(head, end) for end in ends)
        if cut > fitting * _EARLIEST_CUT:
            return cut
    return _unclung(text, fitting)


def _after(head: str, end: str) -> int:
    """Where the last of these ends is over; 0: there is none."""
    place = head.rfind(end)
    return 0 if place < 0 else place + len(end)


def _unclung(text: str, cut: int) -> int:
    """A cut in mid-word that leaves joined signs (families, flags with joiners) whole."""
    earliest = max(cut - 16, 1)
    for place in range(cut, earliest, -1):
        if text[place] not in _CLINGING and text[place - 1] != "\u200d":
            return place
    return cut


def _with_buttons(html: str, reply: Reply, menu: Menu) -> Part:
    language = language_of(reply)
    if reply.asks:
        return Part(html, keyboard=tuple(_asking(reply, menu, language)), once=True)
    if _only_in_the_menu(reply.choices):
        rows = tuple(tuple(Key(title) for title in row) for row in menu.rows(language))
        return Part(html, keyboard=rows)
    return Part(html, inline=tuple(_inline(choice) for choice in reply.choices))


def _asking(reply: Reply, menu: Menu, language: str) -> Iterator[tuple[Key, ...]]:
    """What can be given with one tap, then the choices, whose titles come back as words."""
    for asked in reply.asks:
        yield (Key(menu.ask_title(asked, language), asked),)
    for choice in reply.choices:
        yield (Key(_title(choice)),)


def _only_in_the_menu(choices: Sequence[Choice]) -> bool:
    """No choice but the person, who always stands in the menu."""
    return all(choice.payload == presses.PERSON for choice in choices)


def _inline(choice: Choice) -> tuple[tuple[str, str], ...]:
    return ((_title(choice), presses.short(choice.payload)),)


def _title(choice: Choice) -> str:
    title = choice.title.strip() or _BLANK
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1] + "…"

"""
A reply as the volunteers' chat shows it: parts that fit, escaped, with buttons in rows.

Pure: knows Telegram's limits and no library (Bot API, "sendMessage", "InlineKeyboardButton").
Short titles stand beside each other, so that a task's steps fit on a small telephone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from unicodedata import east_asian_width

from bot.reply_language import language_of
from bot.splitting import BLANK, split
from core.messages import Choice, Reply
from core.texts import Texts
from handlers.volunteers.chat import payloads
from handlers.volunteers.chat.words import MENU

_LONGEST_TITLE = 64
"""Characters of a button; more is cut off by telephones anyway."""
_NARROW, _HALF = 12, 16
"""Columns of a title (汉字 take two) up to which three of a list, or two buttons, share a row."""
_MENU = tuple(payload for _, payload in MENU)


@dataclass(frozen=True, slots=True)
class Part:
    """One message to send: HTML, and what stands under it (one of both at most)."""

    html: str
    inline: tuple[tuple[tuple[str, str], ...], ...] = ()
    """Rows of (title, callback data)."""
    keyboard: tuple[tuple[str, ...], ...] = ()
    """Rows of titles that come back as words."""
    phone: str = ""
    """The title of the button that gives one's own number."""


def render(reply: Reply, texts: Texts, *, group: bool) -> list[Part]:
    """The messages that one reply becomes; only the last bears buttons, in a group none does."""
    *first, last = split(reply.text)
    buttoned = Part(last) if group else _with_buttons(last, reply, texts)
    return [*(Part(html) for html in first), buttoned]


def _with_buttons(html: str, reply: Reply, texts: Texts) -> Part:
    titles = tuple((_title(choice),) for choice in reply.choices)
    if "phone" in reply.asks:
        phone = texts.say("telegram.ask.phone", language_of(reply))
        return Part(html, keyboard=titles, phone=phone)
    if tuple(choice.payload for choice in reply.choices) == _MENU:
        return Part(html, keyboard=tuple(_pairs([title for (title,) in titles])))
    return Part(html, inline=tuple(_rows(reply.choices)))


def _rows(choices: Sequence[Choice]) -> Iterator[tuple[tuple[str, str], ...]]:
    """Neighbours that are short enough share a row; all others have one of their own."""
    for in_a_row, group in groupby(choices, _in_a_row):
        keys = [(_title(choice), choice.payload) for choice in group]
        for first in range(0, len(keys), in_a_row):
            yield tuple(keys[first : first + in_a_row])


def _in_a_row(choice: Choice) -> int:
    width = sum(2 if east_asian_width(sign) in "WF" else 1 for sign in choice.title)
    if choice.payload.startswith(payloads.SET) and width <= _NARROW:
        return 3
    return 2 if width <= _HALF else 1


def _pairs(titles: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for first in range(0, len(titles), 2):
        yield tuple(titles[first : first + 2])


def _title(choice: Choice) -> str:
    title = choice.title.strip() or BLANK
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1] + "…"

"""
A reply as Telegram can show it: parts of at most 4,096 UTF-16 units, escaped, with buttons.

Pure: knows Telegram's limits and no library (Bot API, "sendMessage", "InlineKeyboardButton").
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.reply_language import language_of
from bot.splitting import BLANK, split
from bot.telegram_residents.menu import Menu
from core.messages import Choice, Reply
from handlers.residents import presses

_LONGEST_TITLE = 64
"""Characters of a button; more is cut off by telephones anyway."""


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
    title = choice.title.strip() or BLANK
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1] + "…"

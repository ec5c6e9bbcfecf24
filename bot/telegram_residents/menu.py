"""What always stands under the residents' chat, and what its words mean when they come back."""

from collections.abc import Mapping, Sequence

from core.texts import LANGUAGES, Texts
from handlers.residents import presses

ENTRIES: Sequence[Sequence[tuple[str, str]]] = (
    (
        ("chat.choice.topic_elder", f"{presses.TOPIC}elder_care"),
        ("chat.choice.topic_aid", f"{presses.TOPIC}assistance"),
    ),
    (("chat.choice.progress", presses.PROGRESS), ("chat.choice.person", presses.PERSON)),
)
"""The entries of the web chat's start page, how it stands, and a person: text key and payload."""

COMMANDS = ("start", "help", "person", "progress", "language")
"""Telegram allows Latin letters only; each is a payload with its stroke."""


class Menu:
    """The titles of the entries in every language."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._payloads = {
            texts.say(key, language): payload
            for language in LANGUAGES
            for row in ENTRIES
            for key, payload in row
        }

    def rows(self, language: str) -> tuple[tuple[str, ...], ...]:
        """The titles, row by row."""
        return tuple(tuple(self._texts.say(key, language) for key, _ in row) for row in ENTRIES)

    def find_payload(self, words: str) -> str | None:
        """What an entry's title stands for."""
        return self._payloads.get(words.strip())

    def ask_title(self, asked: str, language: str) -> str:
        """The words of a button that gives something at once: `place` or `phone`."""
        return self._texts.say(f"telegram.ask.{asked}", language)

    def commands(self, language: str) -> Mapping[str, str]:
        """The commands and what they do, for the bot's own menu."""
        return {each: self._texts.say(f"telegram.command.{each}", language) for each in COMMANDS}

    def old_button(self) -> str:
        """What stands for a press whose button nobody knows any more."""
        return self._texts.say("web_chat.old_button")

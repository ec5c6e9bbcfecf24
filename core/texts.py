"""The sentences that people read: kept in `locales/`, one file an area, Chinese first."""

from collections.abc import Mapping
from pathlib import Path
from string import Formatter
from typing import Any

from core.errors import FrontDoorError
from core.yaml_files import load_yaml

LANGUAGES = ("zh", "en")
FIRST = LANGUAGES[0]


class TextMissing(FrontDoorError):
    """No sentence has this key."""


class Texts:
    """
    All sentences, by language and key.

    `locales/zh/chat.yaml` with `greeting: {first: …}` gives the key
    `chat.greeting.first`. A language that lacks a sentence borrows it from the
    first; braces name the facts to fill in.
    """

    def __init__(self, folder: Path) -> None:
        self._sentences = {language: _read(folder / language) for language in LANGUAGES}

    def say(self, key: str, language: str = FIRST, /, **facts: object) -> str:
        """The sentence for a key, with its facts filled in; raises `TextMissing`."""
        sentence = self._sentences.get(language, {}).get(key) or self._sentences[FIRST].get(key)
        if sentence is None:
            raise TextMissing(key)
        return sentence.format(**facts) if facts else sentence

    def keys(self, language: str = FIRST) -> set[str]:
        """Every key that a language has."""
        return set(self._sentences[language])

    def facts(self, key: str, language: str = FIRST) -> set[str]:
        """The names in braces of one sentence."""
        sentence = self._sentences[language].get(key, "")
        return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def _read(folder: Path) -> dict[str, str]:
    sentences: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        document = load_yaml(path.read_text(encoding="utf-8")) or {}
        sentences.update(_flatten(document, path.stem))
    return sentences


def _flatten(node: Mapping[str, Any], prefix: str) -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in node.items():
        name = f"{prefix}.{key}"
        if isinstance(value, Mapping):
            flat.update(_flatten(value, name))
        else:
            flat[name] = str(value).rstrip("\n")
    return flat

"""The marks within article texts: figures that age, offices of the street, links."""

import re
from collections.abc import Callable, Iterable, Mapping

_MARK = re.compile(r"\{\{(amount|office):([A-Za-z0-9_]+)\}\}")
_ANY_BRACES = re.compile(r"\{\{.*?\}\}")
_LINK = re.compile(r"\[([^\]]+)\]\(article:([^)]*)\)")
_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；]?")

_CHINESE_NUMBER = "零一二两三四五六七八九十百千万半"
_FIGURE = re.compile(
    r"[0-9]+(?:\.[0-9]+)?"
    rf"|[{_CHINESE_NUMBER}]+(?:周岁|岁|元|块钱|倍|成|折|个月|个工作日|个小时|小时|年内|平方米|平米)"
    r"|百分之|分之"
)
_CHANGING = re.compile(
    rf"(?:[0-9][0-9.,，]*|[{_CHINESE_NUMBER}]+)\s*(?:多|余|来)?\s*"
    r"(?:万元|元|块钱|周岁|岁|倍|成|折|平方米|平米|㎡)"
    r"|[0-9.]+\s*[%％]|百分之|分之"
)


def marks(text: str, kind: str) -> list[str]:
    """The names that marks of one kind (`amount` or `office`) carry, in order."""
    return [name for found, name in _MARK.findall(text) if found == kind]


def broken_marks(text: str) -> list[str]:
    """Double braces that are no mark, as an editor mistyped them."""
    return [found for found in _ANY_BRACES.findall(text) if not _MARK.fullmatch(found)]


def links(text: str) -> list[str]:
    """The ids of the articles that a text points to."""
    return [target for _, target in _LINK.findall(text)]


def loose_figures(text: str) -> list[str]:
    """Money, age limits and ratios that are written out instead of marked."""
    return [found.group() for found in _CHANGING.finditer(_MARK.sub("", text))]


def fill(text: str, *, amounts: Mapping[str, str], offices: Mapping[str, str]) -> str:
    """The text with figures and office names in place and links as 「words」."""

    def value(found: re.Match[str]) -> str:
        kind, name = found.groups()
        return amounts[name] if kind == "amount" else offices[name]

    return _LINK.sub(r"「\1」", _MARK.sub(value, text))


def without_links(text: str) -> str:
    """The text without the sentences that point to another article: they speak of that one."""
    return _keep(text, lambda sentence: not _LINK.search(sentence))


def without_amounts(text: str, gone: Iterable[str]) -> str:
    """The text without the sentences that name one of these amounts."""
    names = set(gone)
    return _keep(text, lambda sentence: not names & set(marks(sentence, "amount")))


def without_figures(text: str, spared: Iterable[str]) -> str:
    """
    The text without any sentence that holds a figure, marked or written out.

    `spared` are numbers that may stay: telephone numbers to ask.
    """
    numbers = "|".join(map(re.escape, sorted(spared, key=len, reverse=True))) or "(?!)"
    allowed = re.compile(rf"(?<![0-9])(?:{numbers})(?![0-9])")

    def harmless(sentence: str) -> bool:
        bare = allowed.sub("", sentence)
        return not marks(bare, "amount") and not _FIGURE.search(bare)

    return _keep(text, harmless)


def _keep(text: str, wanted: Callable[[str], bool]) -> str:
    lines = []
    for line in text.split("\n"):
        kept = "".join(part for part in _SENTENCE.findall(line) if part and wanted(part))
        if kept.strip(" -") or not line.strip():
            lines.append(kept)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

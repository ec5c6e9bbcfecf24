"""
Finds concepts: words of one meaning, whatever register they belong to.

A daughter says 送饭, the office says 助餐, a rider says 盒饭: the concept `meal` is a
feature beside the characters themselves, so the model can learn from one and
know the other. The list is `concepts.yaml`.
"""

from functools import cache
from itertools import combinations
from pathlib import Path

from intents.reading import read_yaml

CONCEPTS = Path(__file__).parent / "concepts.yaml"
SIGN, AND = "@", "+"
HEAD = 2
MOST_PAIRED = 8
"""In a long letter everything meets everything; pairs say nothing there."""


@cache
def _words() -> dict[str, list[tuple[str, str]]]:
    """The first two characters of a word to all words that begin so, with their concepts."""
    words: dict[str, list[tuple[str, str]]] = {}
    for concept, names in read_yaml(CONCEPTS).items():
        for name in names:
            words.setdefault(str(name)[:HEAD], []).append((str(name), concept))
    return words


def concepts_of(text: str) -> dict[str, str]:
    """The concepts of a normalised text, each with the word that says it first."""
    words = _words()
    found: dict[str, str] = {}
    for place in range(len(text)):
        for head in (text[place : place + HEAD], text[place]):
            for name, concept in words.get(head, ()):
                if text.startswith(name, place):
                    found.setdefault(concept, name)
    return found


def concept_grams(text: str) -> list[str]:
    """Each concept as a feature, and each two that meet in the text."""
    found = sorted(concepts_of(text))
    grams = [SIGN + concept for concept in found]
    if len(found) <= MOST_PAIRED:
        grams += [f"{SIGN}{one}{AND}{other}" for one, other in combinations(found, 2)]
    return grams


def words_of(gram: str, text: str) -> list[str]:
    """The words of a text behind a feature made here."""
    said = concepts_of(text)
    return [said[concept] for concept in gram.removeprefix(SIGN).split(AND) if concept in said]

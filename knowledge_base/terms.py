"""From what somebody wrote to the terms that the search counts."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

import opencc

from core.yaml_files import load_yaml

_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")
_MARK = re.compile(r"\{\{\w+:\w+\}\}|\]\(article:[\w.]+\)")

HOLLOW = frozenset("的了吗呢啊吧呀哦嗯哈么嘛您你我他她请是在就都也还个这那要想能可以")
"""Single characters that every question has; they count only within pairs."""


SYNONYMS = Path(__file__).parent / "synonyms.yaml"


def load_synonyms(path: Path = SYNONYMS) -> list[list[str]]:
    """Rows of words that mean the same; the first names the idea."""
    rows: list[list[str]] = load_yaml(path.read_text(encoding="utf-8"))
    return rows


class Wording:
    """
    Turns a text into terms: single characters and pairs of neighbours, words in Latin letters.

    Traditional characters become simplified ones and dialect words the standard
    word (几多 → 多少), in articles and questions alike, so that both meet. A word
    of `synonyms.yaml` also gives the term of its idea (工钱 → #工资).
    """

    def __init__(
        self, dialect: Mapping[str, str], synonyms: Sequence[Sequence[str]] | None = None
    ) -> None:
        self._simplified = opencc.OpenCC("t2s")
        self._dialect = dict(dialect)
        longest_first = sorted(self._dialect, key=len, reverse=True)
        rows = load_synonyms() if synonyms is None else synonyms
        self._dialect_word = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
        self._ideas = {self.plain(word): f"#{row[0]}" for row in rows for word in row}
        longest = sorted(self._ideas, key=len, reverse=True)
        self._idea_word = re.compile("|".join(map(re.escape, longest)) or r"(?!)")

    def plain(self, text: str) -> str:
        """The text in simplified characters, half-width, lower case, without dialect words."""
        folded = unicodedata.normalize("NFKC", text).lower()
        simple: str = self._simplified.convert(_MARK.sub(" ", folded))
        return self._dialect_word.sub(lambda found: self._dialect[found.group()], simple)

    def terms(self, text: str) -> list[str]:
        """The terms of a text, in order, with repetitions."""
        plain = self.plain(text)
        terms = [self._ideas[word] for word in self._idea_word.findall(plain)]
        for run in _RUN.findall(plain):
            if run[0].isascii():
                terms.append(run)
                continue
            terms.extend(char for char in run if char not in HOLLOW)
            terms.extend(run[i : i + 2] for i in range(len(run) - 1))
        return terms

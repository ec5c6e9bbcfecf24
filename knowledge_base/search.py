"""Finding the article that answers a question: BM25 over characters and their pairs."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from core.taxonomy import Taxonomy
from knowledge_base.article import Article, Audience
from knowledge_base.terms import Wording

K1 = 1.2
B = 0.6

FIELD_WEIGHTS = {"questions": 2.5, "title": 2.5, "short_answer": 1.5, "matter": 1.5, "rest": 0.6}
"""How much one occurrence counts; people's own questions and the title say most."""

QUESTION_SHARE = 0.5
"""How much of the score is the article's best single question, the rest the whole article."""

MATTER_BOOST = 0.15
"""Added when the classifier named the article's matter: a push, never a filter."""

FLOOR = 0.30
"""Below it nothing fits and a person answers. Set on questions that have no article."""

_Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found and how well it matches."""

    article: Article
    score: float
    """From 0 to about 1: the share of the question's weight that the article covers."""
    fits: bool
    """Whether it may be given as the answer; if no hit fits, a person answers."""
    expired: bool
    """Whether only its direction may be told; `answer.compose` sees to it."""


class ArticleIndex:
    """
    All articles, searchable; built once, then only read, so several tasks may share it.

    Build a new one when articles change: it takes about a millisecond an article.
    """

    def __init__(self, articles: Iterable[Article], taxonomy: Taxonomy) -> None:
        self.articles: Sequence[Article] = tuple(articles)
        self._taxonomy = taxonomy
        self._wording = Wording(taxonomy.dialect)
        self._whole = _Bm25([self._whole_article(article) for article in self.articles])
        pairs = [
            (place, question)
            for place, article in enumerate(self.articles)
            for question in (*article.questions, article.title)
        ]
        self._question_owner = np.array([place for place, _ in pairs], dtype=np.int32)
        self._questions = _Bm25([Counter[str](self._wording.terms(text)) for _, text in pairs])
        self._matters = [article.matter for article in self.articles]

    def __len__(self) -> int:
        return len(self.articles)

    def find_article(self, article_id: str) -> Article | None:
        """The article with this id."""
        return next((article for article in self.articles if article.id == article_id), None)

    def search(
        self,
        text: str,
        *,
        matter: str | None = None,
        today: date,
        limit: int = 5,
        audience: Audience = Audience.PUBLIC,
    ) -> list[Hit]:
        """
        The articles that match best, best first; empty if not one word is shared.

        `matter` is the classifier's guess: articles of that matter rank higher,
        others still show. Staff see the articles for staff as well.
        """
        scores = self._scores(text, matter)
        hits: list[Hit] = []
        for place in np.argsort(-scores, kind="stable"):
            if len(hits) == limit or scores[place] <= 0:
                break
            article = self.articles[place]
            if _may_see(article, audience) and article.is_told_on(today):
                score = float(scores[place])
                hits.append(Hit(article, score, score >= FLOOR, article.is_expired_on(today)))
        return hits

    def _scores(self, text: str, matter: str | None) -> _Scores:
        terms = set(self._wording.terms(text))
        best_question = np.zeros(len(self.articles), dtype=np.float32)
        np.maximum.at(best_question, self._question_owner, self._questions.coverage(terms))
        whole = self._whole.coverage(terms)
        scores: _Scores = (1 - QUESTION_SHARE) * whole + QUESTION_SHARE * best_question
        if matter is not None:
            scores[[own == matter for own in self._matters]] += MATTER_BOOST
        return scores

    def _whole_article(self, article: Article) -> Counter[str]:
        texts = article.texts
        title, short = texts.pop("title"), texts.pop("short_answer")
        weights: Counter[str] = Counter()
        for field, text in (
            ("questions", "\n".join(article.questions)),
            ("title", title),
            ("short_answer", short),
            ("matter", self._matter_words(article.matter)),
            ("rest", "\n".join(texts.values())),
        ):
            for term in self._wording.terms(text):
                weights[term] += FIELD_WEIGHTS[field]  # type: ignore[assignment]
        return weights

    def _matter_words(self, matter_id: str) -> str:
        matter = self._taxonomy.matters.get(matter_id)
        if matter is None:
            return ""
        return "\n".join((matter.name, *matter.aliases, *matter.examples))


def _may_see(article: Article, audience: Audience) -> bool:
    return audience is Audience.STAFF or article.audience is Audience.PUBLIC


class _Bm25:
    """An inverted index: for each term, which texts hold it and how much it says there."""

    def __init__(self, texts: Sequence[Counter[str]]) -> None:
        self._size = len(texts)
        lengths = [sum(text.values()) for text in texts]
        average = sum(lengths) / max(len(lengths), 1) or 1.0
        places: dict[str, list[int]] = {}
        weights: dict[str, list[float]] = {}
        for place, text in enumerate(texts):
            norm = K1 * (1 - B + B * lengths[place] / average)
            for term, weight in text.items():
                places.setdefault(term, []).append(place)
                weights.setdefault(term, []).append(weight / (weight + norm))
        self._idf = {term: self._rarity(len(found)) for term, found in places.items()}
        self._postings = {
            term: (np.array(found, dtype=np.int32), np.array(weights[term], dtype=np.float32))
            for term, found in places.items()
        }

    def _rarity(self, found: int) -> float:
        return math.log(1 + (self._size - found + 0.5) / (found + 0.5))

    def coverage(self, terms: Iterable[str]) -> _Scores:
        """
        For each text the share of the question's weight that it covers, 0 to 1.

        BM25 divided by what a text would get that held every term without end;
        so questions of different length are measured by one floor. A term that
        no text holds counts against all of them.
        """
        scores = np.zeros(self._size, dtype=np.float32)
        ideal = 0.0
        unknown = self._rarity(0)
        for term in terms:
            ideal += self._idf.get(term, unknown)
            if term in self._postings:
                places, weights = self._postings[term]
                scores[places] += weights * np.float32(self._idf[term])
        return scores / np.float32(ideal or 1.0)

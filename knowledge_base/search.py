"""Finding the article that answers a question: BM25 over characters and their pairs."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from core.taxonomy import Taxonomy
from knowledge_base.article import TOLD, Article, Audience
from knowledge_base.terms import Wording

K1 = 2.5
B = 0.6

FIELD_WEIGHTS = {"questions": 2.5, "title": 2.5, "short_answer": 1.5, "matter": 1.5, "rest": 0.6}
"""How much one occurrence counts; people's own questions and the title say most."""

ASKED_SHARE = 0.4
"""How much of the score is what residents asked about the matter before, where that is known."""

MATTER_BOOST = 1.5
"""
Added when the matter is known: a push, never a filter.

So strong that 「怎么申请」 alone finds the matter spoken of; a question that
clearly means another matter still wins.
"""

FLOOR = 0.8
"""
Below it nothing fits and a person answers.

Set where nine in ten right first hits stay above it and, of sentences that
have nothing to do with a street office, one in six does without `asked` and
hardly any with it.
"""

_Scores = npt.NDArray[np.float64]
_Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found and how well it matches."""

    article: Article
    score: float
    """How strong the match is, from 0; comparable between questions of different length."""
    fits: bool
    """Whether it may be given as the answer; if no hit fits, a person answers."""
    expired: bool
    """Whether only its direction may be told; `answer.compose` sees to it."""


def count_asked(
    sentences: Mapping[str, Sequence[str]], taxonomy: Taxonomy
) -> dict[str, dict[str, int]]:
    """
    In how many of a matter's sentences each term stands, by matter id.

    For the classifier's training sentences: thousands of them take seconds, so
    it is done when the model is trained and kept beside it.
    """
    wording = Wording(taxonomy.dialect)
    counted: dict[str, dict[str, int]] = {}
    for matter, texts in sentences.items():
        counts = Counter[str]()
        for text in texts:
            counts.update(set(wording.terms(text)))
        counted[matter] = dict(counts)
    return counted


class ArticleIndex:
    """
    All articles, searchable; built once, then only read, so several tasks may share it.

    `asked` is what residents ask by matter id, as `count_asked` counted it once:
    an article is found by how people ask about its matter, not only by its own
    words. Build a new index when articles change.
    """

    def __init__(
        self,
        articles: Iterable[Article],
        taxonomy: Taxonomy,
        *,
        asked: Mapping[str, Mapping[str, int]] | None = None,
    ) -> None:
        self.articles: Sequence[Article] = tuple(articles)
        self._taxonomy = taxonomy
        self._wording = Wording(taxonomy.dialect)
        self._matters = [article.matter for article in self.articles]
        self._of_matter: dict[str | None, list[int]] = {}
        for place, matter in enumerate(self._matters):
            self._of_matter.setdefault(matter, []).append(place)
        self._whole = _Bm25([self._whole_article(article) for article in self.articles])
        self._asked = self._asked_before(asked) if asked else None

    def __len__(self) -> int:
        return len(self.articles)

    def find_article(self, article_id: str) -> Article | None:
        """The article with this id, unless it is a draft or was withdrawn."""
        found = (article for article in self.articles if article.id == article_id)
        return next((article for article in found if article.status in TOLD), None)

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
        The articles that match best, best first.

        `matter` is what the classifier is sure of: its articles rank higher and
        fit even where the words say little (怎么申请), others still show.
        Without it the list is empty if not one word is shared. Staff see the
        articles for staff as well.
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
        terms = dict.fromkeys(self._wording.terms(text))
        scores = self._whole.coverage(terms)
        if self._asked is not None:
            asked, matter_of_article = self._asked
            before = asked.coverage(terms)[matter_of_article]
            scores = (1 - ASKED_SHARE) * scores + ASKED_SHARE * before
        # a long question that is covered by a third says more than a short one
        scores *= math.sqrt(self._whole.weight(terms))
        if matter in self._of_matter:
            scores[self._of_matter[matter]] += MATTER_BOOST
        return scores

    def _asked_before(self, asked: Mapping[str, Mapping[str, int]]) -> "tuple[_Bm25, _Places]":
        """One text a matter, in which a term counts by how many sentences hold it."""
        matters = sorted({*asked, *self._matters})
        texts = [
            {term: math.sqrt(count) for term, count in asked.get(matter, {}).items()}
            for matter in matters
        ]
        places = {matter: place for place, matter in enumerate(matters)}
        return _Bm25(texts), np.array([places[own] for own in self._matters], dtype=np.intp)

    def _whole_article(self, article: Article) -> dict[str, float]:
        texts = article.texts
        title, short = texts.pop("title"), texts.pop("short_answer")
        weights: dict[str, float] = {}
        for field, text in (
            ("questions", "\n".join(article.questions)),
            ("title", title),
            ("short_answer", short),
            ("matter", self._matter_words(article.matter)),
            ("rest", "\n".join(texts.values())),
        ):
            for term in self._wording.terms(text):
                weights[term] = weights.get(term, 0.0) + FIELD_WEIGHTS[field]
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

    def __init__(self, texts: Sequence[Mapping[str, float]]) -> None:
        self._size = len(texts)
        self._terms: dict[str, int] = {}
        lengths = np.array([sum(text.values()) for text in texts], dtype=np.float64)
        average = lengths[lengths > 0].mean() if lengths.any() else 1.0
        norms = K1 * (1 - B + B * lengths / average)
        ids, weights = [], []
        for text, norm in zip(texts, norms, strict=True):
            ids.append(np.array([self._number(term) for term in text], dtype=np.intp))
            counts = np.fromiter(text.values(), dtype=np.float64, count=len(text))
            weights.append(counts / (counts + norm))
        self._lay_out(ids, weights)

    def _number(self, term: str) -> int:
        return self._terms.setdefault(term, len(self._terms))

    def _lay_out(self, ids: Sequence[_Places], weights: Sequence[_Scores]) -> None:
        """All postings in two long arrays, term after term: thousands of small ones are slow."""
        of_term = np.concatenate([np.zeros(0, dtype=np.intp), *ids])
        places = np.repeat(np.arange(self._size), [len(each) for each in ids])
        order = np.argsort(of_term, kind="stable")
        found = np.bincount(of_term, minlength=len(self._terms))
        self._ends = np.cumsum(found)
        self._starts = self._ends - found
        self._idf = np.log(1 + (self._size - found + 0.5) / (found + 0.5))
        self._places: _Places = places[order]
        flat = np.concatenate([np.zeros(0), *weights])[order]
        self._weights: _Scores = flat * np.repeat(self._idf, found)

    def coverage(self, terms: Collection[str]) -> _Scores:
        """
        For each text the share of the question's weight that it covers, 0 to 1.

        BM25 divided by `weight` of the same terms, so that questions of
        different length and several indexes can be added up.
        """
        known = [self._terms[term] for term in terms if term in self._terms]
        if not known:
            return np.zeros(self._size)
        slices = [slice(self._starts[term], self._ends[term]) for term in known]
        places = np.concatenate([self._places[each] for each in slices])
        weights = np.concatenate([self._weights[each] for each in slices])
        # one pass over all postings is several times faster than adding term by term
        scores = np.bincount(places, weights, minlength=self._size)
        return scores / self.weight(terms)

    def weight(self, terms: Collection[str]) -> float:
        """What a text would get that held every term without end; unknown terms count, too."""
        unknown = math.log(1 + (self._size + 0.5) / 0.5)
        known = [self._terms[term] for term in terms if term in self._terms]
        return float(self._idf[known].sum()) + unknown * (len(terms) - len(known))

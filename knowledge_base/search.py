"""Finding the article that answers a question: BM25 over characters and their pairs."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from core.taxonomy import Taxonomy
from knowledge_base.article import TOLD, Article, Audience
from knowledge_base.asked import Asked
from knowledge_base.bm25 import Bm25, Scores
from knowledge_base.placeholders import without_links
from knowledge_base.terms import Wording

FIELD_WEIGHTS = {"questions": 2.5, "title": 2.5, "short_answer": 1.5, "matter": 1.5, "rest": 0.6}
"""How much one occurrence counts; people's own questions and the title say most."""

ASKED_SHARE = 0.5
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


class ArticleIndex:
    """
    All articles, searchable; built once, then only read, so several tasks may share it.

    `asked` is what residents ask about each matter, learned at training: an
    article is found by how people ask about its matter, not only by its own
    words. Build a new index when articles change.
    """

    def __init__(
        self,
        articles: Iterable[Article],
        taxonomy: Taxonomy,
        *,
        asked: Asked | None = None,
    ) -> None:
        self.articles: Sequence[Article] = tuple(articles)
        self._taxonomy = taxonomy
        self._wording = Wording(taxonomy.dialect)
        self._matters = [article.matter for article in self.articles]
        self._of_matter: dict[str | None, list[int]] = {}
        for place, matter in enumerate(self._matters):
            self._of_matter.setdefault(matter, []).append(place)
        self._whole = Bm25.of([self._whole_article(article) for article in self.articles])
        self._asked = asked
        self._asked_places = asked.places(self._matters) if asked else None

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

    def _scores(self, text: str, matter: str | None) -> Scores:
        terms = dict.fromkeys(self._wording.terms(text))
        scores = self._whole.coverage(terms)
        if self._asked is not None:
            before = self._asked.coverage(terms)[self._asked_places]
            scores = (1 - ASKED_SHARE) * scores + ASKED_SHARE * before
        # a long question that is covered by a third says more than a short one
        scores *= math.sqrt(self._whole.weight(terms))
        if matter in self._of_matter:
            scores[self._of_matter[matter]] += MATTER_BOOST
        return scores

    def _whole_article(self, article: Article) -> dict[str, float]:
        texts = article.texts | {"body": without_links(article.body)}
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

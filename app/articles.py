"""
The articles that this process answers from, exchanged while it serves.

The files are the starting stock; after the first import the database is the
truth. Every process looks at one number in the database, woken by a signal and
at the latest after a few seconds, and builds its search anew when it has
grown. What it has read before, from a file or from a row, it does not read again.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import structlog

from core.database import Database
from core.taxonomy import Taxonomy
from editorial.article_import import Written, import_first
from editorial.articles import Told, digest_of, find_stamp, list_told, read_texts
from knowledge_base.article import Article, ArticleStatus, Audience
from knowledge_base.article_files import FOLDER, parse_article
from knowledge_base.asked import Asked
from knowledge_base.search import ArticleIndex, Hit

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Stock:
    """The articles of a folder with the texts that say them, and the search over them."""

    written: Sequence[Written]
    taxonomy: Taxonomy
    asked: Asked | None

    @cached_property
    def key(self) -> str:
        """Names exactly these texts."""
        digests = sorted(digest_of(each.text) for each in self.written)
        return sha256("\n".join(digests).encode()).hexdigest()

    @cached_property
    def index(self) -> ArticleIndex:
        """The search over them, built when it is first needed."""
        return self.search_over([each.article for each in self.written])

    def search_over(self, articles: Iterable[Article]) -> ArticleIndex:
        """The search over other articles, taught by the same questions of residents."""
        return ArticleIndex(articles, self.taxonomy, asked=self.asked)


def read_written(folder: Path = FOLDER) -> list[Written]:
    """The articles of a folder by file name; raises `ArticleUnreadable` at the first bad file."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))}
    return [Written(parse_article(text, file=name), text) for name, text in texts.items()]


class ServingArticles:
    """The search and the articles as they are told now."""

    def __init__(self, stock: Stock, database: Database) -> None:
        self._stock = stock
        self._database = database
        self._generation = 0
        self._present: ArticleIndex | None = None
        self._known = {digest_of(each.text): each.article for each in stock.written}
        self._lock = asyncio.Lock()

    @property
    def articles(self) -> Sequence[Article]:
        """Every article that is told, and drafts of the stock as long as nothing was imported."""
        return self._index.articles

    def find_article(self, article_id: str) -> Article | None:
        """The article with this id, unless it is a draft or was withdrawn."""
        return self._index.find_article(article_id)

    def search(
        self,
        text: str,
        *,
        matter: str | None = None,
        today: date,
        limit: int = 5,
        audience: Audience = Audience.PUBLIC,
    ) -> list[Hit]:
        """The articles that match best (see `ArticleIndex.search`)."""
        return self._index.search(text, matter=matter, today=today, limit=limit, audience=audience)

    async def begin(self, now: datetime) -> None:
        """Fill an empty database with the stock; then tell what the database says."""
        async with self._database.transaction() as session:
            first = await import_first(session, self._stock.written, key=self._stock.key, now=now)
        if first:
            log.info("articles_imported", count=len(self._stock.written))
        await self.look()
        await asyncio.to_thread(len, self._index)  # so that nobody's first question waits for it

    async def look(self) -> bool:
        """Take over what was published meanwhile; gives whether there was anything."""
        async with self._lock:
            async with self._database.reading() as session:
                stamp = await find_stamp(session)
                if stamp is None or stamp.generation == self._generation:
                    return False
                told = [] if stamp.stock == self._stock.key else await list_told(session)
                missing = {each.digest for each in told} - self._known.keys()
                texts = await read_texts(session, missing)
            if stamp.stock == self._stock.key:
                self._present = None
            else:
                self._present = await asyncio.to_thread(self._build, told, texts)
            self._generation = stamp.generation
        if self._present is not None:
            log.info("articles_exchanged", generation=stamp.generation, count=len(self.articles))
        return True

    @property
    def _index(self) -> ArticleIndex:
        return self._present or self._stock.index

    def _build(self, told: Sequence[Told], texts: Mapping[str, str]) -> ArticleIndex:
        """Reads only what it does not know yet; runs in a thread."""
        read = {digest: parse_article(text, file=digest) for digest, text in texts.items()}
        self._known = {**self._known, **read}
        return self._stock.search_over(_as_told(self._known[each.digest], each) for each in told)


def _as_told(article: Article, told: Told) -> Article:
    status = ArticleStatus(told.status)
    if (article.status, article.version) == (status, told.number):
        return article
    return replace(article, status=status, version=told.number)

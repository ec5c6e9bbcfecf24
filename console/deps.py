"""What the desk's pages are built from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from conversations.log import ConversationLog
from core.clock import Clock
from core.database import Database
from core.limits import Limits
from core.settings import Settings
from core.signals import Signals
from core.taxonomy import Street, Taxonomy
from core.texts import Texts
from core.vault import Vault
from handlers.staff.desk import Desk
from intents.understanding import Classifier
from knowledge_base.article import Article, Audience
from knowledge_base.search import Hit
from web.errors import ErrorPages
from web.gate import Gate
from web.pages import Pages, Surface

HERE = Path(__file__).parent

SURFACE = Surface(HERE / "templates", HERE / "static")
"""The desk's templates and scripts, to be handed to `Pages`."""


class Articles(Protocol):
    """The knowledge base as the desk looks things up in it."""

    @property
    def articles(self) -> Sequence[Article]:
        """Every article that is told."""
        ...

    def find_article(self, article_id: str) -> Article | None:
        """The article, if it is published."""
        ...

    def search(
        self,
        text: str,
        *,
        matter: str | None = None,
        today: date,
        limit: int = 5,
        audience: Audience = Audience.PUBLIC,
    ) -> list[Hit]:
        """The articles that match best."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleDeps:
    """Everything that the desk's routes need; `app` builds it once."""

    database: Database
    signals: Signals
    limits: Limits
    settings: Settings
    texts: Texts
    vault: Vault
    taxonomy: Taxonomy
    street: Street
    clock: Clock
    understander: Classifier
    articles: Articles
    desk: Desk
    log: ConversationLog
    pages: Pages
    gate: Gate
    errors: ErrorPages

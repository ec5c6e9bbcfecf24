"""An editor saves what they wrote: every save is a version of its own."""

import re
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import InvalidInput
from editorial.article_models import ArticleVersion
from editorial.article_path import end_drafts
from editorial.articles import add_version, lock_articles
from handlers.staff.desk import Desk
from knowledge_base.article import Article, ArticleStatus
from people.permissions import Permission, StaffMember, require

_ID = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+){2}")


async def write_article(
    session: AsyncSession,
    desk: Desk,
    article: Article,
    *,
    seen: int,
    words: str,
    by: StaffMember,
    now: datetime,
) -> ArticleVersion:
    """
    Keep the text as the next version, a draft; what residents are told stays as it is.

    `seen` is the version that the editor had before them, 0 for a new
    article; `words` say what was changed and why. Raises
    `ArticleChangedMeanwhile` when somebody saved meanwhile, `InvalidInput`.
    """
    require(by, Permission.ARTICLE_EDIT)
    if not _ID.fullmatch(article.id) or article.matter not in desk.taxonomy.matters:
        raise InvalidInput("id", "editorial.error.id")
    if seen and not words.strip():
        raise InvalidInput("words", "editorial.error.words")
    await lock_articles(session, now)
    draft = replace(article, status=ArticleStatus.DRAFT)
    version = await add_version(
        session, draft, seen=seen, by_id=by.id, reason=words.strip(), now=now
    )
    await end_drafts(session, version, now)
    return version

"""A second person reads an article before residents do."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import InvalidInput
from editorial.article_models import ArticleVersion
from editorial.article_path import ArticleStepNotAllowed, OwnArticle, list_writers, take_latest
from editorial.articles import ArticleStep, note
from knowledge_base.article import ArticleStatus
from people.permissions import Permission, StaffMember, require


async def review_article(
    session: AsyncSession,
    article_id: str,
    number: int,
    *,
    right: bool,
    words: str,
    by: StaffMember,
    now: datetime,
) -> ArticleVersion:
    """
    Say that it is right, or send it back with words.

    Never by somebody who wrote on it since it was published last, a comma
    included: `OwnArticle`. Raises `InvalidInput` when it goes back without words.
    """
    require(by, Permission.ARTICLE_REVIEW)
    version = await take_latest(
        session, article_id, number, step="reviewed", allowed={ArticleStatus.IN_REVIEW}, now=now
    )
    if by.id in await list_writers(session, version):
        raise OwnArticle(article_id)
    if version.reviewed_at is not None:
        raise ArticleStepNotAllowed("approved", "reviewed")
    if right:
        version.reviewer_id, version.reviewed_at = by.id, now
    elif not words.strip():
        raise InvalidInput("words", "editorial.error.words")
    else:
        version.status = ArticleStatus.DRAFT
    kind = ArticleStep.APPROVED if right else ArticleStep.SENT_BACK
    note(session, version, kind, by_id=by.id, words=words.strip(), now=now)
    await session.flush()
    return version

"""Something is wrong with what residents are told: it ends at once, before anybody has written anew."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import InvalidInput
from editorial.article_models import ArticleVersion
from editorial.article_path import ArticleStepNotAllowed, take_told
from editorial.articles import ArticleStep, note, tell_anew
from knowledge_base.article import ArticleStatus
from people.permissions import Permission, StaffMember, require


async def withdraw_article(
    session: AsyncSession,
    article_id: str,
    *,
    words: str,
    wholly: bool = True,
    by: StaffMember,
    now: datetime,
) -> ArticleVersion:
    """
    Take the answer away from residents, with the reason.

    Wholly: it is not found any more, and a question that nothing else fits
    goes to a person. Otherwise only its direction and whom to ask are told,
    without a figure, until a new version is published.
    """
    require(by, Permission.ARTICLE_WITHDRAW)
    if not words.strip():
        raise InvalidInput("words", "editorial.error.words")
    kind = ArticleStep.WITHDRAWN if wholly else ArticleStep.DOUBTED
    version = await take_told(session, article_id, step=kind, now=now)
    wanted = ArticleStatus.WITHDRAWN if wholly else ArticleStatus.NEEDS_REVIEW
    if version.status == wanted:
        raise ArticleStepNotAllowed(version.status, kind)
    version.status = wanted
    note(session, version, kind, by_id=by.id, words=words.strip(), now=now)
    await session.flush()
    await tell_anew(session, now)
    return version

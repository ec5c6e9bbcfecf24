"""From now on residents are told this version; every process knows within seconds."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from core.dates import today_in_china
from core.errors import InvalidInput
from editorial.article_models import ArticleVersion
from editorial.article_path import SecondPersonMissing, end_earlier, take_latest
from editorial.articles import ArticleStep, article_of, note, tell_anew
from handlers.staff.desk import Desk
from handlers.staff.send_article import check_ready
from knowledge_base.article import Article, ArticleStatus
from knowledge_base.check import needs_second_person
from people.permissions import Permission, StaffMember, require

_UNPUBLISHED = frozenset({ArticleStatus.DRAFT, ArticleStatus.IN_REVIEW})


async def publish_article(
    session: AsyncSession,
    desk: Desk,
    article_id: str,
    number: int,
    *,
    beside: Sequence[Article],
    by: StaffMember,
    now: datetime,
) -> ArticleVersion:
    """
    Publish the version that was written last.

    Where it names money or a right, somebody who did not write it has read it
    before (`SecondPersonMissing`). Raises `ArticleNotReady` while the checks
    find errors and `InvalidInput` for a version that begins later: until then
    residents would be told nothing.
    """
    require(by, Permission.ARTICLE_PUBLISH)
    version = await take_latest(
        session, article_id, number, step="published", allowed=_UNPUBLISHED, now=now
    )
    article = article_of(version)
    if needs_second_person(article) and version.reviewed_at is None:
        raise SecondPersonMissing(article_id)
    check_ready(desk, article, beside, now)
    if article.valid_from > today_in_china(now):
        raise InvalidInput("valid_from", "editorial.error.valid_from")
    version.status = ArticleStatus.PUBLISHED
    version.published_by_id, version.published_at = by.id, now
    await end_earlier(session, version, now)
    note(session, version, ArticleStep.PUBLISHED, by_id=by.id, now=now)
    await session.flush()
    await tell_anew(session, now)
    return version

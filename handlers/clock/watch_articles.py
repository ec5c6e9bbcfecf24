"""Articles that go out of date: their owners are told 30 days before, figures stop when it is over."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.dates import today_in_china
from editorial.article_lists import AHEAD
from editorial.article_models import ArticleVersion
from editorial.articles import ArticleStep, lock_articles, note, tell_anew
from handlers.staff.desk import Desk
from knowledge_base.article import TOLD, ArticleStatus


async def remind_owners(session: AsyncSession, desk: Desk, *, now: datetime) -> Sequence[str]:
    """
    Mark once every told version of which something ends within 30 days; gives the articles' ids.

    It then stands in the list of the department that vouches for it.
    """
    until = today_in_china(now) + AHEAD
    found = await session.scalars(
        select(ArticleVersion)
        .where(ArticleVersion.status.in_(TOLD), ArticleVersion.ended_at.is_(None))
        .where(ArticleVersion.valid_until <= until, ArticleVersion.reminded_at.is_(None))
        .with_for_update()
    )
    reminded = []
    for version in found.all():
        version.reminded_at = now
        note(session, version, ArticleStep.DUE_SOON, by_id=None, now=now)
        reminded.append(version.article_id)
    return reminded


async def expire_articles(session: AsyncSession, desk: Desk, *, now: datetime) -> Sequence[str]:
    """
    Doubt every article whose last day has passed; gives their ids.

    From that day on its answer is the direction without a figure in any case;
    the status says so to the editors too, until a new version is published.
    """
    over = (
        select(ArticleVersion)
        .where(ArticleVersion.status == ArticleStatus.PUBLISHED, ArticleVersion.ended_at.is_(None))
        .where(ArticleVersion.wholly_until < today_in_china(now))
    )
    if (await session.scalars(over.limit(1))).first() is None:
        return []
    await lock_articles(session, now)
    expired = []
    for version in (await session.scalars(over)).all():
        version.status = ArticleStatus.NEEDS_REVIEW
        note(session, version, ArticleStep.EXPIRED, by_id=None, now=now)
        expired.append(version.article_id)
    await session.flush()
    if expired:
        await tell_anew(session, now)
    return expired

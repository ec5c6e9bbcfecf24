"""An editor hands a draft to the second reader."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from core.dates import today_in_china
from editorial.article_models import ArticleVersion
from editorial.article_path import ArticleNotReady, take_latest
from editorial.articles import ArticleStep, article_of, note
from handlers.staff.desk import Desk
from knowledge_base.article import Article, ArticleStatus
from knowledge_base.check import Severity, check_article
from people.permissions import Permission, StaffMember, require


async def send_article(
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
    Send a draft to review; `beside` are the articles that are told now.

    Raises `ArticleNotReady` while the checks find errors: nobody's time is
    spent on what cannot be published.
    """
    require(by, Permission.ARTICLE_EDIT)
    version = await take_latest(
        session, article_id, number, step="sent", allowed={ArticleStatus.DRAFT}, now=now
    )
    check_ready(desk, article_of(version), beside, now)
    version.status = ArticleStatus.IN_REVIEW
    note(session, version, ArticleStep.SENT, by_id=by.id, now=now)
    await session.flush()
    return version


def check_ready(desk: Desk, article: Article, beside: Sequence[Article], now: datetime) -> None:
    """Raise `ArticleNotReady` for errors that keep an article from being published."""
    findings = check_article(article, beside, desk.taxonomy, today_in_china(now))
    errors = [each for each in findings if each.severity is Severity.ERROR]
    if errors:
        raise ArticleNotReady(errors)

"""The way of a version from draft to published and back, and what each step asks for."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import FrontDoorError, NotFound
from editorial.article_models import ArticleVersion
from editorial.articles import ArticleChangedMeanwhile, find_told, get_latest, lock_articles
from knowledge_base.article import ArticleStatus
from knowledge_base.check import Finding


class ArticleStepNotAllowed(FrontDoorError):
    """This step does not follow from where the version stands."""

    def __init__(self, present: str, step: str) -> None:
        super().__init__(f"a version that is {present} cannot be {step}")
        self.present = present
        self.step = step


class ArticleNotReady(FrontDoorError):
    """The editors' checks found errors in it."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(str(each) for each in findings))
        self.findings = findings
        self.count = len(findings)


class OwnArticle(FrontDoorError):
    """Who wrote on it cannot be its second reader."""


class SecondPersonMissing(FrontDoorError):
    """It names money or a right, and nobody else has read it yet."""


async def take_latest(
    session: AsyncSession,
    article_id: str,
    number: int,
    *,
    step: str,
    allowed: Collection[ArticleStatus],
    now: datetime,
) -> ArticleVersion:
    """
    The version that was written last, locked for a step.

    Raises `ArticleChangedMeanwhile` when the person saw an older one, and
    `ArticleStepNotAllowed`.
    """
    await lock_articles(session, now)
    version = await get_latest(session, article_id)
    if version.number != number:
        raise ArticleChangedMeanwhile(article_id, version.number)
    if version.status not in allowed or version.ended_at is not None:
        raise ArticleStepNotAllowed(version.status, step)
    return version


async def take_told(
    session: AsyncSession, article_id: str, *, step: str, now: datetime
) -> ArticleVersion:
    """The version that residents are told, locked; raises `ArticleStepNotAllowed`, `NotFound`."""
    await lock_articles(session, now)
    version = await find_told(session, article_id)
    if version is None:
        raise ArticleStepNotAllowed((await get_latest(session, article_id)).status, step)
    return version


async def list_writers(session: AsyncSession, version: ArticleVersion) -> set[UUID]:
    """Everybody who wrote on it since something of the article was published last."""
    before = (
        select(func.coalesce(func.max(ArticleVersion.number), 0))
        .where(
            ArticleVersion.article_id == version.article_id,
            ArticleVersion.number < version.number,
            ArticleVersion.published_at.is_not(None),
        )
        .scalar_subquery()
    )
    found = await session.scalars(
        select(ArticleVersion.author_id).where(
            ArticleVersion.article_id == version.article_id,
            ArticleVersion.number > before,
            ArticleVersion.number <= version.number,
            ArticleVersion.author_id.is_not(None),
        )
    )
    return {each for each in found if each is not None}


async def end_earlier(session: AsyncSession, version: ArticleVersion, now: datetime) -> None:
    """From now on no earlier version stands any more."""
    await session.execute(
        update(ArticleVersion)
        .where(
            ArticleVersion.article_id == version.article_id,
            ArticleVersion.number < version.number,
            ArticleVersion.ended_at.is_(None),
        )
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )


async def end_drafts(session: AsyncSession, version: ArticleVersion, now: datetime) -> None:
    """A new draft takes the place of the unpublished ones before it; what is told stays told."""
    await session.execute(
        update(ArticleVersion)
        .where(
            ArticleVersion.article_id == version.article_id,
            ArticleVersion.number < version.number,
            ArticleVersion.ended_at.is_(None),
            ArticleVersion.status.in_([ArticleStatus.DRAFT, ArticleStatus.IN_REVIEW]),
        )
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )


async def get_version(session: AsyncSession, article_id: str, number: int) -> ArticleVersion:
    """One version; raises `NotFound`."""
    found = await session.scalars(
        select(ArticleVersion).where(
            ArticleVersion.article_id == article_id, ArticleVersion.number == number
        )
    )
    version = found.one_or_none()
    if version is None:
        raise NotFound("article", f"{article_id} {number}")
    return version

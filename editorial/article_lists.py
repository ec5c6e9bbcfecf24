"""What waits in the editors' lists, counted for the frame of every page of the desk."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from editorial.article_models import ArticleReport, ArticleVersion
from knowledge_base.article import TOLD, ArticleStatus

AHEAD = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Duty:
    """What of the articles is somebody's work."""

    edits: bool = False
    reviews: bool = False
    units: Collection[str] = ()
    """Departments whose articles this person vouches for."""


async def count_waiting(session: AsyncSession, duty: Duty) -> int:
    """Open reports and what ends soon for editors, drafts to read, what one's department owns."""
    count = 0
    if duty.edits:
        count += await _count(session, ArticleReport.settled_at.is_(None), of=ArticleReport.id)
    if duty.reviews:
        count += await _count(
            session,
            ArticleVersion.status == ArticleStatus.IN_REVIEW,
            ArticleVersion.ended_at.is_(None),
            ArticleVersion.reviewed_at.is_(None),
            of=ArticleVersion.id,
        )
    if duty.edits or duty.units:
        mine = [] if duty.edits else [ArticleVersion.owner.in_(duty.units)]
        count += await _count(
            session,
            ArticleVersion.reminded_at.is_not(None),
            ArticleVersion.status.in_(TOLD),
            ArticleVersion.ended_at.is_(None),
            *mine,
            of=ArticleVersion.id,
        )
    return count


def ends_soon(version: ArticleVersion, today: date) -> bool:
    """Whether something of it ends within 30 days, or has ended."""
    return version.valid_until <= today + AHEAD


async def _count(session: AsyncSession, *conditions: ColumnElement[bool], of: Any) -> int:
    return await session.scalar(select(func.count(of)).where(*conditions)) or 0

"""Somebody at the desk says that an article is wrong; an editor answers within three working days."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import InvalidInput
from editorial.article_models import ArticleReport
from editorial.article_path import ArticleStepNotAllowed
from editorial.article_reports import NewReport, add_report, get_report
from editorial.articles import ArticleStep, find_told, get_latest, note
from handlers.staff.desk import Desk
from people.permissions import Permission, StaffMember, require

ANSWERED_WITHIN = "3wd"
"""Our own rule; no regulation names a time."""


async def report_article(
    session: AsyncSession,
    desk: Desk,
    article_id: str,
    *,
    words: str,
    by: StaffMember,
    now: datetime,
) -> ArticleReport:
    """Report an error; it stands in the editors' list and rings nobody. Raises `InvalidInput`."""
    require(by, Permission.ARTICLE_SEE)
    if not words.strip():
        raise InvalidInput("words", "editorial.error.words")
    version = await find_told(session, article_id) or await get_latest(session, article_id)
    new = NewReport(
        article_id=article_id,
        number=version.number,
        words=words.strip(),
        due_at=desk.calendar.due(now, ANSWERED_WITHIN).at,
        staff_id=by.id,
    )
    report, _ = await add_report(session, desk.vault, new, now=now)
    note(session, version, ArticleStep.REPORTED, by_id=by.id, now=now)
    return report


async def settle_report(
    session: AsyncSession,
    report_id: UUID,
    *,
    words: str,
    by: StaffMember,
    now: datetime,
) -> ArticleReport:
    """An editor says what became of it: mended, or right as it stands. Raises `InvalidInput`."""
    require(by, Permission.ARTICLE_EDIT)
    if not words.strip():
        raise InvalidInput("words", "editorial.error.words")
    report = await get_report(session, report_id)
    if report.settled_at is not None:
        raise ArticleStepNotAllowed("settled", "settled")
    report.settled_at, report.settled_by_id = now, by.id
    report.settled_words = words.strip()
    version = await get_latest(session, report.article_id)
    note(session, version, ArticleStep.SETTLED, by_id=by.id, words=words.strip(), now=now)
    await session.flush()
    return report

"""Reports that an article is wrong: kept with a deadline until an editor has answered them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound
from core.ids import new_id
from core.vault import Vault
from editorial.article_models import ArticleReport

WORDS = "article_report.words"


@dataclass(frozen=True, slots=True)
class NewReport:
    """Who says that which version is wrong."""

    article_id: str
    number: int
    words: str | None
    """None: only a tap on 「有错」."""
    due_at: datetime
    staff_id: UUID | None = None
    conversation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """A report, opened."""

    id: UUID
    article_id: str
    number: int
    words: str
    staff_id: UUID | None
    reported_at: datetime
    due_at: datetime
    settled_at: datetime | None
    settled_by_id: UUID | None
    settled_words: str


async def add_report(
    session: AsyncSession, vault: Vault, new: NewReport, *, now: datetime
) -> tuple[ArticleReport, bool]:
    """
    Keep a report; gives it, and whether it is new.

    A second tap of the same resident on the same version is the first one.
    """
    if new.conversation_id is not None:
        there = await session.scalars(
            select(ArticleReport).where(
                ArticleReport.conversation_id == new.conversation_id,
                ArticleReport.article_id == new.article_id,
                ArticleReport.number == new.number,
                ArticleReport.settled_at.is_(None),
            )
        )
        if (before := there.first()) is not None:
            return before, False
    report = ArticleReport(
        id=new_id(),
        article_id=new.article_id,
        number=new.number,
        words_sealed=vault.seal(new.words, purpose=WORDS) if new.words else None,
        staff_id=new.staff_id,
        conversation_id=new.conversation_id,
        reported_at=now,
        due_at=new.due_at,
    )
    session.add(report)
    await session.flush()
    return report, True


async def get_report(session: AsyncSession, report_id: UUID) -> ArticleReport:
    """The row, locked; raises `NotFound`."""
    row = await session.get(ArticleReport, report_id, with_for_update=True)
    if row is None:
        raise NotFound("report", report_id)
    return row


async def list_reports(session: AsyncSession, vault: Vault, article_id: str) -> Sequence[Reported]:
    """All reports on an article: open ones first, the soonest due before the others."""
    found = await session.scalars(
        select(ArticleReport)
        .where(ArticleReport.article_id == article_id)
        .order_by(ArticleReport.settled_at.is_not(None), ArticleReport.due_at)
    )
    return [_opened(each, vault) for each in found]


async def list_open(session: AsyncSession) -> dict[str, datetime]:
    """The articles with open reports and when the first of each is due."""
    rows = await session.execute(
        select(ArticleReport.article_id, func.min(ArticleReport.due_at).label("due_at"))
        .where(ArticleReport.settled_at.is_(None))
        .group_by(ArticleReport.article_id)
    )
    return {row.article_id: row.due_at for row in rows}


def _opened(row: ArticleReport, vault: Vault) -> Reported:
    return Reported(
        id=row.id,
        article_id=row.article_id,
        number=row.number,
        words=vault.open(row.words_sealed, purpose=WORDS) if row.words_sealed else "",
        staff_id=row.staff_id,
        reported_at=row.reported_at,
        due_at=row.due_at,
        settled_at=row.settled_at,
        settled_by_id=row.settled_by_id,
        settled_words=row.settled_words,
    )

"""How often an article was told, and what residents did next."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import cast

from sqlalchemy import Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.statements import Prepared
from editorial.article_models import ArticleUse

_ADD = Prepared(insert(cast(Table, ArticleUse.__table__)))


class Use(StrEnum):
    """What happened with an answer."""

    TOLD = "told"
    DETAILS = "details"
    """All of it was asked for."""
    NOT_ENOUGH = "not_enough"
    """After the answer somebody was wanted to do it: the answered ticket came back to life."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Used:
    """Figures of one article."""

    told: int = 0
    details: int = 0
    not_enough: int = 0
    wrong: int = 0

    @property
    def enough(self) -> float | None:
        """Of the answers the share after which nothing more was wanted; None when never told."""
        return 1 - min(self.told, self.not_enough + self.wrong) / self.told if self.told else None


async def note_use(
    session: AsyncSession, article_id: str, number: int, use: Use, now: datetime
) -> None:
    """Remember that it was used; nothing about whom."""
    row = {"article_id": article_id, "number": number, "kind": use.value, "at": now}
    await _ADD.run(session, row)


async def read_use(session: AsyncSession, since: datetime) -> dict[str, Used]:
    """Figures by article id since an instant."""
    rows = await session.execute(
        select(ArticleUse.article_id, ArticleUse.kind, func.count().label("times"))
        .where(ArticleUse.at >= since)
        .group_by(ArticleUse.article_id, ArticleUse.kind)
    )
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row.article_id, {})[row.kind] = row.times
    return {article_id: Used(**each) for article_id, each in counts.items()}

"""What volunteers were told; their page lists it, wherever else it was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.vault import Vault
from people.volunteer_models import VolunteerNotice

_PURPOSE = "volunteer.notice"


class NoticeKind(StrEnum):
    """What it is about; the page shows each in its own way."""

    OFFER = "offer"
    REMINDER = "reminder"
    CHANGE = "change"
    """Something about a claimed task is different now."""
    THANKS = "thanks"
    DECISION = "decision"
    """About the volunteer: vetted, hours approved…"""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing told."""

    id: int
    kind: NoticeKind
    task_id: UUID | None
    words: str
    told_at: datetime
    seen: bool


async def add_notice(
    session: AsyncSession,
    vault: Vault,
    volunteer_id: UUID,
    words: str,
    *,
    kind: NoticeKind,
    now: datetime,
    task_id: UUID | None = None,
) -> None:
    """Put something on a volunteer's list; words are sealed, they may name a resident."""
    session.add(
        VolunteerNotice(
            volunteer_id=volunteer_id,
            kind=kind.value,
            task_id=task_id,
            words_sealed=vault.seal(words, purpose=_PURPOSE),
            told_at=now,
        )
    )
    await session.flush()


async def list_notices(
    session: AsyncSession, vault: Vault, volunteer_id: UUID, *, limit: int = 30
) -> Sequence[Notice]:
    """The latest first."""
    rows = await session.scalars(
        select(VolunteerNotice)
        .where(VolunteerNotice.volunteer_id == volunteer_id)
        .order_by(VolunteerNotice.id.desc())
        .limit(limit)
    )
    return [
        Notice(
            id=row.id,
            kind=NoticeKind(row.kind),
            task_id=row.task_id,
            words=vault.open(row.words_sealed, purpose=_PURPOSE),
            told_at=row.told_at,
            seen=row.seen_at is not None,
        )
        for row in rows
    ]


async def count_unseen(session: AsyncSession, volunteer_id: UUID) -> int:
    """How many notices nobody has looked at yet."""
    counted = await session.scalar(
        select(func.count())
        .select_from(VolunteerNotice)
        .where(VolunteerNotice.volunteer_id == volunteer_id, VolunteerNotice.seen_at.is_(None))
    )
    return counted or 0


async def mark_seen(session: AsyncSession, volunteer_id: UUID, *, now: datetime) -> None:
    """The volunteer has the list before them."""
    await session.execute(
        update(VolunteerNotice)
        .where(VolunteerNotice.volunteer_id == volunteer_id, VolunteerNotice.seen_at.is_(None))
        .values(seen_at=now)
    )


async def take_back_notices(session: AsyncSession, task_id: UUID, kind: NoticeKind) -> None:
    """Take words off every volunteer's list that nobody should read again."""
    await session.execute(
        delete(VolunteerNotice).where(
            VolunteerNotice.task_id == task_id, VolunteerNotice.kind == kind.value
        )
    )

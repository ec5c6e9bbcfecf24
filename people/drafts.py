"""Drafts of staff: whatever is typed is kept on the server, sealed, until it is sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from core.vault import Vault
from people.models import Draft

DRAFTS = cast(Table, Draft.__table__)
PURPOSE = "draft.body"


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """One draft, opened."""

    place: str
    body: str
    saved_at: datetime


async def save_draft(
    session: AsyncSession, vault: Vault, staff_id: UUID, place: str, body: str, *, now: datetime
) -> None:
    """Keep what stands at this place now; an empty text forgets it."""
    if not body.strip():
        await drop_draft(session, staff_id, place)
        return
    values = {"body_sealed": vault.seal(body, purpose=PURPOSE), "saved_at": now}
    if await _update(session, staff_id, place, values):
        return
    try:
        async with session.begin_nested():
            await session.execute(insert(DRAFTS).values(staff_id=staff_id, place=place, **values))
    except IntegrityError:  # two tabs saved the first letter at once
        await _update(session, staff_id, place, values)


async def find_draft(
    session: AsyncSession, vault: Vault, staff_id: UUID, place: str
) -> SavedDraft | None:
    """What was last typed at this place."""
    found = await session.execute(
        select(DRAFTS).where(DRAFTS.c.staff_id == staff_id, DRAFTS.c.place == place)
    )
    row = found.one_or_none()
    if row is None:
        return None
    return SavedDraft(row.place, vault.open(row.body_sealed, purpose=PURPOSE), row.saved_at)


async def list_drafts(
    session: AsyncSession, vault: Vault, staff_id: UUID, *, prefix: str
) -> list[SavedDraft]:
    """A person's drafts whose place begins so, the latest first."""
    found = await session.execute(
        select(DRAFTS)
        .where(DRAFTS.c.staff_id == staff_id, DRAFTS.c.place.startswith(prefix, autoescape=True))
        .order_by(DRAFTS.c.saved_at.desc())
    )
    return [
        SavedDraft(row.place, vault.open(row.body_sealed, purpose=PURPOSE), row.saved_at)
        for row in found
    ]


async def drop_draft(session: AsyncSession, staff_id: UUID, place: str) -> None:
    """It was sent, or is not wanted any more."""
    await session.execute(
        delete(DRAFTS).where(DRAFTS.c.staff_id == staff_id, DRAFTS.c.place == place)
    )


async def _update(
    session: AsyncSession, staff_id: UUID, place: str, values: dict[str, object]
) -> bool:
    changed = await session.execute(
        update(DRAFTS)
        .where(DRAFTS.c.staff_id == staff_id, DRAFTS.c.place == place)
        .values(**values)
        .returning(DRAFTS.c.place)
    )
    return changed.one_or_none() is not None

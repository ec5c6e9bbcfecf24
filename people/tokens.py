"""Bearer tokens for programs: shown once, kept as a digest."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.ids import new_id
from people.models import ApiToken
from people.permissions import StaffMember, VolunteerMember
from people.sessions import digest, find_active

PREFIX = "bjm_"
"""Makes a leaked token easy to recognise."""


@dataclass(frozen=True, slots=True)
class TokenOwner:
    """On whose behalf a program speaks; exactly one of `staff` and `volunteer` is set."""

    token_id: UUID
    name: str
    staff: StaffMember | None
    volunteer: VolunteerMember | None


async def create_token(
    session: AsyncSession,
    *,
    name: str,
    now: datetime,
    staff_id: UUID | None = None,
    volunteer_id: UUID | None = None,
) -> str:
    """Make a token for one person and give its text, which can never be read again."""
    secret = PREFIX + secrets.token_urlsafe(32)
    session.add(
        ApiToken(
            id=new_id(),
            secret_hash=digest(secret),
            name=name,
            staff_id=staff_id,
            volunteer_id=volunteer_id,
            created_at=now,
        )
    )
    await session.flush()
    return secret


async def find_token_owner(session: AsyncSession, secret: str) -> TokenOwner | None:
    """Who a token speaks for, unless it was ended or its owner switched off."""
    row = await session.scalar(
        select(ApiToken).where(ApiToken.secret_hash == digest(secret), ApiToken.ended_at.is_(None))
    )
    if row is None:
        return None
    staff, volunteer = await find_active(session, row.staff_id, row.volunteer_id)
    if staff is None and volunteer is None:
        return None
    return TokenOwner(token_id=row.id, name=row.name, staff=staff, volunteer=volunteer)


async def end_token(session: AsyncSession, token_id: UUID, *, now: datetime) -> None:
    """Take a token back."""
    await session.execute(
        update(ApiToken)
        .where(ApiToken.id == token_id, ApiToken.ended_at.is_(None))
        .values(ended_at=now)
    )

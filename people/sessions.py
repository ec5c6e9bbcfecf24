"""
Browser sessions: rows on the server, a random secret in the cookie.

A session ends when its holder signs out, after a time without a request
(idle), and at the latest when its lifetime is over (absolute).
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.ids import new_id
from people.models import Session, Staff, Volunteer
from people.permissions import StaffMember, VolunteerMember

TOUCH_AFTER = timedelta(minutes=1)
"""`last_seen_at` is written at most this often: reading pages should not cost a write each."""


@dataclass(frozen=True, slots=True)
class NewSession:
    """A fresh sign-in; `secret` goes into the cookie and is kept nowhere else."""

    session_id: UUID
    secret: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is behind a cookie; exactly one of `staff` and `volunteer` is set."""

    session_id: UUID
    csrf_token: str
    """Stands in every form of this session."""
    staff: StaffMember | None
    volunteer: VolunteerMember | None
    last_seen_at: datetime
    expires_at: datetime


async def open_session(
    session: AsyncSession,
    *,
    staff_id: UUID | None,
    volunteer_id: UUID | None,
    lifetime: timedelta,
    now: datetime,
) -> NewSession:
    """Begin a session for a member of staff or a volunteer."""
    secret = secrets.token_urlsafe(32)
    row = Session(
        id=new_id(),
        secret_hash=digest(secret),
        staff_id=staff_id,
        volunteer_id=volunteer_id,
        csrf_secret=secrets.token_urlsafe(24),
        created_at=now,
        last_seen_at=now,
        expires_at=now + lifetime,
    )
    session.add(row)
    await session.flush()
    return NewSession(row.id, secret, row.expires_at)


async def find_signed_in(
    session: AsyncSession, secret: str, *, idle: timedelta, now: datetime
) -> SignedIn | None:
    """Who this cookie belongs to, unless it ended, rested too long or lived too long."""
    row = await session.scalar(
        select(Session).where(
            Session.secret_hash == digest(secret),
            Session.ended_at.is_(None),
            Session.expires_at > now,
            Session.last_seen_at > now - idle,
        )
    )
    if row is None:
        return None
    staff, volunteer = await find_active(session, row.staff_id, row.volunteer_id)
    if staff is None and volunteer is None:
        return None
    return SignedIn(
        session_id=row.id,
        csrf_token=row.csrf_secret,
        staff=staff,
        volunteer=volunteer,
        last_seen_at=row.last_seen_at,
        expires_at=row.expires_at,
    )


async def touch_session(session: AsyncSession, session_id: UUID, *, now: datetime) -> None:
    """Note that somebody is still there."""
    await session.execute(
        update(Session)
        .where(Session.id == session_id, Session.ended_at.is_(None))
        .values(last_seen_at=now)
    )


async def end_session(session: AsyncSession, session_id: UUID, *, now: datetime) -> None:
    """Sign out: the cookie is worth nothing from now on."""
    await session.execute(
        update(Session)
        .where(Session.id == session_id, Session.ended_at.is_(None))
        .values(ended_at=now)
    )


async def end_sessions_of_staff(session: AsyncSession, staff_id: UUID, *, now: datetime) -> None:
    """Sign a member of staff out everywhere."""
    await session.execute(
        update(Session)
        .where(Session.staff_id == staff_id, Session.ended_at.is_(None))
        .values(ended_at=now)
    )


async def find_active(
    session: AsyncSession, staff_id: UUID | None, volunteer_id: UUID | None
) -> tuple[StaffMember | None, VolunteerMember | None]:
    """The owner of a session or a token, unless they were switched off."""
    staff = await session.get(Staff, staff_id) if staff_id else None
    volunteer = await session.get(Volunteer, volunteer_id) if volunteer_id else None
    return (
        staff_member(staff) if staff and staff.active else None,
        volunteer_member(volunteer) if volunteer and volunteer.active else None,
    )


def digest(secret: str) -> str:
    """SHA-256 of a random secret; enough at rest because nobody can guess 256 bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def staff_member(row: Staff) -> StaffMember:
    """A row as the layers above see it."""
    return StaffMember(
        id=row.id,
        name=row.name,
        number=row.number,
        roles=tuple(row.roles),
        units=tuple(row.units),
        communities=tuple(row.communities),
    )


def volunteer_member(row: Volunteer) -> VolunteerMember:
    """A row as the layers above see it."""
    return VolunteerMember(
        id=row.id,
        name=row.name,
        skills=tuple(row.skills),
        communities=tuple(row.communities),
        home_visits=row.home_visits,
    )

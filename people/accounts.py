"""Accounts of staff and volunteers, and how they sign in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Database
from core.dates import today_in_china
from core.errors import FrontDoorError, InvalidInput, NotFound
from core.ids import new_id
from core.limits import Limits
from core.vault import Vault
from people import sessions
from people.models import Staff, Volunteer
from people.passwords import password_matches
from people.permissions import ROLES, StaffMember, VolunteerMember
from people.volunteer_models import VolunteerProof

SHORTEST_PASSWORD = 8
WRONG_TRIES = "10 per 15 minutes"
"""So many wrong passwords for one login, and it is locked."""
LOCK = "1 per 15 minutes"
TRIES_IN_ALL = "60 per 15 minutes"
"""Counted before the check, so that tries sent at the same moment cannot slip past the lock."""
WRONG_TRIES_FROM = "100 per 15 minutes"
"""Wrong passwords from one address, over all logins."""

_LOGIN = re.compile(r"[\w.@-]{2,64}")


class AccountKind(StrEnum):
    """Which door somebody signs in at."""

    STAFF = "staff"
    VOLUNTEER = "volunteer"


class SignInRefused(FrontDoorError):
    """Login or password is wrong; which of the two is never said."""


class SignInLocked(FrontDoorError):
    """Too many wrong passwords: this login rests for fifteen minutes."""


@dataclass(frozen=True, slots=True)
class _Credentials:
    person_id: UUID
    password_hash: str | None


async def add_staff(
    session: AsyncSession,
    *,
    login: str,
    name: str,
    roles: Sequence[str],
    password_hash: str | None,
    now: datetime,
    number: str | None = None,
    units: Sequence[str] = (),
    communities: Sequence[str] = (),
) -> StaffMember:
    """
    Add a member of staff; the staff number is the next free one unless given.

    Get `password_hash` from `people.passwords.hash_password` before the
    transaction begins: it takes a while. None: cannot sign in by password.
    """
    _check_roles(roles)
    row = Staff(
        id=new_id(),
        login=await _free_login(session, Staff, login),
        number=number or await _next_number(session),
        name=name,
        password_hash=password_hash,
        roles=list(roles),
        units=list(units),
        communities=list(communities),
        created_at=now,
    )
    session.add(row)
    await session.flush()
    return sessions.staff_member(row)


async def add_volunteer(
    session: AsyncSession,
    vault: Vault,
    *,
    login: str,
    name: str,
    password_hash: str | None,
    now: datetime,
    phone: str | None = None,
    skills: Sequence[str] = (),
    communities: Sequence[str] = (),
    home_visits: bool = False,
    staff_id: UUID | None = None,
) -> VolunteerMember:
    """
    Add a volunteer whom the street knows already: vetted, and trained if `home_visits`.

    `staff_id` is the same person's account as staff: nobody approves their own hours.
    The telephone number is sealed. Strangers register (`people.registration`).
    """
    row = Volunteer(
        id=new_id(),
        login=await _free_login(session, Volunteer, login),
        name=name,
        phone_sealed=vault.seal_maybe(phone, purpose="volunteer.phone"),
        password_hash=password_hash,
        skills=list(skills),
        communities=list(communities),
        home_visits=home_visits,
        staff_id=staff_id,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    if home_visits:
        session.add(
            VolunteerProof(
                id=new_id(),
                volunteer_id=row.id,
                kind="home_visit",
                valid_from=today_in_china(now),
                recorded_at=now,
            )
        )
        await session.flush()
    return sessions.volunteer_member(row)


async def sign_in(
    database: Database,
    limits: Limits,
    *,
    kind: AccountKind,
    login: str,
    password: str,
    source: str,
    lifetime: timedelta,
    now: datetime,
) -> sessions.NewSession:
    """
    Open a browser session; raises `SignInRefused` or `SignInLocked`.

    Takes the database and not a session: between reading the account and
    writing the sign-in a password is hashed, and no transaction may be open
    for so long. `source` is the caller's address. An unknown login, a wrong
    password and an account that is switched off look alike and take as long.
    """
    login = normal_login(login)
    await _check_not_locked(limits, kind, login, source)
    async with database.reading() as reading:
        known = await _find_credentials(reading, kind, login)
    if not await password_matches(known.password_hash if known else None, password):
        await _count_wrong_try(limits, kind, login, source)
        raise SignInRefused
    assert known is not None
    async with database.transaction() as session:
        return await sessions.open_session(
            session,
            staff_id=known.person_id if kind is AccountKind.STAFF else None,
            volunteer_id=known.person_id if kind is AccountKind.VOLUNTEER else None,
            lifetime=lifetime,
            now=now,
        )


def normal_login(login: str) -> str:
    """Logins are compared without regard to case and surrounding blanks."""
    return login.strip().casefold()


def check_password_strength(password: str) -> None:
    """Raise `InvalidInput` for a password that is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput("password", "web.error.password_short", shortest=SHORTEST_PASSWORD)


async def set_password(session: AsyncSession, staff_id: UUID, *, password_hash: str) -> None:
    """Give a member of staff another password; the sessions stay open."""
    (await _get_staff_row(session, staff_id)).password_hash = password_hash


async def switch_off_staff(session: AsyncSession, staff_id: UUID, *, now: datetime) -> None:
    """Let a member of staff in no more: no sign-in, and the open sessions end."""
    (await _get_staff_row(session, staff_id)).active = False
    await sessions.end_sessions_of_staff(session, staff_id, now=now)


async def get_staff(session: AsyncSession, staff_id: UUID) -> StaffMember:
    """The member of staff with this id, also one switched off; raises `NotFound`."""
    return sessions.staff_member(await _get_staff_row(session, staff_id))


async def find_staff_by_login(session: AsyncSession, login: str) -> StaffMember | None:
    """The active member of staff with this login."""
    row = await session.scalar(
        select(Staff).where(Staff.login == normal_login(login), Staff.active)
    )
    return sessions.staff_member(row) if row else None


async def find_volunteer_by_login(session: AsyncSession, login: str) -> VolunteerMember | None:
    """The active volunteer with this login."""
    row = await session.scalar(
        select(Volunteer).where(Volunteer.login == normal_login(login), Volunteer.active)
    )
    return sessions.volunteer_member(row) if row else None


async def free_volunteer_login(session: AsyncSession, login: str) -> str:
    """A volunteer's login in its normal form, if it is free; raises `InvalidInput`."""
    return await _free_login(session, Volunteer, login)


async def list_staff(session: AsyncSession) -> list[StaffMember]:
    """All active staff, by number."""
    rows = await session.scalars(select(Staff).where(Staff.active).order_by(Staff.number))
    return [sessions.staff_member(row) for row in rows]


async def _get_staff_row(session: AsyncSession, staff_id: UUID) -> Staff:
    row = await session.get(Staff, staff_id)
    if row is None:
        raise NotFound("staff", staff_id)
    return row


async def _find_credentials(
    session: AsyncSession, kind: AccountKind, login: str
) -> _Credentials | None:
    table: type[Staff] | type[Volunteer] = Staff if kind is AccountKind.STAFF else Volunteer
    found = await session.execute(
        select(table.id, table.password_hash).where(table.login == login, table.active)
    )
    row = found.one_or_none()
    return _Credentials(row.id, row.password_hash) if row else None


async def _check_not_locked(limits: Limits, kind: AccountKind, login: str, source: str) -> None:
    allowed = (
        await limits.test(LOCK, "sign-in-lock", kind, login)
        and await limits.test(WRONG_TRIES_FROM, "sign-in-from", source)
        and await limits.hit(TRIES_IN_ALL, "sign-in-try", kind, login)
    )
    if not allowed:
        raise SignInLocked


async def _count_wrong_try(limits: Limits, kind: AccountKind, login: str, source: str) -> None:
    await limits.hit(WRONG_TRIES_FROM, "sign-in-from", source)
    await limits.hit(WRONG_TRIES, "sign-in-wrong", kind, login)
    if not await limits.test(WRONG_TRIES, "sign-in-wrong", kind, login):
        await limits.hit(LOCK, "sign-in-lock", kind, login)


async def _free_login(
    session: AsyncSession, table: type[Staff] | type[Volunteer], login: str
) -> str:
    login = normal_login(login)
    if not _LOGIN.fullmatch(login):
        raise InvalidInput("login", "web.error.login_form")
    if await session.scalar(select(table.id).where(table.login == login)) is not None:
        raise InvalidInput("login", "web.error.login_taken")
    return login


async def _next_number(session: AsyncSession) -> str:
    count = await session.scalar(select(func.count()).select_from(Staff)) or 0
    taken = set(await session.scalars(select(Staff.number)))
    number = count + 1
    while f"{number:02}" in taken:
        number += 1
    return f"{number:02}"


def _check_roles(roles: Sequence[str]) -> None:
    unknown = [role for role in roles if role not in ROLES]
    if unknown or not roles:
        raise InvalidInput("roles", "web.error.role_unknown", roles=", ".join(unknown))

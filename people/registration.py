"""How somebody becomes a volunteer, and what they say of themselves afterwards."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import Actor
from core.errors import InvalidInput, NotFound
from core.ids import new_id
from core.vault import Vault
from people.accounts import free_volunteer_login
from people.models import Volunteer
from people.permissions import VolunteerMember
from people.profiles import LANGUAGES, TIMES, Profile, Vetting, may_be_minor
from people.residents import PHONE_INDEX, normal_phone
from people.sessions import volunteer_member
from people.volunteer_events import VolunteerEventKind, record_event

PHONE = "volunteer.phone"
GUARDIAN = "volunteer.guardian"
NATIONAL_NUMBER = "volunteer.national_number"
YOUNGEST, OLDEST = 8, 100
"""Ages that a registration may name; from eight on with a guardian (Civil Code art. 19)."""
_LONGEST_SKILL, _MOST_SKILLS = 32, 20
_LONGEST_NAME = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardian:
    """Who agreed for a minor."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What volunteers say of themselves and change by themselves."""

    skills: Sequence[str] = ()
    languages: Sequence[str] = ()
    home_community: str | None = None
    communities: Sequence[str] = ()
    """Where this person is willing to go; empty: anywhere."""
    times: Sequence[str] = ()
    no_pets: bool = False
    max_minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A registration as it was filled in; the rules of conduct must be agreed to."""

    name: str
    phone: str
    birth_year: int | None
    login: str | None = None
    """None: registered in a chat, without a sign-in on the pages."""
    abilities: Abilities = Abilities()
    guardian: Guardian | None = None
    guardian_agrees: bool = False
    national_number: str = ""
    agrees_to_rules: bool = False


async def register(
    session: AsyncSession,
    vault: Vault,
    application: Application,
    *,
    communities: Collection[str],
    password_hash: str | None,
    now: datetime,
) -> VolunteerMember:
    """
    Put down a registration; the person is `applied` until staff have met them.

    `communities` are the ids that the street knows. Raises `InvalidInput` with
    the field to correct. Nothing is said about whether a telephone is known:
    staff see a second registration with the same number.
    """
    _check(application, now)
    phone = checked_phone("phone", application.phone)
    minor = may_be_minor(application.birth_year or 0, now)
    row = Volunteer(
        id=new_id(),
        login=await _login(session, application.login),
        name=checked_name("name", application.name),
        status=Vetting.APPLIED.value,
        phone_sealed=vault.seal(phone, purpose=PHONE),
        phone_index=vault.index(phone, purpose=PHONE_INDEX),
        password_hash=password_hash,
        birth_year=application.birth_year,
        guardian_sealed=_sealed_guardian(vault, application) if minor else None,
        guardian_agreed_at=now if minor else None,
        rules_agreed_at=now,
        national_number_sealed=vault.seal_maybe(
            application.national_number.strip(), purpose=NATIONAL_NUMBER
        ),
        created_at=now,
        **_columns(application.abilities, communities),
    )
    session.add(row)
    await session.flush()
    by = Actor.volunteer(row.id)
    await record_event(session, vault, row.id, VolunteerEventKind.APPLIED, by=by, now=now)
    return volunteer_member(row)


async def describe_self(
    session: AsyncSession,
    volunteer_id: UUID,
    abilities: Abilities,
    *,
    communities: Collection[str],
) -> None:
    """Change skills, places, times, languages and wishes; raises `InvalidInput`, `NotFound`."""
    row = await _get_row(session, volunteer_id)
    for name, value in _columns(abilities, communities).items():
        setattr(row, name, value)
    await session.flush()


def abilities_of(profile: Profile) -> Abilities:
    """What somebody said of themselves, to change a part of it."""
    return Abilities(
        skills=profile.skills,
        languages=profile.languages,
        home_community=profile.home_community,
        communities=profile.communities,
        times=profile.times,
        no_pets=profile.no_pets,
        max_minutes=profile.max_minutes,
    )


async def pause(
    session: AsyncSession,
    volunteer_id: UUID,
    *,
    from_at: datetime,
    until_at: datetime | None,
) -> None:
    """
    Ask for nothing between two instants; without an end until `end_pause`.

    What is claimed already stays claimed. Raises `InvalidInput` for an end
    before the beginning.
    """
    if until_at is not None and until_at <= from_at:
        raise InvalidInput("until", "volunteer.error.pause_order")
    row = await _get_row(session, volunteer_id)
    row.paused_from_at, row.paused_until_at = from_at, until_at
    await session.flush()


async def end_pause(session: AsyncSession, volunteer_id: UUID) -> None:
    """Be asked again from now on."""
    row = await _get_row(session, volunteer_id)
    row.paused_from_at = row.paused_until_at = None
    await session.flush()


def birth_year_from(text: str, today: date) -> int:
    """A year of birth as somebody typed it; raises `InvalidInput` for an impossible one."""
    digits = text.strip()
    if not (digits.isdecimal() and len(digits) == 4):
        raise InvalidInput("birth_year", "volunteer.error.birth_year")
    if not YOUNGEST <= today.year - int(digits) <= OLDEST:
        raise InvalidInput("birth_year", "volunteer.error.birth_year")
    return int(digits)


def _check(application: Application, now: datetime) -> None:
    if application.birth_year is None:
        raise InvalidInput("birth_year", "volunteer.error.birth_year")
    if may_be_minor(application.birth_year, now):
        if application.guardian is None:
            raise InvalidInput("guardian_name", "volunteer.error.guardian")
        checked_name("guardian_name", application.guardian.name)
        checked_phone("guardian_phone", application.guardian.phone)
        if not application.guardian_agrees:
            raise InvalidInput("guardian_agrees", "volunteer.error.guardian_agrees")
    if not application.agrees_to_rules:
        raise InvalidInput("rules", "volunteer.error.rules")


def _columns(abilities: Abilities, communities: Collection[str]) -> dict[str, object]:
    skills = list(dict.fromkeys(each.strip() for each in abilities.skills if each.strip()))
    if len(skills) > _MOST_SKILLS or any(len(each) > _LONGEST_SKILL for each in skills):
        raise InvalidInput("skills", "volunteer.error.skills")
    home = abilities.home_community or None
    minutes = abilities.max_minutes
    if minutes is not None and not 10 <= minutes <= 24 * 60:
        raise InvalidInput("max_minutes", "volunteer.error.max_minutes")
    wishes = {"no_pets": abilities.no_pets or None, "max_minutes": minutes}
    return {
        "skills": skills,
        "languages": [each for each in LANGUAGES if each in abilities.languages],
        "home_community": home if home in communities else None,
        "communities": [each for each in abilities.communities if each in communities],
        "times": [each for each in TIMES if each in abilities.times],
        "preferences": {name: value for name, value in wishes.items() if value is not None},
    }


async def _login(session: AsyncSession, login: str | None) -> str:
    return await free_volunteer_login(session, login or f"chat-{new_id().hex}")


def _sealed_guardian(vault: Vault, application: Application) -> bytes | None:
    guardian = application.guardian
    if guardian is None:
        return None
    known = {
        "name": guardian.name.strip(),
        "phone": checked_phone("guardian_phone", guardian.phone),
    }
    return vault.seal(json.dumps(known, ensure_ascii=False), purpose=GUARDIAN)


def checked_name(field: str, name: str) -> str:
    """A name without blanks around it; raises `InvalidInput` for none or a very long one."""
    if not 1 <= len(name.strip()) <= _LONGEST_NAME:
        raise InvalidInput(field, "volunteer.error.name")
    return name.strip()


def checked_phone(field: str, phone: str) -> str:
    """A number as it is kept; raises `InvalidInput` under the field's name."""
    try:
        return normal_phone(phone)
    except InvalidInput as error:
        raise InvalidInput(field, error.text, **error.facts) from None


async def _get_row(session: AsyncSession, volunteer_id: UUID) -> Volunteer:
    row = await session.scalar(
        select(Volunteer).where(Volunteer.id == volunteer_id, Volunteer.active)
    )
    if row is None:
        raise NotFound("volunteer", volunteer_id)
    return row

"""What is known of a volunteer: what they can do, where, when, and what they proved."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.clock import CHINA
from core.dates import today_in_china
from core.errors import NotFound
from people.models import Volunteer
from people.volunteer_models import VolunteerProof

LANGUAGES = ("putonghua", "wuhan", "cantonese", "minnan", "hakka", "english", "sign")
"""What people speak; the names stand in `volunteer.language`."""
PARTS = ("m", "a", "e")
"""Parts of the day: morning until 12, afternoon until 18, evening."""
TIMES = tuple(f"{day}{part}" for day in range(7) for part in PARTS)
"""Weekday (0 is Monday) and part of the day: `1m` is Tuesday morning."""
HOME_VISIT = "home_visit"
TRAININGS = (HOME_VISIT, "accompany", "first_aid", "elder_phone", "child")
INSURANCE = "insurance"
PROOFS = (*TRAININGS, INSURANCE)
ADULT = 18
_NOON, _EVENING = 12, 18


class Vetting(StrEnum):
    """Where the street stands with a volunteer."""

    APPLIED = "applied"
    VETTED = "vetted"
    DECLINED = "declined"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Proof:
    """A training or an insurance with its days, both included."""

    kind: str
    valid_from: date
    valid_until: date | None = None
    id: UUID | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it counts on a day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A volunteer without contact data, as rules and matching see one."""

    id: UUID
    name: str = ""
    status: Vetting = Vetting.VETTED
    birth_year: int | None = None
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    home_community: str | None = None
    communities: tuple[str, ...] = ()
    """Where this person is willing to go; empty: anywhere in the street."""
    times: tuple[str, ...] = ()
    """Of `TIMES`; empty: ask any time."""
    no_pets: bool = False
    max_minutes: int | None = None
    paused_from_at: datetime | None = None
    paused_until_at: datetime | None = None
    home_visits: bool = False
    proofs: tuple[Proof, ...] = ()

    def is_paused_at(self, at: datetime) -> bool:
        """Whether this person asked to be left alone then; without an end it lasts."""
        if self.paused_from_at is None or at < self.paused_from_at:
            return False
        return self.paused_until_at is None or at < self.paused_until_at

    def proves(self, kind: str, at: datetime) -> bool:
        """Whether a training or the insurance counts on the civil day of an instant."""
        day = today_in_china(at)
        return any(proof.kind == kind and proof.holds_on(day) for proof in self.proofs)

    def is_free_at(self, at: datetime) -> bool | None:
        """Whether this is one of the usual free times; None: nothing was said about times."""
        return part_of_week(at) in self.times if self.times else None

    def is_minor_at(self, at: datetime) -> bool:
        """Under eighteen, as far as the year tells: in the year between, still a minor."""
        return self.birth_year is not None and may_be_minor(self.birth_year, at)


def part_of_week(at: datetime) -> str:
    """Weekday and part of the day in civil time, as in `TIMES`."""
    local = at.astimezone(CHINA)
    part = "m" if local.hour < _NOON else "a" if local.hour < _EVENING else "e"
    return f"{local.weekday()}{part}"


def may_be_minor(birth_year: int, at: datetime) -> bool:
    """Whether somebody born in this year may still be under eighteen at that instant."""
    return at.astimezone(CHINA).year - birth_year <= ADULT


async def read_profiles(
    session: AsyncSession,
    *,
    only: Collection[UUID] | None = None,
    vetted: bool = False,
) -> list[Profile]:
    """The profiles of active volunteers, the longest-serving first."""
    wanted = select(Volunteer).where(Volunteer.active).order_by(Volunteer.created_at, Volunteer.id)
    if only is not None:
        wanted = wanted.where(Volunteer.id.in_(only))
    if vetted:
        wanted = wanted.where(Volunteer.status == Vetting.VETTED)
    rows = (await session.scalars(wanted.execution_options(populate_existing=True))).all()
    proofs = await _read_proofs(session, [row.id for row in rows])
    return [profile_of(row, proofs.get(row.id, ())) for row in rows]


async def get_profile(session: AsyncSession, volunteer_id: UUID) -> Profile:
    """One volunteer's profile; raises `NotFound` for nobody or somebody switched off."""
    found = await read_profiles(session, only=(volunteer_id,))
    if not found:
        raise NotFound("volunteer", volunteer_id)
    return found[0]


def profile_of(row: Volunteer, proofs: Sequence[Proof]) -> Profile:
    """A row as the layers above see it."""
    return Profile(
        id=row.id,
        name=row.name,
        status=Vetting(row.status),
        birth_year=row.birth_year,
        skills=tuple(row.skills),
        languages=tuple(row.languages),
        home_community=row.home_community,
        communities=tuple(row.communities),
        times=tuple(row.times),
        no_pets=bool(row.preferences.get("no_pets")),
        max_minutes=row.preferences.get("max_minutes"),
        paused_from_at=row.paused_from_at,
        paused_until_at=row.paused_until_at,
        home_visits=row.home_visits,
        proofs=tuple(proofs),
    )


async def _read_proofs(
    session: AsyncSession, volunteer_ids: Sequence[UUID]
) -> Mapping[UUID, list[Proof]]:
    rows = await session.scalars(
        select(VolunteerProof)
        .where(VolunteerProof.volunteer_id.in_(volunteer_ids), VolunteerProof.ended_at.is_(None))
        .order_by(VolunteerProof.kind, VolunteerProof.valid_from)
    )
    proofs: dict[UUID, list[Proof]] = {}
    for row in rows:
        proof = Proof(row.kind, row.valid_from, row.valid_until, row.id)
        proofs.setdefault(row.volunteer_id, []).append(proof)
    return proofs

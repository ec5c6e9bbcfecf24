"""What staff see of volunteers: a list without contact data, one file, and its opened fields."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound
from handlers.staff.desk import Desk, acting, needed
from handlers.staff.vet_volunteer import allow
from handlers.volunteers.reached import ChatState, read_chat_state
from people.models import Volunteer
from people.permissions import Permission, StaffMember
from people.profiles import Profile, get_profile, read_profiles
from people.registration import GUARDIAN, NATIONAL_NUMBER, PHONE
from people.view_log import record_view
from people.volunteer_events import DecisionEntry, VolunteerEventKind, list_events, record_event
from tickets.models import Claim
from tickets.tasks import ClaimStatus


@dataclass(frozen=True, slots=True)
class VolunteerFile:
    """One volunteer as staff see one; telephone and guardian stay sealed until opened."""

    profile: Profile
    events: Sequence[DecisionEntry]
    has_guardian: bool
    has_national_number: bool
    claims: int
    """Claimed or under way now."""
    twins: int
    """Other registrations with the same telephone."""
    registered_at: datetime
    chat: ChatState = ChatState.NONE
    """Whether messages in a chat reach this volunteer."""


async def list_volunteers(session: AsyncSession, *, by: StaffMember) -> list[Profile]:
    """Everybody whom this person may see, those who wait for an answer first."""
    allow(by, Permission.VOLUNTEER_SEE)
    found = [each for each in await read_profiles(session) if _may_see(each, by)]
    return sorted(found, key=lambda each: each.status != "applied")


async def open_volunteer_file(
    session: AsyncSession, desk: Desk, volunteer_id: UUID, *, by: StaffMember, now: datetime
) -> VolunteerFile:
    """One file, and the look at it recorded; raises `NotFound` for one who is not to be seen."""
    allow(by, Permission.VOLUNTEER_SEE)
    profile = await get_profile(session, volunteer_id)
    if not _may_see(profile, by):
        raise NotFound("volunteer", volunteer_id)
    row = await session.get_one(Volunteer, volunteer_id)
    await record_view(
        session,
        viewer=acting(by),
        action="view",
        subject_kind="volunteer",
        subject_id=volunteer_id,
        now=now,
    )
    return VolunteerFile(
        profile=profile,
        events=await list_events(session, desk.vault, volunteer_id),
        has_guardian=row.guardian_sealed is not None,
        has_national_number=row.national_number_sealed is not None,
        claims=await _count_claims(session, volunteer_id),
        twins=await _count_twins(session, row),
        registered_at=row.created_at,
        chat=await read_chat_state(session, volunteer_id),
    )


async def reveal_volunteer(
    session: AsyncSession,
    desk: Desk,
    volunteer_id: UUID,
    *,
    words: str,
    by: StaffMember,
    now: datetime,
) -> dict[str, str]:
    """Telephone, guardian and national number, with the reason recorded; empty ones left out."""
    allow(by, Permission.VOLUNTEER_VET)
    if not _may_see(await get_profile(session, volunteer_id), by):
        raise NotFound("volunteer", volunteer_id)
    words = needed(words, "words")
    row = await session.get_one(Volunteer, volunteer_id)
    guardian = desk.vault.open_maybe(row.guardian_sealed, purpose=GUARDIAN)
    found = {
        "phone": desk.vault.open_maybe(row.phone_sealed, purpose=PHONE),
        "guardian": " ".join(json.loads(guardian).values()) if guardian else None,
        "national_number": desk.vault.open_maybe(
            row.national_number_sealed, purpose=NATIONAL_NUMBER
        ),
    }
    opened = {name: value for name, value in found.items() if value}
    await record_event(
        session,
        desk.vault,
        volunteer_id,
        VolunteerEventKind.REVEALED,
        by=acting(by),
        now=now,
        note=words,
        data={"fields": sorted(opened)},
    )
    await record_view(
        session,
        viewer=acting(by),
        action="reveal",
        subject_kind="volunteer",
        subject_id=volunteer_id,
        fields=sorted(opened),
        reason=words,
        now=now,
    )
    return opened


def _may_see(profile: Profile, by: StaffMember) -> bool:
    """Staff of some communities see who lives or goes there."""
    places = {profile.home_community, *profile.communities} - {None}
    return not by.communities or not places or bool(places & set(by.communities))


async def _count_claims(session: AsyncSession, volunteer_id: UUID) -> int:
    counted = await session.scalar(
        select(func.count())
        .select_from(Claim)
        .where(Claim.volunteer_id == volunteer_id)
        .where(Claim.status.in_((ClaimStatus.CLAIMED, ClaimStatus.CHECKED_IN)))
    )
    return counted or 0


async def _count_twins(session: AsyncSession, row: Volunteer) -> int:
    if row.phone_index is None:
        return 0
    counted = await session.scalar(
        select(func.count())
        .select_from(Volunteer)
        .where(Volunteer.phone_index == row.phone_index, Volunteer.id != row.id, Volunteer.active)
    )
    return counted or 0

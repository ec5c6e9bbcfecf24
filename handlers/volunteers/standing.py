"""What a volunteer sees of themselves: where the street stands, what holds, what was told."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from people.permissions import VolunteerMember
from people.profiles import Profile, get_profile
from people.volunteer_chats import list_chats_of
from people.volunteer_notices import count_unseen
from tickets.offers import list_offers_to


@dataclass(frozen=True, slots=True)
class Standing:
    """One volunteer, as far as their own pages and chat say it."""

    profile: Profile
    unseen: int
    """Notices that nobody looked at yet."""
    chats: int
    """Chats that are linked."""
    offers: frozenset[UUID]
    """Open tasks for which they were asked and did not answer."""
    paused: bool


async def read_standing(session: AsyncSession, *, by: VolunteerMember, now: datetime) -> Standing:
    """Read it; raises `NotFound` for somebody switched off."""
    profile = await get_profile(session, by.id)
    return Standing(
        profile=profile,
        unseen=await count_unseen(session, by.id),
        chats=len(await list_chats_of(session, by.id)),
        offers=frozenset(await list_offers_to(session, by.id)),
        paused=profile.is_paused_at(now),
    )

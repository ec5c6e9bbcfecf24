"""A volunteer asks for a certificate of service; staff issue it within ten working days."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.dates import today_in_china
from core.errors import InvalidInput
from people.permissions import VolunteerMember
from tickets.certificates import NothingToCertify, ask
from tickets.hours import list_approved_between


async def ask_certificate(
    session: AsyncSession,
    *,
    from_day: date,
    to_day: date,
    by: VolunteerMember,
    now: datetime,
) -> UUID:
    """
    Ask for the days from `from_day` to `to_day`, both included, civil time.

    Raises `InvalidInput` for days the wrong way round or to come, and
    `NothingToCertify` without an approved visit in them.
    """
    if from_day > to_day or to_day > today_in_china(now):
        raise InvalidInput("from_day", "claim.error.days")
    if not await list_approved_between(session, by.id, from_day, to_day):
        raise NothingToCertify(by.id)
    return await ask(session, by.id, from_day, to_day, now=now)

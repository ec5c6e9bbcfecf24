"""Residents: one person, perhaps over several channels; name and telephone sealed."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import phonenumbers
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import InvalidInput, NotFound
from core.ids import new_id
from core.vault import Vault
from people.models import Resident

NAME = "resident.name"
PHONE = "resident.phone"
PHONE_INDEX = "phone"
"""One index over residents and tickets, so that a caller's earlier tickets are found."""

_MOBILE = re.compile(r"1[3-9]")


@dataclass(frozen=True, slots=True)
class ResidentMember:
    """A resident as the layers above know one; name and telephone are opened, so mask them."""

    id: UUID
    name: str | None
    phone: str | None
    community: str | None
    language: str


async def create_resident(
    session: AsyncSession,
    vault: Vault,
    *,
    now: datetime,
    name: str | None = None,
    phone: str | None = None,
    community: str | None = None,
    language: str = "zh",
) -> UUID:
    """Add a resident, sealed, and give the id. Raises `InvalidInput` for a broken number."""
    number = normal_phone(phone) if phone else None
    row = Resident(
        id=new_id(),
        name_sealed=vault.seal_maybe(name, purpose=NAME),
        phone_sealed=vault.seal_maybe(number, purpose=PHONE),
        phone_index=index_phone(vault, number) if number else None,
        community=community,
        language=language,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    return row.id


async def get_resident(session: AsyncSession, vault: Vault, resident_id: UUID) -> ResidentMember:
    """One resident, opened; raises `NotFound`."""
    row = await session.get(Resident, resident_id)
    if row is None:
        raise NotFound("resident", resident_id)
    return _open(vault, row)


async def list_residents_by_phone(
    session: AsyncSession, vault: Vault, phone: str
) -> list[ResidentMember]:
    """
    Everybody known under this number, the newest first.

    A number is shared in families and changes hands: it suggests, it proves
    nothing, and nobody is joined to a caller by it alone.
    """
    rows = await session.scalars(
        select(Resident)
        .where(Resident.phone_index == index_phone(vault, phone))
        .order_by(Resident.id.desc())
    )
    return [_open(vault, row) for row in rows]


async def change_contact(
    session: AsyncSession,
    vault: Vault,
    resident_id: UUID,
    *,
    name: str | None = None,
    phone: str | None = None,
) -> None:
    """Write down a name or a number that was given later; what is None stays as it is."""
    row = await session.get(Resident, resident_id)
    if row is None:
        raise NotFound("resident", resident_id)
    if name:
        row.name_sealed = vault.seal(name, purpose=NAME)
    if phone:
        number = normal_phone(phone)
        row.phone_sealed = vault.seal(number, purpose=PHONE)
        row.phone_index = index_phone(vault, number)


def normal_phone(phone: str) -> str:
    """
    The number in E.164 form: +8613912345521.

    Numbers without a country code are Chinese; a landline needs its area code.
    A mobile number that lost a digit passes for a long landline in the
    library's eyes, so mobiles (13 to 19 in front) are counted here.
    Raises `InvalidInput`, whose sentence says what is wrong with it.
    """
    try:
        number = phonenumbers.parse(phone, "CN")
    except phonenumbers.NumberParseException:
        raise InvalidInput("phone", "web.error.phone_form") from None
    national = str(number.national_number)
    if number.country_code == 86 and _MOBILE.match(national) and len(national) != 11:
        short = len(national) < 11
        raise InvalidInput("phone", f"web.error.phone_{'short' if short else 'form'}")
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible == phonenumbers.ValidationResult.TOO_SHORT:
        raise InvalidInput("phone", "web.error.phone_short")
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise InvalidInput("phone", "web.error.phone_form")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def index_phone(vault: Vault, phone: str) -> str:
    """The digest under which rows with this number are found."""
    return vault.index(normal_phone(phone), purpose=PHONE_INDEX)


def _open(vault: Vault, row: Resident) -> ResidentMember:
    return ResidentMember(
        id=row.id,
        name=vault.open_maybe(row.name_sealed, purpose=NAME),
        phone=vault.open_maybe(row.phone_sealed, purpose=PHONE),
        community=row.community,
        language=row.language,
    )

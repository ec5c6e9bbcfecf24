"""
Records of service that the street vouches for (志愿服务记录证明).

After 民政部令第67号: whoever recorded the service certifies it, free of charge;
on the paper stand who, when and what, the issuing unit with its contact, a
number and a day. The content is fixed when it is issued.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import orjson
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.clock import CHINA
from core.errors import FrontDoorError, NotFound
from core.ids import new_id
from core.vault import Vault
from people.models import Volunteer
from tickets.claim_models import Certificate
from tickets.masking import masked_name
from tickets.numbers import take_yearly

CONTENT = "certificate.content"
CODE = "certificate.code"
REASON = "certificate.reason"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, which are misread."""
_READ_AS = str.maketrans("ILOU", "110V")
_GROUPS = 4


class CertificateStepNotAllowed(FrontDoorError):
    """This step does not follow from where the certificate stands."""


class NothingToCertify(FrontDoorError):
    """No approved visit ended in these days."""


@dataclass(frozen=True, slots=True)
class Service:
    """One line of a certificate: a visit without anything that points at a resident."""

    day: str
    hours: str
    """From when until when, civil time: 14:02–14:49."""
    what: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that a certificate says; the identity number is never part of it."""

    number: str
    code: str
    name: str
    from_day: str
    to_day: str
    services: tuple[Service, ...]
    minutes: int
    issuer: str
    contact: str
    phone: str
    signer: str
    issued_on: str

    @property
    def digest(self) -> str:
        """SHA-256 over the content in one fixed form."""
        return hashlib.sha256(_written(self).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Asked:
    """A certificate as lists show it."""

    id: UUID
    volunteer_id: UUID
    volunteer: str
    status: str
    from_day: date
    to_day: date
    asked_at: datetime
    number: str | None
    decided_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What the page for checking says: that it is genuine, and no more than is needed."""

    number: str
    name: str
    """Masked: 何**."""
    from_day: str
    to_day: str
    minutes: int
    visits: int
    issuer: str
    issued_on: str
    mark: str
    """The first sixteen places of the digest, which stand on the paper too."""
    revoked_at: datetime | None


async def ask(
    session: AsyncSession, volunteer_id: UUID, from_day: date, to_day: date, *, now: datetime
) -> UUID:
    """Ask for a certificate of these days; the same wish twice is one."""
    found = await session.scalars(
        select(Certificate.id).where(
            Certificate.volunteer_id == volunteer_id,
            Certificate.status == "asked",
            Certificate.from_day == from_day,
            Certificate.to_day == to_day,
        )
    )
    known = found.first()
    if known is not None:
        return known
    row = Certificate(
        id=new_id(),
        volunteer_id=volunteer_id,
        status="asked",
        from_day=from_day,
        to_day=to_day,
        asked_at=now,
    )
    session.add(row)
    await session.flush()
    return row.id


async def get_certificate(session: AsyncSession, certificate_id: UUID) -> Certificate:
    """One certificate; raises `NotFound`."""
    row = await session.get(Certificate, certificate_id, populate_existing=True)
    if row is None:
        raise NotFound("certificate", certificate_id)
    return row


async def list_certificates(
    session: AsyncSession,
    vault: Vault,
    *,
    volunteer_id: UUID | None = None,
    status: str | None = None,
    limit: int = 100,
) -> Sequence[Asked]:
    """Certificates of a volunteer or in a status, the latest first."""
    query = select(Certificate, Volunteer.name).join(
        Volunteer, Volunteer.id == Certificate.volunteer_id
    )
    if volunteer_id is not None:
        query = query.where(Certificate.volunteer_id == volunteer_id)
    if status is not None:
        query = query.where(Certificate.status == status)
    found = await session.execute(query.order_by(Certificate.asked_at.desc()).limit(limit))
    return [
        Asked(
            row.id,
            row.volunteer_id,
            name,
            row.status,
            row.from_day,
            row.to_day,
            row.asked_at,
            row.number,
            row.decided_at,
            vault.open_maybe(row.reason_sealed, purpose=REASON) or "",
        )
        for row, name in found.all()
    ]


async def take_certificate_number(session: AsyncSession, now: datetime) -> str:
    """The next number of the year: ZY-2026-0001."""
    year = now.astimezone(CHINA).year
    return f"ZY-{year}-{await take_yearly(session, f'ZY{year}'):04d}"


async def issue(
    session: AsyncSession,
    vault: Vault,
    certificate_id: UUID,
    content: Content,
    *,
    by_id: UUID,
    now: datetime,
) -> None:
    """Fix the content of a certificate that was asked for; raises `CertificateStepNotAllowed`."""
    await _step(
        session,
        certificate_id,
        "asked",
        status="issued",
        decided_at=now,
        decided_by_id=by_id,
        number=content.number,
        code_index=vault.index(read_code(content.code), purpose=CODE),
        content_sealed=vault.seal(_written(content), purpose=CONTENT),
        digest=content.digest,
    )


async def decline(
    session: AsyncSession,
    vault: Vault,
    certificate_id: UUID,
    reason: str,
    *,
    by_id: UUID,
    now: datetime,
) -> None:
    """Say why there is none this time; raises `CertificateStepNotAllowed`."""
    sealed = vault.seal(reason, purpose=REASON)
    await _step(
        session,
        certificate_id,
        "asked",
        status="declined",
        decided_at=now,
        decided_by_id=by_id,
        reason_sealed=sealed,
    )


async def revoke(
    session: AsyncSession,
    vault: Vault,
    certificate_id: UUID,
    reason: str,
    *,
    by_id: UUID,
    now: datetime,
) -> None:
    """Take an issued certificate back; raises `CertificateStepNotAllowed`."""
    sealed = vault.seal(reason, purpose=REASON)
    await _step(
        session,
        certificate_id,
        "issued",
        status="revoked",
        revoked_at=now,
        revoked_by_id=by_id,
        reason_sealed=sealed,
    )


def open_content(row: Certificate, vault: Vault) -> Content:
    """What an issued certificate says; raises `CertificateStepNotAllowed` before it is issued."""
    kept = vault.open_maybe(row.content_sealed, purpose=CONTENT)
    if kept is None:
        raise CertificateStepNotAllowed(row.id)
    document = orjson.loads(kept)
    services = tuple(Service(**each) for each in document.pop("services"))
    return Content(**document, services=services)


async def find_verified(session: AsyncSession, vault: Vault, code: str) -> Verified | None:
    """What may be said of the certificate with this code, if there is one."""
    index = vault.index(read_code(code), purpose=CODE)
    found = await session.scalars(select(Certificate).where(Certificate.code_index == index))
    row = found.one_or_none()
    if row is None:
        return None
    content = open_content(row, vault)
    return Verified(
        number=content.number,
        name=masked_name(content.name),
        from_day=content.from_day,
        to_day=content.to_day,
        minutes=content.minutes,
        visits=len(content.services),
        issuer=content.issuer,
        issued_on=content.issued_on,
        mark=mark_of(content),
        revoked_at=row.revoked_at,
    )


def new_code() -> str:
    """A code of sixteen places (80 bits) in four groups, as it stands on the paper."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(_GROUPS))
    return "-".join(groups)


def read_code(typed: str) -> str:
    """A code as people type it, small letters and misread ones too, without its hyphens."""
    kept = "".join(each for each in typed.upper() if each.isalnum())
    return kept.translate(_READ_AS)


def mark_of(content: Content) -> str:
    """Sixteen places of the digest in four groups: compared by eye."""
    mark = content.digest[:16].upper()
    return " ".join(mark[place : place + 4] for place in range(0, 16, 4))


def _written(content: Content) -> str:
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode()


async def _step(
    session: AsyncSession, certificate_id: UUID, only_from: str, **values: object
) -> None:
    stepped = await session.execute(
        update(Certificate)
        .where(Certificate.id == certificate_id, Certificate.status == only_from)
        .values(**values)
        .returning(Certificate.id)
        .execution_options(synchronize_session=False)
    )
    if stepped.one_or_none() is None:
        raise CertificateStepNotAllowed(certificate_id)

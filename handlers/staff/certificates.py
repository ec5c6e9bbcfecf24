"""Staff issue, decline and revoke certificates of service; never their own."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.clock import CHINA
from core.dates import today_in_china
from core.errors import InvalidInput
from handlers.staff.desk import Desk, needed
from handlers.volunteers.tell import tell_volunteer
from people.models import Volunteer
from people.permissions import Permission, StaffMember, require
from people.volunteer_notices import NoticeKind
from tickets import certificates
from tickets.certificates import (
    CertificateStepNotAllowed,
    Content,
    NothingToCertify,
    Service,
    get_certificate,
    take_certificate_number,
)
from tickets.claim_models import Certificate
from tickets.duties import OwnWork
from tickets.hours import Visit, list_approved_between


async def issue_certificate(
    session: AsyncSession,
    desk: Desk,
    certificate_id: UUID,
    *,
    phone: str = "",
    by: StaffMember,
    now: datetime,
) -> Content:
    """
    Issue what was asked for, over the visits that count by now; gives what it says.

    `phone` stands on the paper where the settings name none. Raises
    `NotPermitted`, `OwnWork`, `CertificateStepNotAllowed`, `NothingToCertify`,
    `InvalidInput` for a paper without a number to ring or with a name that the
    font lacks.
    """
    row, person = await _allowed(session, certificate_id, by)
    visits = await list_approved_between(session, row.volunteer_id, row.from_day, row.to_day)
    if row.status != "asked":
        raise CertificateStepNotAllowed(certificate_id)
    if not visits:
        raise NothingToCertify(certificate_id)
    number = await take_certificate_number(session, now)
    content = _content(desk, row, person, visits, number, phone, by, now)
    _check_printable(content)
    await certificates.issue(session, desk.vault, row.id, content, by_id=by.id, now=now)
    await _tell(session, desk, row, "issued", now)
    return content


async def decline_certificate(
    session: AsyncSession,
    desk: Desk,
    certificate_id: UUID,
    *,
    reason: str,
    by: StaffMember,
    now: datetime,
) -> None:
    """Not this time, and why; the volunteer reads it."""
    row, _ = await _allowed(session, certificate_id, by)
    words = needed(reason, "reason")
    await certificates.decline(session, desk.vault, row.id, words, by_id=by.id, now=now)
    await _tell(session, desk, row, "declined", now, words=words)


async def revoke_certificate(
    session: AsyncSession,
    desk: Desk,
    certificate_id: UUID,
    *,
    reason: str,
    by: StaffMember,
    now: datetime,
) -> None:
    """Take one back that is wrong; the page for checking says so from now on."""
    row, _ = await _allowed(session, certificate_id, by)
    words = needed(reason, "reason")
    await certificates.revoke(session, desk.vault, row.id, words, by_id=by.id, now=now)
    await _tell(session, desk, row, "revoked", now, words=words, number=row.number or "")


async def _allowed(
    session: AsyncSession, certificate_id: UUID, by: StaffMember
) -> tuple[Certificate, Volunteer]:
    require(by, Permission.CERTIFICATE_ISSUE)
    row = await get_certificate(session, certificate_id)
    person = await session.get_one(Volunteer, row.volunteer_id)
    if person.staff_id == by.id:
        raise OwnWork("certificate")
    return row, person


def _content(
    desk: Desk,
    row: Certificate,
    person: Volunteer,
    visits: Sequence[Visit],
    number: str,
    phone: str,
    by: StaffMember,
    now: datetime,
) -> Content:
    ours = desk.volunteering
    ring = ours.issuer_phone or phone.strip() or desk.settings.duty_phone
    if not ring:
        raise InvalidInput("phone", "claim.error.phone")
    return Content(
        number=number,
        code=certificates.new_code(),
        name=person.name,
        from_day=row.from_day.isoformat(),
        to_day=row.to_day.isoformat(),
        services=tuple(_service(desk, each) for each in visits),
        minutes=sum(each.minutes for each in visits),
        issuer=ours.issuer or desk.street.name,
        contact=ours.issuer_contact or by.name,
        phone=ring,
        signer=by.name,
        issued_on=today_in_china(now).isoformat(),
    )


def _service(desk: Desk, visit: Visit) -> Service:
    began, ended = (each.astimezone(CHINA) for each in (visit.checked_in_at, visit.completed_at))
    community = desk.street.communities.get(visit.community or "")
    where = f"（{community.name}）" if community else ""
    return Service(
        day=began.date().isoformat(),
        hours=f"{began:%H:%M}–{ended:%H:%M}",
        what=f"{visit.kind}：{visit.title}{where}",
        minutes=visit.minutes,
    )


def _check_printable(content: Content) -> None:
    from core.paper import Unprintable, checked  # the PDF writer is slow to load and seldom needed

    try:
        checked("".join((content.name, content.issuer, content.contact, content.signer)))
        checked("".join(each.what for each in content.services))
    except Unprintable as error:
        raise InvalidInput(
            "main", "claim.error.unprintable", characters=error.characters
        ) from error


async def _tell(
    session: AsyncSession,
    desk: Desk,
    row: Certificate,
    what: str,
    now: datetime,
    *,
    words: str = "",
    number: str = "",
) -> None:
    await tell_volunteer(
        session,
        desk,
        row.volunteer_id,
        f"claim.notice.certificate_{what}",
        kind=NoticeKind.DECISION,
        now=now,
        words=words,
        number=number,
    )

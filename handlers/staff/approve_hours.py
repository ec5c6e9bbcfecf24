"""Staff let a volunteer's minutes count, or put them right; never their own, nor a partner's."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import InvalidInput
from handlers.staff.desk import Desk, acting, needed
from handlers.volunteers.tell import tell_volunteer
from people.permissions import Permission, StaffMember, require
from people.volunteer_notices import NoticeKind
from tickets.duties import OwnWork
from tickets.history import EventKind
from tickets.hours import (
    MINUTES_OF_A_DAY,
    Visit,
    approve_minutes,
    decide_correction,
    get_correction,
    get_visit,
    list_staff_of_task,
)
from tickets.lookups import get_ticket_by_number


async def approve_hours(
    session: AsyncSession,
    desk: Desk,
    claim_id: UUID,
    *,
    minutes: int | None = None,
    reason: str = "",
    by: StaffMember,
    now: datetime,
) -> None:
    """
    Let the recorded minutes count; other minutes need a reason that the volunteer reads.

    Raises `OwnWork` for whoever went along on the visit as a volunteer,
    `HoursNotOpen` when they count already, `NotPermitted`, `InvalidInput`.
    """
    visit = await _allowed(session, claim_id, by)
    given = visit.minutes if minutes is None else minutes
    if not 0 < given <= MINUTES_OF_A_DAY:
        raise InvalidInput("minutes", "claim.error.minutes")
    words = needed(reason, "reason") if given != visit.minutes else ""
    await approve_minutes(session, claim_id, given, by_id=by.id, now=now, again=False)
    await _write(session, desk, visit, given, words, by, now)


async def decide_hours(
    session: AsyncSession,
    desk: Desk,
    correction_id: UUID,
    *,
    granted: bool,
    answer: str = "",
    by: StaffMember,
    now: datetime,
) -> None:
    """
    Grant a volunteer's correction, or keep what is recorded and say why. Either way it counts.

    Raises `OwnWork`, `HoursNotOpen`, `NotPermitted`, `InvalidInput` without a
    reason for keeping it.
    """
    wish = await get_correction(session, desk.vault, correction_id)
    visit = await _allowed(session, wish.visit.claim_id, by)
    words = answer.strip() if granted else needed(answer, "reason")
    await decide_correction(
        session,
        desk.vault,
        correction_id,
        granted=granted,
        answer=words,
        by_id=by.id,
        now=now,
    )
    minutes = wish.minutes if granted else visit.minutes
    await approve_minutes(session, visit.claim_id, minutes, by_id=by.id, now=now, again=True)
    await _write(session, desk, visit, minutes, words, by, now, kept=not granted)


async def _allowed(session: AsyncSession, claim_id: UUID, by: StaffMember) -> Visit:
    require(by, Permission.HOURS_APPROVE)
    if by.id in await list_staff_of_task(session, claim_id):
        raise OwnWork("hours")
    return await get_visit(session, claim_id)


async def _write(
    session: AsyncSession,
    desk: Desk,
    visit: Visit,
    minutes: int,
    words: str,
    by: StaffMember,
    now: datetime,
    *,
    kept: bool = False,
) -> None:
    ticket = await get_ticket_by_number(session, visit.ticket_number)
    await desk.tickets.record(
        session,
        ticket,
        EventKind.HOURS_APPROVED,
        by=acting(by),
        now=now,
        note=words or None,
        data={"claim_id": str(visit.claim_id), "recorded": visit.minutes, "minutes": minutes},
    )
    key = "kept" if kept else "approved" if minutes == visit.minutes else "changed"
    await tell_volunteer(
        session,
        desk,
        visit.volunteer_id,
        f"claim.notice.hours_{key}",
        kind=NoticeKind.DECISION,
        now=now,
        title=visit.title,
        minutes=minutes,
        words=words,
    )

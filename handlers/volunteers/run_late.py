"""「我要晚到 10 / 20 / 30 分钟」: whoever waits is told, and the reminders go by it."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import Actor
from core.errors import InvalidInput
from handlers.staff.desk import Desk
from handlers.volunteers.partners import called, tell_partners
from people.permissions import VolunteerMember
from tickets.claims import change_claim
from tickets.history import EventKind
from tickets.models import Claim
from tickets.tasks import ClaimStepNotAllowed, TaskStatus, get_own_claim, get_task

LATE_MINUTES = (10, 20, 30)
_SAME = timedelta(minutes=3)
"""A second press says the same, though the clock has gone on a little."""


async def run_late(
    session: AsyncSession,
    desk: Desk,
    task_id: UUID,
    minutes: int,
    *,
    by: VolunteerMember,
    now: datetime,
) -> datetime:
    """
    Note when this volunteer will be there, and give that instant.

    Reckoned from the start, or from now once the start has passed. The
    resident and the partner are told, staff read it on the ticket. It also
    says that the volunteer will come. Raises `InvalidInput` for other minutes
    than `LATE_MINUTES`, `ClaimStepNotAllowed` without a standing claim or when
    it would be over by then.
    """
    if minutes not in LATE_MINUTES:
        raise InvalidInput("minutes", "claim.error.late_minutes")
    claim = await get_own_claim(session, task_id, by.id)
    task = await get_task(session, task_id)
    until = max(task.starts_at, now) + timedelta(minutes=minutes)
    if until >= task.ends_at or task.status == TaskStatus.CANCELLED:
        raise ClaimStepNotAllowed(claim.status, "late")
    ticket = await desk.lock_by_id(session, task.ticket_id)
    if _said_already(claim, until):
        return claim.late_until_at or until
    await change_claim(session, claim, late_until_at=until, confirmed_at=claim.confirmed_at or now)
    await desk.tickets.record(
        session,
        ticket,
        EventKind.TASK_LATE,
        by=Actor.volunteer(by.id),
        now=now,
        data={"task_id": str(task_id), "minutes": minutes},
    )
    name, moment = called(desk, by.name), desk.moment(until, now)
    await desk.notices.tell(
        session, ticket, "ticket.notice.task_late", now=now, name=name, until=moment
    )
    key = "claim.notice.partner_late"
    await tell_partners(session, desk, task, key, but=by.id, now=now, name=name, until=moment)
    return until


def _said_already(claim: Claim, until: datetime) -> bool:
    said = claim.late_until_at
    return said is not None and abs(until - said) < _SAME

"""Places that somebody took: reminded of, asked about, and given to others when nobody comes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import CLOCK
from handlers.staff.desk import Desk
from handlers.volunteers.chat import payloads
from handlers.volunteers.partners import called, tell_partners
from handlers.volunteers.tell import tell_volunteer
from people.models import Volunteer
from people.volunteer_notices import NoticeKind
from tickets.call_backs import CallKind, add_call_back
from tickets.claim_models import Reminder
from tickets.claims import (
    ANSWER_BY,
    TOO_LATE_TO_SWAP,
    WANTED,
    DueReminder,
    ReminderKind,
    due_reminders,
    has_time,
    lapse_claim,
    list_claims_due,
    list_given,
    no_show_at,
    note_reminder,
)
from tickets.history import EventKind
from tickets.models import Claim, Task, Ticket
from tickets.tasks import ClaimStatus, get_task, give_place_back

_WORTH_SAYING = timedelta(hours=12)
"""After a long standstill a resident is not told of yesterday's visit; staff are."""


async def remind_volunteers(session: AsyncSession, desk: Desk, *, now: datetime) -> Sequence[UUID]:
    """The evening before, the hour before, and 「去了吗」; gives the claims' ids. Each once."""
    due = [
        (task, claim, reminder)
        for task, claim in await list_claims_due(session, now=now)
        for reminder in due_reminders(task, claim, now)
    ]
    given = await list_given(session, [claim.id for _, claim, _ in due])
    told = []
    for task, claim, reminder in due:
        if _said_before(claim, reminder, given.get(claim.id, [])):
            continue
        if await note_reminder(session, claim.id, reminder, now=now):
            await _remind(session, desk, task, claim, reminder, now)
            told.append(claim.id)
    return told


async def lapse_unanswered(session: AsyncSession, desk: Desk, *, now: datetime) -> Sequence[UUID]:
    """
    Give places back whose holders did not answer the evening before; gives the tickets' ids.

    Two hours before the visit others can still be asked. In the last hour
    nobody is taken off: they may be on their way.
    """
    reminded = select(Reminder.id).where(
        Reminder.subject_id == Claim.id,
        Reminder.kind == ReminderKind.DAY_BEFORE,
        Reminder.given_at >= Claim.claimed_at,
    )
    found = await session.execute(
        select(Task, Claim)
        .join(Claim, Claim.task_id == Task.id)
        .where(Claim.status == ClaimStatus.CLAIMED, Claim.confirmed_at.is_(None))
        .where(Task.status.in_(WANTED), reminded.exists())
        .where(Task.starts_at <= now + ANSWER_BY, Task.starts_at > now + TOO_LATE_TO_SWAP)
        .order_by(Task.id, Claim.id)
        .execution_options(populate_existing=True)
    )
    return [
        ticket.id
        for task, claim in found.all()
        if (ticket := await _lapse(session, desk, task, claim, "unanswered", now)) is not None
    ]


async def lapse_claims(session: AsyncSession, desk: Desk, *, now: datetime) -> Sequence[UUID]:
    """
    Who claimed and did not come: the place is free, everybody reads the truth.

    Half an hour after they should have been there, or at the end. Staff get a
    call to make, the resident is told, the partner too. Gives the tickets' ids.
    """
    found = await session.execute(
        select(Task, Claim)
        .join(Claim, Claim.task_id == Task.id)
        .where(Claim.status == ClaimStatus.CLAIMED, Task.status.in_(WANTED))
        .where(Task.starts_at <= now)
        .order_by(Task.id, Claim.id)
        .execution_options(populate_existing=True)
    )
    touched = []
    for task, claim in found.all():
        if no_show_at(task, claim) > now:
            continue
        ticket = await _lapse(session, desk, task, claim, "no_show", now)
        if ticket is not None:
            await _say_who_did_not_come(session, desk, task, ticket, claim, now)
            touched.append(ticket.id)
    return touched


def _said_before(
    claim: Claim, reminder: DueReminder, given: Sequence[tuple[str, datetime, datetime]]
) -> bool:
    """Whether it was said for this time, or (of the hour before) at all since the claim."""
    for kind, due_at, given_at in given:
        if kind == reminder.kind and due_at == reminder.due_at:
            return True
        if kind == reminder.kind == ReminderKind.HOUR_BEFORE and given_at >= claim.claimed_at:
            return True
    return False


async def _remind(
    session: AsyncSession,
    desk: Desk,
    task: Task,
    claim: Claim,
    reminder: DueReminder,
    now: datetime,
) -> None:
    going, here = ("going", payloads.GO), ("here", payloads.HERE)
    late, cannot = ("late", payloads.LATE), ("cannot", payloads.RELEASE)
    buttons = {
        ReminderKind.DAY_BEFORE: (going, cannot),
        ReminderKind.HOUR_BEFORE: (going, late, cannot),
        ReminderKind.CAME: (here, late, cannot),
    }[reminder.kind]
    await tell_volunteer(
        session,
        desk,
        claim.volunteer_id,
        f"claim.reminder.{reminder.kind.value}",
        kind=NoticeKind.REMINDER,
        now=now,
        task_id=task.id,
        choices=[(f"claim.choice.{key}", payloads.pack(verb, task.id)) for key, verb in buttons],
        title=task.title,
        place=task.rough_place,
        starts=desk.moment(claim.late_until_at or task.starts_at, now),
    )


async def _lapse(
    session: AsyncSession, desk: Desk, task: Task, claim: Claim, why: str, now: datetime
) -> Ticket | None:
    """Take the place away and write it down; None when the claim was changed meanwhile."""
    ticket = await desk.lock_by_id(session, task.ticket_id)
    if not await lapse_claim(session, claim, now=now):
        return None
    await give_place_back(session, task.id)
    await desk.tickets.record(
        session,
        ticket,
        EventKind.TASK_LAPSED,
        by=CLOCK,
        now=now,
        data={"task_id": str(task.id), "why": why},
    )
    await tell_volunteer(
        session,
        desk,
        claim.volunteer_id,
        f"claim.notice.lapsed_{why}",
        kind=NoticeKind.CHANGE,
        now=now,
        task_id=task.id,
        title=task.title,
        starts=desk.moment(task.starts_at, now),
    )
    person = await session.get_one(Volunteer, claim.volunteer_id)
    await tell_partners(
        session,
        desk,
        task,
        "claim.notice.partner_gone",
        but=claim.volunteer_id,
        now=now,
        name=called(desk, person.name),
    )
    if why == "unanswered":
        await desk.notices.tell(session, ticket, "ticket.notice.task_released", now=now)
    return ticket


async def _say_who_did_not_come(
    session: AsyncSession, desk: Desk, task: Task, ticket: Ticket, claim: Claim, now: datetime
) -> None:
    """The resident reads the truth, staff have a call to make."""
    person = await session.get_one(Volunteer, claim.volunteer_id)
    told = now < task.ends_at + _WORTH_SAYING and await desk.notices.reaches(session, ticket)
    if told:
        again = has_time(await get_task(session, task.id), now)
        key = "ticket.notice.no_show_again" if again else "ticket.notice.no_show"
        await desk.notices.tell(session, ticket, key, now=now, kind=task.kind)
    words = desk.texts.say(
        "ticket.call.no_show" if told else "ticket.call.no_show_untold",
        number=ticket.number,
        name=person.name,
        title=task.title,
        starts=desk.moment(task.starts_at, now)("zh"),
    )
    await add_call_back(
        session, ticket.id, CallKind.NOTICE, words, due_at=now, vault=desk.vault, now=now
    )

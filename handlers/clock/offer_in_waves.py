"""Urgent tasks are offered in waves: the best suited first, a while later the next ones."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import CLOCK
from core.clock import CHINA
from core.settings import VolunteerSettings
from handlers.staff.desk import Desk
from handlers.volunteers.chat.payloads import CLAIM, NOT_NOW, pack
from handlers.volunteers.explaining import explain
from handlers.volunteers.tell import tell_volunteer
from people.volunteer_notices import NoticeKind
from tickets.candidates import read_helpers, read_pairings
from tickets.history import EventKind
from tickets.matching import Match, choose_wave, rank
from tickets.models import Task
from tickets.offers import (
    add_offers,
    count_recent_offers,
    list_asked,
    list_due_for_wave,
    take_wave,
)
from tickets.suitability import needs_of
from tickets.tasks import get_task, lock_task

LOOK_AGAIN = timedelta(minutes=30)
"""When nobody is left to ask: somebody may register, end a pause or become free."""
_A_DAY = timedelta(hours=24)


async def offer_in_waves(session: AsyncSession, desk: Desk, *, now: datetime) -> Sequence[UUID]:
    """
    Ask the next volunteers for every task whose time for it has come; gives the tasks' ids.

    Nobody is asked in the quiet hours, twice for one task, more often a day
    than set, or after having given the task back.
    """
    settings = desk.volunteering
    if quiet_until(settings, now) is not None:
        return []
    within = timedelta(hours=settings.urgent_hours)
    offered = []
    for task_id in await list_due_for_wave(session, urgent_within=within, now=now):
        if await _offer(session, desk, task_id, now):
            offered.append(task_id)
    return offered


def quiet_until(settings: VolunteerSettings, now: datetime) -> datetime | None:
    """When the quiet hours that run now are over; None: they do not run."""
    local = now.astimezone(CHINA)
    begins, ends = time.fromisoformat(settings.quiet_from), time.fromisoformat(settings.quiet_until)
    clock = local.time().replace(tzinfo=None)
    over_night = begins > ends
    inside = (clock >= begins or clock < ends) if over_night else begins <= clock < ends
    if not inside:
        return None
    day = local.date() + timedelta(days=1 if over_night and clock >= begins else 0)
    return datetime.combine(day, ends, tzinfo=CHINA)


async def _offer(session: AsyncSession, desk: Desk, task_id: UUID, now: datetime) -> bool:
    # The conversation before the task, in the order in which every other verb locks the two.
    ticket = await desk.lock_by_id(session, (await get_task(session, task_id)).ticket_id)
    task = await lock_task(session, task_id)
    chosen = await _choose(session, desk, task, now)
    wait = timedelta(minutes=desk.volunteering.wave_minutes) if chosen else LOOK_AGAIN
    if not await take_wave(session, task, next_at=now + wait, count=bool(chosen), now=now):
        return False
    if not chosen:
        return False
    wave = task.wave + 1
    add_offers(session, task.id, wave, chosen, now=now)
    data = {"task_id": str(task.id), "wave": wave, "asked": len(chosen)}
    await desk.tickets.record(session, ticket, EventKind.TASK_OFFERED, by=CLOCK, now=now, data=data)
    for each in chosen:
        await _ask(session, desk, task, each, now)
    return True


async def _choose(session: AsyncSession, desk: Desk, task: Task, now: datetime) -> list[Match]:
    asked = await list_asked(session, task.id)
    helpers = [
        each
        for each in await read_helpers(session, now=now, vetted=True)
        if each.profile.id not in asked and not each.profile.is_paused_at(now)
    ]
    often = await count_recent_offers(
        session, [each.profile.id for each in helpers], since=now - _A_DAY
    )
    free = [each for each in helpers if often.get(each.profile.id, 0) < _at_most(desk)]
    pairings = await read_pairings(session, [task])
    ranked = rank(
        needs_of(task),
        free,
        steps=desk.street.steps_between,
        past=lambda volunteer_id: pairings.of(task.id, volunteer_id),
    )
    return choose_wave(ranked, desk.volunteering.wave_size)


async def _ask(session: AsyncSession, desk: Desk, task: Task, to: Match, now: datetime) -> None:
    def why(language: str) -> str:
        words = explain(to.reasons, desk.texts, language)
        stop = "。" if language == "zh" else ". "
        return words[:1].upper() + words[1:] + stop if words else ""

    await tell_volunteer(
        session,
        desk,
        to.volunteer_id,
        "volunteer.notice.offer",
        kind=NoticeKind.OFFER,
        now=now,
        task_id=task.id,
        choices=[
            ("volunteer.choice.claim", pack(CLAIM, task.id)),
            ("volunteer.choice.not_now", pack(NOT_NOW, task.id)),
        ],
        what=task.kind,
        place=task.rough_place,
        starts=desk.moment(task.starts_at, now),
        count=task.places_left,
        why=why,
    )


def _at_most(desk: Desk) -> int:
    return desk.volunteering.offers_a_day

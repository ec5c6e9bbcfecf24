"""Urgent tasks are offered in waves: the best suited first, never twice, never at night."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from core.database import Database
from core.settings import VolunteerSettings
from core.vault import Vault
from handlers.clock.offer_in_waves import offer_in_waves, quiet_until
from handlers.volunteers.answer_offer import say_not_now
from handlers.volunteers.claim_task import claim_task
from handlers.volunteers.release_claim import release_claim
from people.permissions import VolunteerMember
from people.volunteer_notices import list_notices
from tests.integration.office import Office, add_volunteers
from tests.integration.test_volunteers_claims import publish
from tickets.history import list_history
from tickets.models import TaskOffer
from tickets.tasks import get_task

NIGHT = timedelta(hours=12)
"""From ten in the morning to ten at night."""


async def urgent(database: Database, office: Office, now: datetime, **facts: Any) -> UUID:
    usual = {
        "urgent": True,
        "starts_at": now + timedelta(hours=30),
        "ends_at": now + timedelta(hours=31),
    }
    return await publish(database, office, now, **(usual | facts))


async def tick(database: Database, office: Office, now: datetime) -> int:
    async with database.transaction() as session:
        return len(await offer_in_waves(session, office.desk, now=now))


async def asked(database: Database, task_id: UUID) -> dict[UUID, int]:
    async with database.reading() as session:
        rows = await session.scalars(select(TaskOffer).where(TaskOffer.task_id == task_id))
        return {row.volunteer_id: row.wave for row in rows}


async def test_the_best_suited_are_asked_first_and_the_next_ones_later(
    database: Database, office: Office, vault: Vault, now: datetime
) -> None:
    best = await add_volunteers(database, 5, now, skills=("陪诊",))
    rest = await add_volunteers(database, 3, now)
    task_id = await urgent(database, office, now)
    assert await tick(database, office, now) == 1
    assert await asked(database, task_id) == {each.id: 1 for each in best}
    assert await tick(database, office, now + timedelta(minutes=9)) == 0
    assert await tick(database, office, now + timedelta(minutes=10)) == 1
    assert {who for who, wave in (await asked(database, task_id)).items() if wave == 2} == {
        each.id for each in rest
    }
    async with database.reading() as session:
        (notice,) = await list_notices(session, vault, best[0].id)
    assert notice.task_id == task_id
    assert "您会陪诊" in notice.words
    assert "701" not in notice.words


async def test_what_is_not_urgent_waits_until_its_hour_is_near(
    database: Database, office: Office, now: datetime
) -> None:
    await add_volunteers(database, 2, now)
    await urgent(database, office, now, urgent=False)
    assert await tick(database, office, now) == 0
    assert await tick(database, office, now + timedelta(hours=26)) == 1


async def test_nobody_is_asked_at_night_and_in_the_morning_it_goes_on(
    database: Database, office: Office, now: datetime
) -> None:
    await add_volunteers(database, 2, now)
    await urgent(database, office, now)
    assert await tick(database, office, now + NIGHT) == 0
    assert await tick(database, office, now + timedelta(hours=21, minutes=30)) == 1


@pytest.mark.parametrize(
    ("hours", "over_in_hours"), [(0, None), (11, 10.5), (20, 1.5), (21.5, None), (10.9, None)]
)
def test_quiet_hours_reach_over_midnight(
    now: datetime, hours: float, over_in_hours: float | None
) -> None:
    at = now + timedelta(hours=hours)
    over = None if over_in_hours is None else at + timedelta(hours=over_in_hours)
    assert quiet_until(VolunteerSettings(), at) == over


async def test_two_clocks_at_once_make_one_wave(
    database: Database, office: Office, now: datetime
) -> None:
    await add_volunteers(database, 12, now)
    task_id = await urgent(database, office, now)
    waves = await asyncio.gather(*(tick(database, office, now) for _ in range(4)))
    assert sum(waves) == 1
    assert len(await asked(database, task_id)) == 5


async def test_a_filled_task_is_offered_to_nobody_else(
    database: Database, office: Office, now: datetime
) -> None:
    people = await add_volunteers(database, 8, now)
    task_id = await urgent(database, office, now)
    await tick(database, office, now)
    known = await asked(database, task_id)
    first = next(each for each in people if each.id in known)
    async with database.transaction() as session:
        await claim_task(session, office.desk, task_id, by=first, now=now)
    assert await tick(database, office, now + timedelta(hours=1)) == 0


async def say_no(database: Database, task_id: UUID, by: VolunteerMember, now: datetime) -> bool:
    async with database.transaction() as session:
        return await say_not_now(session, task_id, by=by, now=now)


async def test_when_everybody_said_no_the_next_wave_does_not_wait(
    database: Database, office: Office, now: datetime
) -> None:
    people = await add_volunteers(database, 7, now)
    task_id = await urgent(database, office, now)
    await tick(database, office, now)
    known = await asked(database, task_id)
    first = [each for each in people if each.id in known]
    soon = now + timedelta(minutes=1)
    for each in first:
        assert await tick(database, office, soon) == 0
        assert await say_no(database, task_id, each, soon)
        assert not await say_no(database, task_id, each, soon)
    assert await tick(database, office, soon) == 1
    assert len(await asked(database, task_id)) == 7
    assert await tick(database, office, now + timedelta(hours=1)) == 0


async def test_who_gave_the_task_back_is_not_asked_to_take_it(
    database: Database, office: Office, now: datetime
) -> None:
    (one,) = await add_volunteers(database, 1, now)
    task_id = await urgent(database, office, now)
    async with database.transaction() as session:
        await claim_task(session, office.desk, task_id, by=one, now=now)
        await release_claim(session, office.desk, task_id, by=one, now=now)
    assert await tick(database, office, now) == 0


async def test_nobody_is_asked_more_often_a_day_than_set(
    database: Database, office: Office, now: datetime
) -> None:
    await add_volunteers(database, 1, now)
    for hours in range(4):
        starts = now + timedelta(hours=30 + 2 * hours)
        await urgent(database, office, now, starts_at=starts, ends_at=starts + timedelta(hours=1))
    assert await tick(database, office, now) == 3
    assert await tick(database, office, now + timedelta(hours=1)) == 0
    assert await tick(database, office, now + timedelta(hours=20, minutes=30)) == 0
    assert await tick(database, office, now + timedelta(hours=24, minutes=1)) == 1


async def test_who_was_not_asked_may_still_claim_and_who_said_no_may_change_their_mind(
    database: Database, office: Office, now: datetime
) -> None:
    people = await add_volunteers(database, 1, now)
    task_id = await urgent(database, office, now, places=2)
    await tick(database, office, now)
    await say_no(database, task_id, people[0], now)
    people += await add_volunteers(database, 1, now)
    for each in people:
        async with database.transaction() as session:
            await claim_task(session, office.desk, task_id, by=each, now=now)
    async with database.reading() as session:
        assert (await get_task(session, task_id)).places_left == 0


async def test_each_wave_stands_in_the_tickets_history(
    database: Database, office: Office, vault: Vault, now: datetime
) -> None:
    await add_volunteers(database, 2, now)
    task_id = await urgent(database, office, now)
    await tick(database, office, now)
    async with database.reading() as session:
        task = await get_task(session, task_id)
        history = await list_history(session, task.ticket_id, vault=vault)
    assert (history[-1].kind, history[-1].data["asked"]) == ("task_offered", 2)

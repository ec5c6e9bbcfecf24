"""Two go together: who the other is, waiting at the door, and what happens when one cannot come."""

from datetime import timedelta

import pytest

from core.errors import InvalidInput, NotFound
from handlers.clock.watch_claims import lapse_claims
from handlers.clock.watch_tasks import end_unfilled
from handlers.staff.allow_alone import allow_alone
from handlers.volunteers.list_tasks import open_own_task
from handlers.volunteers.release_claim import release_claim
from tests.integration.visits import Visits
from tickets.claims import PartnerMissing

VISIT, MINUTES = timedelta(hours=28), timedelta(minutes=1)
HOME = {"in_home": True, "places": 2}


async def a_pair(visits: Visits, number: str | None = None):
    task_id = await visits.publish(number, **HOME)
    one, two = await visits.volunteers("何琳", "欧阳娜", home_visits=True, skills=("急救",))
    for each in (one, two):
        await visits.claim(task_id, each)
    return task_id, one, two


async def opened(visits: Visits, task_id, by):
    async with visits.database.transaction() as session:
        return await open_own_task(
            session, task_id, vault=visits.office.desk.vault, by=by, now=visits.now
        )


async def test_each_sees_the_others_surname_and_skills_and_no_more(visits: Visits):
    task_id, one, _two = await a_pair(visits)
    (partner,) = (await opened(visits, task_id, one)).partners
    assert (partner.surname, partner.skills, partner.is_there) == ("欧阳", ("急救",), False)
    assert "欧阳师傅和您一起去" in (await visits.told(one))[0]


async def test_a_visit_inside_a_home_begins_when_both_are_there(visits: Visits):
    task_id, one, two = await a_pair(visits)
    start = visits.now + VISIT
    await visits.arrive(task_id, one, start)
    assert not (await opened(visits, task_id, one)).may_begin
    with pytest.raises(PartnerMissing):
        await visits.finish(task_id, one, start + 20 * MINUTES)
    assert "何师傅已经到了" in (await visits.told(two))[0]
    await visits.arrive(task_id, two, start + 5 * MINUTES)
    assert (await opened(visits, task_id, one)).may_begin
    assert not await visits.finish(task_id, one, start + 50 * MINUTES)
    assert await visits.finish(task_id, two, start + 50 * MINUTES)


async def test_staff_let_one_go_in_alone_with_a_reason(visits: Visits):
    number = await visits.ticket()
    task_id, one, _ = await a_pair(visits, number)
    start, operator = visits.now + VISIT, visits.office.operator
    await visits.arrive(task_id, one, start)

    async def allow(reason: str, of: str = number) -> None:
        async with visits.database.transaction() as session:
            ticket = await visits.office.desk.get_ticket(session, of, by=operator)
            await allow_alone(
                session,
                visits.office.desk,
                ticket,
                task_id,
                reason=reason,
                by=operator,
                now=start,
            )

    with pytest.raises(InvalidInput):
        await allow("")
    with pytest.raises(NotFound):
        await allow("女儿在家", of=await visits.ticket())
    for _ in range(2):
        await allow("女儿在家")
    kinds = [each.kind for each in await visits.history(number)]
    assert kinds.count("task_alone_allowed") == 1
    assert "同意您一个人进门" in (await visits.told(one))[0]
    assert not await visits.finish(task_id, one, start + 30 * MINUTES)


async def test_when_one_gives_it_back_the_other_is_told_and_staff_read_why(visits: Visits):
    number = await visits.ticket()
    task_id, one, two = await a_pair(visits, number)
    await visits.do(release_claim, task_id, words="孩子病了", by=one, now=visits.now)
    assert "何师傅来不了了，正在另找人" in (await visits.told(two))[0]
    (released,) = [each for each in await visits.history(number) if each.kind == "task_released"]
    assert released.note == "孩子病了"
    assert not (await opened(visits, task_id, two)).partners


async def test_a_partner_who_does_not_come_is_told_to_whoever_waits_at_the_door(visits: Visits):
    task_id, one, two = await a_pair(visits)
    start = visits.now + VISIT
    await visits.arrive(task_id, one, start)
    await visits.do(lapse_claims, now=start + 30 * MINUTES)
    assert "欧阳师傅来不了了" in (await visits.told(one))[0]
    assert (await visits.read_claim(task_id, two)).status == "lapsed"
    assert (await visits.read_claim(task_id, one)).status == "checked_in"


async def test_where_one_of_two_is_enough_the_work_is_done_with_one(visits: Visits):
    task_id = await visits.publish(places=2)
    one, two = await visits.volunteers("何琳", "郑力")
    for each in (one, two):
        await visits.claim(task_id, each)
    start = visits.now + VISIT
    await visits.arrive(task_id, one, start)
    assert not await visits.finish(task_id, one, start + 20 * MINUTES)
    await visits.do(lapse_claims, now=start + 30 * MINUTES)
    await visits.do(end_unfilled, now=start + 30 * MINUTES)
    assert (await visits.read_task(task_id)).status == "done"

"""Reminders, silence before a visit, nobody at the door: on both databases, two clocks at once."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.errors import InvalidInput
from handlers.clock.watch_claims import lapse_claims, lapse_unanswered, remind_volunteers
from handlers.clock.watch_tasks import end_unfilled
from handlers.volunteers.confirm import confirm_claim
from handlers.volunteers.release_claim import release_claim
from handlers.volunteers.run_late import run_late
from tests.integration.office import calls_to_make
from tests.integration.visits import Visits
from tickets.tasks import ClaimStepNotAllowed

HOURS, MINUTES = timedelta(hours=1), timedelta(minutes=1)
EVENING = timedelta(hours=8)
"""From the tests' ten in the morning to six in the evening; the visit is at 14:00 the day after."""
VISIT = timedelta(hours=28)


async def tick(visits: Visits, after: timedelta) -> dict[str, int]:
    """One look of the clock, in the order of the timekeeper; how much each verb did."""
    now = visits.now + after
    verbs: tuple[Any, ...] = (remind_volunteers, lapse_unanswered, lapse_claims, end_unfilled)
    return {verb.__name__: len(await visits.do(verb, now=now)) for verb in verbs}


async def test_the_evening_before_and_the_hour_before_are_said_once_each(visits: Visits):
    task_id = await visits.publish()
    (one,) = await visits.volunteers("何琳")
    await visits.claim(task_id, one)
    said = []
    for after in (
        EVENING - MINUTES,
        EVENING,
        EVENING + MINUTES,
        VISIT - HOURS,
        VISIT - 50 * MINUTES,
    ):
        said.append((await tick(visits, after))["remind_volunteers"])
        await visits.do(confirm_claim, task_id, by=one, now=visits.now + after)
    assert said == [0, 1, 0, 1, 0]
    hour, evening = (await visits.told(one))[:2]
    assert evening.startswith("明天有您接的：陪去医院取药")
    assert evening.endswith("您会去吗？")
    assert hour.startswith("快到时间了")


async def test_two_clocks_at_once_say_it_once(visits: Visits):
    task_id = await visits.publish()
    (one,) = await visits.volunteers("何琳")
    await visits.claim(task_id, one)
    now = visits.now + EVENING
    counts = await asyncio.gather(*(visits.do(remind_volunteers, now=now) for _ in range(4)))
    assert sorted(map(len, counts)) == [0, 0, 0, 1]
    assert len(await visits.told(one)) == 1


@pytest.mark.parametrize("after", [EVENING + 4 * HOURS, VISIT - 10 * MINUTES, VISIT + 40 * MINUTES])
async def test_a_reminder_whose_time_has_passed_uselessly_is_not_sent_late(
    visits: Visits, after: timedelta
):
    task_id = await visits.publish()
    (one,) = await visits.volunteers("何琳")
    await visits.claim(task_id, one)
    assert (await tick(visits, after))["remind_volunteers"] == 0


async def test_who_claims_after_six_is_not_asked_the_same_evening_and_not_taken_off(visits: Visits):
    task_id = await visits.publish()
    (one,) = await visits.volunteers("何琳")
    await visits.claim(task_id, one, now=visits.now + EVENING + HOURS)
    assert not any((await tick(visits, EVENING + 2 * HOURS)).values())
    assert not any((await tick(visits, VISIT - 90 * MINUTES)).values())
    assert (await visits.read_claim(task_id, one)).status == "claimed"


async def test_who_does_not_answer_until_two_hours_before_makes_room_for_others(visits: Visits):
    number = await visits.ticket()
    task_id = await visits.publish(number)
    one, two = await visits.volunteers("何琳", "郑力")
    await visits.claim(task_id, one)
    await tick(visits, EVENING)
    assert not any((await tick(visits, VISIT - 121 * MINUTES)).values())
    assert (await tick(visits, VISIT - 2 * HOURS))["lapse_unanswered"] == 1
    assert not any((await tick(visits, VISIT - 119 * MINUTES)).values())
    assert "没等到您回话" in (await visits.told(one))[0]
    assert any("正在另找人" in each for each in await visits.said(number))
    await visits.claim(task_id, two, now=visits.now + VISIT - 100 * MINUTES)
    assert (await visits.read_task(task_id)).status == "taken"
    with pytest.raises(ClaimStepNotAllowed):
        await visits.do(confirm_claim, task_id, by=one, now=visits.now + VISIT)


async def test_whoever_says_that_they_will_go_keeps_the_place(visits: Visits):
    task_id = await visits.publish()
    (one,) = await visits.volunteers("何琳")
    await visits.claim(task_id, one)
    await tick(visits, EVENING)
    for _ in range(2):
        await visits.do(confirm_claim, task_id, by=one, now=visits.now + EVENING + HOURS)
    assert (await tick(visits, VISIT - 90 * MINUTES))["lapse_unanswered"] == 0


async def test_after_a_standstill_nobody_is_taken_off_on_their_way(visits: Visits):
    task_id = await visits.publish()
    (one,) = await visits.volunteers("何琳")
    await visits.claim(task_id, one)
    await tick(visits, EVENING)
    assert (await tick(visits, VISIT - 20 * MINUTES))["lapse_unanswered"] == 0


async def test_nobody_at_the_door_is_asked_then_told_truly_and_others_may_come(visits: Visits):
    number = await visits.ticket()
    task_id = await visits.publish(number, ends_at=visits.now + VISIT + 3 * HOURS)
    one, two = await visits.volunteers("何琳", "郑力")
    await visits.claim(task_id, one)
    assert (await tick(visits, VISIT + 14 * MINUTES))["remind_volunteers"] == 0
    assert (await tick(visits, VISIT + 15 * MINUTES))["remind_volunteers"] == 1
    assert "您去了吗" in (await visits.told(one))[0]
    assert not any((await tick(visits, VISIT + 29 * MINUTES)).values())
    done = await tick(visits, VISIT + 30 * MINUTES)
    assert (done["lapse_claims"], done["end_unfilled"]) == (1, 0)
    assert "先请别人去了" in (await visits.told(one))[0]
    assert "说好来帮您陪诊的志愿者没有到，对不起。正在另找人" in (await visits.said(number))[-1]
    ((kind, words),) = await calls_to_make(visits.database, visits.office.desk.vault, number)
    assert kind == "notice"
    assert "何琳" in words
    assert [each.data.get("why") for each in await visits.history(number)][-1] == "no_show"
    await visits.claim(task_id, two, now=visits.now + VISIT + 40 * MINUTES)
    assert not any((await tick(visits, VISIT + 41 * MINUTES)).values())
    assert (await tick(visits, VISIT + 71 * MINUTES))["lapse_claims"] == 1


async def test_without_time_left_the_visit_is_called_off_and_the_resident_hears_it_once(
    visits: Visits,
):
    number = await visits.ticket()
    task_id = await visits.publish(number)
    (one,) = await visits.volunteers("何琳")
    await visits.claim(task_id, one)
    done = await tick(visits, VISIT + 30 * MINUTES)
    assert (done["lapse_claims"], done["end_unfilled"]) == (1, 1)
    assert (await visits.read_task(task_id)).status == "cancelled"
    said = await visits.said(number)
    assert "没有来，对不起" in said[-1]
    assert sum("对不起" in each for each in said) == 1


async def test_a_resident_without_a_chat_is_rung_up_with_the_truth(visits: Visits):
    number = await visits.ticket(chat=False)
    task_id = await visits.publish(number)
    (one,) = await visits.volunteers("何琳")
    await visits.claim(task_id, one)
    await tick(visits, VISIT + 30 * MINUTES)
    calls = await calls_to_make(visits.database, visits.office.desk.vault, number)
    assert "居民还不知道" in calls[-1][1]


async def test_two_clocks_take_a_place_away_once(visits: Visits):
    number = await visits.ticket()
    task_id = await visits.publish(number, ends_at=visits.now + VISIT + 3 * HOURS)
    (one,) = await visits.volunteers("何琳")
    await visits.claim(task_id, one)
    now = visits.now + VISIT + 31 * MINUTES
    await asyncio.gather(*(visits.do(lapse_claims, now=now) for _ in range(4)))
    task = await visits.read_task(task_id)
    assert (task.places_left, task.status) == (1, "open")
    kinds = [each.kind for each in await visits.history(number)]
    assert kinds.count("task_lapsed") == 1


async def test_running_late_tells_everybody_and_moves_the_reminders(visits: Visits):
    number = await visits.ticket()
    task_id = await visits.publish(number, places=2)
    one, two = await visits.volunteers("何琳", "欧阳娜")
    for each in (one, two):
        await visits.claim(task_id, each)
    now = visits.now + VISIT - 10 * MINUTES
    for _ in range(2):
        until = await visits.do(run_late, task_id, 20, by=one, now=now)
    assert until == visits.now + VISIT + 20 * MINUTES
    late = [each for each in await visits.said(number) if "何师傅路上耽搁了" in each]
    assert len(late) == 1
    assert "下午2点20分左右到" in late[0]
    assert "何师傅路上耽搁了" in (await visits.told(two))[0]
    assert [each.kind for each in await visits.history(number)].count("task_late") == 1
    assert (await tick(visits, VISIT + 16 * MINUTES))["remind_volunteers"] == 1, "only the other"
    assert (await tick(visits, VISIT + 35 * MINUTES))["remind_volunteers"] == 1
    assert (await visits.read_claim(task_id, one)).status == "claimed"
    assert (await visits.read_claim(task_id, two)).status == "lapsed"
    assert (await tick(visits, VISIT + 50 * MINUTES))["lapse_claims"] == 1


async def test_how_late_is_one_of_three_and_not_beyond_the_end(visits: Visits, now: datetime):
    task_id = await visits.publish()
    (one,) = await visits.volunteers("何琳")
    await visits.claim(task_id, one)
    with pytest.raises(InvalidInput):
        await visits.do(run_late, task_id, 15, by=one, now=now)
    with pytest.raises(ClaimStepNotAllowed):
        await visits.do(run_late, task_id, 30, by=one, now=now + VISIT + 40 * MINUTES)
    await visits.do(release_claim, task_id, words="孩子病了", by=one, now=now)
    with pytest.raises(ClaimStepNotAllowed):
        await visits.do(run_late, task_id, 10, by=one, now=now)

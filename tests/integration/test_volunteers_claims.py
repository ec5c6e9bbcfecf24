"""Volunteers and their tasks, on both databases."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from core.database import Database
from core.errors import InvalidInput
from core.vault import Vault
from handlers.clock.watch_claims import lapse_claims
from handlers.clock.watch_tasks import end_unfilled, ring_for_silence
from handlers.staff.publish_task import publish_task
from handlers.staff.withdraw import withdraw
from handlers.volunteers.ask_for_help import ask_for_help
from handlers.volunteers.check_in import check_in
from handlers.volunteers.claim_task import claim_task
from handlers.volunteers.complete_claim import complete_claim
from handlers.volunteers.list_tasks import (
    list_open_tasks,
    list_own_tasks,
    list_tasks_out_of_reach,
    open_own_task,
)
from handlers.volunteers.release_claim import release_claim
from people.models import ViewRecord
from people.permissions import VolunteerMember
from tests.integration.office import (
    Office,
    a_ticket,
    add_volunteers,
    read_ticket,
    what_was_said,
)
from tickets.history import list_history
from tickets.models import Alert, Claim, Task
from tickets.tasks import ClaimStepNotAllowed, TaskAlreadyClaimed, VolunteerNotSuited
from tickets.volunteer_rules import NewTask, NotForVolunteers


def a_task(now: datetime, **facts: Any) -> NewTask:
    usual: dict[str, Any] = {
        "kind": "陪诊",
        "title": "陪去医院取药",
        "rough_place": "和平里一带",
        "starts_at": now + timedelta(hours=4),
        "ends_at": now + timedelta(hours=5),
        "minutes": 60,
        "to_do": ["挂号", "带路", "取药"],
        "name": "王婆婆",
        "address": "和平里3栋2单元701",
    }
    return NewTask(**(usual | facts))


async def publish(
    database: Database, office: Office, now: datetime, number: str | None = None, **facts: Any
) -> UUID:
    matter = facts.pop("matter", "elder_care/companion_help")
    number = number or await a_ticket(database, office, now, matter=matter)
    async with database.transaction() as session:
        ticket = await office.desk.get_ticket(session, number, by=office.operator)
        new = a_task(now, **facts)
        task = await publish_task(session, office.desk, ticket, new, by=office.operator, now=now)
        return task.id


async def claim(
    database: Database, office: Office, task_id: UUID, by: VolunteerMember, now: datetime
) -> Any:
    async with database.transaction() as session:
        return await claim_task(session, office.desk, task_id, by=by, now=now)


async def kinds(database: Database, vault: Vault, number: str) -> list[str]:
    ticket = await read_ticket(database, number)
    async with database.reading() as session:
        return [each.kind for each in await list_history(session, ticket.id, vault=vault)]


async def test_of_sixty_four_who_press_together_exactly_one_gets_the_task(
    database: Database, office: Office, now: datetime
) -> None:
    task_id = await publish(database, office, now)
    people = await add_volunteers(database, 64, now)
    results = await asyncio.gather(
        *(claim(database, office, task_id, each, now) for each in people), return_exceptions=True
    )
    lost = [each for each in results if isinstance(each, TaskAlreadyClaimed)]
    won = [each for each in results if not isinstance(each, BaseException)]
    assert (len(won), len(lost)) == (1, 63)
    async with database.reading() as session:
        claims = (await session.scalars(select(Claim))).all()
        task = await session.get_one(Task, task_id)
    assert [each.status for each in claims] == ["claimed"]
    assert (task.status, task.places_left) == ("taken", 0)


async def test_three_places_go_to_three_of_many(
    database: Database, office: Office, now: datetime
) -> None:
    task_id = await publish(database, office, now, places=3)
    people = await add_volunteers(database, 16, now)
    results = await asyncio.gather(
        *(claim(database, office, task_id, each, now) for each in people), return_exceptions=True
    )
    assert sum(not isinstance(each, BaseException) for each in results) == 3


async def test_pressing_twice_at_once_takes_one_place_only(
    database: Database, office: Office, now: datetime
) -> None:
    task_id = await publish(database, office, now, places=2)
    (one,) = await add_volunteers(database, 1, now)
    twice = await asyncio.gather(*(claim(database, office, task_id, one, now) for _ in range(4)))
    assert len({each.claim_id for each in twice}) == 1
    async with database.reading() as session:
        assert (await session.get_one(Task, task_id)).places_left == 1


async def test_the_address_is_seen_only_after_the_claim_and_every_look_is_recorded(
    database: Database, office: Office, now: datetime
) -> None:
    task_id = await publish(database, office, now)
    (one,) = await add_volunteers(database, 1, now)
    async with database.reading() as session:
        (card,) = await list_open_tasks(session, by=one, now=now)
    assert "701" not in repr(card)
    assert "王婆婆" not in repr(card)
    claimed = await claim(database, office, task_id, one, now)
    assert (claimed.name, claimed.address) == ("王婆婆", "和平里3栋2单元701")
    async with database.transaction() as session:
        await open_own_task(session, task_id, vault=office.desk.vault, by=one, now=now)
    async with database.reading() as session:
        views = (await session.scalars(select(ViewRecord))).all()
    assert [(each.action, each.viewer_id) for each in views] == [("claim", one.id)] * 2


async def test_titles_and_places_lose_their_door_numbers(
    database: Database, office: Office, now: datetime
) -> None:
    await publish(database, office, now, title="送到3栋2单元701", rough_place="和平里3栋")
    (one,) = await add_volunteers(database, 1, now)
    async with database.reading() as session:
        (card,) = await list_open_tasks(session, by=one, now=now)
    assert "701" not in card.title
    assert "3" not in card.rough_place


async def test_a_task_that_was_given_back_can_be_claimed_again_by_the_same_person(
    database: Database, office: Office, now: datetime
) -> None:
    task_id = await publish(database, office, now)
    (one,) = await add_volunteers(database, 1, now)
    await claim(database, office, task_id, one, now)
    for _ in range(2):
        async with database.transaction() as session:
            await release_claim(session, office.desk, task_id, by=one, now=now)
    async with database.reading() as session:
        assert (await session.get_one(Task, task_id)).places_left == 1
    again = await claim(database, office, task_id, one, now)
    assert again.claim_status == "claimed"


async def test_after_release_the_address_is_hidden_again(
    database: Database, office: Office, now: datetime
) -> None:
    task_id = await publish(database, office, now)
    (one,) = await add_volunteers(database, 1, now)
    await claim(database, office, task_id, one, now)
    async with database.transaction() as session:
        await release_claim(session, office.desk, task_id, by=one, now=now)
        seen = await open_own_task(session, task_id, vault=office.desk.vault, by=one, now=now)
    assert (seen.name, seen.address) == (None, None)


async def test_tasks_inside_a_home_are_for_trained_people_and_for_two(
    database: Database, office: Office, now: datetime
) -> None:
    with pytest.raises(InvalidInput):
        await publish(database, office, now, in_home=True)
    await publish(database, office, now, in_home=True, accompanied=True)
    task_id = await publish(database, office, now, in_home=True, places=2)
    (stranger,) = await add_volunteers(database, 1, now)
    (trained,) = await add_volunteers(database, 1, now, home_visits=True)
    async with database.reading() as session:
        assert await list_open_tasks(session, by=stranger, now=now) == []
        out_of_reach = await list_tasks_out_of_reach(session, by=stranger, now=now)
        assert len(await list_open_tasks(session, by=trained, now=now)) == 2
    assert {card.lacks for card in out_of_reach} == {"training"}
    with pytest.raises(VolunteerNotSuited):
        await claim(database, office, task_id, stranger, now)


async def test_tasks_are_listed_by_skill_and_area(
    database: Database, office: Office, now: datetime
) -> None:
    await publish(database, office, now, skill="理发")
    (barber,) = await add_volunteers(database, 1, now, skills=("理发",), communities=("c05",))
    (far,) = await add_volunteers(database, 1, now, skills=("理发",), communities=("c06",))
    (other,) = await add_volunteers(database, 1, now)
    async with database.reading() as session:
        listed = [
            len(await list_open_tasks(session, by=each, now=now)) for each in (barber, far, other)
        ]
    assert listed == [1, 0, 0]


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"urgency": "P0", "trigger": "medical"}, "emergency"),
        ({"matter": "child_women/domestic_violence", "urgency": "P1"}, "protected"),
        ({"matter": "child_women/child_protection", "urgency": "P1"}, "protected"),
        ({"matter": "safety_law/public_security", "urgency": "P1"}, "protected"),
        ({"trigger": "self_harm", "urgency": "P1"}, "protected"),
        ({"matter": "environment/fumes_odor"}, "matter"),
        ({"matter": None}, "unsorted"),
    ],
)
async def test_some_things_are_never_asked_of_volunteers(
    database: Database, office: Office, now: datetime, facts: dict[str, Any], why: str
) -> None:
    number = await a_ticket(database, office, now, **facts)
    with pytest.raises(NotForVolunteers) as refused:
        await publish(database, office, now, number)
    assert refused.value.why == why


async def test_medical_work_and_money_are_never_asked_of_volunteers(
    database: Database, office: Office, now: datetime
) -> None:
    with pytest.raises(NotForVolunteers):
        await publish(database, office, now, to_do=["帮老人打针"])


async def test_completing_goes_through_the_check_in_and_counts_the_minutes(
    database: Database, office: Office, vault: Vault, now: datetime
) -> None:
    number = await a_ticket(database, office, now, matter="elder_care/companion_help")
    task_id = await publish(database, office, now, number)
    (one,) = await add_volunteers(database, 1, now)
    await claim(database, office, task_id, one, now)
    later = now + timedelta(hours=4)
    async with database.transaction() as session:
        with pytest.raises(ClaimStepNotAllowed):
            await complete_claim(session, office.desk, task_id, by=one, now=later)
        await check_in(session, office.desk, task_id, by=one, now=later)
        assert await complete_claim(
            session,
            office.desk,
            task_id,
            words="药取到了",
            by=one,
            now=later + timedelta(minutes=47),
        )
    async with database.reading() as session:
        (own,) = await list_own_tasks(session, by=one)
    assert (own.claim_status, own.minutes, own.card.status) == ("completed", 47, "done")
    assert (await kinds(database, vault, number))[-4:] == [
        "task_claimed",
        "task_checked_in",
        "task_completed",
        "task_done",
    ]
    assert (await read_ticket(database, number)).status == "to_dispatch"


async def test_a_task_for_two_is_done_when_both_have_done_it_even_at_the_same_moment(
    database: Database, office: Office, now: datetime
) -> None:
    task_id = await publish(database, office, now, places=2)
    people = await add_volunteers(database, 2, now)
    for each in people:
        await claim(database, office, task_id, each, now)
        async with database.transaction() as session:
            await check_in(session, office.desk, task_id, by=each, now=now)

    async def complete(by: VolunteerMember) -> bool:
        async with database.transaction() as session:
            return await complete_claim(session, office.desk, task_id, by=by, now=now)

    assert sorted(await asyncio.gather(*map(complete, people))) == [False, True]


async def test_the_resident_is_told_who_comes_and_when_nobody_does(
    database: Database, office: Office, vault: Vault, now: datetime
) -> None:
    number = await a_ticket(database, office, now, matter="elder_care/companion_help")
    task_id = await publish(database, office, now, number)
    (one,) = await add_volunteers(database, 1, now)
    await claim(database, office, task_id, one, now)
    async with database.transaction() as session:
        await release_claim(session, office.desk, task_id, by=one, now=now)
    async with database.transaction() as session:
        ended = await end_unfilled(session, office.desk, now=now + timedelta(hours=4))
    assert len(ended) == 1
    said = await what_was_said(database, vault, number)
    for words in ("正在找志愿者", "志愿者0接了", "正在另找人", "还没有志愿者接"):
        assert any(words in each for each in said)
    with pytest.raises(TaskAlreadyClaimed):
        await claim(database, office, task_id, one, now + timedelta(hours=4))


async def test_one_volunteer_alone_is_not_sent_into_a_home(
    database: Database, office: Office, now: datetime
) -> None:
    task_id = await publish(database, office, now, in_home=True, places=2)
    (one,) = await add_volunteers(database, 1, now, home_visits=True)
    await claim(database, office, task_id, one, now)
    async with database.transaction() as session:
        assert await end_unfilled(session, office.desk, now=now + timedelta(hours=4))
    async with database.reading() as session:
        assert (await session.get_one(Task, task_id)).status == "cancelled"


async def test_outside_a_home_those_who_came_are_enough(
    database: Database, office: Office, now: datetime
) -> None:
    task_id = await publish(database, office, now, places=3)
    (one,) = await add_volunteers(database, 1, now)
    await claim(database, office, task_id, one, now)
    async with database.transaction() as session:
        assert not await end_unfilled(session, office.desk, now=now + timedelta(hours=4))
    async with database.reading() as session:
        task = await session.get_one(Task, task_id)
    assert (task.status, task.places, task.places_left) == ("taken", 1, 0)


async def test_silence_after_a_check_in_rings_once(
    database: Database, office: Office, now: datetime
) -> None:
    task_id = await publish(database, office, now)
    (one,) = await add_volunteers(database, 1, now)
    await claim(database, office, task_id, one, now)
    async with database.transaction() as session:
        await check_in(session, office.desk, task_id, by=one, now=now)
    for minutes, rings in ((89, 0), (330, 1), (340, 0)):
        async with database.transaction() as session:
            rung = await ring_for_silence(
                session, office.desk, now=now + timedelta(minutes=minutes)
            )
        assert len(rung) == rings
    async with database.reading() as session:
        alert = (await session.scalars(select(Alert))).one()
    assert alert.kind == "silence"


async def test_who_never_came_is_noted_without_blame(
    database: Database, office: Office, vault: Vault, now: datetime
) -> None:
    number = await a_ticket(database, office, now, matter="elder_care/companion_help")
    task_id = await publish(database, office, now, number)
    (one,) = await add_volunteers(database, 1, now)
    await claim(database, office, task_id, one, now)
    for _ in range(2):
        async with database.transaction() as session:
            await lapse_claims(session, office.desk, now=now + timedelta(hours=6))
    assert (await kinds(database, vault, number)).count("task_lapsed") == 1


async def test_a_volunteer_who_asks_for_help_rings_at_the_desk(
    database: Database, office: Office, vault: Vault, now: datetime
) -> None:
    number = await a_ticket(database, office, now, matter="elder_care/companion_help")
    task_id = await publish(database, office, now, number)
    (one,) = await add_volunteers(database, 1, now)
    await claim(database, office, task_id, one, now)
    async with database.transaction() as session:
        await ask_for_help(session, office.desk, task_id, "老人摔倒了", by=one, now=now)
    async with database.reading() as session:
        alert = (await session.scalars(select(Alert))).one()
    assert (alert.kind, alert.next_step_at) == ("help", now + timedelta(seconds=60))
    assert "help_asked" in await kinds(database, vault, number)


async def test_a_withdrawn_request_calls_its_task_off(
    database: Database, office: Office, now: datetime
) -> None:
    number = await a_ticket(database, office, now, matter="elder_care/companion_help")
    task_id = await publish(database, office, now, number)
    async with database.transaction() as session:
        ticket = await office.desk.get_ticket(session, number, by=office.operator)
        await withdraw(session, office.desk, ticket, note="女儿来了", by=office.operator, now=now)
    (one,) = await add_volunteers(database, 1, now)
    with pytest.raises(TaskAlreadyClaimed):
        await claim(database, office, task_id, one, now)

"""From a stranger's registration to the first claim, on both databases."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.schema import upgrade
from core.database import Database
from core.dates import today_in_china
from core.errors import InvalidInput, NotPermitted
from core.vault import Vault
from handlers.staff.vet_volunteer import (
    VettingNotAllowed,
    decide_volunteer,
    end_proof,
    list_running_out,
    open_homes,
    record_proof,
)
from handlers.volunteers.claim_task import claim_task
from handlers.volunteers.list_tasks import list_open_tasks, open_own_task
from people.models import Volunteer
from people.permissions import StaffMember, VolunteerMember
from people.profiles import Vetting, get_profile
from people.registration import (
    Abilities,
    Application,
    Guardian,
    describe_self,
    end_pause,
    pause,
    register,
)
from people.volunteer_events import VolunteerEventKind, list_events
from people.volunteer_notices import list_notices
from tests.integration.office import Office, add_volunteers
from tests.integration.test_volunteers_claims import publish
from tickets.candidates import read_pairings
from tickets.models import Avoidance, Claim, Task
from tickets.tasks import VolunteerNotSuited, get_task

COMMUNITIES = ("c04", "c05")


def an_application(**facts: Any) -> Application:
    usual: dict[str, Any] = {
        "name": "周师傅",
        "phone": "13912345521",
        "birth_year": 1961,
        "login": "zhou",
        "agrees_to_rules": True,
        "abilities": Abilities(skills=("陪诊",), home_community="c05", times=("1m",)),
    }
    return Application(**(usual | facts))


async def registered(
    database: Database, vault: Vault, now: datetime, **facts: Any
) -> VolunteerMember:
    async with database.transaction() as session:
        return await register(
            session,
            vault,
            an_application(**facts),
            communities=COMMUNITIES,
            password_hash=None,
            now=now,
        )


async def decide(
    database: Database,
    office: Office,
    who: VolunteerMember,
    to: Vetting,
    now: datetime,
    **facts: Any,
) -> None:
    by: StaffMember = facts.pop("by", office.lead)
    checks = {"identity_checked": True, "interviewed": True} | facts
    async with database.transaction() as session:
        await decide_volunteer(session, office.desk, who.id, to, by=by, now=now, **checks)


async def claim_lacks(
    database: Database, office: Office, task_id: Any, who: VolunteerMember, now: datetime
) -> str | None:
    try:
        async with database.transaction() as session:
            await claim_task(session, office.desk, task_id, by=who, now=now)
    except VolunteerNotSuited as error:
        return error.lacks
    return None


async def test_a_stranger_claims_only_after_the_street_agreed_and_is_told_so(
    database: Database, office: Office, vault: Vault, now: datetime
) -> None:
    who = await registered(database, vault, now)
    task_id = await publish(database, office, now)
    assert await claim_lacks(database, office, task_id, who, now) == "vetting"
    await decide(database, office, who, Vetting.VETTED, now, words="看过身份证")
    assert await claim_lacks(database, office, task_id, who, now) is None
    async with database.reading() as session:
        (notice,) = await list_notices(session, vault, who.id)
        events = await list_events(session, vault, who.id)
    assert "可以接" in notice.words
    assert [(each.kind, each.note) for each in events] == [
        (VolunteerEventKind.VETTED, "看过身份证"),
        (VolunteerEventKind.APPLIED, None),
    ]
    assert events[0].by.person_id == office.lead.id


async def test_the_telephone_and_the_guardian_are_sealed(
    database: Database, vault: Vault, now: datetime
) -> None:
    await registered(
        database,
        vault,
        now,
        birth_year=2010,
        guardian=Guardian(name="周大明", phone="13912345522"),
        guardian_agrees=True,
    )
    async with database.reading() as session:
        row = (await session.scalars(select(Volunteer))).one()
    kept = repr([getattr(row, column.key) for column in Volunteer.__table__.columns])
    assert not any(secret in kept for secret in ("13912345521", "13912345522", "周大明"))


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"agrees_to_rules": False}, "rules"),
        ({"phone": "1391234552"}, "phone"),
        ({"name": " "}, "name"),
        ({"birth_year": None}, "birth_year"),
        ({"birth_year": 2010}, "guardian_name"),
        (
            {"birth_year": 2010, "guardian": Guardian(name="周大明", phone="13912345522")},
            "guardian_agrees",
        ),
        ({"abilities": Abilities(skills=["长" * 33])}, "skills"),
        ({"login": "a"}, "login"),
    ],
)
async def test_a_registration_says_which_field_to_correct(
    database: Database, vault: Vault, now: datetime, facts: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await registered(database, vault, now, **facts)
    assert refused.value.field == field


async def test_what_the_street_does_not_know_is_left_out(
    database: Database, vault: Vault, now: datetime
) -> None:
    who = await registered(
        database,
        vault,
        now,
        abilities=Abilities(
            skills=("陪诊", "陪诊"),
            communities=("c05", "x"),
            times=("1m", "9z"),
            languages=("klingon",),
        ),
    )
    async with database.reading() as session:
        profile = await get_profile(session, who.id)
    assert (profile.skills, profile.communities) == (("陪诊",), ("c05",))
    assert (profile.times, profile.languages) == (("1m",), ())


async def test_vetting_needs_both_checks_and_refusing_needs_words(
    database: Database, office: Office, vault: Vault, now: datetime
) -> None:
    who = await registered(database, vault, now)
    with pytest.raises(InvalidInput):
        await decide(database, office, who, Vetting.VETTED, now, interviewed=False)
    with pytest.raises(InvalidInput):
        await decide(database, office, who, Vetting.DECLINED, now)
    with pytest.raises(VettingNotAllowed):
        await decide(database, office, who, Vetting.SUSPENDED, now, words="x")


async def test_only_those_who_deal_with_volunteers_decide(
    database: Database, office: Office, vault: Vault, now: datetime
) -> None:
    who = await registered(database, vault, now)
    of_the_office = replace(office.handler, units=("volunteer_office",))
    for by in (office.operator, office.handler, office.supervisor):
        with pytest.raises(NotPermitted):
            await decide(database, office, who, Vetting.VETTED, now, by=by)
    await decide(database, office, who, Vetting.VETTED, now, by=of_the_office)


async def test_who_is_suspended_gives_back_what_was_claimed_and_sees_no_door_any_more(
    database: Database, office: Office, now: datetime
) -> None:
    (who,) = await add_volunteers(database, 1, now)
    task_id = await publish(database, office, now)
    assert await claim_lacks(database, office, task_id, who, now) is None
    await decide(database, office, who, Vetting.SUSPENDED, now, words="有人投诉，先查")
    async with database.transaction() as session:
        own = await open_own_task(session, task_id, vault=office.desk.vault, by=who, now=now)
        task = await get_task(session, task_id)
    assert (own.name, own.address, task.places_left) == (None, None, 1)
    assert await claim_lacks(database, office, task_id, who, now) == "vetting"
    await decide(database, office, who, Vetting.VETTED, now, words="查清楚了")
    assert await claim_lacks(database, office, task_id, who, now) is None


async def test_decisions_cannot_be_changed_afterwards(
    own_postgres_url: str, vault: Vault, now: datetime
) -> None:
    database = Database(own_postgres_url)
    await upgrade(database)
    await registered(database, vault, now)
    with pytest.raises(DBAPIError):
        async with database.transaction() as session:
            await session.execute(text("UPDATE volunteer_events SET kind = 'vetted'"))
    await database.close()


async def test_insurance_must_hold_on_the_day_and_can_be_taken_back(
    database: Database, office: Office, now: datetime
) -> None:
    (who,) = await add_volunteers(database, 1, now)
    task_id = await publish(database, office, now, needs_insurance=True)
    assert await claim_lacks(database, office, task_id, who, now) == "insurance"
    today = today_in_china(now)
    async with database.transaction() as session:
        proof_id = await record_proof(
            session,
            office.desk,
            who.id,
            "insurance",
            valid_from=today,
            valid_until=today,
            details="平安 123",
            by=office.lead,
            now=now,
        )
    assert await claim_lacks(database, office, task_id, who, now) is None
    other = await publish(
        database,
        office,
        now,
        needs_insurance=True,
        starts_at=now + timedelta(days=1),
        ends_at=now + timedelta(days=1, hours=1),
    )
    assert await claim_lacks(database, office, other, who, now) == "insurance"
    async with database.transaction() as session:
        await end_proof(session, office.desk, proof_id, by=office.lead, now=now)
        assert (await get_profile(session, who.id)).proofs == ()


async def test_homes_need_the_training_first_and_the_streets_introduction_too(
    database: Database, office: Office, now: datetime
) -> None:
    (who,) = await add_volunteers(database, 1, now)
    task_id = await publish(database, office, now, in_home=True, accompanied=True)
    assert await claim_lacks(database, office, task_id, who, now) == "training"
    with pytest.raises(InvalidInput):
        async with database.transaction() as session:
            await open_homes(session, office.desk, who.id, True, words="x", by=office.lead, now=now)
    async with database.transaction() as session:
        await record_proof(
            session,
            office.desk,
            who.id,
            "home_visit",
            valid_from=today_in_china(now),
            valid_until=None,
            by=office.lead,
            now=now,
        )
    assert await claim_lacks(database, office, task_id, who, now) == "home_vetting"
    async with database.transaction() as session:
        await open_homes(
            session, office.desk, who.id, True, words="一起去过王婆婆家", by=office.lead, now=now
        )
    assert await claim_lacks(database, office, task_id, who, now) is None


async def test_what_runs_out_within_thirty_days_is_listed_unless_it_was_renewed(
    database: Database, office: Office, now: datetime
) -> None:
    soon, renewed, later = await add_volunteers(database, 3, now)
    today = today_in_china(now)
    ends = {soon.id: (10,), renewed.id: (10, 300), later.id: (31,)}
    async with database.transaction() as session:
        for volunteer_id, days in ends.items():
            for each in days:
                await record_proof(
                    session,
                    office.desk,
                    volunteer_id,
                    "insurance",
                    valid_from=today,
                    valid_until=today + timedelta(days=each),
                    by=office.lead,
                    now=now,
                )
        found = await list_running_out(session, by=office.supervisor, now=now)
    assert found == [(soon.id, "insurance", today + timedelta(days=10))]


async def test_who_pauses_takes_nothing_for_those_days_and_comes_back_by_a_word(
    database: Database, office: Office, now: datetime
) -> None:
    (who,) = await add_volunteers(database, 1, now)
    task_id = await publish(database, office, now)
    async with database.transaction() as session:
        await pause(session, who.id, from_at=now, until_at=now + timedelta(days=2))
    assert await claim_lacks(database, office, task_id, who, now) == "paused"
    async with database.transaction() as session:
        await end_pause(session, who.id)
    assert await claim_lacks(database, office, task_id, who, now) is None
    with pytest.raises(InvalidInput):
        async with database.transaction() as session:
            await pause(session, who.id, from_at=now, until_at=now)


async def test_nobody_takes_two_tasks_at_one_time_even_pressed_together(
    database: Database, office: Office, now: datetime
) -> None:
    (who,) = await add_volunteers(database, 1, now)
    first, second = [await publish(database, office, now) for _ in range(2)]
    assert await claim_lacks(database, office, first, who, now) is None
    assert await claim_lacks(database, office, second, who, now) == "time"


async def test_who_changes_the_own_skills_gets_other_tasks(
    database: Database, office: Office, now: datetime
) -> None:
    (who,) = await add_volunteers(database, 1, now)
    await publish(database, office, now, skill="理发")
    async with database.transaction() as session:
        assert await list_open_tasks(session, by=who, now=now) == []
        await describe_self(session, who.id, Abilities(skills=("理发",)), communities=COMMUNITIES)
        assert len(await list_open_tasks(session, by=who, now=now)) == 1


async def test_who_went_to_this_resident_before_is_known_and_wishes_are_kept(
    database: Database, office: Office, now: datetime
) -> None:
    went, stranger = await add_volunteers(database, 2, now)
    before, again = [await publish(database, office, now) for _ in range(2)]
    async with database.transaction() as session:
        session.add(
            Claim(
                id=(await get_task(session, before)).id,
                task_id=before,
                volunteer_id=went.id,
                status="completed",
                claimed_at=now - timedelta(days=60),
                minutes=60,
            )
        )
    async with database.transaction() as session:
        tasks = [await get_task(session, again)]
        pairings = await read_pairings(session, tasks)
        assert (pairings.of(again, went.id).times, pairings.of(again, stranger.id).times) == (1, 0)
        session.add(
            Avoidance(
                id=again,
                volunteer_id=went.id,
                ticket_id=(await session.get_one(Task, before)).ticket_id,
                wished_by="resident",
                noted_at=now,
            )
        )
    assert await claim_lacks(database, office, again, went, now) == "avoid"
    async with database.reading() as session:
        listed = [each.id for each in await list_open_tasks(session, by=went, now=now)]
    assert again not in listed

"""The volunteers' files at the desk: who waits, what is decided, what stays masked."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from core.clock import Clock
from core.database import Database
from core.dates import today_in_china
from core.ids import new_id
from core.taxonomy import Street, Taxonomy
from core.texts import Texts
from core.vault import Vault
from handlers.volunteers.list_tasks import list_open_tasks
from people.models import ViewRecord
from people.permissions import StaffMember, VolunteerMember
from people.profiles import Vetting, get_profile
from people.registration import Abilities, Application, Guardian, register
from tests.console_house import ConsoleHouse, a_console
from tests.integration.office import Office, a_ticket, add_staff, add_volunteers
from tests.integration.test_volunteers_claims import publish
from tickets.models import Task

PHONE = "13912345521"


@pytest.fixture
def console(
    database: Database,
    office: Office,
    vault: Vault,
    taxonomy: Taxonomy,
    street: Street,
    texts: Texts,
    clock: Clock,
) -> ConsoleHouse:
    return a_console(
        database,
        office.desk,
        vault=vault,
        taxonomy=taxonomy,
        street=street,
        texts=texts,
        clock=clock,
    )


@pytest.fixture
async def chenjing(database: Database, office: Office, now: datetime) -> StaffMember:
    """The handler of the volunteers' office."""
    member = replace(office.handler, id=new_id(), units=("volunteer_office",))
    await add_staff(database, [member], now)
    return member


@pytest.fixture
async def applicant(database: Database, vault: Vault, now: datetime) -> VolunteerMember:
    application = Application(
        name="周小妹",
        phone=PHONE,
        birth_year=2010,
        login="xiaomei",
        guardian=Guardian(name="周大明", phone="13912345522"),
        guardian_agrees=True,
        agrees_to_rules=True,
        abilities=Abilities(skills=("读报写信",), home_community="c05", times=("5m",)),
    )
    async with database.transaction() as session:
        return await register(
            session, vault, application, communities=("c05",), password_hash=None, now=now
        )


async def test_who_waits_stands_first_and_the_telephone_stays_masked_until_opened_with_a_reason(
    console: ConsoleHouse, chenjing: StaffMember, applicant: VolunteerMember, database: Database
) -> None:
    desk = await console.sign_in(chenjing)
    page = (await desk.get("/console/volunteers")).text
    assert "等回话的报名 1" in page
    file = f"/console/volunteers/{applicant.id}"
    page = (await desk.get(file)).text
    assert "周六上午" in page
    assert "未满 18 岁" in page
    assert PHONE not in page
    assert (await desk.send(f"{file}/reveal", words="")).status_code == 422
    opened = (await desk.send(f"{file}/reveal", words="约面谈")).text
    assert PHONE in opened
    assert "周大明" in opened
    async with database.reading() as session:
        views = (await session.scalars(select(ViewRecord).order_by(ViewRecord.id))).all()
    assert ("reveal", "约面谈") in {(each.action, each.reason) for each in views}
    assert PHONE not in (await desk.get(file)).text


async def test_a_decision_needs_its_checks_and_stands_in_the_history(
    console: ConsoleHouse, chenjing: StaffMember, applicant: VolunteerMember, database: Database
) -> None:
    desk = await console.sign_in(chenjing)
    file = f"/console/volunteers/{applicant.id}"
    refused = await desk.send(f"{file}/vetted", identity="yes", words="看过户口本")
    assert refused.status_code == 422
    assert "面谈过" in refused.text
    done = await desk.send(f"{file}/vetted", identity="yes", interview="yes", words="看过户口本")
    assert done.status_code == 303
    page = (await desk.get(file)).text
    assert "看过户口本" in page
    async with database.reading() as session:
        assert (await get_profile(session, applicant.id)).status is Vetting.VETTED


async def test_trainings_and_insurance_are_recorded_and_what_runs_out_is_shown(
    console: ConsoleHouse, chenjing: StaffMember, applicant: VolunteerMember, now: datetime
) -> None:
    desk = await console.sign_in(chenjing)
    file = f"/console/volunteers/{applicant.id}"
    await desk.send(f"{file}/vetted", identity="yes", interview="yes")
    today = today_in_china(now)
    until = (today + timedelta(days=20)).isoformat()
    assert (await desk.send(f"{file}/proof", kind="insurance", **{"from": "x"})).status_code == 422
    first = await desk.send(
        f"{file}/proof", kind="insurance", until=until, **{"from": today.isoformat()}
    )
    assert first.status_code == 303
    assert "快到期" in (await desk.get(file)).text
    page = (await desk.get("/console/volunteers")).text
    assert "30 天内到期的" in page
    assert until in page


async def test_other_departments_see_no_volunteers(
    console: ConsoleHouse, office: Office, applicant: VolunteerMember
) -> None:
    for member in (office.operator, office.handler):
        desk = await console.sign_in(member)
        assert (await desk.get("/console/volunteers")).status_code == 403
        answer = await desk.send(
            f"/console/volunteers/{applicant.id}/vetted", identity="yes", interview="yes"
        )
        assert answer.status_code == 403
    supervisor = await console.sign_in(office.supervisor)
    assert (await supervisor.get("/console/volunteers")).status_code == 200
    assert "同意他来" not in (await supervisor.get(f"/console/volunteers/{applicant.id}")).text


async def test_who_is_likely_to_come_is_shown_before_publishing_masked_as_roles_permit(
    console: ConsoleHouse, office: Office, database: Database, now: datetime
) -> None:
    number = await a_ticket(database, office, now, matter="elder_care/companion_help")
    await add_volunteers(database, 7, now, skills=("陪诊",), communities=("c05",))
    task = {
        "kind": "陪诊",
        "title": "陪去医院",
        "rough_place": "和平里",
        "day": (today_in_china(now) + timedelta(days=1)).isoformat(),
        "from": "09:00",
        "to": "11:00",
        "to_do": "挂号",
        "places": "1",
    }
    desk = await console.sign_in(office.operator)
    page = (await desk.send(f"/console/tickets/{number}/likely", **task)).text
    assert "能接的有 7 人" in page
    assert page.count("同社区，会陪诊") == 5
    assert "志愿者0" not in page
    lead = await console.sign_in(office.lead)
    assert "志愿者" in (await lead.send(f"/console/tickets/{number}/likely", **task)).text
    refused = await desk.send(f"/console/tickets/{number}/likely", **(task | {"to_do": "打针"}))
    assert refused.status_code == 409
    async with database.reading() as session:
        assert (await session.scalars(select(Task))).all() == []
    done = await desk.act(
        number, "publish", urgent="yes", needs_insurance="yes", needs_training="accompany", **task
    )
    assert done.status_code == 303
    async with database.reading() as session:
        published = (await session.scalars(select(Task))).one()
    assert (published.urgent, published.needs_insurance, published.needs_training) == (
        True,
        True,
        "accompany",
    )


async def test_who_would_rather_have_somebody_else_is_asked_with_somebody_else(
    console: ConsoleHouse, office: Office, database: Database, now: datetime
) -> None:
    number = await a_ticket(database, office, now, matter="elder_care/companion_help")
    task_id = await publish(database, office, now, number)
    (one,) = await add_volunteers(database, 1, now)
    desk = await console.sign_in(office.lead)
    file = f"/console/volunteers/{one.id}"
    unknown = await desk.send(f"{file}/apart", number="BJM-20261122-9999", words="x")
    assert unknown.status_code == 404
    for _ in range(2):
        done = await desk.send(f"{file}/apart", number=number, words="上次话不投机")
        assert done.status_code == 303
    assert "不再安排到一起" in (await desk.get(file)).text
    async with database.reading() as session:
        listed = await list_open_tasks(session, by=one, now=now)
    assert task_id not in [each.id for each in listed]

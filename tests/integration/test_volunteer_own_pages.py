"""What volunteers do about themselves on their pages, without script."""

import re
from datetime import timedelta

import httpx
from fastapi import FastAPI
from sqlalchemy import select

from core.database import Database
from handlers.clock.offer_in_waves import offer_in_waves
from handlers.staff.vet_volunteer import decide_volunteer
from people.models import Volunteer
from people.profiles import Vetting, get_profile
from tests.conftest import FixedClock
from tests.integration.office import Office, a_ticket
from tests.volunteer_visitors import ORIGIN, Person, Publish

FORM = {
    "name": "周师傅",
    "phone": "13912345521",
    "birth_year": "1961",
    "login": "周师傅",
    "password": "zhou-shifu-1961",
    "skills": ["陪诊", "手机教学"],
    "more_skills": "修水管、拉二胡",
    "home_community": "c05",
    "times": ["1m", "3a"],
    "languages": ["wuhan"],
    "max_minutes": "90",
    "no_pets": "yes",
    "rules": "yes",
}


async def browser(website: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(website), base_url=ORIGIN)


async def send(client: httpx.AsyncClient, **changed: object) -> httpx.Response:
    page = await client.get("/volunteer/register")
    token = re.search(r'name="_token" value="([^"]+)"', page.text)
    assert token
    return await client.post(
        "/volunteer/register",
        data={"_token": token[1], **FORM, **changed},
        headers={"origin": ORIGIN},
    )


async def the_volunteer(database: Database) -> Volunteer:
    async with database.reading() as session:
        return (await session.scalars(select(Volunteer))).one()


async def test_a_stranger_registers_is_signed_in_and_reads_what_comes_next(
    website: FastAPI, database: Database
) -> None:
    async with await browser(website) as client:
        answer = await send(client)
        assert answer.status_code == 303, answer.text
        page = await client.get(answer.headers["location"])
    assert "登记好了" in page.text
    assert "约您见一面" in page.text
    assert "13912345521" not in page.text
    row = await the_volunteer(database)
    async with database.reading() as session:
        profile = await get_profile(session, row.id)
    assert profile.status is Vetting.APPLIED
    assert profile.skills == ("陪诊", "手机教学", "修水管", "拉二胡")
    assert (profile.times, profile.max_minutes, profile.no_pets) == (("1m", "3a"), 90, True)


async def test_a_refused_registration_keeps_what_was_written_but_the_password(
    website: FastAPI,
) -> None:
    async with await browser(website) as client:
        answer = await send(client, phone="1391234552")
    assert answer.status_code == 422
    assert "有错" in answer.text
    assert 'value="周师傅"' in answer.text
    assert 'value="3a" checked' in answer.text
    assert "zhou-shifu-1961" not in answer.text


async def test_a_minor_needs_a_guardian_who_agrees(website: FastAPI) -> None:
    async with await browser(website) as client:
        alone = await send(client, birth_year="2010")
        assert "监护人" in alone.text
        assert alone.status_code == 422
        together = await send(
            client,
            birth_year="2010",
            guardian_name="周大明",
            guardian_phone="13912345522",
            guardian_agrees="yes",
        )
    assert together.status_code == 303


async def test_from_one_address_only_a_few_register_within_an_hour(website: FastAPI) -> None:
    async with await browser(website) as client:
        for count in range(5):
            answer = await send(client, rules="", login=f"login{count}")
            assert "守则" in answer.text
        answer = await send(client, login="login9")
    assert "过一个小时再来" in answer.text


async def test_an_applicant_sees_where_it_stands_and_no_tasks(
    website: FastAPI, publish: Publish, database: Database, office: Office, clock: FixedClock
) -> None:
    task_id = await publish()
    async with await browser(website) as client:
        await send(client)
        page = (await client.get("/volunteer")).text
        assert "您的报名收到了" in page
        assert str(task_id) not in page
        row = await the_volunteer(database)
        async with database.transaction() as session:
            await decide_volunteer(
                session,
                office.desk,
                row.id,
                Vetting.VETTED,
                identity_checked=True,
                interviewed=True,
                by=office.lead,
                now=clock.now(),
            )
        page = (await client.get("/volunteer")).text
    assert str(task_id) in page
    assert "您会陪诊" in page
    assert "有 1 条新消息" in page


async def test_a_volunteer_changes_the_own_profile_and_rests(
    person: Person, publish: Publish, clock: FixedClock
) -> None:
    wubo = await person(skills=("理发",))
    page = await wubo.presses_and_reads(
        "/volunteer/me/edit", skills="陪诊", more_skills="理发", languages="sign"
    )
    assert "记下了" in page
    assert "陪诊、理发" in page
    assert "手语" in page
    last = (clock.now() + timedelta(days=3)).date().isoformat()
    page = await wubo.presses_and_reads("/volunteer/me/pause", until=last)
    assert "您说先歇一歇" in page
    task_id = await publish()
    assert str(task_id) not in await wubo.sees("/volunteer")
    assert "手上接的不变" in page
    await wubo.presses_and_reads("/volunteer/me/resume")
    assert str(task_id) in await wubo.sees("/volunteer")


async def test_a_pause_that_ends_before_it_begins_is_refused_in_words(
    person: Person, clock: FixedClock
) -> None:
    wubo = await person()
    answer = await wubo.presses("/volunteer/me/pause", until="2026-11-01")
    assert answer.status_code == 422
    assert "结束那天" in answer.text


async def test_the_code_for_the_chat_is_shown_once_and_not_without_end(person: Person) -> None:
    wubo = await person()
    answers = [await wubo.presses("/volunteer/me/code") for _ in range(6)]
    assert [each.status_code for each in answers] == [200] * 5 + [422]
    assert all(re.search(r">\d{4} \d{4}<", each.text) for each in answers[:5])


async def test_an_offer_is_on_the_page_and_can_be_declined_without_a_word(
    person: Person, publish: Publish, database: Database, office: Office, clock: FixedClock
) -> None:
    wubo = await person()
    task_id = await publish(urgent=True)
    async with database.transaction() as session:
        await offer_in_waves(session, office.desk, now=clock.now())
    assert "有 1 条新消息" in await wubo.sees("/volunteer")
    assert "您去得了吗" in await wubo.sees("/volunteer/notices")
    assert "新消息" not in await wubo.sees("/volunteer")
    assert "这次去不了" in await wubo.sees(f"/volunteer/tasks/{task_id}")
    page = await wubo.presses_and_reads(f"/volunteer/tasks/{task_id}/not-now")
    assert "这件不再问您了" in page
    card = await wubo.sees(f"/volunteer/tasks/{task_id}")
    assert "这次去不了" not in card
    assert "我来接" in card


async def test_how_many_are_needed_is_counted_and_nothing_is_added(
    person: Person, publish: Publish
) -> None:
    wubo = await person()
    assert "这周还没有要人的事" in await wubo.sees("/volunteer")
    first = await publish(places=2)
    await publish(kind="代购", community="c01")
    await wubo.presses_and_reads(f"/volunteer/tasks/{first}/claim")
    page = await wubo.sees("/volunteer")
    assert "一共要 3 人次，已经有 1 人次" in page
    assert "和平社区还差 1 人" in page
    assert "代购还差 1 人" in page


async def test_who_would_rather_not_go_there_again_is_not_asked_to(
    person: Person, publish: Publish, office: Office, database: Database, clock: FixedClock
) -> None:
    number = await a_ticket(database, office, clock.now(), matter="elder_care/companion_help")
    first = await publish(number)
    wubo = await person()
    assert (await wubo.presses(f"/volunteer/tasks/{first}/not-again")).status_code == 404
    await wubo.presses_and_reads(f"/volunteer/tasks/{first}/claim")
    for step in ("check-in", "complete"):
        await wubo.presses(f"/volunteer/tasks/{first}/{step}")
    assert "以后不想去这家" in await wubo.sees(f"/volunteer/tasks/{first}")
    page = await wubo.presses_and_reads(f"/volunteer/tasks/{first}/not-again")
    assert "以后不请您去这家" in page
    again = await publish(number)
    elsewhere = await a_ticket(
        database, office, clock.now(), matter="elder_care/companion_help", phone="13812345521"
    )
    other = await publish(elsewhere)
    page = await wubo.sees("/volunteer")
    assert str(again) not in page
    assert str(other) in page

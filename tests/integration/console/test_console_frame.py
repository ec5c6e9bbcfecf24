"""People, rota, keys, and what every page of the desk keeps to."""

import re

import pytest
from sqlalchemy import select

from core.actors import Actor
from core.ids import new_id
from people.permissions import StaffMember
from tests.integration.console.pages import begin
from tests.integration.office import (
    a_ticket,
    add_staff,
)
from tickets.models import Ticket


async def test_an_administrator_adds_people_who_can_then_sign_in_but_sees_no_tickets(
    house, database, now
):
    root = StaffMember(new_id(), "管理员", "00", ("admin",))
    await add_staff(database, [root], now)
    admin = await house.sign_in(root)
    assert "不看办件" in (await admin.get("/console")).text
    short = await admin.send(
        "/console/people", name="新人", login="xin", password="123", role="operator"
    )
    assert short.status_code == 422
    assert "密码至少要 8 位" in short.text
    assert "新人" in short.text
    added = await admin.send(
        "/console/people", name="新人", login="xin", password="correct horse", role="operator"
    )
    assert added.status_code == 303
    assert "新人" in (await admin.get("/console/people")).text


async def test_a_shift_on_the_rota_names_who_is_on_duty(house, database, office, now):
    lead = await house.sign_in(office.lead)
    assert "还没有排班" in (await lead.get("/console/people")).text
    shift = {"kind": "desk", "weekday": "0", "starts": "08:30", "ends": "17:30"}
    await lead.send("/console/people/shifts", staff_id=str(office.operator.id), **shift)
    page = await lead.get("/console/people")
    assert f"值班：{office.operator.name}" in page.text
    shift_id = re.search(r"/shifts/([^/]+)/remove", page.text)[1]
    await lead.send(f"/console/people/shifts/{shift_id}/remove")
    assert "还没有排班" in (await lead.get("/console/people")).text


async def test_single_letter_keys_can_be_turned_off(operator):
    assert 'data-keys="on"' in (await operator.get("/console")).text
    await operator.send("/console/settings/keys", keys="off")
    assert 'data-keys="off"' in (await operator.get("/console")).text


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_no_page_of_the_desk_has_inline_style_or_script(
    house, database, office, now, language
):
    number = await a_ticket(database, office, now)
    lead = await house.sign_in(office.lead)
    lead.client.cookies.set("lang", language)
    call = await begin(lead)
    for path in (
        "/console",
        "/console?view=waiting_for_person",
        f"/console/tickets/{number}",
        f"/console/tickets/{number}/views",
        f"/console/tickets/{number}/print",
        "/console/calls/new",
        f"/console/calls/{call}",
        "/console/call-backs",
        "/console/people",
    ):
        page = await lead.get(path)
        assert page.status_code == 200, path
        assert " style=" not in page.text
        assert not re.search(r"<script(?![^>]*src=)", page.text)
        assert not re.search(r"\son\w+=", page.text)
        assert page.headers["cache-control"] == "no-store"


async def test_the_clock_is_not_taken_for_a_person(database, office, operator, now):
    number = await a_ticket(database, office, now)
    async with database.transaction() as session:
        ticket = (await session.scalars(select(Ticket).where(Ticket.number == number))).one()
        await office.tickets.chase(
            session, ticket, by=Actor.resident(), now=now, words="怎么还没来"
        )
    page = await operator.get(f"/console/tickets/{number}")
    assert "怎么还没来" in page.text
    assert "1 次" in page.text

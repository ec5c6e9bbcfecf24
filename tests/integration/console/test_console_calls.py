"""Calls typed in at the desk."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.integration.console.pages import DOOR, PHONE, SHEET, begin, has_personal_data
from tests.integration.office import (
    a_ticket,
    read_ticket,
)
from tickets.alerts import AlertKind
from tickets.models import CallBack, Ticket
from tickets.opening import DESCRIPTION


async def test_a_call_becomes_a_ticket_by_one_form(database, office, operator, vault):
    number = await begin(operator)
    answer = await operator.send(f"/console/calls/{number}", end="register", **SHEET)
    assert answer.headers["location"] == f"/console/tickets/{number}?done=registered"
    ticket = await read_ticket(database, number)
    assert (ticket.status, ticket.matter, ticket.channel) == (
        "to_dispatch",
        "elder_care/meal",
        "phone",
    )
    assert vault.open(ticket.description_sealed, purpose=DESCRIPTION) == SHEET["words"]


async def test_a_half_typed_call_survives_and_is_found_again(operator):
    number = await begin(operator)
    saved = await operator.send(f"/console/calls/{number}/save", part=True, **SHEET)
    assert "已自动保存" in saved.text
    page = await operator.get(f"/console/calls/{number}")
    assert SHEET["words"] in page.text
    assert PHONE in page.text
    listed = await operator.get("/console/calls/new")
    assert f"/console/calls/{number}" in listed.text


async def test_an_empty_sheet_is_used_again_instead_of_piling_up(operator):
    assert await begin(operator) == await begin(operator)


async def test_somebody_elses_half_typed_call_does_not_exist(operator, dispatcher):
    number = await begin(operator)
    assert (await dispatcher.get(f"/console/calls/{number}")).status_code == 404
    assert (await dispatcher.get(f"/console/tickets/{number}")).status_code == 404


async def test_words_bring_up_danger_matters_and_earlier_tickets(
    database, office, operator, taxonomy, now
):
    earlier = await a_ticket(database, office, now)
    number = await begin(operator)
    beside = await operator.send(
        f"/console/calls/{number}/suggest", part=True, words="楼道冒烟，还没人送饭", phone=PHONE
    )
    assert taxonomy.triggers["fire"].name in beside.text
    assert 'role="alert"' in beside.text
    assert 'value="elder_care/meal"' in beside.text
    assert f'value="{earlier}"' in beside.text
    assert "第 2 次来电" in beside.text
    assert not has_personal_data(beside.text)


async def test_open_tickets_of_others_about_the_same_matter_show_while_notes_are_typed(
    database, office, operator, now
):
    other = await a_ticket(database, office, now)
    number = await begin(operator)
    beside = await operator.send(
        f"/console/calls/{number}/suggest", part=True, words="还没人送饭", phone=""
    )
    assert "别人也在说这件事" in beside.text
    assert other[-4:] in beside.text
    assert not has_personal_data(beside.text)


async def test_a_danger_that_the_operator_waves_aside_does_not_ring(database, operator):
    number = await begin(operator)
    sheet = SHEET | {"words": "楼上烧纸冒烟，已经灭了", "not_danger": "fire", "trigger": "fire"}
    del sheet["danger"]
    await operator.send(f"/console/calls/{number}", end="register", **sheet)
    assert (await read_ticket(database, number)).urgency == "P2"


async def test_danger_on_the_phone_rings_until_somebody_takes_it(database, operator, dispatcher):
    number = await begin(operator)
    await operator.send(f"/console/calls/{number}", end="register", **SHEET | {"danger": "yes"})
    page = await dispatcher.get("/console")
    assert "data-rings" in page.text
    alert = re.search(r'name="alert_id" value="([^"]+)"', page.text)[1]
    taken = await dispatcher.act(number, "acknowledge", alert_id=alert)
    assert taken.status_code == 303
    again = await operator.act(number, "acknowledge", alert_id=alert)
    assert again.status_code == 409
    assert "刚有人接了" in again.text
    assert "data-rings" not in (await dispatcher.get("/console/alerts/ringing")).text


async def test_only_a_p0_is_loud(database, office, operator, now):
    number = await a_ticket(database, office, now, urgency="P1")
    async with database.transaction() as session:
        ticket = (await session.scalars(select(Ticket).where(Ticket.number == number))).one()
        await office.tickets.ring(session, ticket, AlertKind.URGENT, now=now)
    page = await operator.get("/console")
    assert "我来接" in page.text
    assert "data-rings" not in page.text


async def test_a_complaint_by_phone_is_confidential_unless_the_caller_says_otherwise(
    database, operator
):
    number = await begin(operator)
    page = await operator.get(f"/console/calls/{number}")
    assert not re.search(r'name="confidentiality" value="\w+" checked', page.text)
    sheet = SHEET | {"request_type": "complaint", "confidentiality": ""}
    await operator.send(f"/console/calls/{number}", end="register", **sheet)
    assert (await read_ticket(database, number)).confidentiality == "confidential"


async def test_a_ticket_of_another_day_shows_its_day(database, office, operator, now):
    today = await a_ticket(database, office, now)
    before = await a_ticket(database, office, now - timedelta(days=1))
    page = await operator.get("/console")
    assert f">{today[-4:]}<" in page.text
    assert f">11-22 {before[-4:]}<" in page.text


async def test_a_call_about_an_earlier_ticket_counts_as_a_chase(database, office, operator, now):
    earlier = await a_ticket(database, office, now)
    number = await begin(operator)
    answer = await operator.send(f"/console/calls/{number}", this_one=earlier, **SHEET)
    assert answer.headers["location"] == f"/console/tickets/{earlier}"
    assert (await read_ticket(database, earlier)).chases == 1
    assert (await read_ticket(database, number)).outcome == "added"


@pytest.mark.parametrize("outcome", ["wrong_number", "no_answer", "empty_number", "cut_off"])
async def test_every_call_ends_with_an_outcome(database, operator, outcome):
    number = await begin(operator)
    answer = await operator.send(f"/console/calls/{number}", end=outcome, **SHEET)
    assert answer.status_code == 303
    assert (await read_ticket(database, number)).outcome == outcome


async def test_a_call_that_was_promised_stands_on_the_list(database, operator, now):
    number = await begin(operator)
    await operator.send(
        f"/console/calls/{number}",
        end="call_again",
        again_day="2026-11-24",
        again_time="09:30",
        **SHEET,
    )
    page = await operator.get("/console/call-backs")
    assert "说好的电话" in page.text
    assert not has_personal_data(page.text)
    async with database.reading() as session:
        [call] = await session.scalars(select(CallBack))
    done = await operator.send(
        f"/console/call-backs/{call.id}", number=number, answered="yes", words="说了"
    )
    assert done.status_code == 303
    assert "现在没有要打的电话" in (await operator.get("/console/call-backs")).text


async def test_a_sheet_without_words_says_what_is_missing_and_keeps_the_rest(operator):
    number = await begin(operator)
    answer = await operator.send(
        f"/console/calls/{number}", end="register", **SHEET | {"words": ""}
    )
    assert answer.status_code == 422
    assert "请写一下什么事" in answer.text
    assert DOOR in answer.text


async def test_a_call_answered_on_the_spot_keeps_the_answer(database, operator):
    number = await begin(operator)
    empty = await operator.send(f"/console/calls/{number}", end="answered", **SHEET)
    assert empty.status_code == 422
    await operator.send(
        f"/console/calls/{number}", end="answered", answer="带身份证到一楼窗口", **SHEET
    )
    assert (await read_ticket(database, number)).status == "answered"
    assert "带身份证到一楼窗口" in (await operator.get(f"/console/tickets/{number}")).text

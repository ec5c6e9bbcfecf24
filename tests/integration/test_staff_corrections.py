"""Matter and urgency put right, tickets merged and withdrawn, masked fields opened."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.database import Database
from core.errors import InvalidInput, NotPermitted
from core.vault import Vault
from handlers.staff.call_back import CallAnswers, call_back
from handlers.staff.change_urgency import change_urgency
from handlers.staff.correct_matter import correct_matter
from handlers.staff.merge import merge
from handlers.staff.resolve import resolve
from handlers.staff.reveal import reveal
from handlers.staff.review import review
from handlers.staff.withdraw import withdraw
from people.models import ViewRecord
from tests.integration.office import (
    Office,
    calls_to_make,
    what_was_said,
)
from tests.integration.walk import Walk
from tickets.models import Alert
from tickets.task_sheet import make_task_sheet


async def test_a_corrected_matter_keeps_what_the_machine_had_said(
    walk: Walk, office: Office
) -> None:
    machine = {"model": "2026.1", "confidence": 0.41}
    await walk.begin(classified_by=machine)
    await walk.do(correct_matter, "elder_care/visit_care", by=office.operator)
    ticket = await walk.ticket()
    assert ticket.matter == "elder_care/visit_care"
    assert ticket.deadline_class == "normal_5wd"
    assert ticket.classified_by["model"] == "2026.1"
    assert ticket.classified_by["before"] == {"matter": "elder_care/meal", "request_type": "help"}
    assert (await walk.events())[-1].data["matter"] == "elder_care/visit_care"


async def test_anybody_at_the_desk_raises_an_urgency_but_only_a_shift_lead_lowers_it(
    walk: Walk, office: Office
) -> None:
    await walk.begin()
    why = {"reason": "danger_now", "note": "老人说胸口疼"}
    await walk.do(change_urgency, "P0", by=office.operator, **why)
    ticket = await walk.ticket()
    assert ticket.finish_due_at == walk.now + timedelta(hours=2)
    async with walk.database.reading() as session:
        assert (await session.scalars(select(Alert.kind))).one() == "emergency"
    lower = {"reason": "danger_over", "note": "120 看过了"}
    with pytest.raises(NotPermitted):
        await walk.do(change_urgency, "P2", by=office.supervisor, **lower)
    await walk.do(change_urgency, "P2", by=office.lead, **lower)
    assert (await walk.ticket()).urgency == "P2"


async def test_joined_requests_are_each_answered_and_called_back_on_their_own(
    walk: Walk, database: Database, office: Office, vault: Vault
) -> None:
    await walk.begin()
    joined = walk.number
    await walk.begin()
    async with database.transaction() as session:
        ticket, main = await office.desk.get_tickets(
            session, joined, walk.number, by=office.dispatcher
        )
        await merge(session, office.desk, ticket, main, by=office.dispatcher, now=walk.now)
    await walk.in_progress()
    await walk.do(resolve, result="送上了", internal_note="办了", by=office.handler)
    await walk.do(review, passed=True, by=office.reviewer)
    said = await what_was_said(database, vault, joined)
    assert "是一件事，一起办" in said[0]
    assert "送上了" in said[1]
    assert [kind for kind, _ in await calls_to_make(database, vault, joined)] == ["closing"]
    walk.number = joined
    await walk.do(
        call_back, CallAnswers(contacted=True, solved="no", comment="没有"), by=office.operator
    )
    assert (await walk.ticket()).status == "to_dispatch"


async def test_a_person_may_withdraw_a_complaint_with_the_residents_words(
    walk: Walk, office: Office
) -> None:
    await walk.begin(request_type="complaint")
    await walk.do(withdraw, note="邻居道歉了", by=office.operator)
    assert (await walk.ticket()).status == "withdrawn"


async def test_opening_a_masked_field_needs_a_reason_and_is_recorded(
    walk: Walk, database: Database, office: Office
) -> None:
    await walk.begin()
    with pytest.raises(InvalidInput):
        await walk.do(reveal, ["phone"], reason="curious", words="看看", by=office.operator)
    opened = await walk.do(
        reveal, ["phone", "address"], reason="visit", words="明天上门", by=office.operator
    )
    assert opened == {"phone": "+8613912345521", "address": "和平里3栋2单元701"}
    async with database.reading() as session:
        view = (await session.scalars(select(ViewRecord))).one()
    assert (view.action, view.viewer_id, view.fields) == (
        "reveal",
        office.operator.id,
        ["address", "phone"],
    )
    assert view.reason == "visit：明天上门"


async def test_the_handling_unit_never_learns_who_complained(walk: Walk, office: Office) -> None:
    await (await walk.begin(request_type="complaint")).dispatched()
    why = {"reason": "contact", "words": "联系"}
    with pytest.raises(NotPermitted):
        await walk.do(reveal, ["phone"], by=office.handler, **why)
    assert "address" in await walk.do(reveal, ["address"], by=office.handler, **why)


async def test_outsiders_get_the_thing_and_the_place_but_nobody_in_it(
    walk: Walk, office: Office, vault: Vault
) -> None:
    await walk.begin(request_type="complaint", description="我住3栋2单元701，楼上漏水到我家")
    ticket = await walk.ticket()
    wanted = "请三天内查漏，电话13912345521"
    silent = make_task_sheet(ticket, facts=None, wanted=wanted, vault=vault)
    assert (silent.facts, silent.place, silent.wanted) == ("", "和平里", "请三天内查漏，电话***")
    told = make_task_sheet(ticket, facts="3栋2单元漏水", wanted="请查漏", vault=vault)
    assert told.facts == "**栋**单元漏水"

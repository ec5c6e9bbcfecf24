"""Steps that wait for a second person."""

from datetime import datetime, timedelta

import pytest

from core.actors import Actor
from core.errors import InvalidInput, NotPermitted
from handlers.staff.appeal import decide_appeal
from handlers.staff.approve import approve, refuse
from handlers.staff.decline import decline
from handlers.staff.request_exclusion import request_exclusion
from handlers.staff.request_extension import ExtensionNotPossible, request_extension
from handlers.staff.request_parking import request_parking
from handlers.staff.request_return import ReturnBarred, ReturnTooLate, request_return
from handlers.staff.resume import resume
from people.permissions import StaffMember
from tests.integration.office import (
    Office,
)
from tests.integration.walk import Walk
from tickets.approvals import ApprovalAlreadyDecided, ApprovalPending
from tickets.duties import OwnWork
from tickets.lookups import get_ticket_by_number


async def test_a_return_is_granted_by_a_shift_lead_and_goes_back_to_dispatch(
    walk: Walk, office: Office
) -> None:
    await (await walk.begin()).dispatched()
    asked = await walk.do(request_return, reason="other_unit", note="归民政办", by=office.handler)
    assert (await walk.ticket()).status == "return_requested"
    with pytest.raises(NotPermitted):
        await walk.do(approve, asked.id, by=office.dispatcher)
    await walk.do(approve, asked.id, by=office.lead)
    ticket = await walk.ticket()
    assert (ticket.status, ticket.unit, ticket.return_barred) == ("to_dispatch", None, False)
    moved = [each for each in await walk.events() if each.to_status == "to_dispatch"][-1]
    assert (moved.reason, moved.approver_id) == ("other_unit", office.lead.id)
    with pytest.raises(ApprovalAlreadyDecided):
        await walk.do(approve, asked.id, by=office.supervisor)


async def test_a_refused_return_may_not_be_asked_for_again(walk: Walk, office: Office) -> None:
    await (await walk.begin()).dispatched()
    why = {"reason": "other_unit", "note": "归民政办"}
    asked = await walk.do(request_return, by=office.handler, **why)
    await walk.do(refuse, asked.id, note="就是你们的", by=office.lead)
    assert (await walk.ticket()).status == "dispatched"
    with pytest.raises(ReturnBarred):
        await walk.do(request_return, by=office.handler, **why)


async def test_after_three_granted_returns_the_department_keeps_it(
    walk: Walk, office: Office
) -> None:
    await walk.begin()
    why = {"reason": "other_unit", "note": "不是我们"}
    for _ in range(3):
        await walk.dispatched()
        asked = await walk.do(request_return, by=office.handler, **why)
        await walk.do(approve, asked.id, by=office.lead)
    await walk.dispatched()
    with pytest.raises(ReturnBarred):
        await walk.do(request_return, by=office.handler, **why)


async def test_a_return_after_its_working_day_is_too_late(walk: Walk, office: Office) -> None:
    await (await walk.begin()).dispatched()
    walk.now += timedelta(days=2)
    with pytest.raises(ReturnTooLate):
        await walk.do(request_return, reason="other_unit", note="不是", by=office.handler)


async def test_nobody_approves_what_they_asked_for(walk: Walk, office: Office) -> None:
    await walk.begin()
    both = StaffMember(office.lead.id, "刘洋", "04", ("shift_lead", "supervisor"))
    asked = await walk.do(decline, reason="OUT", words="请找房管局", by=both)
    with pytest.raises(OwnWork):
        await walk.do(approve, asked.id, by=both)


async def test_a_decline_says_where_to_go_only_after_the_second_person_agreed(
    walk: Walk, office: Office
) -> None:
    await walk.begin()
    asked = await walk.do(decline, reason="LAW", words="请到区法院立案庭", by=office.operator)
    assert await walk.said() == []
    with pytest.raises(ApprovalPending):
        await walk.do(decline, reason="LAW", words="再来一次", by=office.operator)
    await walk.do(approve, asked.id, by=office.lead)
    assert (await walk.ticket()).status == "declined"
    assert "请到区法院立案庭" in (await walk.said())[-1]


async def test_an_unknown_reason_code_is_refused(walk: Walk, office: Office) -> None:
    await walk.begin()
    with pytest.raises(InvalidInput):
        await walk.do(decline, reason="LAZY", words="不想办", by=office.operator)


async def test_an_extension_moves_the_end_once_and_the_resident_is_told(
    walk: Walk, office: Office
) -> None:
    await (await walk.begin(request_type="complaint")).in_progress()
    before = (await walk.ticket()).finish_due_at
    assert before is not None
    until = before + timedelta(days=4)
    more = {"new_due_at": until, "reason": "complex", "note": "要再勘察"}
    asked = await walk.do(request_extension, by=office.handler, **more)
    with pytest.raises(NotPermitted):
        await walk.do(approve, asked.id, by=office.lead)
    await walk.do(approve, asked.id, by=office.supervisor)
    ticket = await walk.ticket()
    assert ticket.finish_due_at == ticket.next_due_at == until
    assert "要多些时间" in (await walk.said())[-1]
    with pytest.raises(ExtensionNotPossible):
        await walk.do(request_extension, by=office.handler, **more)


async def test_the_deadline_of_a_higher_hotline_is_not_ours_to_move(
    walk: Walk, office: Office
) -> None:
    their_end = walk.now + timedelta(days=3)
    await walk.begin(source_number="WH12345-1", finish_due_at=their_end)
    await walk.in_progress()
    assert (await walk.ticket()).finish_due_at == their_end
    with pytest.raises(ExtensionNotPossible):
        await walk.do(
            request_extension,
            new_due_at=their_end + timedelta(days=1),
            reason="complex",
            note="要再看",
            by=office.handler,
        )


async def test_parked_time_does_not_count(walk: Walk, office: Office) -> None:
    await (await walk.begin(request_type="complaint")).in_progress()
    end = (await walk.ticket()).finish_due_at
    assert end == datetime.fromisoformat("2026-11-30T17:30:00+08:00")
    review_at = walk.now + timedelta(days=30)
    asked = await walk.do(
        request_parking, review_at=review_at, reason="funds", plan="明年列入", by=office.handler
    )
    await walk.do(approve, asked.id, by=office.supervisor)
    assert (await walk.ticket()).next_due_at == review_at
    walk.now += timedelta(days=10)
    await walk.do(resume, by=office.handler)
    ticket = await walk.ticket()
    assert ticket.status == "in_progress"
    assert ticket.finish_due_at == datetime.fromisoformat("2026-12-11T17:30:00+08:00")


async def test_an_exclusion_is_written_with_its_approver(walk: Walk, office: Office) -> None:
    await (await walk.begin()).closed()
    asked = await walk.do(
        request_exclusion, reason="no_ground", note="查无此事", by=office.reviewer
    )
    await walk.do(approve, asked.id, by=office.supervisor)
    last = (await walk.events())[-1]
    assert (last.kind, last.reason, last.approver_id) == (
        "excluded",
        "no_ground",
        office.supervisor.id,
    )


async def test_an_appeal_is_decided_by_somebody_uninvolved(walk: Walk, office: Office) -> None:
    await (await walk.begin()).closed()
    async with walk.database.transaction() as session:
        ticket = await get_ticket_by_number(session, walk.number)
        await office.tickets.reopen(
            session, ticket, by=Actor.resident(), now=walk.now, words="饭又没来"
        )
    assert (await walk.ticket()).status == "appealed"
    handled = StaffMember(office.handler.id, "王强", "02", ("reviewer",))
    with pytest.raises(OwnWork):
        await walk.do(decide_appeal, upheld=False, note="没问题", by=handled)
    closed_it = StaffMember(office.operator.id, "李梅", "00", ("reviewer",))
    with pytest.raises(OwnWork):
        await walk.do(decide_appeal, upheld=False, note="没问题", by=closed_it)
    await walk.do(decide_appeal, upheld=True, note="确实没送", by=office.reviewer)
    assert (await walk.ticket()).status == "rework"


async def test_a_declined_request_whose_appeal_is_upheld_is_dispatched_after_all(
    walk: Walk, office: Office
) -> None:
    await walk.begin()
    asked = await walk.do(decline, reason="OUT", words="请找房管局", by=office.operator)
    await walk.do(approve, asked.id, by=office.lead)
    async with walk.database.transaction() as session:
        ticket = await get_ticket_by_number(session, walk.number)
        who = Actor.resident()
        await office.tickets.reopen(session, ticket, by=who, now=walk.now, words="不对")
    await walk.do(decide_appeal, upheld=False, note="确实归房管局", by=office.reviewer)
    assert (await walk.ticket()).status == "declined"

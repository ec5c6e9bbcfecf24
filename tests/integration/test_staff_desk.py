"""What staff do beside the straight path: talking, alerts, approvals, corrections, calls."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from conversations.holding import HeldBySomebodyElse
from conversations.models import Conversation
from core.actors import Actor
from core.database import Database
from core.errors import InvalidInput, NotFound, NotPermitted
from core.messages import Channel
from core.vault import Vault
from handlers.clock.climb_alerts import climb_alerts
from handlers.clock.free_forgotten import free_forgotten
from handlers.clock.keep_promises import keep_promises
from handlers.staff.accept import accept
from handlers.staff.acknowledge import acknowledge
from handlers.staff.appeal import decide_appeal
from handlers.staff.approve import approve, refuse
from handlers.staff.call_back import CallAnswers, call_back
from handlers.staff.change_urgency import change_urgency
from handlers.staff.contact import contact
from handlers.staff.correct_matter import correct_matter
from handlers.staff.decline import decline
from handlers.staff.dispatch import dispatch
from handlers.staff.hand_back import hand_back
from handlers.staff.make_call import make_call
from handlers.staff.merge import merge
from handlers.staff.note import note
from handlers.staff.reply import reply
from handlers.staff.request_exclusion import request_exclusion
from handlers.staff.request_extension import ExtensionNotPossible, request_extension
from handlers.staff.request_parking import request_parking
from handlers.staff.request_return import ReturnBarred, ReturnTooLate, request_return
from handlers.staff.resolve import resolve
from handlers.staff.resume import resume
from handlers.staff.reveal import reveal
from handlers.staff.review import review
from handlers.staff.start import start
from handlers.staff.take_call import CallForm, add_call, end_call, register_call, save_call
from handlers.staff.take_over import take_over
from handlers.staff.withdraw import withdraw
from people.models import ViewRecord
from people.permissions import StaffMember
from tests.integration.office import (
    Office,
    a_ticket,
    calls_to_make,
    read_ticket,
    what_was_said,
    who_holds,
)
from tickets.alerts import AlertAlreadyAcknowledged, AlertKind
from tickets.approvals import ApprovalAlreadyDecided, ApprovalPending
from tickets.call_backs import CallAlreadyMade
from tickets.duties import OwnWork
from tickets.history import list_history
from tickets.lookups import get_ticket_by_number
from tickets.models import Alert, CallBack, Ticket
from tickets.task_sheet import make_task_sheet


@pytest.fixture
def walk(database: Database, office: Office, now: datetime) -> "Walk":
    return Walk(database, office, now)


class Walk:
    """Does one verb after the other, each in its own transaction, a minute apart."""

    def __init__(self, database: Database, office: Office, now: datetime) -> None:
        self.database, self.office, self.now = database, office, now
        self.number = ""

    async def begin(self, **facts: Any) -> "Walk":
        self.number = await a_ticket(self.database, self.office, self.now, **facts)
        return self

    async def do(
        self, verb: Callable[..., Awaitable[Any]], *args: Any, by: StaffMember, **more: Any
    ) -> Any:
        self.now += timedelta(minutes=1)
        async with self.database.transaction() as session:
            ticket = await self.office.desk.get_ticket(session, self.number, by=by)
            return await verb(session, self.office.desk, ticket, *args, by=by, now=self.now, **more)

    async def dispatched(self) -> "Walk":
        await self.do(dispatch, "elder_service", by=self.office.dispatcher)
        return self

    async def in_progress(self) -> "Walk":
        await self.dispatched()
        for verb, more in ((accept, {}), (contact, {"how": "call", "words": "说好"}), (start, {})):
            await self.do(verb, by=self.office.handler, **more)  # type: ignore[operator]
        return self

    async def closed(self) -> "Walk":
        await self.in_progress()
        await self.do(resolve, result="好了", internal_note="办了", by=self.office.handler)
        await self.do(review, passed=True, by=self.office.reviewer)
        answers = CallAnswers(contacted=True, solved="yes")
        await self.do(call_back, answers, by=self.office.operator)
        return self

    async def ring(self, kind: AlertKind = AlertKind.EMERGENCY) -> UUID:
        async with self.database.transaction() as session:
            ticket = await get_ticket_by_number(session, self.number)
            return await self.office.tickets.ring(session, ticket, kind, now=self.now)

    async def climb(self, seconds: float) -> list[str]:
        async with self.database.transaction() as session:
            climbs = await climb_alerts(
                session, self.office.desk, now=self.now + timedelta(seconds=seconds)
            )
        return [each.rings for each in climbs]

    async def ticket(self) -> Ticket:
        return await read_ticket(self.database, self.number)

    async def said(self) -> list[str]:
        return await what_was_said(self.database, self.office.desk.vault, self.number)

    async def events(self) -> list[Any]:
        ticket = await self.ticket()
        async with self.database.reading() as session:
            return await list_history(session, ticket.id, vault=self.office.desk.vault)


# Talking


async def test_whoever_takes_over_is_introduced_once_and_holds_the_conversation(
    walk: Walk, database: Database, office: Office
) -> None:
    await walk.begin()
    for _ in range(2):
        await walk.do(take_over, by=office.operator)
    async with database.reading() as session:
        assert await who_holds(session, await walk.ticket()) == office.operator.id
    assert await walk.said() == ["李梅（街道）在和您说话，您直接说。"]
    with pytest.raises(HeldBySomebodyElse):
        await walk.do(take_over, by=office.dispatcher)
    with pytest.raises(HeldBySomebodyElse):
        await walk.do(reply, "我来答", by=office.dispatcher)


async def test_a_reply_reaches_the_chat_and_the_bot_answers_again_after_the_hand_back(
    walk: Walk, database: Database, office: Office
) -> None:
    await walk.begin()
    await walk.do(reply, "明天上午十点来看您", by=office.operator)
    await walk.do(hand_back, by=office.operator)
    assert (await walk.said())[0] == "明天上午十点来看您"
    async with database.reading() as session:
        assert await who_holds(session, await walk.ticket()) is None


async def test_a_reply_to_a_caller_waits_as_a_call(
    walk: Walk, database: Database, office: Office, vault: Vault
) -> None:
    await walk.begin(chat=False, channel="phone")
    await walk.do(reply, "明天上午十点来看您", by=office.operator)
    assert await calls_to_make(database, vault, walk.number) == [("notice", "明天上午十点来看您")]


async def test_who_may_only_be_called_safely_has_the_warning_on_the_call(
    walk: Walk, database: Database, office: Office, vault: Vault
) -> None:
    await walk.begin(chat=False, channel="phone", contact_wish="safe_only")
    await walk.do(reply, "请来一下", by=office.operator)
    ((_, words),) = await calls_to_make(database, vault, walk.number)
    assert words.startswith("注意：只按约好的安全方式联系")


async def test_who_wished_no_contact_is_left_alone(
    walk: Walk, database: Database, office: Office, vault: Vault
) -> None:
    await walk.begin(chat=False, contact_wish="none", phone=None)
    await walk.dispatched()
    assert await calls_to_make(database, vault, walk.number) == []


async def test_a_note_stays_inside(walk: Walk, office: Office) -> None:
    await walk.begin()
    await walk.do(note, "子女在外地", by=office.operator)
    assert await walk.said() == []
    assert (await walk.events())[-1].note == "子女在外地"


async def test_empty_words_are_refused(walk: Walk, office: Office) -> None:
    await walk.begin()
    with pytest.raises(InvalidInput):
        await walk.do(note, "   ", by=office.operator)


async def test_a_conversation_that_somebody_forgot_goes_back_to_the_bot(
    walk: Walk, database: Database, office: Office
) -> None:
    await walk.begin()
    await walk.do(reply, "我看看", by=office.operator)
    for hours, freed in ((11, 0), (12, 1), (13, 0)):
        async with database.transaction() as session:
            found = await free_forgotten(
                session, office.desk, now=walk.now + timedelta(hours=hours)
            )
        assert len(found) == freed
    async with database.reading() as session:
        assert await who_holds(session, await walk.ticket()) is None
    assert "机器人接着答" in (await walk.said())[-1]


async def test_what_was_written_to_a_forgotten_conversation_waits_for_a_person_again(
    walk: Walk, database: Database, office: Office
) -> None:
    await walk.begin()
    await walk.do(reply, "我看看", by=office.operator)
    wrote = walk.now + timedelta(hours=1)
    ticket = await walk.ticket()
    async with database.transaction() as session:
        chat = await session.get_one(Conversation, ticket.conversation_id)
        chat.last_inbound_at = wrote
    async with database.transaction() as session:
        await free_forgotten(session, office.desk, now=walk.now + timedelta(hours=12))
    async with database.reading() as session:
        chat = await session.get_one(Conversation, ticket.conversation_id)
    assert (chat.held_by_id, chat.waiting_since_at) == (None, wrote)


# Alerts


async def test_an_untaken_emergency_climbs_and_the_resident_is_told_the_truth(
    walk: Walk,
) -> None:
    await walk.begin(urgency="P0", trigger="medical")
    await walk.ring()
    assert await walk.climb(59) == []
    assert await walk.climb(60) == ["shift_lead"]
    assert await walk.climb(61) == []
    assert await walk.climb(120) == ["duty_phone"]
    assert await walk.climb(180) == ["supervisor"]
    assert await walk.climb(9999) == []
    said = await walk.said()
    assert len(said) == 3
    assert all("还没有人接" in words and "110" in words for words in said)


async def test_whoever_acknowledges_is_named_and_the_climbing_ends(
    walk: Walk, office: Office
) -> None:
    await walk.begin(urgency="P0", trigger="medical")
    alert_id = await walk.ring()
    await walk.do(acknowledge, alert_id, by=office.operator)
    assert await walk.climb(600) == []
    assert "李梅接到了您这件急事" in (await walk.said())[-1]
    with pytest.raises(AlertAlreadyAcknowledged):
        await walk.do(acknowledge, alert_id, by=office.lead)


async def test_an_alert_of_another_ticket_is_not_found(walk: Walk, office: Office) -> None:
    await walk.begin(urgency="P0")
    alert_id = await walk.ring()
    await walk.begin()
    with pytest.raises(NotFound):
        await walk.do(acknowledge, alert_id, by=office.operator)


async def test_ringing_twice_is_one_bell(walk: Walk) -> None:
    await walk.begin(urgency="P0")
    assert await walk.ring() == await walk.ring()


async def test_an_urgent_one_reaches_the_shift_lead_after_a_quarter_of_an_hour(
    walk: Walk,
) -> None:
    await walk.begin(urgency="P1")
    await walk.ring(AlertKind.URGENT)
    assert await walk.climb(899) == []
    assert await walk.climb(900) == ["shift_lead"]
    assert await walk.climb(99999) == []
    assert await walk.said() == []


# Second persons


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


# Corrections


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


# Personal data


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


# Calls


def a_call(**facts: Any) -> CallForm:
    usual: dict[str, Any] = {
        "words": "楼道灯坏了三天",
        "matter": "property_repair/public_facility",
        "community": "c04",
        "phone": "13900001111",
        "danger": "no",
    }
    return CallForm(**(usual | facts))


async def test_a_call_is_saved_while_it_is_typed_and_registered_with_the_same_number(
    walk: Walk, database: Database, office: Office
) -> None:
    async with database.transaction() as session:
        draft = await save_call(
            session, office.desk, a_call(words="楼道"), by=office.operator, now=walk.now
        )
        assert (draft.status, draft.assignee_id) == ("draft", office.operator.id)
        assert await who_holds(session, draft) == office.operator.id
    for words in ("楼道灯", "楼道灯坏了三天"):
        async with database.transaction() as session:
            await save_call(
                session,
                office.desk,
                a_call(words=words),
                draft_id=draft.id,
                by=office.operator,
                now=walk.now,
            )
    async with database.transaction() as session:
        ticket = await register_call(
            session, office.desk, a_call(), draft_id=draft.id, by=office.operator, now=walk.now
        )
        assert await who_holds(session, ticket) is None
    walk.number = draft.number
    ticket = await walk.ticket()
    assert (ticket.status, ticket.title, ticket.assignee_id) == (
        "to_dispatch",
        "楼道灯坏了三天",
        None,
    )
    assert [each.to_status for each in await walk.events()] == [
        "draft",
        "registered",
        "to_dispatch",
    ]


async def test_nobody_types_in_somebody_elses_draft(
    walk: Walk, database: Database, office: Office
) -> None:
    async with database.transaction() as session:
        draft = await save_call(session, office.desk, a_call(), by=office.operator, now=walk.now)
        with pytest.raises(NotFound):
            await save_call(
                session,
                office.desk,
                a_call(),
                draft_id=draft.id,
                by=office.dispatcher,
                now=walk.now,
            )


@pytest.mark.parametrize(
    ("facts", "urgency", "alerts"),
    [
        ({}, "P2", []),
        ({"danger": "yes"}, "P0", ["emergency"]),
        ({"danger": "unsure"}, "P1", ["urgent"]),
        ({"danger": None, "words": "厨房冒烟了"}, "P0", ["emergency"]),
        ({"danger": "unsure", "words": "厨房冒烟了"}, "P0", ["emergency"]),
        ({"danger": "no", "words": "昨天厨房冒烟了"}, "P2", []),
    ],
)
async def test_danger_in_a_call_rings_by_what_was_said(
    walk: Walk,
    database: Database,
    office: Office,
    facts: dict[str, Any],
    urgency: str,
    alerts: list[str],
) -> None:
    async with database.transaction() as session:
        ticket = await register_call(
            session, office.desk, a_call(**facts), by=office.operator, now=walk.now
        )
    async with database.reading() as session:
        assert list(await session.scalars(select(Alert.kind))) == alerts
    assert ticket.urgency == urgency


async def test_a_call_can_be_answered_on_the_spot(
    walk: Walk, database: Database, office: Office
) -> None:
    async with database.transaction() as session:
        ticket = await register_call(
            session, office.desk, a_call(), answer="明天修", by=office.operator, now=walk.now
        )
    walk.number = ticket.number
    last = (await walk.events())[-1]
    assert (last.kind, last.to_status, last.note) == ("answered", "answered", "明天修")


async def test_a_call_put_through_to_120_is_kept_as_a_transferred_emergency(
    walk: Walk, database: Database, office: Office
) -> None:
    async with database.transaction() as session:
        ticket = await register_call(
            session,
            office.desk,
            a_call(danger="yes", words="不想活了"),
            passed_on="to_12356",
            by=office.operator,
            now=walk.now,
        )
    assert (ticket.status, ticket.trigger) == ("transferred_emergency", "self_harm")
    async with database.reading() as session:
        promised = (await session.scalars(select(CallBack))).one()
    assert (promised.kind, promised.due_at) == ("promised", walk.now + timedelta(hours=24))


async def test_a_call_about_an_earlier_ticket_is_a_chase_of_it(
    walk: Walk, database: Database, office: Office
) -> None:
    await walk.begin()
    async with database.transaction() as session:
        draft = await save_call(session, office.desk, a_call(), by=office.operator, now=walk.now)
        ticket = await office.desk.get_ticket(session, walk.number, by=office.operator)
        await add_call(
            session,
            office.desk,
            ticket,
            "怎么还没来",
            draft=draft,
            by=office.operator,
            now=walk.now,
        )
    assert (await walk.ticket()).chases == 1
    assert (await read_ticket(database, draft.number)).outcome == "added"


async def test_a_promised_call_that_nobody_makes_rings_once(
    walk: Walk, database: Database, office: Office
) -> None:
    async with database.transaction() as session:
        draft = await save_call(session, office.desk, a_call(), by=office.operator, now=walk.now)
        await end_call(
            session,
            office.desk,
            draft,
            "call_again",
            call_again_at=walk.now + timedelta(hours=1),
            by=office.operator,
            now=walk.now,
        )
    rung = []
    for minutes in (59, 60, 61):
        async with database.transaction() as session:
            at = walk.now + timedelta(minutes=minutes)
            rung.append(len(await keep_promises(session, office.desk, now=at)))
    assert rung == [0, 1, 0]
    walk.number = draft.number
    async with database.reading() as session:
        call_id = (await session.scalars(select(CallBack.id))).one()
    await walk.do(make_call, call_id, reached=True, by=office.operator)
    with pytest.raises(CallAlreadyMade):
        await walk.do(make_call, call_id, reached=True, by=office.operator)


async def test_a_call_without_words_is_not_registered(
    walk: Walk, database: Database, office: Office
) -> None:
    async with database.transaction() as session:
        with pytest.raises(InvalidInput):
            await register_call(
                session, office.desk, a_call(words=" "), by=office.operator, now=walk.now
            )


async def test_somebody_at_the_counter_is_taken_down_like_a_call(
    walk: Walk, database: Database, office: Office
) -> None:
    async with database.transaction() as session:
        ticket = await register_call(
            session,
            office.desk,
            a_call(channel=Channel.COUNTER),
            by=office.operator,
            now=walk.now,
        )
    assert ticket.channel == "counter"

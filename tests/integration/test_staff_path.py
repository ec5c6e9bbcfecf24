"""A ticket on its whole way through the office, on both databases."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.database import Database
from core.errors import InvalidInput, NotFound, NotPermitted
from core.vault import Vault
from handlers.staff.accept import accept
from handlers.staff.answer import answer
from handlers.staff.call_back import CallAnswers, call_back, call_back_failed
from handlers.staff.close import CallBackMissing, close
from handlers.staff.contact import TriedJustNow, contact, contact_failed
from handlers.staff.dispatch import dispatch
from handlers.staff.resolve import resolve
from handlers.staff.review import review
from handlers.staff.start import FirstContactMissing, start
from people.permissions import StaffMember
from tests.integration.office import (
    Office,
    a_ticket,
    add_staff,
    calls_to_make,
    read_ticket,
    what_was_said,
)
from tickets.duties import OwnWork
from tickets.history import list_history
from tickets.lifecycle import TicketChangedMeanwhile

SOLVED = CallAnswers(contacted=True, solved="yes", satisfied="basically")


class Walk:
    """Takes one ticket through the office, each step in its own transaction."""

    def __init__(self, database: Database, office: Office, number: str, now: datetime) -> None:
        self.database, self.office, self.number, self.now = database, office, number, now

    async def do(
        self, verb: Callable[..., Awaitable[Any]], *args: Any, by: StaffMember, **more: Any
    ) -> Any:
        self.now += timedelta(minutes=1)
        async with self.database.transaction() as session:
            ticket = await self.office.desk.get_ticket(session, self.number, by=by)
            return await verb(session, self.office.desk, ticket, *args, by=by, now=self.now, **more)

    async def dispatched(self, unit: str = "elder_service") -> "Walk":
        await self.do(dispatch, unit, by=self.office.dispatcher)
        return self

    async def in_progress(self) -> "Walk":
        await self.dispatched()
        await self.do(accept, by=self.office.handler)
        await self.do(contact, how="call", words="说好周三上门", by=self.office.handler)
        await self.do(start, by=self.office.handler)
        return self

    async def to_call_back(self) -> "Walk":
        await self.in_progress()
        await self.do(resolve, result="周一起送饭", internal_note="已签约", by=self.office.handler)
        await self.do(review, passed=True, by=self.office.reviewer)
        return self

    async def status(self) -> str:
        return (await read_ticket(self.database, self.number)).status


async def test_the_resident_is_told_of_every_step_until_the_ticket_closes(
    database: Database, office: Office, vault: Vault, now: datetime
) -> None:
    walk = Walk(database, office, await a_ticket(database, office, now), now)
    await walk.to_call_back()
    await walk.do(call_back, SOLVED, by=office.operator)
    said = await what_was_said(database, vault, walk.number)
    assert [words.split("，")[0] for words in said] == [
        f"编号 {walk.number} 已交给养老服务专班",
        f"养老服务专班的王强接了您这件事（编号 {walk.number}）",
        f"编号 {walk.number} 正在办",
        f"编号 {walk.number} 说是办好了：周一起送饭\n您看行不行？",
        f"编号 {walk.number} 结束了。还没解决",
    ]
    assert await walk.status() == "closed"


async def test_a_caller_without_a_channel_gets_a_call_for_each_notice(
    database: Database, office: Office, vault: Vault, now: datetime
) -> None:
    number = await a_ticket(database, office, now, chat=False, channel="phone")
    walk = await Walk(database, office, number, now).to_call_back()
    calls = await calls_to_make(database, vault, walk.number)
    assert [kind for kind, _ in calls] == ["notice", "notice", "notice", "notice", "closing"]
    assert "周一起送饭" in calls[3][1]


async def test_the_history_tells_the_whole_way(
    database: Database, office: Office, vault: Vault, now: datetime
) -> None:
    walk = await Walk(database, office, await a_ticket(database, office, now), now).to_call_back()
    await walk.do(call_back, SOLVED, by=office.operator)
    ticket = await read_ticket(database, walk.number)
    async with database.reading() as session:
        history = await list_history(session, ticket.id, vault=vault)
    assert [event.to_status for event in history if event.to_status] == [
        "registered",
        "to_dispatch",
        "dispatched",
        "accepted",
        "contacted",
        "in_progress",
        "resolved",
        "to_call_back",
        "closed",
    ]
    assert [event.number for event in history] == list(range(1, ticket.revision + 1))


async def test_who_handled_it_neither_reviews_nor_calls_back_nor_closes(
    database: Database, office: Office, now: datetime
) -> None:
    walk = Walk(database, office, await a_ticket(database, office, now), now)
    everything = StaffMember(
        office.handler.id, "王强", "02", ("handler", "reviewer", "operator", "shift_lead")
    )
    await walk.in_progress()
    await walk.do(resolve, result="好了", internal_note="已办", by=office.handler)
    with pytest.raises(OwnWork):
        await walk.do(review, passed=True, by=everything)
    await walk.do(review, passed=True, by=office.reviewer)
    with pytest.raises(OwnWork):
        await walk.do(call_back, SOLVED, by=everything)
    with pytest.raises(OwnWork):
        await walk.do(close, note="行了", by=everything)


async def test_a_ticket_does_not_close_before_somebody_has_called(
    database: Database, office: Office, now: datetime
) -> None:
    walk = await Walk(database, office, await a_ticket(database, office, now), now).to_call_back()
    with pytest.raises(CallBackMissing):
        await walk.do(close, note="算了", by=office.reviewer)
    for _ in range(3):
        await walk.do(call_back_failed, by=office.operator)
    with pytest.raises(InvalidInput):
        await walk.do(close, by=office.reviewer)
    await walk.do(close, note="三次没打通", by=office.reviewer)
    assert await walk.status() == "closed"


async def test_closing_a_closed_ticket_changes_nothing(
    database: Database, office: Office, now: datetime
) -> None:
    walk = await Walk(database, office, await a_ticket(database, office, now), now).to_call_back()
    await walk.do(call_back, SOLVED, by=office.operator)
    before = await read_ticket(database, walk.number)
    await walk.do(close, by=office.reviewer)
    assert (await read_ticket(database, walk.number)).revision == before.revision


async def test_not_solved_at_the_call_back_is_worked_on_again_within_three_working_days(
    database: Database, office: Office, now: datetime
) -> None:
    walk = await Walk(database, office, await a_ticket(database, office, now), now).to_call_back()
    await walk.do(
        call_back, CallAnswers(contacted=True, solved="no", comment="没送来"), by=office.operator
    )
    ticket = await read_ticket(database, walk.number)
    assert (ticket.status, ticket.deadline_class) == ("rework", "rework_3wd")
    assert ticket.finish_due_at == datetime.fromisoformat("2026-11-26T17:30:00+08:00")
    await walk.do(start, by=office.handler)
    assert await walk.status() == "in_progress"


async def test_partly_solved_waits_for_the_callers_decision(
    database: Database, office: Office, now: datetime
) -> None:
    walk = await Walk(database, office, await a_ticket(database, office, now), now).to_call_back()
    await walk.do(call_back, CallAnswers(contacted=True, solved="partly"), by=office.operator)
    assert await walk.status() == "to_call_back"
    await walk.do(close, note="其余等电梯装好", by=office.reviewer)
    assert await walk.status() == "closed"


async def test_work_does_not_begin_before_somebody_has_spoken_with_the_resident(
    database: Database, office: Office, vault: Vault, now: datetime
) -> None:
    walk = await Walk(database, office, await a_ticket(database, office, now), now).dispatched()
    await walk.do(accept, by=office.handler)
    with pytest.raises(FirstContactMissing):
        await walk.do(start, by=office.handler)
    for _ in range(3):
        await walk.do(contact_failed, by=office.handler)
        with pytest.raises(TriedJustNow):
            await walk.do(contact_failed, by=office.handler)
        walk.now += timedelta(hours=3)
    await walk.do(start, by=office.handler)
    said = await what_was_said(database, vault, walk.number)
    assert any("找了您三次" in words for words in said)


async def test_an_answer_ends_a_question_without_any_department(
    database: Database, office: Office, vault: Vault, now: datetime
) -> None:
    walk = Walk(database, office, await a_ticket(database, office, now), now)
    await walk.do(answer, "带身份证去便民服务中心", by=office.operator)
    ticket = await read_ticket(database, walk.number)
    assert (ticket.status, ticket.outcome, ticket.next_due_at) == ("answered", "answered", None)
    assert "带身份证去便民服务中心" in (await what_was_said(database, vault, walk.number))[-1]


async def test_only_a_dispatcher_dispatches_and_only_to_a_department_that_exists(
    database: Database, office: Office, now: datetime
) -> None:
    walk = Walk(database, office, await a_ticket(database, office, now), now)
    with pytest.raises(NotPermitted):
        await walk.do(dispatch, "elder_service", by=office.operator)
    with pytest.raises(InvalidInput):
        await walk.do(dispatch, "no_such_unit", by=office.dispatcher)


async def test_what_belongs_elsewhere_is_never_put_on_a_residents_committee(
    database: Database, office: Office, now: datetime
) -> None:
    number = await a_ticket(database, office, now, matter="safety_law/public_security")
    walk = Walk(database, office, number, now)
    with pytest.raises(InvalidInput):
        await walk.do(dispatch, "community", by=office.dispatcher)


async def test_repairs_are_not_resolved_without_evidence(
    database: Database, office: Office, now: datetime
) -> None:
    number = await a_ticket(database, office, now, matter="property_repair/leak_pipe")
    walk = await Walk(database, office, number, now).in_progress()
    done = {"result": "修好了", "internal_note": "换了管子"}
    with pytest.raises(InvalidInput):
        await walk.do(resolve, by=office.handler, **done)
    await walk.do(resolve, evidence=["照片两张"], by=office.handler, **done)
    assert await walk.status() == "resolved"


async def test_a_department_sees_only_what_was_sent_to_it(
    database: Database, office: Office, now: datetime
) -> None:
    walk = await Walk(database, office, await a_ticket(database, office, now), now).dispatched()
    stranger = StaffMember(office.handler.id, "孙浩", "09", ("handler",), ("judicial",))
    await add_staff(database, [], now)
    with pytest.raises(NotFound):
        await walk.do(accept, by=stranger)


async def test_a_page_that_shows_an_older_state_is_told(
    database: Database, office: Office, now: datetime
) -> None:
    number = await a_ticket(database, office, now)
    seen = (await read_ticket(database, number)).revision
    walk = await Walk(database, office, number, now).dispatched()
    async with database.transaction() as session:
        with pytest.raises(TicketChangedMeanwhile):
            await office.desk.get_ticket(session, walk.number, by=office.dispatcher, seen=seen)

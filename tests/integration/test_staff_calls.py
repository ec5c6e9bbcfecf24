"""Telephone calls and visits at the counter."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.database import Database
from core.errors import InvalidInput, NotFound
from core.messages import Channel
from handlers.clock.keep_promises import keep_promises
from handlers.staff.make_call import make_call
from handlers.staff.take_call import CallForm, add_call, end_call, register_call, save_call
from tests.integration.office import (
    Office,
    read_ticket,
    who_holds,
)
from tests.integration.walk import Walk
from tickets.call_backs import CallAlreadyMade
from tickets.models import Alert, CallBack


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

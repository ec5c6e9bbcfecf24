"""Residents who wait for a person."""

import asyncio

import pytest

from bot.decoding import encode_text
from conversations.holding import ask_for_person
from conversations.models import Conversation
from core.ids import new_id
from core.messages import Address, Channel, RawInbound
from people.permissions import StaffMember
from tests.integration.office import a_ticket, add_staff


@pytest.fixture
async def waiting(database, office, now):
    """Somebody without a ticket who asked for a person."""
    address = Address(Channel.WEB, "", "visitor")
    async with database.transaction() as session:
        standing = await office.desk.inbox.get_or_begin(session, address, now=now)
        raw = RawInbound(address, "m1", encode_text("我要找人"), now)
        await office.desk.inbox.store(session, standing.id, raw, done=True)
        await ask_for_person(session, standing.id, now=now)
    return standing.id


async def test_whoever_waits_is_taken_over_answered_and_handed_back(
    database, office, operator, waiting, clock
):
    clock.move(minutes=4)
    page = await operator.get("/console?view=waiting_for_person")
    assert "我要找人" in page.text
    assert "4 分" in page.text
    taken = await operator.send(f"/console/conversations/{waiting}/take-over")
    assert taken.status_code == 303
    await operator.send(f"/console/conversations/{waiting}/reply", words="您好，我是李梅")
    page = await operator.get(f"/console/conversations/{waiting}")
    assert "您好，我是李梅" in page.text
    empty = await operator.send(f"/console/conversations/{waiting}/reply", words=" ")
    assert "请写几个字" in empty.text
    back = await operator.send(f"/console/conversations/{waiting}/hand-back")
    assert back.status_code == 303


async def test_of_two_who_take_over_one_gets_it(operator, dispatcher, waiting):
    answers = await asyncio.gather(
        *(
            each.send(f"/console/conversations/{waiting}/take-over")
            for each in (operator, dispatcher)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    loser = next(answer for answer in answers if answer.status_code == 409)
    assert "别的同事正在和他说话" in loser.text


async def test_who_may_not_see_the_ticket_does_not_talk_to_its_resident(
    house, database, office, now, waiting
):
    await a_ticket(database, office, now, chat=False, conversation_id=waiting, community="c01")
    elsewhere = StaffMember(new_id(), "外区", "88", ("operator",), communities=("c09",))
    await add_staff(database, [elsewhere], now)
    stranger = await house.sign_in(elsewhere)
    for verb, form in (("reply", {"words": "您好"}), ("take-over", {})):
        answer = await stranger.send(f"/console/conversations/{waiting}/{verb}", **form)
        assert answer.status_code == 404, verb
    async with database.reading() as session:
        talk = await session.get_one(Conversation, waiting)
    assert talk.held_by_id is None

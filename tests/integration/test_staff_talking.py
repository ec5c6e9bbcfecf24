"""Staff take over, reply, hand back, leave notes; alerts ring and climb until somebody takes them."""

from datetime import timedelta

import pytest

from conversations.holding import HeldBySomebodyElse
from conversations.models import Conversation
from core.database import Database
from core.errors import InvalidInput, NotFound
from core.vault import Vault
from handlers.clock.free_forgotten import free_forgotten
from handlers.staff.acknowledge import acknowledge
from handlers.staff.hand_back import hand_back
from handlers.staff.note import note
from handlers.staff.reply import reply
from handlers.staff.take_over import take_over
from tests.integration.office import (
    Office,
    calls_to_make,
    who_holds,
)
from tests.integration.walk import Walk
from tickets.alerts import AlertAlreadyAcknowledged, AlertKind


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

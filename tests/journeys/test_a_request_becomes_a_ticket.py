"""A message goes in at the door; tickets and replies come out."""

import asyncio

import pytest
from sqlalchemy import select

from conversations.models import Conversation, InboxMessage
from core.messages import Address, Channel
from notifications.models import OutboxMessage
from tests.people import Resident
from tickets.models import Alert, Ticket, TicketEvent

MEAL = "我妈八十三了一个人住，想有人送饭"
LAMP = "楼道灯坏了三天没人修，长虹里3栋，电话13800001234"


async def all_tickets(house):
    async with house.database.reading() as session:
        return list(await session.scalars(select(Ticket).order_by(Ticket.opened_at)))


async def open_meal_ticket(resident):
    await resident.says(MEAL)
    await resident.says("和平里3栋")
    return await resident.says("13800001234")


async def test_a_daughter_asks_for_meals_and_gets_an_answer_questions_and_a_number(house, resident):
    first = await resident.says(MEAL)
    assert "老年助餐" in first[0].text
    assert "更新于" in first[0].text
    assert "哪里" in first[-1].text or "住" in first[-1].text

    second = await resident.says("和平里3栋")
    assert "怎么找您" in second[-1].text

    third = await resident.says("13800001234")
    (ticket,) = await all_tickets(house)
    assert ticket.number in third[-1].text
    assert ticket.matter == "elder_care/meal"
    assert ticket.community == "c05"
    assert ticket.status == "to_dispatch"
    assert third[-1].card["number"] == ticket.number


async def test_both_questions_can_be_skipped_with_a_tap(house, resident):
    first = await resident.says(MEAL)
    second = await resident.presses("先不说", first)
    await resident.presses("先不说", second)
    (ticket,) = await all_tickets(house)
    assert ticket.phone_sealed is None
    assert ticket.contact_wish == "message"


async def test_a_message_that_says_everything_opens_the_ticket_at_once(house, resident):
    replies = await resident.says(LAMP)
    (ticket,) = await all_tickets(house)
    assert ticket.number in replies[-1].text


async def test_the_same_sentence_again_asks_and_makes_no_second_ticket(house, resident):
    await open_meal_ticket(resident)
    again = await resident.says(MEAL)
    assert "还是上次那件事吗" in again[-1].text
    await resident.presses("是，催一催", again)
    (ticket,) = await all_tickets(house)
    assert ticket.chases == 1


async def test_another_matter_of_the_same_kind_can_still_be_opened(house, resident):
    await open_meal_ticket(resident)
    again = await resident.says(MEAL)
    await resident.presses("不是，是另一件", again)
    assert len(await all_tickets(house)) == 2


async def test_a_repeated_delivery_changes_nothing_and_gets_the_same_answer(house, resident):
    first = await resident.says(LAMP, message_id="m-1")
    second = await resident.says(LAMP, message_id="m-1")
    assert second == first
    assert len(await all_tickets(house)) == 1


async def test_two_messages_at_once_from_one_person_are_both_kept_in_some_order(house, resident):
    await asyncio.gather(resident.says(MEAL), resident.says("和平里3栋"))
    async with house.database.reading() as session:
        kept = list(await session.scalars(select(InboxMessage)))
        said = list(await session.scalars(select(OutboxMessage.number)))
    assert [row.status for row in kept] == ["done", "done"]
    assert len(said) == len(set(said))


async def test_nothing_readable_of_a_person_lies_open_in_the_tables(house, resident):
    await resident.says(LAMP)
    async with house.database.reading() as session:
        (ticket,) = await session.scalars(select(Ticket))
        inbox = list(await session.scalars(select(InboxMessage.body_sealed)))
        outbox = list(await session.scalars(select(OutboxMessage.body_sealed)))
        notes = list(await session.scalars(select(TicketEvent.note_sealed)))
    for sealed in [*inbox, *outbox, *notes, ticket.description_sealed, ticket.phone_sealed]:
        assert b"1380000" not in (sealed or b"")
    assert "1380000" not in ticket.title
    assert "3栋" not in ticket.title


async def test_a_question_is_answered_with_source_and_kept_word_for_word(house, resident):
    replies = await resident.says("高龄津贴怎么领，要带什么材料")
    assert "依据" in replies[0].text
    (ticket,) = await all_tickets(house)
    assert ticket.status == "answered"
    async with house.database.reading() as session:
        events = list(await session.scalars(select(TicketEvent)))
    kept = [
        house.vault.open(each.note_sealed, purpose="event.note")
        for each in events
        if each.note_sealed
    ]
    assert replies[0].text in kept


async def test_details_follow_the_short_answer_on_demand(house, resident):
    short = await resident.says("高龄津贴怎么领，要带什么材料")
    full = await resident.presses("详细", short)
    assert len(full[0].text) > len(short[0].text)


async def test_thirty_silent_minutes_open_the_ticket_with_what_is_known(house, resident, clock):
    await resident.says(MEAL)
    assert await all_tickets(house) == []
    clock.move(minutes=29)
    assert await house.front_door.finish_silent() == 0
    clock.move(minutes=2)
    assert await house.front_door.finish_silent() == 1
    (ticket,) = await all_tickets(house)
    assert ticket.matter == "elder_care/meal"
    assert await house.front_door.finish_silent() == 0


async def test_later_words_reach_a_program_with_its_next_answer(house, resident, clock):
    await resident.says(MEAL)
    clock.move(minutes=31)
    await house.front_door.finish_silent()
    replies = await resident.says("谢谢")
    (ticket,) = await all_tickets(house)
    assert ticket.number in replies[0].text


async def test_a_person_is_brought_at_the_first_word_without_a_form(house, resident):
    replies = await resident.says("人工")
    assert "叫人" in replies[-1].text or "值班" in replies[-1].text or "在岗" in replies[-1].text
    async with house.database.reading() as session:
        (conversation,) = await session.scalars(select(Conversation))
    assert conversation.waiting_since_at is not None
    assert len(await all_tickets(house)) == 1


async def test_what_was_half_said_goes_along_to_the_person(house, resident):
    await resident.says(MEAL)
    await resident.says("人工")
    (ticket,) = await all_tickets(house)
    description = house.vault.open(ticket.description_sealed, purpose="ticket.description")
    assert MEAL in description
    assert ticket.matter == "elder_care/meal"


async def test_gas_gives_the_number_first_opens_a_ticket_and_rings(house, resident):
    replies = await resident.says("屋里一股煤气味")
    assert replies[0].urgent
    assert "119" in replies[0].text[:20]
    assert replies[0].calls == ("119",)
    assert "还没有人接" in replies[1].text
    (ticket,) = await all_tickets(house)
    assert (ticket.urgency, ticket.trigger) == ("P0", "gas_leak")
    async with house.database.reading() as session:
        (alert,) = await session.scalars(select(Alert))
    assert alert.acknowledged_at is None


async def test_danger_in_the_middle_of_a_form_comes_before_the_form(house, resident):
    await resident.says(MEAL)
    replies = await resident.says("我妈突然晕倒了叫不醒")
    assert "120" in replies[0].calls
    (ticket,) = await all_tickets(house)
    assert ticket.urgency == "P0"
    description = house.vault.open(ticket.description_sealed, purpose="ticket.description")
    assert MEAL in description


async def test_danger_is_acted_on_while_a_person_holds_the_conversation(house, resident, staff):
    from conversations.holding import take_over

    await resident.says("人工")
    async with house.database.transaction() as session:
        conversation_id = await session.scalar(select(Conversation.id))
        await take_over(session, conversation_id, staff_id=staff["limei"].id, now=house.clock.now())
    assert await resident.says("我还想问下") == []
    replies = await resident.says("屋里着火了")
    assert "119" in replies[0].calls


async def test_danger_of_last_year_is_asked_about_and_not_alarmed(house, resident):
    replies = await resident.says("去年我们楼着火烧了半层，想问下赔偿找谁")
    async with house.database.reading() as session:
        alerts = list(await session.scalars(select(Alert)))
    assert alerts == []
    assert "现在还有危险吗" in replies[-1].text
    calm = await resident.presses("没有", replies)
    assert "119" not in calm[0].text


async def test_two_silent_minutes_after_that_question_count_as_danger(house, resident, clock):
    await resident.says("去年我们楼着火烧了半层，想问下赔偿找谁")
    clock.move(minutes=3)
    assert await house.front_door.finish_silent() == 1
    (ticket,) = await all_tickets(house)
    assert ticket.trigger == "fire"
    async with house.database.reading() as session:
        assert await session.scalar(select(Alert)) is not None


async def test_two_unclear_messages_bring_a_person(house, resident):
    first = await resident.says("那个那个")
    assert "没听明白" in first[-1].text
    await resident.says("啊啊啊")
    async with house.database.reading() as session:
        (conversation,) = await session.scalars(select(Conversation))
    assert conversation.waiting_since_at is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "😀😀😀",
        "\x00\x01\x02",
        "<script>alert(1)</script>",
        "'; DROP TABLE tickets; --",
        "{number} {0} %s",
        "/unknown_button",
        "/pick:9",
        "/pick:" + "9" * 100,
        "﷽" * 50,
        "\u202e反过来",
        "长" * 100_000,
    ],
)
async def test_whatever_is_sent_gets_an_answer_and_loses_nothing(house, resident, text):
    replies = await resident.says(text)
    assert replies
    assert all(reply.text.strip() for reply in replies)
    async with house.database.reading() as session:
        (row,) = await session.scalars(select(InboxMessage))
    assert row.status == "done"


async def test_a_forged_button_changes_nothing(house, resident):
    await resident.says(MEAL)
    raw = resident.raw("")
    forged = type(raw)(
        raw.address, raw.external_id, '{"text":"x","press":"/ticket:1:close"}', raw.received_at
    )
    (reply,) = await house.front_door.answer_at_once(forged)
    assert "过时" in reply.text
    assert await all_tickets(house) == []


async def test_a_typed_payload_of_nobody_is_an_old_button_and_no_danger(house, resident):
    replies = await resident.says("/ticket:1:close")
    assert "过时" in replies[0].text
    assert await all_tickets(house) == []


async def test_eight_messages_at_once_of_one_person_are_all_answered(house, resident):
    answers = await asyncio.gather(*(resident.says(f"{LAMP} {each}") for each in "abcdefgh"))
    assert all(answers)


async def test_a_ticket_number_alone_shows_nothing_to_a_stranger(house, resident):
    await resident.says(LAMP)
    (ticket,) = await all_tickets(house)
    stranger = Resident(house, "stranger")
    asked = await stranger.says(f"查一下 {ticket.number} 办到哪了")
    assert ticket.title not in asked[-1].text
    told = await stranger.says("1234")
    assert ticket.number in told[-1].text
    wrong = Resident(house, "wrong")
    await wrong.says(f"查一下 {ticket.number} 办到哪了")
    refused = await wrong.says("9999")
    assert ticket.title not in refused[-1].text


async def test_the_resident_withdraws_a_request_but_not_a_complaint(house, resident):
    await open_meal_ticket(resident)
    await resident.says("帮我把单子撤了")
    (ticket,) = await all_tickets(house)
    assert ticket.status == "withdrawn"


async def test_volunteers_lists_hear_of_it_when_a_resident_withdraws(house, resident):
    await open_meal_ticket(resident)
    async with house.signals.subscribe("tasks") as lists:
        await resident.says("帮我把单子撤了")
        assert await lists.wait(1)


async def test_a_stored_message_is_handled_by_the_worker_and_sent_by_the_sender(
    house, fake_channel
):
    address = Address(Channel.FAKE, "", "somebody")
    raw = Resident(house).raw(LAMP)
    await house.front_door.receive(type(raw)(address, "f-1", raw.body, raw.received_at))
    await house.front_door.receive(type(raw)(address, "f-1", raw.body, raw.received_at))
    assert await house.front_door.work_through() == 1
    await house.sender.deliver()
    (ticket,) = await all_tickets(house)
    assert ticket.number in "".join(fake_channel.texts)

"""A resident in Telegram: everything that the web chat can do, in the messenger's manner."""

import pytest
from sqlalchemy import select

from core.messages import Reply
from notifications.models import OutboxMessage
from notifications.outbox import BOT_AUTHOR
from tests.talking import Talk
from tickets.models import Alert
from tickets.opening import COORDINATES, PHONE

MEAL = "我妈八十三了一个人住，想有人送饭"
LAMP = "楼道灯坏了三天没人修，长虹里3栋，电话13800001234"


def titles(keyboard: dict) -> list[str]:
    return [key["text"] for row in keyboard["keyboard"] for key in row]


async def test_start_greets_and_lays_out_the_entries_and_the_way_to_a_person(talk: Talk):
    talk.person.starts()
    (greeting,) = await talk.settle()
    assert "机器人" in greeting.text
    assert "110" in greeting.text
    assert titles(talk.person.keyboard) == ["养老的事", "救助的事", "查进度", "找人工"]
    assert await talk.tickets() == []


async def test_a_daughter_asks_for_meals_with_taps_and_gets_her_number(talk: Talk):
    answer, where = await talk.says(MEAL)
    assert "老年助餐" in answer.text
    assert titles(where.markup) == ["发我现在的位置", "先不说", "找人工"]
    (how,) = await talk.says("和平里3栋")
    assert "怎么找您" in how.text
    assert how.markup["keyboard"][0][0]["request_contact"]
    talk.person.sends_contact("+8613800001234")
    receipt = (await talk.settle())[-1]
    (ticket,) = await talk.tickets()
    assert ticket.number in receipt.text
    assert talk.house.vault.open(ticket.phone_sealed, purpose=PHONE) == "+8613800001234"
    assert (ticket.channel, ticket.community) == ("telegram", "c05")
    (progress,) = await talk.presses("查进度", receipt)
    assert ticket.number in progress.text


async def test_titles_under_the_question_come_back_as_words_and_skip_it(talk: Talk):
    await talk.says(MEAL)
    await talk.says("先不说")
    await talk.says("就在这里回我")
    (ticket,) = await talk.tickets()
    assert ticket.contact_wish == "message"


async def test_danger_is_answered_with_the_number_and_rings(talk: Talk):
    help_, _ = await talk.says("屋里一股煤气味")
    assert "119" in help_.text
    async with talk.house.database.reading() as session:
        assert await session.scalar(select(Alert.kind)) == "emergency"


@pytest.mark.parametrize("words", ["找人工", "/person"])
async def test_a_person_is_one_tap_away(talk: Talk, words):
    (told,) = await talk.says(words)
    assert any(each in told.text for each in ("叫人", "值班", "在岗"))
    assert (await talk.conversation()).waiting_since_at is not None


async def test_help_and_another_language(talk: Talk):
    (help_,) = await talk.says("/help")
    assert "110" in help_.text
    (asked,) = await talk.says("/language")
    assert [each["text"] for each in asked.buttons] == ["中文", "English"]
    (changed,) = await talk.presses("English", asked)
    assert "English" in changed.text
    assert titles(changed.markup)[-1] == "A person"
    (told,) = await talk.says("How does it stand")
    assert "telephone" in told.text


async def test_a_place_during_an_emergency_reaches_the_ticket_without_a_word(talk: Talk):
    _, where = await talk.says("屋里一股煤气味")
    assert where.markup["keyboard"][0][0]["request_location"]
    talk.person.sends_location(30.59, 114.31)
    (noted,) = await talk.settle()
    (ticket,) = await talk.tickets()
    assert ticket.number in noted.text
    sealed = ticket.coordinates_sealed
    assert talk.house.vault.open(sealed, purpose=COORDINATES) == "30.590000,114.310000"


async def test_a_place_in_answer_to_where_still_asks_for_the_community(talk: Talk):
    await talk.says(MEAL)
    talk.person.sends_location(30.59, 114.31)
    noted, which = await talk.settle()
    assert "社区" in which.text
    await talk.says("和平里3栋")
    await talk.says("先不说")
    (ticket,) = await talk.tickets()
    assert ticket.community == "c05"
    assert ticket.coordinates_sealed is not None
    assert noted.text


async def test_a_place_before_any_word_is_kept_for_the_request_that_follows(talk: Talk):
    talk.person.sends_location(30.59, 114.31)
    (asked,) = await talk.settle()
    assert "什么事" in asked.text
    assert await talk.tickets() == []
    await talk.says(LAMP)
    (ticket,) = await talk.tickets()
    assert ticket.coordinates_sealed is not None


async def test_somebody_elses_card_is_no_number_of_this_person(talk: Talk, api):
    await talk.says(MEAL)
    await talk.says("和平里3栋")
    neighbour = api.create_person("李四")
    for send in (
        lambda: talk.person.sends_contact("+8613911112222", of=neighbour),
        lambda: talk.person.sends_strangers_contact("+8613911112222", "李四"),
    ):
        send()
        (told,) = await talk.settle()
        assert "别人" in told.text
    await talk.says("先不说")
    (ticket,) = await talk.tickets()
    assert ticket.phone_sealed is None


async def test_long_answers_come_in_parts_and_html_is_shown_as_it_was_written(talk: Talk):
    await talk.says("<b>您好</b> & 谢谢")
    conversation = await talk.conversation()
    async with talk.house.database.transaction() as session:
        await talk.house.speech.say(
            session,
            conversation.id,
            [Reply("<i>一</i>二三四五六七八九。\n" * 600)],
            author=BOT_AUTHOR,
            now=talk.clock.now(),
        )
    before = len(talk.person.messages)
    await talk.send()
    parts = talk.person.messages[before:]
    assert len(parts) > 1
    assert all("<i>一</i>二三" in part.text for part in parts)
    assert all(part.entities == [] for part in parts)


async def test_an_old_card_and_forged_data_are_answered_and_change_nothing(talk: Talk):
    answer = await talk.says("高龄津贴怎么领，要带什么材料")
    card = answer[-1]
    await talk.presses("帮我办", card)
    (ticket,) = await talk.tickets()
    assert ticket.status == "to_dispatch"
    before = await talk.history(ticket)
    (again,) = await talk.presses("帮我办", card)
    assert "过时" in again.text
    for data in ("/solved", "/open", "/pick:0", "claim:00", "/yes", "/?", "x" * 64):
        talk.person.presses_data(data, card)
        (told,) = await talk.settle()
        assert "过时" in told.text
    assert await talk.history(ticket) == before
    assert len(await talk.tickets()) == 1


async def test_a_press_on_yesterdays_question_does_not_answer_todays(talk: Talk, clock):
    first = (await talk.says("高龄津贴怎么领，要带什么材料"))[-1]
    second = (await talk.says("低保怎么申请"))[-1]
    await talk.presses("帮我办", first)
    reopened = [each for each in await talk.tickets() if each.status == "to_dispatch"]
    assert [each.matter for each in reopened] == ["elder_care/age_allowance"]
    await talk.presses("帮我办", second)
    assert {each.status for each in await talk.tickets()} == {"to_dispatch"}


async def test_a_quoted_notice_says_which_request_is_meant(talk: Talk, clock):
    first = (await talk.says(LAMP))[-1]
    clock.move(minutes=1)
    await talk.says("垃圾桶三天没人清，和平里13栋，电话13800001234")
    older, newer = await talk.tickets()
    clock.move(hours=30)
    await talk.says("都过一天了还没来人，催一下", reply_to=first)
    older, newer = await talk.tickets()
    assert (older.chases, newer.chases) == (1, 0)


async def test_a_block_is_noted_and_its_end_too(talk: Talk):
    await talk.says(LAMP)
    talk.person.blocks()
    assert await talk.settle() == []
    assert not (await talk.conversation()).reachable
    (ticket,) = await talk.tickets()
    assert "chat_closed" in [each.kind for each in await talk.history(ticket)]
    talk.person.unblocks()
    await talk.settle()
    assert (await talk.conversation()).reachable
    assert "chat_opened" in [each.kind for each in await talk.history(ticket)]


async def test_a_group_is_declined_once_and_becomes_no_request(talk: Talk, api, bot):
    group = api.create_group()
    group.adds(bot)
    neighbour = group.member(api.create_person("李四"))
    neighbour.says("/start@street_bot")
    neighbour.says("/person@street_bot 着火了")
    await talk.settle()
    said = [each for each in group.messages if each.sender_id == bot.id]
    assert len(said) == 1
    assert "群" in said[0].text
    assert said[0].markup == {}
    assert await talk.tickets() == []


async def test_what_cannot_be_read_is_answered_and_never_fails(talk: Talk):
    talk.person.sends_sticker()
    (told,) = await talk.settle()
    assert "看不懂" in told.text
    talk.person.sends({"dice": {"emoji": "🎲", "value": 3}})
    assert len(await talk.settle()) == 1
    talk.person.sends({"pinned_message": {**told.as_json()}})
    assert await talk.settle() == []
    assert set(await talk.statuses()) == {"done"}
    async with talk.house.database.reading() as session:
        assert set(await session.scalars(select(OutboxMessage.status))) == {"sent"}

"""What volunteers do in Telegram with a task, over HTTP against the Bot API double."""

from collections.abc import Callable
from io import BytesIO
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import select

from conversations.holding import take_over
from core.actors import ActorKind
from handlers.staff.volunteer_files import open_volunteer_file
from handlers.volunteers.reached import ChatState
from people.models import Volunteer
from people.volunteer_models import VolunteerNotice
from tests.bot_api.accounts import StoredMessage
from tests.journeys.volunteering import Neighbourhood
from tests.talking import Talk
from tickets.models import Claim
from tickets.tasks import NOTE


def titles(message: StoredMessage) -> list[str]:
    return [key["text"] for key in message.buttons]


async def claim_of(chat: Talk, task_id: UUID) -> Claim:
    async with chat.house.database.reading() as session:
        found = await session.scalar(select(Claim).where(Claim.task_id == task_id))
    assert found is not None
    return found


async def said_by_volunteers(chat: Talk) -> list[str]:
    (ticket,) = await chat.tickets()
    events = await chat.history(ticket)
    return [each.note or "" for each in events if each.actor_kind == ActorKind.VOLUNTEER]


async def claimed(neighbourhood: Neighbourhood, chat: Talk) -> StoredMessage:
    """From the list to the card with the door."""
    await chat.says("能接的")
    await chat.presses("陪去医院取药·今天下午2点")
    thanks, card = await chat.presses("我来接")
    assert "归您了" in thanks.text
    assert "3栋2单元701" in card.text
    return card


async def there(neighbourhood: Neighbourhood, chat: Talk) -> StoredMessage:
    """Claimed, gone, arrived."""
    card = await claimed(neighbourhood, chat)
    neighbourhood.clock.move(hours=4)
    return (await chat.presses("我到了", card))[-1]


async def finished(neighbourhood: Neighbourhood, chat: Talk) -> list[StoredMessage]:
    """Done after fifty minutes, without words."""
    card = await there(neighbourhood, chat)
    neighbourhood.clock.move(minutes=50)
    await chat.presses("办好了", card)
    return await chat.presses("不写")


async def test_a_photo_with_words_ends_the_visit_and_reaches_the_claim(
    neighbourhood: Neighbourhood,
):
    _, task_id = await neighbourhood.published()
    chat = await neighbourhood.linked()
    card = await there(neighbourhood, chat)
    neighbourhood.clock.move(minutes=50)
    (asked,) = await chat.presses("办好了", card)
    assert "拍张照片" in asked.text
    chat.person.sends_photo(picture(), caption="药取到了")
    (thanks,) = await chat.settle()
    assert "记了 50 分钟" in thanks.text
    assert (await claim_of(chat, task_id)).photo_id is None
    assert await chat.house.fetcher.fetch_due() == 1
    await chat.house.timekeeper.tick()
    claim = await claim_of(chat, task_id)
    assert claim.photo_id is not None
    assert claim.photo_inbox_id is None
    assert chat.house.vault.open(claim.note_sealed, purpose=NOTE) == "药取到了"


async def test_words_may_follow_the_photo_and_a_photo_the_words(neighbourhood: Neighbourhood):
    _, task_id = await neighbourhood.published()
    chat = await neighbourhood.linked()
    card = await there(neighbourhood, chat)
    await chat.presses("办好了", card)
    chat.person.sends_photo(picture())
    (more,) = await chat.settle()
    assert titles(more) == ["不写"]
    (noted,) = await chat.says("下次要带老花镜")
    assert "记下了" in noted.text
    assert "下次要带老花镜" in await said_by_volunteers(chat)
    claim = await claim_of(chat, task_id)
    assert chat.house.vault.open(claim.note_sealed, purpose=NOTE) == "下次要带老花镜"


async def test_an_album_is_answered_once(neighbourhood: Neighbourhood):
    await neighbourhood.published()
    chat = await neighbourhood.linked()
    card = await there(neighbourhood, chat)
    await chat.presses("办好了", card)
    chat.person.sends_album([picture(), picture()])
    answers = await chat.settle()
    assert len(answers) == 1


async def test_a_corrected_note_is_written_down_beside_the_first(neighbourhood: Neighbourhood):
    _, task_id = await neighbourhood.published()
    chat = await neighbourhood.linked()
    card = await there(neighbourhood, chat)
    await chat.presses("办好了", card)
    note = chat.person.says("下次要带伞")
    await chat.settle()
    chat.person.edits(note, "下次要带老花镜")
    (changed,) = await chat.settle()
    assert "改过来了" in changed.text
    claim = await claim_of(chat, task_id)
    kept = chat.house.vault.open(claim.note_sealed, purpose=NOTE)
    assert kept == "下次要带伞\n改成：下次要带老花镜"
    assert (await said_by_volunteers(chat))[-1] == "改成：下次要带老花镜"


async def test_i_will_go_late_and_giving_back_with_a_reason(neighbourhood: Neighbourhood):
    resident, task_id = await neighbourhood.published()
    chat = await neighbourhood.linked()
    card = await claimed(neighbourhood, chat)
    (going,) = await chat.presses("我会去", card)
    assert "知道您会去" in going.text
    (how,) = await chat.presses("要晚到", card)
    assert titles(how) == ["晚 10 分钟", "晚 20 分钟", "晚 30 分钟"]
    (late,) = await chat.presses("晚 20 分钟")
    assert "下午2点20分" in late.text
    assert "2点20分" in (await resident.settle() or resident.person.messages)[-1].text
    released, why = await chat.presses("去不了了", card)
    assert "没关系" in released.text
    await chat.says("孩子发烧了")
    assert (await said_by_volunteers(chat))[-1] == "孩子发烧了"
    assert (await claim_of(chat, task_id)).status == "released"
    assert titles(why) == ["不写"]


async def test_words_go_to_the_resident_and_back_without_numbers(neighbourhood: Neighbourhood):
    resident, _ = await neighbourhood.published()
    chat = await neighbourhood.linked()
    card = await claimed(neighbourhood, chat)
    await chat.presses("给那家捎句话", card)
    told = chat.person.says("我到一楼了，电话13900009999")
    (passed,) = await chat.settle()
    assert "转过去了" in passed.text
    assert "我到一楼了" in resident.person.last.text
    assert "13900009999" not in resident.person.last.text
    chat.person.edits(told, "我到二楼了")
    await chat.settle()
    assert "改成：我到二楼了" in resident.person.last.text
    await resident.presses("回复志愿者")
    await resident.says("门没锁")
    await chat.send()
    assert "门没锁" in chat.person.last.text
    (ask,) = await chat.presses("回话")
    assert "我转过去" in ask.text


async def test_somebody_on_the_bus_who_types_sees_the_buttons_that_are_meant(
    neighbourhood: Neighbourhood,
):
    await neighbourhood.published()
    chat = await neighbourhood.linked()
    await claimed(neighbourhood, chat)
    (card,) = await chat.says("路上堵车，可能晚点")
    assert "要晚到" in titles(card)
    (lost,) = await chat.says("今天天气不错")
    assert "没看懂" in lost.text


async def test_two_go_together_and_neither_begins_alone(neighbourhood: Neighbourhood):
    await neighbourhood.published(places=2, title="陪去医院取药")
    first = await neighbourhood.linked("first", name="赵一")
    second = await neighbourhood.linked("second", name="钱二")
    await claimed(neighbourhood, first)
    card = await claimed(neighbourhood, second)
    assert "赵师傅和您一起去" in card.text
    assert "赵一" not in card.text
    assert "钱师傅" in first.person.last.text


async def test_hours_may_be_put_right_and_certified(neighbourhood: Neighbourhood):
    _, task_id = await neighbourhood.published()
    chat = await neighbourhood.linked()
    await finished(neighbourhood, chat)
    await chat.says("我的")
    (hours,) = await chat.presses("时长和证明")
    assert "50 分钟，街道还没看" in hours.text
    assert "要一张服务证明" not in titles(hours)
    await chat.presses("最近这次时长不对")
    await chat.says("八十")
    assert "多少分钟" in chat.person.last.text
    (why,) = await chat.says("80分钟")
    assert "80 分钟" in why.text
    (asked,) = await chat.says("排队排了半个钟头")
    assert "交给街道了" in asked.text
    chat.person.presses_data(f"minutes:{task_id.hex}", hours)
    await chat.settle()
    await chat.says("90")
    (again,) = await chat.says("还是不对")
    assert "已经提过了" in again.text
    chat.person.presses_data("/paper this_year", hours)
    (nothing,) = await chat.settle()
    assert "还没有算数" in nothing.text


async def test_an_urgent_task_is_offered_and_may_be_left_to_others(neighbourhood: Neighbourhood):
    chat = await neighbourhood.linked()
    await neighbourhood.published(hours=2)
    await chat.house.timekeeper.tick()
    await chat.send()
    offer = chat.person.last
    assert titles(offer) == ["我来接", "这次去不了"]
    (left,) = await chat.presses("这次去不了", offer)
    assert "不再问您" in left.text


@pytest.mark.parametrize(
    ("field", "press", "seen"),
    [
        ("会什么", lambda titles: "理发", "会：陪诊、理发"),
        ("去哪里", lambda titles: "和平社区", "去：和平社区"),
        ("什么时候有空", lambda titles: "周末下午", "有空：周末下午"),
        ("会说什么话", lambda titles: "手语", "会说：手语"),
    ],
)
async def test_the_profile_is_changed_with_ticks(
    neighbourhood: Neighbourhood, field: str, press: Callable[[list[str]], str], seen: str
):
    chat = await neighbourhood.linked()
    await chat.says("我的")
    await chat.presses("改资料")
    (question,) = await chat.presses(field)
    await chat.presses(press(titles(question)))
    await chat.presses("好了")
    (card,) = await chat.says("/me")
    assert seen in card.text


async def test_a_rest_is_taken_and_ended(neighbourhood: Neighbourhood):
    chat = await neighbourhood.linked()
    await neighbourhood.published()
    await chat.says("我的")
    await chat.presses("先歇一歇")
    (resting,) = await chat.presses("歇一周")
    assert "11月30日（周一）起再找您" in resting.text
    (none,) = await chat.says("能接的")
    assert "还有 1 件" in "".join(titles(none))
    (lacking,) = await chat.presses("还有 1 件，先要准备")
    assert "先不接" in lacking.text
    (back,) = await chat.presses("不歇了", resting)
    assert "有事就来找您" in back.text


async def test_another_language_messages_and_leaving(neighbourhood: Neighbourhood):
    chat = await neighbourhood.linked()
    (notices,) = await chat.says("/me")
    await chat.presses("消息", notices)
    assert "还没有消息" in chat.person.last.text
    await chat.says("/language")
    (english,) = await chat.presses("English")
    assert "English" in english.text
    (tasks,) = await chat.says("Open tasks")
    assert "Nothing that you can take" in tasks.text
    await chat.says("/unlink")
    (gone,) = await chat.presses("Disconnect")
    assert "Disconnected" in gone.text
    (stranger,) = await chat.says("/tasks")
    assert "Register" in stranger.text


async def test_a_sticker_a_place_and_a_voice_are_answered_politely(neighbourhood: Neighbourhood):
    chat = await neighbourhood.linked()
    chat.person.sends_sticker()
    (sticker,) = await chat.settle()
    assert "看不懂" in sticker.text
    chat.person.sends_location(30.59, 114.31)
    (place,) = await chat.settle()
    assert "没看懂" in place.text
    chat.person.sends_voice(b"OggS")
    (voice,) = await chat.settle()
    assert "写几个字" in voice.text


async def test_a_group_is_declined_once(neighbourhood: Neighbourhood):
    api, bot = neighbourhood.api, neighbourhood.bots["volunteers"]
    group = api.create_group("志愿群")
    group.adds(bot)
    poller = neighbourhood.pollers["volunteers"]
    chat = Talk(neighbourhood.house, neighbourhood.clock, poller, group.member(api.create_person()))
    chat.person.says("/tasks")
    chat.person.says("/mine")
    answers = await chat.settle()
    assert [("单独聊" in each.text, titles(each)) for each in answers] == [(True, [])]


async def test_a_closed_chat_is_noted_and_the_page_still_tells(neighbourhood: Neighbourhood):
    chat = await neighbourhood.linked()
    assert await chat_state(neighbourhood, chat) is ChatState.OPEN
    chat.person.blocks()
    await chat.settle()
    assert not (await chat.conversation()).reachable
    assert await chat_state(neighbourhood, chat) is ChatState.CLOSED
    await neighbourhood.published(hours=2)
    await chat.house.timekeeper.tick()
    async with chat.house.database.reading() as session:
        assert await session.scalar(select(VolunteerNotice.kind)) == "offer"
    chat.person.unblocks()
    await chat.settle()
    assert (await chat.conversation()).reachable


async def chat_state(neighbourhood: Neighbourhood, chat: Talk) -> ChatState:
    """As the console's page of this volunteer shows it."""
    house, by = neighbourhood.house, neighbourhood.staff["chenjing"]
    async with house.database.transaction() as session:
        volunteer_id = await session.scalar(select(Volunteer.id))
        now = neighbourhood.clock.now()
        file = await open_volunteer_file(session, house.staff_desk, volunteer_id, by=by, now=now)
    return file.chat


async def test_while_staff_talk_with_a_volunteer_the_buttons_still_work(
    neighbourhood: Neighbourhood,
):
    _, task_id = await neighbourhood.published()
    chat = await neighbourhood.linked()
    (called,) = await chat.says("找街道")
    assert "叫街道的人了" in called.text
    (noted,) = await chat.says("钥匙在谁那里")
    assert "一来就看到" in noted.text
    await hold(neighbourhood, chat)
    assert await chat.says("钥匙在谁那里") == []
    chat.person.presses_data(f"claim:{task_id.hex}", called)
    assert "归您了" in (await chat.settle())[0].text


async def hold(neighbourhood: Neighbourhood, chat: Talk) -> None:
    conversation = await chat.conversation()
    async with chat.house.database.transaction() as session:
        by = neighbourhood.staff["limei"]
        await take_over(session, conversation.id, staff_id=by.id, now=neighbourhood.clock.now())


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG")
    return out.getvalue()

"""Somebody becomes a volunteer in the chat, over HTTP against the Bot API double."""

import pytest
from sqlalchemy import select

from people.models import Volunteer
from people.profiles import Vetting, get_profile
from people.registration import PHONE
from tests.journeys.volunteering import Neighbourhood
from tests.talking import Talk


async def volunteers(talk: Talk) -> list[Volunteer]:
    async with talk.house.database.reading() as session:
        return list(await session.scalars(select(Volunteer)))


async def up_to(chat: Talk, question: str) -> None:
    """Answer until this question stands there."""
    chat.person.starts()
    await chat.settle()
    await chat.presses("登记")
    answers = {
        "叫什么": lambda: chat.says("何秀兰"),
        "手机号": lambda: chat.says("13800001234"),
        "哪一年": lambda: chat.says("1965"),
        "会什么": lambda: chat.presses("以后再说"),
        "哪个社区": lambda: chat.presses("不说"),
        "哪些社区": lambda: chat.presses("全街道都行"),
        "有空": lambda: chat.presses("哪天都可以问我"),
        "会说什么话": lambda: chat.presses("不说"),
    }
    while question not in chat.person.last.text:
        asked = next(key for key in answers if key in chat.person.last.text)
        await answers[asked]()


async def test_a_stranger_registers_wholly_in_the_chat(neighbourhood: Neighbourhood):
    chat = neighbourhood.chat()
    chat.person.starts()
    (hello,) = await chat.settle()
    assert "登记" in hello.text
    _, name = await chat.presses("登记")
    assert "叫什么" in name.text
    (phone,) = await chat.says("何秀兰")
    assert phone.markup["keyboard"][0][0]["request_contact"]
    chat.person.sends_contact("+8613800001234")
    (year,) = await chat.settle()
    assert "哪一年" in year.text
    (skills,) = await chat.says("1965")
    for each in ("陪诊", "理发"):
        assert await chat.presses(each) == []
    assert [key["text"] for key in skills.buttons if "√" in key["text"]] == ["√ 陪诊", "√ 理发"]
    await chat.presses("√ 理发")
    await chat.says("陪诊、拉二胡")
    await chat.presses("和平社区")
    await chat.presses("全街道都行")
    await chat.presses("平日上午")
    await chat.presses("好了")
    (rules,) = await chat.says("普通话，武汉话")
    assert "不收钱" in rules.text
    (done,) = await chat.presses("看过了，我同意")
    assert "约您见一面" in done.text
    (row,) = await volunteers(chat)
    assert (row.name, row.status, row.birth_year) == ("何秀兰", Vetting.APPLIED, 1965)
    assert chat.house.vault.open(row.phone_sealed, purpose=PHONE).endswith("13800001234")
    async with chat.house.database.reading() as session:
        profile = await get_profile(session, row.id)
    assert profile.skills == ("陪诊", "拉二胡")
    assert (profile.home_community, profile.communities) == ("c05", ())
    assert profile.times == ("0m", "1m", "2m", "3m", "4m")
    assert profile.languages == ("putonghua", "wuhan")
    (mine,) = await chat.says("我的")
    assert "何秀兰" in mine.text
    assert "您的报名收到了" in mine.text


async def test_broken_off_it_is_taken_up_again(neighbourhood: Neighbourhood):
    chat = neighbourhood.chat()
    await up_to(chat, "会什么")
    (help_,) = await chat.says("/help")
    assert "110" in help_.text
    chat.person.starts()
    (hello,) = await chat.settle()
    assert "登记到一半" in hello.text
    await chat.presses("登记", hello)
    (question,) = await chat.presses("接着来")
    assert "会什么" in question.text
    (before,) = await chat.presses("改上一项")
    assert "哪一年" in before.text
    assert await volunteers(chat) == []


async def test_what_cannot_be_taken_is_asked_again_with_the_reason(neighbourhood: Neighbourhood):
    chat = neighbourhood.chat()
    await up_to(chat, "手机号")
    sorry, again = await chat.says("123")
    assert "手机号" in again.text
    assert sorry.text != again.text
    await chat.says("13800001234")
    sorry, again = await chat.says("去年")
    assert "1965" in sorry.text


async def test_a_minor_names_a_guardian_who_agrees(neighbourhood: Neighbourhood):
    chat = neighbourhood.chat()
    await up_to(chat, "哪一年")
    (name,) = await chat.says("2012")
    assert "监护人" in name.text
    await chat.says("何建国")
    (rules,) = await chat.says("13900001234")
    assert "不进别人家门" in rules.text
    sorry, _ = await chat.says("嗯")
    assert "同意" in sorry.text
    await chat.presses("我是家长，同意")
    while "守则" not in chat.person.last.text:
        await chat.presses(chat.person.last.buttons[-2]["text"])
    await chat.presses("看过了，我同意")
    (row,) = await volunteers(chat)
    assert row.guardian_sealed is not None


async def test_an_answer_may_be_corrected_where_it_was_written(neighbourhood: Neighbourhood):
    chat = neighbourhood.chat()
    await up_to(chat, "叫什么")
    wrong = chat.person.says("何秀蓝")
    await chat.settle()
    chat.person.edits(wrong, "何秀兰")
    changed, again = await chat.settle()
    assert "改过来了" in changed.text
    assert "手机号" in again.text
    await up_to_the_end(chat)
    (row,) = await volunteers(chat)
    assert row.name == "何秀兰"


async def up_to_the_end(chat: Talk) -> None:
    await chat.says("13800001234")
    await chat.says("1965")
    for title in ("以后再说", "不说", "全街道都行", "哪天都可以问我", "不说"):
        await chat.presses(title)
    await chat.presses("看过了，我同意")


@pytest.mark.parametrize("data", ["/set rules yes", "/set skills 0", "/set skills 999", "/back"])
async def test_a_forged_answer_registers_nobody(neighbourhood: Neighbourhood, data):
    chat = neighbourhood.chat()
    chat.person.starts()
    (hello,) = await chat.settle()
    chat.person.presses_data(data, hello)
    (answer,) = await chat.settle()
    assert "旧了" in answer.text
    assert await volunteers(chat) == []


async def test_danger_in_the_middle_goes_before_and_the_registration_waits(
    neighbourhood: Neighbourhood,
):
    chat = neighbourhood.chat()
    await up_to(chat, "会什么")
    rescued = await chat.says("屋里一股煤气味")
    assert "119" in rescued[0].text
    assert len(await chat.tickets()) == 1
    await chat.says("/register")
    (question,) = await chat.presses("接着来")
    assert "会什么" in question.text


async def test_nobody_registers_by_the_dozen(neighbourhood: Neighbourhood):
    chat = neighbourhood.chat()
    for _ in range(4):
        chat.person.says("/register")
        await chat.settle()
        await chat.says("何秀兰")
        await up_to_the_end(chat)
        await chat.says("/unlink")
        if "断开吗" in chat.person.last.text:
            await chat.presses("断开")
    assert len(await volunteers(chat)) == 3

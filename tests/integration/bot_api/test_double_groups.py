"""Groups on our Bot API double: privacy, coming and going."""

import aiogram
import pytest
from aiogram.exceptions import TelegramForbiddenError

from tests.bot_api.accounts import BotAccount
from tests.bot_api.groups import Group
from tests.bot_api.people import PersonInChat
from tests.bot_api.server import BotApi
from tests.integration.bot_api.raw import RawBot


@pytest.fixture
def group(bot_api: BotApi, bot: BotAccount) -> Group:
    group = bot_api.create_group("三单元邻居")
    group.adds(bot)
    bot.queue.clear()
    return group


async def test_a_bot_is_told_that_it_was_brought_in_and_thrown_out(
    bot_api: BotApi, bot: BotAccount, aiogram_bot: aiogram.Bot
):
    group = bot_api.create_group("三单元邻居")
    group.adds(bot)
    group.removes(bot)
    updates = await aiogram_bot.get_updates()
    changes = [each.my_chat_member for each in updates if each.my_chat_member]
    assert [each.new_chat_member.status for each in changes] == ["member", "kicked"]
    with pytest.raises(TelegramForbiddenError, match="bot was kicked from the supergroup chat"):
        await aiogram_bot.send_message(group.chat.id, "您好")


async def test_in_privacy_a_bot_sees_only_what_is_meant_for_it(
    group: Group, bot_api: BotApi, aiogram_bot: aiogram.Bot
):
    sent = await aiogram_bot.send_message(group.chat.id, "有事请私聊")
    li = group.member(bot_api.create_person("李强"))
    li.says("今晚停水")
    li.says("/help")
    li.says("/help@other_bot")
    li.says("问 @street_bot 吧")
    li.says("好的", reply_to=group.chat.messages[sent.message_id])
    updates = await aiogram_bot.get_updates()
    texts = [each.message.text for each in updates if each.message and each.message.text]
    assert texts == ["/help", "问 @street_bot 吧", "好的"]


async def test_without_privacy_it_sees_everything(bot_api: BotApi, raw: RawBot):
    curious = bot_api.create_bot("curious_bot", privacy=False)
    group = bot_api.create_group()
    group.adds(curious)
    group.member(bot_api.create_person()).says("今晚停水")
    assert curious.queue.take(0, 100)[-1]["message"]["text"] == "今晚停水"


async def test_a_bot_leaves_and_may_not_write_any_more(
    group: Group, aiogram_bot: aiogram.Bot, bot_api: BotApi
):
    assert await aiogram_bot.leave_chat(group.chat.id)
    with pytest.raises(TelegramForbiddenError, match="bot is not a member of the supergroup"):
        await aiogram_bot.send_message(group.chat.id, "您好")


async def test_who_was_met_in_a_group_only_cannot_be_written_to(
    group: Group, raw: RawBot, bot_api: BotApi, aiogram_bot: aiogram.Bot
):
    li = group.member(bot_api.create_person("李强"))
    assert await raw.refusal("sendMessage", chat_id=li.person.id, text="x") == (
        "403 bot can't initiate conversation with a user"
    )
    contact = {"keyboard": [[{"text": "电话", "request_contact": True}]]}
    assert await raw.refusal(
        "sendMessage", chat_id=group.chat.id, text="x", reply_markup=contact
    ) == ("400 phone number can be requested in private chats only")
    assert (await aiogram_bot.get_chat(group.chat.id)).title == "三单元邻居"


async def test_a_deactivated_account_is_refused(wang: PersonInChat, raw: RawBot, bot_api: BotApi):
    bot_api.deactivate(wang.person)
    assert await raw.refusal("sendMessage", chat_id=wang.person.id, text="x") == (
        "403 user is deactivated"
    )

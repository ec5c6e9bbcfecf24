"""What bots may send to our Bot API double, and how it refuses."""

import asyncio
import json

import aiogram
import pytest
import telegram
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters

from tests.bot_api.accounts import BotAccount
from tests.bot_api.limits import Limits
from tests.bot_api.people import PersonInChat
from tests.bot_api.server import BotApi
from tests.conftest import FixedClock
from tests.integration.bot_api.raw import RawBot

NOT_MODIFIED = (
    "400 message is not modified: specified new message content and reply markup are exactly "
    "the same as a current content and reply markup of the message"
)


async def test_both_libraries_reach_the_person_with_marked_words(
    aiogram_bot: aiogram.Bot, ptb: telegram.Bot, wang: PersonInChat
):
    await aiogram_bot.send_message(wang.person.id, "<b>您好</b> 😀", parse_mode="HTML")
    sent = await ptb.send_message(wang.person.id, "再见", reply_to_message_id=wang.last.message_id)
    assert wang.texts == ["您好 😀", "再见"]
    assert wang.messages[0].entities == [{"type": "bold", "offset": 0, "length": 2}]
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "您好 😀"


async def test_get_me_satisfies_both_libraries(
    aiogram_bot: aiogram.Bot, ptb: telegram.Bot, bot: BotAccount
):
    assert (await aiogram_bot.me()).username == bot.username == ptb.username


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"text": ""}, "400 message text is empty"),
        ({"text": " \n "}, "400 text must be non-empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "400 text must be non-empty"),
        ({"text": "字" * 4097}, "400 message is too long"),
        ({"text": "😀" * 2049}, "400 message is too long"),
        ({"text": "a" * 40_000}, "400 text is too long"),
        ({"text": "x", "parse_mode": "Word"}, "400 unsupported parse_mode"),
        ({"text": "x", "chat_id": ""}, "400 chat_id is empty"),
        ({"text": "x", "chat_id": 17}, "400 chat not found"),
        ({"text": "x", "chat_id": "@nobody"}, "400 chat not found"),
        (
            {"text": "x", "reply_parameters": {"message_id": 77}},
            "400 message to be replied not found",
        ),
        ({"text": "x", "reply_markup": "{"}, "400 can't parse reply keyboard markup JSON object"),
        ({"text": "x", "reply_markup": "[]"}, "400 object expected as reply markup"),
    ],
)
async def test_a_text_is_refused_in_telegrams_words(
    raw: RawBot, wang: PersonInChat, parameters: dict[str, object], refusal: str
):
    assert await raw.refusal("sendMessage", **{"chat_id": wang.person.id} | parameters) == refusal
    assert wang.texts == []


async def test_4096_units_count_after_the_markup_is_taken_out(raw: RawBot, wang: PersonInChat):
    text = "<b>" + "字" * 4096 + "</b>"
    await raw.result("sendMessage", chat_id=wang.person.id, text=text, parse_mode="HTML")
    assert len(wang.last.text) == 4096


@pytest.mark.parametrize(
    ("button", "refusal"),
    [
        ({"text": "好", "callback_data": "字" * 22}, "400 BUTTON_DATA_INVALID"),
        (
            {"text": "好"},
            "400 can't parse inline keyboard button: "
            "Text buttons are unallowed in the inline keyboard",
        ),
        (
            {"callback_data": "x"},
            "400 can't parse inline keyboard button: Can't find field \"text\"",
        ),
        (
            {"text": "好", "url": "nowhere"},
            "400 inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL",
        ),
    ],
)
async def test_a_button_is_refused_in_telegrams_words(
    raw: RawBot, wang: PersonInChat, button: dict[str, str], refusal: str
):
    markup = {"inline_keyboard": [[button]]}
    got = await raw.refusal("sendMessage", chat_id=wang.person.id, text="x", reply_markup=markup)
    assert got == refusal


@pytest.mark.parametrize(("rows", "columns"), [(101, 1), (1, 9)])
async def test_too_many_buttons_are_refused(
    raw: RawBot, wang: PersonInChat, rows: int, columns: int
):
    row = [{"text": "x", "callback_data": "x"}] * columns
    markup = {"inline_keyboard": [row] * rows}
    got = await raw.refusal("sendMessage", chat_id=wang.person.id, text="x", reply_markup=markup)
    assert got == "400 reply markup is too long"


async def test_the_words_on_a_reply_keyboard_are_seen_until_it_is_taken_away(
    raw: RawBot, wang: PersonInChat
):
    keyboard = {"keyboard": [["办事"], [{"text": "我的位置", "request_location": True}]]}
    send = {"chat_id": wang.person.id, "text": "请选"}
    answer = await raw.result("sendMessage", **send, reply_markup=json.dumps(keyboard))
    assert "reply_markup" not in answer
    assert wang.last.choices == ["办事", "我的位置"]
    assert wang.keyboard["keyboard"][0] == [{"text": "办事"}]
    await raw.result("sendMessage", **send, reply_markup={"remove_keyboard": True})
    assert wang.keyboard == {}


async def test_an_edit_keeps_what_was_there_and_an_equal_one_is_refused(
    raw: RawBot, wang: PersonInChat
):
    keyboard = {"inline_keyboard": [[{"text": "好", "callback_data": "yes"}]]}
    sent = await raw.result("sendMessage", chat_id=wang.person.id, text="一", reply_markup=keyboard)
    there = {"chat_id": wang.person.id, "message_id": sent["message_id"]}
    again = {"text": "一", "reply_markup": keyboard}
    assert await raw.refusal("editMessageText", **there, **again) == NOT_MODIFIED
    assert await raw.refusal("editMessageReplyMarkup", **there, reply_markup=keyboard) == (
        NOT_MODIFIED
    )
    await raw.result("editMessageText", **there, text="二")
    assert [each["text"] for each in wang.last.versions] == ["一"]
    assert (wang.last.text, wang.last.buttons) == ("二", [])


async def test_what_cannot_be_edited_or_deleted_says_so(
    raw: RawBot, wang: PersonInChat, clock: FixedClock
):
    chat = {"chat_id": wang.person.id}
    mine = wang.says("从我这里来")
    theirs = await raw.result("sendMessage", **chat, text="一", reply_markup={"keyboard": [["好"]]})
    edit = {**chat, "text": "二"}
    assert await raw.refusal("editMessageText", **edit, message_id=mine.message_id) == (
        "400 message can't be edited"
    )
    assert await raw.refusal("editMessageText", **edit, message_id=theirs["message_id"]) == (
        "400 message can't be edited"
    )
    assert await raw.refusal("editMessageText", **edit, message_id=99) == (
        "400 message to edit not found"
    )
    assert await raw.refusal("deleteMessage", **chat, message_id=99) == (
        "400 message to delete not found"
    )
    clock.move(hours=49)
    assert await raw.refusal("deleteMessage", **chat, message_id=theirs["message_id"]) == (
        "400 message can't be deleted for everyone"
    )


async def test_a_press_is_told_answered_once_and_not_too_late(
    raw: RawBot, wang: PersonInChat, bot: BotAccount, clock: FixedClock
):
    keyboard = {"inline_keyboard": [[{"text": "好", "callback_data": "yes"}]]}
    await raw.result("sendMessage", chat_id=wang.person.id, text="行吗", reply_markup=keyboard)
    query = wang.presses("好")
    (update,) = await raw.result("getUpdates")
    assert update["callback_query"]["data"] == "yes"
    assert update["callback_query"]["message"]["text"] == "行吗"
    answer = {"callback_query_id": update["callback_query"]["id"], "text": "收到"}
    await raw.result("answerCallbackQuery", **answer)
    assert query.answer is not None
    assert query.answer["text"] == "收到"
    too_old = "400 query is too old and response timeout expired or query ID is invalid"
    assert await raw.refusal("answerCallbackQuery", **answer) == too_old
    late = wang.presses("好")
    clock.move(seconds=16)
    assert await raw.refusal("answerCallbackQuery", callback_query_id=late.id) == too_old


async def test_an_old_press_shows_both_libraries_an_inaccessible_message(
    raw: RawBot, wang: PersonInChat, aiogram_bot: aiogram.Bot, ptb: telegram.Bot
):
    await raw.result("sendMessage", chat_id=wang.person.id, text="旧")
    wang.presses_data("claim:7", wang.last, inaccessible=True)
    (seen,) = await aiogram_bot.get_updates()
    (also,) = await ptb.get_updates()
    assert seen.callback_query is not None
    assert isinstance(seen.callback_query.message, aiogram.types.InaccessibleMessage)
    assert also.callback_query is not None
    assert also.callback_query.message is not None
    assert not also.callback_query.message.is_accessible


async def test_a_bot_cannot_write_first_nor_to_who_blocked_it(
    bot_api: BotApi, bot: BotAccount, aiogram_bot: aiogram.Bot, ptb: telegram.Bot
):
    chat = bot_api.chat(bot)
    with pytest.raises(TelegramBadRequest, match="Bad Request: chat not found"):
        await aiogram_bot.send_message(chat.person.id, "您好")
    chat.starts()
    await aiogram_bot.send_message(chat.person.id, "您好")
    chat.blocks()
    with pytest.raises(TelegramForbiddenError, match="Forbidden: bot was blocked by the user"):
        await aiogram_bot.send_message(chat.person.id, "您好")
    with pytest.raises(telegram.error.Forbidden, match="bot was blocked by the user"):
        await ptb.send_message(chat.person.id, "您好")
    chat.unblocks()
    await ptb.send_message(chat.person.id, "您好")
    updates = bot.queue.take(0, 100)
    told = [each["my_chat_member"] for each in updates if "my_chat_member" in each]
    assert [each["new_chat_member"]["status"] for each in told] == ["kicked", "member"]


async def test_flood_control_refuses_and_waits_longer_for_who_does_not_listen(
    bot_api: BotApi, wang: PersonInChat, aiogram_bot: aiogram.Bot, clock: FixedClock
):
    bot_api.world.limits.limits = Limits()
    sends = [aiogram_bot.send_message(wang.person.id, str(number)) for number in range(6)]
    results = await asyncio.gather(*sends, return_exceptions=True)
    refused = [each for each in results if isinstance(each, TelegramRetryAfter)]
    assert [each.retry_after for each in refused] == [2, 2]
    clock.move(seconds=1)
    with pytest.raises(TelegramRetryAfter) as ignored:
        await aiogram_bot.send_message(wang.person.id, "again")
    assert ignored.value.retry_after == 4
    clock.move(seconds=4)
    await aiogram_bot.send_message(wang.person.id, "now")
    assert wang.texts[-1] == "now"
    assert bot_api.world.limits.refused == 3


async def test_thirty_a_second_is_the_most_that_a_bot_sends(
    bot_api: BotApi, bot: BotAccount, raw: RawBot
):
    chats = [bot_api.chat(bot) for _ in range(31)]
    for each in chats:
        each.starts()
    bot_api.world.limits.limits = Limits()
    for each in chats[:30]:
        await raw.result("sendMessage", chat_id=each.person.id, text="通知")
    response = await raw.http.post(
        "sendMessage", json={"chat_id": chats[30].person.id, "text": "x"}
    )
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "1"
    assert response.json() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }


async def test_the_bots_profile_is_kept_by_scope_and_language(
    aiogram_bot: aiogram.Bot, ptb: telegram.Bot, wang: PersonInChat, raw: RawBot
):
    await aiogram_bot.set_my_commands(
        [aiogram.types.BotCommand(command="help", description="帮助")]
    )
    await ptb.set_my_commands(
        [("mine", "我的")], scope=telegram.BotCommandScopeChat(wang.person.id), language_code="zh"
    )
    assert [each.command for each in await ptb.get_my_commands()] == ["help"]
    await aiogram_bot.delete_my_commands()
    assert await ptb.get_my_commands() == ()
    await ptb.set_my_description("街道办事")
    await ptb.set_my_short_description("百家门")
    await ptb.set_chat_menu_button(wang.person.id, telegram.MenuButtonCommands())
    assert (await ptb.get_my_description()).description == "街道办事"
    bad = [{"command": "帮助", "description": "帮助"}]
    assert await raw.refusal("setMyCommands", commands=bad) == "400 BOT_COMMAND_INVALID"


async def test_typing_is_seen_and_other_words_are_refused(
    raw: RawBot, aiogram_bot: aiogram.Bot, wang: PersonInChat
):
    await aiogram_bot.send_chat_action(wang.person.id, "typing")
    assert wang.actions == ["typing"]
    got = await raw.refusal("sendChatAction", chat_id=wang.person.id, action="dancing")
    assert got == "400 wrong parameter action in request"


async def test_a_wrong_token_and_an_unknown_method_are_refused(bot_api: BotApi, raw: RawBot):
    assert await raw.call("sendPigeon") == {
        "ok": False,
        "error_code": 404,
        "description": "Not Found: method not found",
    }
    answer = await raw.http.get(f"{bot_api.url}/bot123:abc/getMe")
    assert answer.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}
    answer = await raw.http.get(f"{bot_api.url}/botabc/getMe")
    assert answer.json()["description"] == "Unauthorized: invalid token specified"
    assert (await raw.http.get(f"{bot_api.url}/")).status_code == 404


async def test_parameters_come_as_query_form_multipart_or_json(raw: RawBot, wang: PersonInChat):
    values = {"chat_id": str(wang.person.id), "text": "一"}
    for request in (
        {"params": values, "method": "GET"},
        {"data": values, "method": "POST"},
        {"files": {key: (None, value) for key, value in values.items()}, "method": "POST"},
        {"json": values, "method": "POST"},
    ):
        answer = await raw.http.request(url="SENDmessage", **request)
        assert answer.json()["ok"], answer.text
    assert wang.texts == ["一"] * 4


async def test_a_long_keyboard_of_ours_passes_through_aiogram(
    aiogram_bot: aiogram.Bot, wang: PersonInChat
):
    button = InlineKeyboardButton(text="预约", callback_data="book:1")
    link = InlineKeyboardButton(text="地图", url="https://example.org/a")
    sent = await aiogram_bot.send_message(
        wang.person.id,
        "请选",
        reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button], [link]]),
        reply_parameters=ReplyParameters(message_id=999, allow_sending_without_reply=True),
    )
    assert sent.reply_markup is not None
    assert sent.reply_markup.inline_keyboard[0][0].callback_data == "book:1"
    wang.presses("预约", wang.last)
    with pytest.raises(AssertionError, match="no button"):
        wang.presses("地图")

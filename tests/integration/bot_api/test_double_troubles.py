"""Faults of our Bot API double, its log, and the double as a program."""

import asyncio

import aiogram
import httpx
import pytest
from aiogram.exceptions import TelegramNetworkError, TelegramServerError

from tests.bot_api.calls import busiest
from tests.bot_api.people import PersonInChat
from tests.bot_api.process import BotApiProcess, ControlRefused
from tests.bot_api.server import BotApi
from tests.conftest import FixedClock
from tests.integration.bot_api.raw import RawBot


async def test_the_next_calls_fail_as_ordered_and_no_other(
    bot_api: BotApi, wang: PersonInChat, aiogram_bot: aiogram.Bot
):
    bot_api.faults.fail("sendMessage", times=2)
    for _ in range(2):
        with pytest.raises(TelegramServerError, match="Bad Gateway"):
            await aiogram_bot.send_message(wang.person.id, "一")
        await aiogram_bot.get_me()
    await aiogram_bot.send_message(wang.person.id, "二")
    assert wang.texts == ["二"]


async def test_a_proxys_page_is_no_json(bot_api: BotApi, raw: RawBot):
    bot_api.faults.fail("getMe", html=True)
    answer = await raw.http.post("getMe")
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (
        502,
        "text/html",
    )


async def test_a_cut_connection_has_done_nothing_before_and_everything_after(
    bot_api: BotApi, wang: PersonInChat, aiogram_bot: aiogram.Bot, raw: RawBot
):
    bot_api.faults.drop_before("sendMessage")
    with pytest.raises(TelegramNetworkError):
        await aiogram_bot.send_message(wang.person.id, "之前")
    assert wang.texts == []
    bot_api.faults.drop_after("sendMessage")
    with pytest.raises(TelegramNetworkError):
        await aiogram_bot.send_message(wang.person.id, "之后")
    assert wang.texts == ["之后"]
    bot_api.faults.drop_after("*")
    with pytest.raises(httpx.RemoteProtocolError):
        await raw.call("getMe")
    assert [each.code for each in bot_api.calls.of("sendMessage", "getMe")] == [0, 0, 0]


async def test_a_slow_answer_is_given_up_by_the_caller_but_was_carried_out(
    bot_api: BotApi, wang: PersonInChat, aiogram_bot: aiogram.Bot
):
    bot_api.faults.slow("sendMessage", 30)
    with pytest.raises(TelegramNetworkError, match="timeout"):
        await aiogram_bot.send_message(wang.person.id, "慢", request_timeout=1)
    assert wang.texts == ["慢"]


async def test_the_log_tells_order_chats_and_rates(
    bot_api: BotApi, wang: PersonInChat, aiogram_bot: aiogram.Bot, clock: FixedClock
):
    for number in range(4):
        await aiogram_bot.send_message(wang.person.id, str(number))
        clock.move(seconds=0.4)
    calls = bot_api.calls.of("sendMessage", chat_id=wang.person.id, answered=True)
    assert [each.parameters["text"] for each in calls] == ["0", "1", "2", "3"]
    assert (busiest(calls, 1), busiest(calls, 0.4), busiest(calls, 60)) == (3, 1, 4)


async def test_a_closed_server_goes_on_with_what_it_knows(
    bot_api: BotApi, wang: PersonInChat, raw: RawBot
):
    await bot_api.close()
    wang.says("一")
    with pytest.raises(httpx.ConnectError):
        await raw.call("getUpdates")
    await bot_api.start()
    assert len(await raw.result("getUpdates")) == 1


async def test_the_program_is_told_what_to_do_by_http():
    async with BotApiProcess("--webhook-pace", "0.02") as api:
        bot = await api.do("create_bot", username="street_bot", token="42:" + "a" * 35)
        wang = await api.do("create_person", first_name="王秀英")
        whom = {"bot_id": bot["id"], "person_id": wang["id"]}
        said = await api.do("say", **whom, text="你好")
        async with httpx.AsyncClient(base_url=f"{api.url}/bot{bot['token']}/") as http:
            raw = RawBot(http)
            waiting = asyncio.create_task(raw.result("getUpdates", timeout=20))
            (update,) = await waiting
            assert update["update_id"] == said["update_id"]
            buttons = {"inline_keyboard": [[{"text": "好", "callback_data": "y"}]]}
            send = {"chat_id": wang["id"], "text": "您好", "reply_markup": buttons}
            await raw.result("sendMessage", **send)
            query = await api.do("press", **whom, text="好")
            await raw.result("answerCallbackQuery", callback_query_id=query["query_id"])
            await api.do("add_fault", kind="answer", method="sendMessage", code=500)
            assert not (await raw.call("sendMessage", **send))["ok"]
        assert [each["text"] for each in await api.do("messages", **whom)] == ["您好"]
        assert (await api.do("answer", query_id=query["query_id"])) is not None
        stats = await api.do("stats", bot_id=bot["id"])
        assert (stats["messages"], stats["calls"]["sendMessage 500"]) == (1, 1)
        with pytest.raises(ControlRefused, match="no verb fly"):
            await api.do("fly")

"""Our double of Telegram's Bot API keeps to what Telegram documents."""

from collections.abc import AsyncIterator

import aiogram
import pytest
import telegram
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from tests.bot_api.accounts import BotAccount
from tests.bot_api.server import BotApi


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


@pytest.fixture
def bot(api: BotApi) -> BotAccount:
    return api.create_bot("street_bot")


@pytest.fixture
async def aiogram_bot(api: BotApi, bot: BotAccount) -> AsyncIterator[aiogram.Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(api.url))
    async with aiogram.Bot(bot.token, session=session) as client:
        yield client


@pytest.fixture
async def ptb(api: BotApi, bot: BotAccount) -> AsyncIterator[telegram.Bot]:
    client = telegram.Bot(bot.token, base_url=f"{api.url}/bot", base_file_url=f"{api.url}/file/bot")
    async with client:
        yield client


async def test_a_text_comes_by_polling_and_the_answer_reaches_the_person(
    api, bot, aiogram_bot, ptb
):
    wang = api.chat(bot)
    wang.says("/start 你好")
    (update,) = await aiogram_bot.get_updates(timeout=1)
    assert update.message.text == "/start 你好"
    assert update.message.entities[0].type == "bot_command"
    assert await aiogram_bot.get_updates(offset=update.update_id + 1) == []
    await ptb.send_message(wang.person.id, "<b>您好</b> 😀", parse_mode="HTML")
    assert wang.last.text == "您好 😀"
    assert wang.last.entities == [{"type": "bold", "offset": 0, "length": 2}]

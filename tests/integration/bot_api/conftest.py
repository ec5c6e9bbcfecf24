"""A bot and the two libraries that drive it."""

from collections.abc import AsyncIterator

import aiogram
import httpx
import pytest
import telegram
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from tests.bot_api.accounts import BotAccount
from tests.bot_api.people import PersonInChat
from tests.bot_api.server import BotApi
from tests.integration.bot_api.raw import RawBot


@pytest.fixture
def bot(bot_api: BotApi) -> BotAccount:
    return bot_api.create_bot("street_bot")


@pytest.fixture
def wang(bot_api: BotApi, bot: BotAccount) -> PersonInChat:
    """Somebody who has pressed START; the bot has taken note."""
    chat = bot_api.chat(bot)
    chat.starts()
    bot.queue.clear()
    return chat


@pytest.fixture
async def raw(bot_api: BotApi, bot: BotAccount) -> AsyncIterator[RawBot]:
    """The bot without a library: what Telegram really answers."""
    async with httpx.AsyncClient(base_url=f"{bot_api.url}/bot{bot.token}/", timeout=20) as http:
        yield RawBot(http)


@pytest.fixture
async def aiogram_bot(bot_api: BotApi, bot: BotAccount) -> AsyncIterator[aiogram.Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(bot_api.url))
    async with aiogram.Bot(bot.token, session=session) as client:
        yield client


@pytest.fixture
async def ptb(bot_api: BotApi, bot: BotAccount) -> AsyncIterator[telegram.Bot]:
    client = telegram.Bot(
        bot.token, base_url=f"{bot_api.url}/bot", base_file_url=f"{bot_api.url}/file/bot"
    )
    async with client:
        yield client

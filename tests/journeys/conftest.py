"""A house with the residents' bot at our double of the Bot API."""

from collections.abc import AsyncIterator

import pytest

from app.wiring import Mind, build_house
from core.settings import Settings, TelegramBotSettings
from tests.bot_api.accounts import BotAccount
from tests.bot_api.server import BotApi
from tests.conftest import FixedClock
from tests.talking import Talk
from tests.telegram import polling, with_bots


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


@pytest.fixture
def bot(api: BotApi) -> BotAccount:
    return api.create_bot("street_bot")


@pytest.fixture
async def talk(
    settings: Settings, mind: Mind, clock: FixedClock, api: BotApi, bot: BotAccount
) -> AsyncIterator[Talk]:
    """Wang Xiuying with the bot open before her."""
    telling = with_bots(settings, api, residents=TelegramBotSettings(token=bot.token))
    house = build_house(telling, mind=mind, clock=clock)
    async with polling(house, api, bot.token) as poller:
        yield Talk(house, clock, poller, api.chat(bot))
    await house.close()

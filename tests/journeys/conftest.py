"""Houses with the residents' bot, or with both, at our double of the Bot API."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from app.wiring import Mind, build_house
from core.settings import Settings, TelegramBotSettings
from tests.bot_api.accounts import BotAccount
from tests.bot_api.server import BotApi
from tests.conftest import FixedClock, sample_staff
from tests.journeys.volunteering import Neighbourhood
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


@pytest.fixture
async def neighbourhood(
    settings: Settings, mind: Mind, clock: FixedClock, api: BotApi
) -> AsyncIterator[Neighbourhood]:
    """One house behind both bots, with the sample street's staff."""
    bots = {name: api.create_bot(f"{name}_bot") for name in ("residents", "volunteers")}
    tokens = {name: TelegramBotSettings(token=bot.token) for name, bot in bots.items()}
    house = build_house(with_bots(settings, api, **tokens), mind=mind, clock=clock)
    async with AsyncExitStack() as stack:
        pollers = {
            name: await stack.enter_async_context(polling(house, api, bot.token, account=name))
            for name, bot in bots.items()
        }
        staff = await sample_staff(house)
        yield Neighbourhood(house, clock, api, bots, pollers, staff)
    await house.close()

"""What the tests of Telegram share: a house with bots, pointed at our double of the Bot API."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext

import uvicorn
from sqlalchemy import select

from app.website import build_website
from app.wiring import House
from bot.telegram_transport.api import BotApi
from bot.telegram_transport.endpoints import Endpoints
from bot.telegram_transport.models import TelegramCursor
from bot.telegram_transport.polling import Poller
from bot.telegram_transport.running import Introduction, WebhookTarget
from conversations.inbox import BODY
from conversations.models import InboxMessage
from core.database import Database
from core.holders import Holder
from core.settings import Settings, TelegramBotSettings, TelegramSettings
from tests.bot_api.server import BotApi as Double

SECRET = "a-secret-that-telegram-shows"


def with_bots(settings: Settings, double: Double, **bots: TelegramBotSettings) -> Settings:
    """The same settings with these bots, at the double."""
    telegram = TelegramSettings(api_base_url=double.url, **bots)
    return settings.model_copy(update={"telegram": telegram})


def endpoints(double: Double) -> Endpoints:
    return Endpoints(double.url, f"{double.url}/file")


async def point_elsewhere(double: Double, token: str, url: str) -> None:
    """Somebody sets a webhook for this bot."""
    api = BotApi(token, endpoints(double))
    target = WebhookTarget(url, SECRET)
    assert await Introduction(account="residents", api=api, target=target).point()
    await api.close()


@asynccontextmanager
async def polling(
    house: House,
    double: Double,
    token: str,
    *,
    account: str = "residents",
    holder: Holder | None = None,
    database: Database | None = None,
    poll_seconds: int = 0,
) -> AsyncIterator[Poller]:
    """A poller of one bot; by itself it asks without waiting."""
    api = BotApi(token, endpoints(double))
    introduction = Introduction(account=account, api=api, target=None)
    yield Poller(
        account=account,
        api=api,
        database=database or house.database,
        inbox=house.inbox,
        signals=house.signals,
        clock=house.clock,
        holder=holder or Holder.here(),
        point=introduction.point,
        poll_seconds=poll_seconds,
    )
    await api.close()


@asynccontextmanager
async def served(build: Callable[[str], House]) -> AsyncIterator[House]:
    """A house whose pages and webhooks answer on loopback; built with its own address."""
    listening = socket.create_server(("127.0.0.1", 0))
    house = build(f"http://127.0.0.1:{listening.getsockname()[1]}")
    config = uvicorn.Config(build_website(house), log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    server.capture_signals = nullcontext  # type: ignore[method-assign,assignment]
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield house
    finally:
        server.should_exit = True
        await serving
        await house.close()


async def inbox_rows(house: House) -> list[InboxMessage]:
    async with house.database.reading() as session:
        return list(await session.scalars(select(InboxMessage).order_by(InboxMessage.id)))


async def bodies(house: House) -> list[str]:
    return [house.vault.open(row.body_sealed, purpose=BODY) for row in await inbox_rows(house)]


async def cursor(house: House, account: str = "residents") -> TelegramCursor | None:
    async with house.database.reading() as session:
        return await session.get(TelegramCursor, account)

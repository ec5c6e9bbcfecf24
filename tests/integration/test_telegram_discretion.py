"""Tokens in no log, no library without a token, settings that are refused by name."""

import io
import logging
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import pytest
import structlog
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.configuration import ROOT
from app.logs import configure_logs
from app.telegram import KEPT_OUT, open_senders, plan_bots, record_permission, secrets_of
from app.wiring import Mind, build_house
from bot.telegram_transport.api import ApiRefused, ApiUnreachable, BotApi
from bot.telegram_transport.endpoints import Endpoints
from bot.telegram_transport.models import TelegramPermission
from core.database import Database
from core.errors import FrontDoorError, SettingsError
from core.messages import Address, Channel, Reply
from core.settings import LogSettings, Settings, TelegramBotSettings, TelegramSettings
from notifications.sender import Delivery
from tests.bot_api.server import BotApi as Double
from tests.servers import free_port
from tests.telegram import SECRET, endpoints, polling, with_bots

TOKEN = "7000000001:AAH-a_token_that_nobody_may_read_01"
URL = "https://men.example.gov.cn"
LOUD = ("httpx", "httpcore", "aiogram", "aiohttp", "aiohttp.client", "telegram", "telegram.ext")


@pytest.fixture
async def api() -> AsyncIterator[Double]:
    async with Double() as api:
        yield api


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Everything that our logging writes, with every library as loud as it can be."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in LOUD}
    monkeypatch.setattr(sys, "stderr", stream)
    configure_logs(LogSettings(level="debug", format="json"), [TOKEN, SECRET])
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield stream
    root.handlers, root.level = handlers, level
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    structlog.reset_defaults()


def _delivery() -> Delivery:
    address = Address(Channel.TELEGRAM, "residents", "1")
    return Delivery(1, UUID(int=1), address, 1, Reply("您好"), 1)


def bots(**residents: str) -> Settings:
    return Settings(telegram=TelegramSettings(residents=TelegramBotSettings(**residents)))


async def test_no_log_line_holds_a_token_whatever_goes_wrong(
    settings: Settings, mind: Mind, api: Double, written: io.StringIO
):
    api.create_bot("street_bot", token=TOKEN)
    ours = TelegramBotSettings(token=TOKEN, secret=SECRET)
    told = with_bots(settings, api, residents=ours, volunteers=TelegramBotSettings(token="2:b"))
    house = build_house(told, mind=mind)
    for fault in ("fail", "drop_before", "drop_after"):
        getattr(api.faults, fault)("*", times=2)
        getattr(api.faults, fault)("getUpdates")
    async with polling(house, api, TOKEN) as poller:
        for _ in range(4):
            await poller.step()
        await api.close()
        await poller.step()
    for channel in open_senders(house).values():
        for _ in range(3):
            with pytest.raises(FrontDoorError):
                await channel.send(_delivery())
        await channel.close()
    logging.getLogger("httpx").info("HTTP Request: POST %s/bot%s/getMe", api.url, TOKEN)
    await house.close()
    assert "HTTP Request" in written.getvalue()
    assert "***" in written.getvalue()
    assert TOKEN not in written.getvalue()
    assert SECRET not in written.getvalue()


async def test_errors_name_no_address():
    nowhere = f"http://127.0.0.1:{free_port()}"
    client = BotApi(TOKEN, Endpoints(nowhere, f"{nowhere}/file"))
    with pytest.raises(ApiUnreachable) as caught:
        await client.call("getMe")
    await client.close()
    assert TOKEN not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


async def test_settings_and_plans_do_not_show_tokens():
    settings = bots(token=TOKEN, secret=SECRET)
    shown = f"{settings!r} {plan_bots(settings, URL)!r}"
    assert TOKEN not in shown
    assert SECRET not in shown
    assert secrets_of(settings) == [TOKEN, SECRET]


async def test_a_file_is_fetched_up_to_its_largest_size(api):
    bot = api.create_bot()
    api.chat(bot).sends_photo(b"x" * 1000)
    (file,) = [each for each in api.world.files.values() if each.bot_id == bot.id][:1]
    client = BotApi(bot.token, endpoints(api))
    assert await client.download(file.file_id) == file.content
    with pytest.raises(ApiRefused):
        await client.download(file.file_id, most=10)
    await client.close()


def test_without_a_token_neither_library_is_loaded_nor_httpx():
    program = (
        "import sys, app.processes\n"
        "print([name for name in ('aiogram', 'telegram', 'aiohttp', 'httpx') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == "[]"


async def test_a_house_without_a_token_has_no_bot_and_no_address_for_one(house):
    assert house.bots == {}
    assert house.bot_plans == ()


@pytest.mark.parametrize(
    ("setting", "residents"),
    [
        ("TELEGRAM__RESIDENTS__TOKEN", {"token": "no token"}),
        ("TELEGRAM__RESIDENTS__SECRET", {"token": "1:a", "mode": "webhook"}),
        ("TELEGRAM__RESIDENTS__SECRET", {"token": "1:a", "secret": "with blanks"}),
        (
            "TELEGRAM__RESIDENTS__WEBHOOK_URL",
            {"token": "1:a", "mode": "webhook", "secret": "s", "webhook_url": "http://men.example"},
        ),
        (
            "TELEGRAM__RESIDENTS__WEBHOOK_URL",
            {"token": "1:a", "mode": "webhook", "secret": "s", "webhook_url": "men.example"},
        ),
    ],
)
def test_what_cannot_work_is_refused_by_name(setting, residents):
    with pytest.raises(SettingsError) as caught:
        plan_bots(bots(**residents), URL)
    assert caught.value.setting == setting
    assert caught.value.remedy


def test_two_bots_cannot_share_a_token():
    bot = TelegramBotSettings(token="1:a")
    settings = Settings(telegram=TelegramSettings(residents=bot, volunteers=bot))
    with pytest.raises(SettingsError) as caught:
        plan_bots(settings, URL)
    assert caught.value.setting == "TELEGRAM__VOLUNTEERS__TOKEN"


def test_a_webhook_without_an_address_gets_the_public_one():
    (plan,) = plan_bots(bots(token="1:a", mode="webhook", secret="s"), URL)
    assert plan.webhook_url == f"{URL}/telegram/residents"


@pytest.mark.parametrize(
    ("api", "files", "api_url", "file_url"),
    [
        (
            "https://api.telegram.org",
            "",
            "https://api.telegram.org",
            "https://api.telegram.org/file",
        ),
        ("http://h:1/", "http://h:1", "http://h:1", "http://h:1/file"),
        ("http://h:1/bot", "http://h:1/file/bot", "http://h:1", "http://h:1/file"),
        ("http://h:1", "http://files:2/f", "http://h:1", "http://files:2/f"),
    ],
)
def test_any_server_may_stand_there_however_its_address_is_written(api, files, api_url, file_url):
    found = Endpoints.from_settings(TelegramSettings(api_base_url=api, file_base_url=files))
    assert (found.api, found.files) == (api_url, file_url)


def test_in_china_telegram_stays_off_until_somebody_says_why_not():
    telegram = TelegramSettings(residents=TelegramBotSettings(token="1:a"))
    assert plan_bots(Settings(region="cn", telegram=telegram), URL) == ()
    assert "TELEGRAM__ALLOWED_IN_REGION_REASON" in KEPT_OUT
    reasoned = telegram.model_copy(update={"allowed_in_region_reason": "试点，已备案"})
    assert len(plan_bots(Settings(region="cn", telegram=reasoned), URL)) == 1


async def test_the_reason_is_recorded_once_and_cannot_be_changed(migrated_url, clock):
    telegram = TelegramSettings(allowed_in_region_reason="试点，已备案 2026-7 号")
    settings = Settings(region="cn", telegram=telegram)
    database = Database(migrated_url)
    for _ in range(2):
        async with database.transaction() as session:
            await record_permission(session, settings, clock.now())
    async with database.reading() as session:
        (kept,) = (await session.scalars(select(TelegramPermission))).all()
    assert (kept.region, kept.reason) == ("cn", "试点，已备案 2026-7 号")
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.transaction() as session:
            await session.execute(text("UPDATE telegram_permissions SET reason = ''"))
    await database.close()

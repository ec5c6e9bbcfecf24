"""Telegram posts to us: who may, what is answered, and what is kept."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from app.website import build_website
from app.wiring import House, Mind, build_house
from bot.telegram_transport.webhook import LARGEST, Webhooks
from core.database import Database
from core.settings import Settings, TelegramBotSettings
from tests.bot_api.server import BotApi
from tests.telegram import SECRET, inbox_rows, with_bots

UPDATE = {
    "update_id": 10,
    "message": {
        "message_id": 3,
        "date": 1700000000,
        "chat": {"id": 44, "type": "private"},
        "from": {"id": 44, "is_bot": False, "first_name": "王"},
        "text": "你好",
    },
}
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture
async def webhook_house(settings: Settings, mind: Mind, clock) -> AsyncIterator[House]:
    bot = TelegramBotSettings(
        token="1:a", mode="webhook", webhook_url="https://men.example/telegram", secret=SECRET
    )
    house = build_house(with_bots(settings, BotApi(), residents=bot), mind=mind, clock=clock)
    yield house
    await house.close()


@pytest.fixture
async def client(webhook_house: House) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build_website(webhook_house))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8000", headers={HEADER: SECRET}
    ) as client:
        yield client


async def test_an_update_is_stored_and_answered_with_nothing(webhook_house, client):
    answer = await client.post("/telegram/residents", json=UPDATE)
    assert (answer.status_code, answer.content) == (200, b"")
    (row,) = await inbox_rows(webhook_house)
    assert (row.status, row.reference) == ("new", "44:3")


async def test_sent_again_it_is_stored_once(webhook_house, client):
    for _ in range(2):
        assert (await client.post("/telegram/residents", json=UPDATE)).status_code == 200
    assert len(await inbox_rows(webhook_house)) == 1


@pytest.mark.parametrize(
    ("given", "status"), [("", 401), ("wrong", 403), (SECRET + "x", 403), ("密".encode(), 403)]
)
async def test_whoever_does_not_know_the_secret_is_sent_away(webhook_house, client, given, status):
    answer = await client.post("/telegram/residents", json=UPDATE, headers={HEADER: given})
    assert answer.status_code == status
    assert await inbox_rows(webhook_house) == []


async def test_a_bot_that_is_off_has_no_address(client):
    assert (await client.post("/telegram/volunteers", json=UPDATE)).status_code == 404
    assert (await client.post("/telegram/nobody", json=UPDATE)).status_code == 404


async def test_a_body_larger_than_any_update_is_not_read_to_its_end(webhook_house, client):
    answer = await client.post("/telegram/residents", content=b" " * (LARGEST + 1))
    assert answer.status_code == 413


async def test_what_is_no_json_is_refused_and_what_is_strange_is_let_go(webhook_house, client):
    assert (await client.post("/telegram/residents", content=b"{")).status_code == 400
    for strange in ([], {}, {"update_id": 1}, {"update_id": 1, "message": {}}, "words"):
        assert (await client.post("/telegram/residents", json=strange)).status_code == 200
    assert await inbox_rows(webhook_house) == []


async def test_503_while_the_database_is_away(webhook_house, tmp_path):
    away = Database(f"sqlite:///{tmp_path}")
    webhooks = Webhooks(
        secrets={"residents": SECRET},
        on_stored={},
        database=away,
        inbox=webhook_house.inbox,
        signals=webhook_house.signals,
        clock=webhook_house.clock,
    )
    app = FastAPI()
    app.include_router(webhooks.router())
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test", headers={HEADER: SECRET}
    ) as client:
        assert (await client.post("/telegram/residents", json=UPDATE)).status_code == 503
    await away.close()

"""Telegram at its real limits: how fast replies come while a broadcast to ten thousand runs."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import insert

from app.configuration import load_settings
from app.schema import upgrade
from app.wiring import House, build_house
from bench.measure import Line, percentile
from conversations.models import Conversation
from core.clock import SystemClock
from core.ids import new_id
from core.messages import Channel
from core.settings import DatabaseSettings
from handlers.staff.broadcast import Broadcast, Broadcasts
from tests.bot_api.process import BotApiProcess
from tests.running import RunningHouse

READERS = 10_000
TALKERS = 60
SECONDS = 60.0
"""The broadcast takes some ten minutes; a minute of it shows the rest."""
_PATIENCE = 60.0


async def measure(folder: Path) -> list[Line]:
    """The whole server as a process, our double of the Bot API as another; SQLite."""
    async with BotApiProcess("--limits") as telegram:
        bot = await telegram.do("create_bot", username="street_bot")
        url = f"sqlite:///{folder / 'telegram.db'}"
        server = RunningHouse(
            folder,
            url,
            load_settings().intents.model_folder,
            BAIJIAMEN_TELEGRAM__API_BASE_URL=telegram.url,
            BAIJIAMEN_TELEGRAM__RESIDENTS__TOKEN=bot["token"],
        )
        async with _running(server):
            await _add_readers(folder, url, telegram, bot["id"])
            before = await telegram.do("stats", bot_id=bot["id"])
            began = time.monotonic()
            waits = await _talk(telegram, bot["id"])
            stats = await telegram.do("stats", bot_id=bot["id"])
    speed = (stats["messages"] - before["messages"]) / (time.monotonic() - began)
    return _lines(waits, stats, speed)


def _lines(waits: list[float], stats: dict[str, float], speed: float) -> list[Line]:
    slow = percentile(waits, 0.95)
    refused = float(stats["refused_for_speed"])
    return [
        Line("Telegram, reply during a broadcast to 10,000, p50", percentile(waits, 0.5), "s"),
        Line(
            "Telegram, reply during a broadcast to 10,000, p95",
            slow,
            "s",
            aim="< 2",
            met=slow < 2,
        ),
        Line("Telegram, all messages meanwhile", speed, "messages/s"),
        Line("Telegram, refused as too fast (429)", refused, "times", aim="0", met=refused == 0),
    ]


async def _talk(telegram: BotApiProcess, bot_id: int) -> list[float]:
    """People write one after another; how long each waits for the answer."""
    people = [(await telegram.do("create_person"))["id"] for _ in range(TALKERS)]

    async def one(person: int, place: int) -> float:
        await asyncio.sleep(SECONDS * place / TALKERS)
        began = time.monotonic()
        await telegram.do("say", bot_id=bot_id, person_id=person, text="老年卡怎么办")
        while time.monotonic() < began + _PATIENCE:
            if await telegram.do("messages", bot_id=bot_id, person_id=person):
                return time.monotonic() - began
            await asyncio.sleep(0.05)
        return _PATIENCE

    return await asyncio.gather(*(one(person, place) for place, person in enumerate(people)))


async def _add_readers(folder: Path, url: str, telegram: BotApiProcess, bot_id: int) -> None:
    """Ten thousand people who once wrote, and a broadcast to them, as the command makes it."""
    people = await telegram.do("create_readers", bot_id=bot_id, count=READERS)
    async with _house(folder, url) as house:
        now = house.clock.now()
        async with house.database.transaction() as session:
            await session.execute(
                insert(Conversation),
                [
                    {
                        "id": new_id(),
                        "channel": Channel.TELEGRAM.value,
                        "account": "residents",
                        "peer": str(person),
                        "language": "zh",
                        "revision": 0,
                        "last_number": 0,
                        "carried_number": 0,
                        "reachable": True,
                        "created_at": now,
                        "last_inbound_at": now,
                    }
                    for person in people
                ],
            )
        broadcasts = Broadcasts(
            database=house.database, vault=house.vault, clock=SystemClock(), signals=house.signals
        )
        words = Broadcast(
            channel=Channel.TELEGRAM, account="residents", text="明天停水", within_days=90
        )
        await broadcasts.make(words)


@asynccontextmanager
async def _house(folder: Path, url: str) -> AsyncIterator[House]:
    settings = load_settings().model_copy(
        update={"database": DatabaseSettings(url=url), "data_folder": folder}
    )
    house = build_house(settings)
    await upgrade(house.database)
    yield house
    await house.close()


@asynccontextmanager
async def _running(server: RunningHouse) -> AsyncIterator[None]:
    server.start("--local")
    try:
        await server.answers()
        yield
    finally:
        server.terminate()
        await asyncio.to_thread(server.wait)

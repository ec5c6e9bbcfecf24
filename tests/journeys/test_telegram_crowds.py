"""Many at once at Telegram's real limits, on a clock that is moved: nobody really waits."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

import pytest
from sqlalchemy import func, insert, select

from app.wiring import House, Mind, build_house
from conversations.models import Conversation
from core.ids import new_id
from core.messages import Channel
from core.settings import Settings, TelegramBotSettings
from handlers.staff.broadcast import Broadcast, Broadcasts
from notifications.models import OutboxMessage
from notifications.outbox import Priority
from tests.bot_api.calls import busiest
from tests.bot_api.limits import Limits
from tests.bot_api.people import PersonInChat
from tests.bot_api.server import BotApi
from tests.conftest import FixedClock
from tests.telegram import polling, with_bots
from tickets.models import Ticket

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Limits and priorities are the same on both; the clock's story is long enough once."""

STEP = 0.1
"""Seconds of the clock that stands."""


@dataclass
class Town:
    """A house, its bot, the people who write to it, and the time."""

    house: House
    api: BotApi
    token: str
    clock: FixedClock
    people: list[PersonInChat]

    async def fetch(self) -> None:
        """Everything that was written comes in and is handled."""
        bot = self.api.world.find_bot(self.token)
        async with polling(self.house, self.api, self.token) as poller:
            while bot.queue.pending_count:
                await poller.step()
        await self.house.front_door.work_through()

    async def pass_time(self, seconds: float) -> None:
        """Send what may be sent, while the clock goes on."""
        for _ in range(round(seconds / STEP)):
            await self.house.sender.deliver()
            self.clock.move(seconds=STEP)

    async def pending(self, priority: int | None = None) -> int:
        query = select(func.count()).select_from(OutboxMessage)
        query = query.where(OutboxMessage.status == "pending")
        if priority is not None:
            query = query.where(OutboxMessage.priority == priority)
        async with self.house.database.reading() as session:
            return await session.scalar(query) or 0

    async def waits(self) -> list[float]:
        """For each reply that was sent, the seconds from its making to its arrival."""
        async with self.house.database.reading() as session:
            rows = await session.execute(
                select(OutboxMessage.created_at, OutboxMessage.delivered_at)
                .where(OutboxMessage.priority <= Priority.REPLY)
                .where(OutboxMessage.status == "sent")
            )
        return sorted((row.delivered_at - row.created_at).total_seconds() for row in rows)


@pytest.fixture
async def town(settings: Settings, mind: Mind, clock: FixedClock) -> AsyncIterator[Town]:
    async with BotApi(clock=clock, limits=Limits()) as api:
        bot = api.create_bot("street_bot")
        told = with_bots(settings, api, residents=TelegramBotSettings(token=bot.token))
        house = build_house(told, mind=mind, clock=clock)
        yield Town(house, api, bot.token, clock, [api.chat(bot) for _ in range(100)])
        await house.close()


async def test_a_hundred_residents_with_five_messages_each_are_answered_without_one_429(
    town: Town,
):
    words = (
        "你好",
        "楼道灯坏了三天没人修，长虹里3栋，电话1380000{}",
        "查进度",
        "老年卡怎么办",
        "谢谢",
    )
    for text in words:
        for number, person in enumerate(town.people):
            person.says(text.format(1000 + number))
    await town.fetch()
    while await town.pending():
        await town.pass_time(1)
    assert town.api.world.limits.refused == 0
    async with town.house.database.reading() as session:
        tickets = await session.scalar(
            select(func.count()).select_from(Ticket).where(Ticket.status != "answered")
        )
    assert tickets == 100
    assert all(len(person.messages) >= 5 for person in town.people)
    assert busiest(town.api.calls.of("sendMessage"), 1) <= 30


@pytest.mark.timeout(300)
async def test_replies_arrive_at_once_while_ten_thousand_get_a_broadcast(town: Town):
    await add_readers(town, 10_000)
    broadcasts = Broadcasts(
        database=town.house.database,
        vault=town.house.vault,
        clock=town.clock,
        signals=town.house.signals,
    )
    words = Broadcast(
        channel=Channel.TELEGRAM, account="residents", text="明天停水", within_days=90
    )
    assert await broadcasts.count(words) == 10_000
    assert await broadcasts.make(words) == 10_000
    for number, person in enumerate(town.people[:30]):
        person.says(f"老年卡怎么办{number}")
        await town.fetch()
        await town.pass_time(0.5)
    await town.pass_time(3)
    waits = await town.waits()
    assert len(waits) >= 30
    assert waits[int(len(waits) * 0.95)] < 2
    sent = 10_000 - await town.pending(Priority.BROADCAST)
    assert sent >= 200
    assert town.api.world.limits.refused == 0


async def test_a_broadcast_reaches_who_wrote_lately_and_let_us_write(town: Town):
    await add_readers(town, 3)
    await add_readers(town, 2, reachable=False)
    await add_readers(town, 4, wrote_at=town.clock.now().replace(year=2025))
    broadcasts = Broadcasts(
        database=town.house.database,
        vault=town.house.vault,
        clock=town.clock,
        signals=town.house.signals,
    )
    words = Broadcast(
        channel=Channel.TELEGRAM, account="residents", text="明天停水", within_days=90
    )
    assert await broadcasts.make(words) == 3
    await town.pass_time(1)
    seen = town.api.calls.of("sendMessage", answered=True)
    assert [each.parameters["text"] for each in seen] == ["明天停水"] * 3


async def add_readers(
    town: Town, count: int, *, reachable: bool = True, wrote_at: datetime | None = None
) -> None:
    """People who once wrote to the bot."""
    bot = town.api.world.find_bot(town.token)
    rows = []
    for _ in range(count):
        person = town.api.chat(bot)
        person.chat.started = True
        rows.append(
            {
                "id": new_id(),
                "channel": Channel.TELEGRAM.value,
                "account": "residents",
                "peer": str(person.chat.id),
                "language": "zh",
                "revision": 0,
                "last_number": 0,
                "carried_number": 0,
                "reachable": reachable,
                "created_at": town.clock.now(),
                "last_inbound_at": wrote_at or town.clock.now(),
            }
        )
    async with town.house.database.transaction() as session:
        await session.execute(insert(Conversation), rows)

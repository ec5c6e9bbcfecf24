"""
Our server is killed in mid-sentence again and again while Telegram goes on.

Two hundred messages by a hundred people; afterwards each is answered, each
request is exactly one ticket, and what was said twice is marked as such.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from conversations.models import InboxMessage
from core.database import Database
from notifications.models import OutboxMessage
from tests.bot_api.process import BotApiProcess
from tests.running import RunningHouse
from tests.telegram import SECRET
from tickets.models import Ticket

PEOPLE = 100
SEED = 20261123
ACCOUNTS = {"aiogram": "residents", "python-telegram-bot": "volunteers"}
WORDS = {
    "residents": ("楼道灯坏了三天没人修，长虹里3栋，电话1380000{}", "老年卡怎么办"),
    "volunteers": ("长虹里3栋楼道里一股煤气味，电话1380000{}", "你好"),
}
"""A request, which becomes a ticket on either way, and something that is only answered."""

OFTEN = ("aiogram", "polling", "sqlite")
SELDOM = [
    (library, mode, kind)
    for library in ACCOUNTS
    for mode in ("polling", "webhook")
    for kind in ("sqlite", "postgresql")
    if (library, mode, kind) != OFTEN
]


@dataclass
class Story:
    """A bot, the people who write to it, our server and its database."""

    telegram: BotApiProcess
    house: RunningHouse
    database: Database
    account: str
    bot_id: int
    people: Sequence[int]

    async def write(self, numbers: range) -> None:
        """The messages with these numbers, of two by each person."""
        request, question = WORDS[self.account]
        texts = []
        for number in numbers:
            person = number % PEOPLE
            words = request.format(1000 + person) if number < PEOPLE else question
            texts.append((self.people[person], words))
        await self.telegram.do("say_many", bot_id=self.bot_id, texts=texts)

    async def seen(self) -> int:
        """How many messages of ours people see."""
        found: int = await self.telegram.do("count_messages", bot_id=self.bot_id)
        return found

    async def more_is_seen(self, more: int) -> None:
        """Wait until so many more messages have arrived, or nothing more comes."""
        wanted = await self.seen() + more
        for _ in range(400):
            if await self.seen() >= wanted or await self.is_quiet():
                return
            await asyncio.sleep(0.02)

    async def is_quiet(self) -> bool:
        """Everything was fetched, handled and sent."""
        stats = await self.telegram.do("stats", bot_id=self.bot_id)
        return not stats["pending_updates"] and not await self._waiting()

    async def _waiting(self) -> int:
        new = select(func.count()).where(InboxMessage.status == "new")
        going = select(func.count()).where(OutboxMessage.status.in_(("pending", "sending")))
        async with self.database.reading() as session:
            return (await session.scalar(new) or 0) + (await session.scalar(going) or 0)


@pytest.fixture
def combination(request: pytest.FixtureRequest) -> tuple[str, str, str]:
    """Library, mode and database."""
    found: tuple[str, str, str] = request.param
    return found


@pytest.fixture
def unmade_url(
    combination: tuple[str, str, str], request: pytest.FixtureRequest, tmp_path: Path
) -> str:
    """Where this combination's database is made."""
    if combination[2] == "sqlite":
        return f"sqlite:///{tmp_path / 'baijiamen.db'}"
    url: str = request.getfixturevalue("own_postgres_url")
    return url


@pytest.fixture
async def story(
    combination: tuple[str, str, str], migrated_url: str, model_folder: Path, tmp_path: Path
) -> AsyncIterator[Story]:
    library, mode, _ = combination
    account = ACCOUNTS[library]
    async with BotApiProcess("--webhook-pace", "0.1") as telegram:
        bot = await telegram.do("create_bot", username="street_bot")
        people = [(await telegram.do("create_person"))["id"] for _ in range(PEOPLE)]
        prefix = f"BAIJIAMEN_TELEGRAM__{account.upper()}__"
        settings = {"TOKEN": bot["token"], "MODE": mode, "SECRET": SECRET}
        house = RunningHouse(
            tmp_path,
            migrated_url,
            model_folder,
            BAIJIAMEN_TELEGRAM__API_BASE_URL=telegram.url,
            **{f"{prefix}{name}": value for name, value in settings.items()},
        )
        database = Database(migrated_url)
        try:
            yield Story(telegram, house, database, account, bot["id"], people)
        finally:
            if house.started:
                house.kill()
            await database.close()


async def live_through(story: Story, kills: int) -> None:
    """Write the messages in portions; kill somewhere in the answers to each of them."""
    chance = random.Random(SEED)
    messages, portions = 2 * PEOPLE, kills + 1
    story.house.start()
    for turn in range(portions):
        await story.write(range(messages * turn // portions, messages * (turn + 1) // portions))
        if turn < kills:
            await story.more_is_seen(chance.randint(0, max(messages // portions - 2, 1)))
            await asyncio.sleep(chance.random() * 0.05)
            story.house.kill()
            story.house.start()
    while not await story.is_quiet():
        assert story.house.runs, story.house.log()
        await asyncio.sleep(0.2)


async def check_books(story: Story) -> None:
    async with story.database.reading() as session:
        inbox = list(await session.scalars(select(InboxMessage)))
        outbox = list(await session.scalars(select(OutboxMessage)))
        tickets = list(await session.scalars(select(Ticket)))
    assert (len(inbox), {row.status for row in inbox}) == (2 * PEOPLE, {"done"})
    opened = Counter(each.conversation_id for each in tickets if each.status != "answered")
    assert (len(opened), set(opened.values())) == (PEOPLE, {1})
    assert {row.status for row in outbox} == {"sent"}
    assert {row.inbox_id for row in outbox} >= {row.id for row in inbox}
    doubts = sum(row.unsure for row in outbox)
    assert len(outbox) <= await story.seen() <= len(outbox) + doubts
    assert max(row.attempts for row in outbox) <= 5


@pytest.mark.timeout(900)
@pytest.mark.parametrize("combination", [OFTEN], indirect=True, ids="-".join)
async def test_killed_twenty_times_nothing_is_lost(story: Story):
    await live_through(story, 20)
    await check_books(story)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("combination", SELDOM, indirect=True, ids="-".join)
async def test_killed_three_times_nothing_is_lost(story: Story):
    await live_through(story, 3)
    await check_books(story)

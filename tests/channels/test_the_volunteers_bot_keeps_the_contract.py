"""The volunteers' bot over HTTP, polling and by webhook: the promises of every channel."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from app.wiring import House, Mind, build_house
from conversations.models import Conversation, InboxMessage
from core.messages import Address, Channel
from core.settings import Settings, TelegramBotSettings
from people.accounts import add_volunteer
from people.volunteer_chats import join_chat
from tests.bot_api.accounts import BotAccount, StoredMessage
from tests.bot_api.people import PersonInChat
from tests.bot_api.server import BotApi
from tests.bot_api.world import Rules
from tests.conftest import FixedClock, sample_staff
from tests.journeys.test_a_volunteer_in_a_chat import a_published_task
from tests.telegram import SECRET, served, with_bots
from tickets.models import Alert, Claim, Ticket


@dataclass
class Door:
    """A volunteer with the bot open, and the house that serves it."""

    house: House
    person: PersonInChat
    bot: BotAccount
    clock: FixedClock

    async def says(self, text: str) -> list[str]:
        """Write it and give what is new to read."""
        self.person.says(text)
        return await self.settle()

    async def settle(self) -> list[str]:
        before = len(self.person.messages)
        await self.person.world.changed.until(lambda: not self.bot.queue.pending_count)
        await self.house.front_door.work_through()
        await self.house.sender.deliver()
        while (wait := self.house.sender.again_in) is not None:
            self.clock.move(seconds=wait + 0.01)
            await self.house.sender.deliver()
        return [each.text for each in self.person.messages[before:]]

    async def rows(self, what: type) -> list:
        async with self.house.database.reading() as session:
            return list(await session.scalars(select(what)))


@pytest.fixture(params=["polling", "webhook"])
async def door(
    request: pytest.FixtureRequest, settings: Settings, mind: Mind, clock: FixedClock
) -> AsyncIterator[Door]:
    async with BotApi(rules=Rules(webhook_pace=0.02, poll_pace=0.05)) as api:
        bot = api.create_bot("volunteers_bot")
        ours = TelegramBotSettings(token=bot.token, mode=request.param, secret=SECRET)

        def build(url: str) -> House:
            web = settings.web.model_copy(update={"public_url": url})
            told = settings.model_copy(update={"web": web})
            return build_house(with_bots(told, api, volunteers=ours), mind=mind, clock=clock)

        stop = asyncio.Event()
        async with served(build) as house:
            person = api.chat(bot)
            await joined(house, person)
            running = asyncio.create_task(house.bots["volunteers"].run(stop))
            yield Door(house, person, bot, clock)
            stop.set()
            await running


async def joined(house: House, person: PersonInChat) -> None:
    now = house.clock.now()
    async with house.database.transaction() as session:
        member = await add_volunteer(
            session,
            house.vault,
            login="helin",
            name="何霖",
            skills=("陪诊",),
            communities=(),
            home_visits=True,
            password_hash=None,
            now=now,
        )
        address = Address(Channel.TELEGRAM, "volunteers", str(person.chat.id))
        await join_chat(session, address, member.id, now=now)


async def test_words_buttons_and_commands_are_answered(door: Door):
    (menu,) = await door.says("/start")
    assert "何霖" in menu
    (tasks,) = await door.says("能接的")
    assert "没有您能接的" in tasks


async def test_a_press_is_acknowledged_and_a_second_delivery_changes_nothing(door: Door):
    task_id = await a_published_task(door.house, await sample_staff(door.house))
    await door.says("/tasks")
    shown: StoredMessage = door.person.last
    door.person.presses_data(f"claim:{task_id.hex}", shown)
    once = await door.settle()
    door.person.presses_data(f"claim:{task_id.hex}", shown)
    twice = await door.settle()
    assert "归您了" in once[0]
    assert "701" in twice[-1]
    assert len(await door.rows(Claim)) == 1
    await door.person.world.changed.until(
        lambda: all(query.answer is not None for query in door.person.world.queries.values())
    )


async def test_the_same_update_twice_is_answered_once(door: Door):
    sent = door.person.says("/mine")
    first = await door.settle()
    door.bot.queue.redeliver(sent.update_id)
    assert await door.settle() == []
    assert len(first) == 1
    assert len(await door.rows(InboxMessage)) == 1


async def test_danger_is_answered_with_the_number_and_rings(door: Door):
    rescued = await door.says("屋里一股煤气味")
    assert "119" in rescued[0]
    assert [each.kind for each in await door.rows(Alert)] == ["emergency"]
    assert len(await door.rows(Ticket)) == 1


@pytest.mark.parametrize("words", ["人工", "找街道", "/staff"])
async def test_a_person_comes_at_the_first_word(door: Door, words: str):
    (called,) = await door.says(words)
    assert "叫街道的人" in called
    (chat,) = [each for each in await door.rows(Conversation) if each.channel == "telegram"]
    assert chat.waiting_since_at is not None


@pytest.mark.parametrize(
    "text", ["😀😀", "<b>粗</b><script>x</script>", "{braces} %s", "长" * 5000, "/evil", "/claim x"]
)
async def test_odd_messages_are_answered_and_kept(door: Door, text: str):
    assert all(each.strip() for each in await door.says(text))
    assert [each.status for each in await door.rows(InboxMessage)] == ["done"]


async def test_quick_messages_are_answered_in_order(door: Door):
    for words in ("/mine", "/tasks", "/help"):
        door.person.says(words)
    mine, tasks, help_ = await door.settle()
    assert "手上没有" in mine
    assert "没有您能接的" in tasks
    assert "110" in help_

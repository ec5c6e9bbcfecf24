"""Sixty-four volunteers press the same button in Telegram, and one of them goes."""

import asyncio

import pytest
from sqlalchemy import func, select

from app.wiring import House, Mind, build_house
from core.messages import Address, Channel
from core.settings import Settings, TelegramBotSettings
from people.accounts import add_volunteer
from people.volunteer_chats import join_chat
from tests.bot_api.people import PersonInChat
from tests.bot_api.server import BotApi
from tests.bot_api.world import Rules
from tests.conftest import FixedClock, sample_staff
from tests.journeys.test_a_volunteer_in_a_chat import a_published_task
from tests.telegram import SECRET, served, with_bots
from tickets.models import Claim

VOLUNTEERS = 64


async def joined(house: House, people: list[PersonInChat]) -> None:
    """Everybody is a volunteer whose chat this is."""
    async with house.database.transaction() as session:
        for number, person in enumerate(people):
            member = await add_volunteer(
                session,
                house.vault,
                login=f"v{number}",
                name=f"何{number}",
                skills=("陪诊",),
                communities=(),
                home_visits=True,
                password_hash=None,
                now=house.clock.now(),
            )
            address = Address(Channel.TELEGRAM, "volunteers", str(person.chat.id))
            await join_chat(session, address, member.id, now=house.clock.now())


async def send_everything(house: House, clock: FixedClock) -> None:
    await house.sender.deliver()
    while (wait := house.sender.again_in) is not None:
        clock.move(seconds=wait + 0.01)
        await house.sender.deliver()


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_exactly_one_of_sixty_four_hears_that_it_is_theirs(
    mode: str, settings: Settings, mind: Mind, clock: FixedClock
):
    async with BotApi(rules=Rules(webhook_pace=0.02, poll_pace=0.05)) as api:
        bot = api.create_bot("volunteers_bot")
        ours = TelegramBotSettings(token=bot.token, mode=mode, secret=SECRET)

        def build(url: str) -> House:
            web = settings.web.model_copy(update={"public_url": url})
            told = settings.model_copy(update={"web": web})
            return build_house(with_bots(told, api, volunteers=ours), mind=mind, clock=clock)

        stop = asyncio.Event()
        async with served(build) as house:
            task_id = await a_published_task(house, await sample_staff(house))
            people = [api.chat(bot) for _ in range(VOLUNTEERS)]
            await joined(house, people)
            running = asyncio.create_task(house.bots["volunteers"].run(stop))
            for person in people:
                person.says("/tasks")
            await api.world.changed.until(lambda: not bot.queue.pending_count)
            await house.front_door.work_through()
            await send_everything(house, clock)
            for person in people:
                person.presses_data(f"claim:{task_id.hex}", person.last)
            await api.world.changed.until(lambda: not bot.queue.pending_count)
            await house.front_door.work_through()
            await send_everything(house, clock)
            heard = ["\n".join(person.texts) for person in people]
            assert sum("归您了" in each for each in heard) == 1
            assert sum("刚被别人接走了" in each for each in heard) == VOLUNTEERS - 1
            assert sum("701" in each for each in heard) == 1
            async with house.database.reading() as session:
                assert await session.scalar(select(func.count()).select_from(Claim)) == 1
            stop.set()
            await running

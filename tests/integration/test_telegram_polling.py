"""What somebody writes to a bot is in the inbox before Telegram forgets it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from app.wiring import House
from bot.telegram_transport.cursors import LEASE
from bot.telegram_transport.polling import Poller
from core.database import Database
from core.holders import Holder
from tests.bot_api.accounts import BotAccount
from tests.bot_api.people import PersonInChat
from tests.bot_api.server import BotApi
from tests.telegram import bodies, cursor, inbox_rows, point_elsewhere, polling


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


@pytest.fixture
def bot(api: BotApi) -> BotAccount:
    return api.create_bot("street_bot")


@pytest.fixture
def wang(api: BotApi, bot: BotAccount) -> PersonInChat:
    return api.chat(bot)


@pytest.fixture
async def poller(house: House, api: BotApi, bot: BotAccount) -> AsyncIterator[Poller]:
    async with polling(house, api, bot.token) as poller:
        yield poller


async def test_an_update_is_kept_as_it_came_and_then_confirmed(house, api, bot, wang, poller):
    said = wang.says("楼道灯坏了😀")
    assert await poller.step() == 0
    (row,) = await inbox_rows(house)
    (body,) = await bodies(house)
    assert "楼道灯坏了😀" in body
    assert (row.channel, row.account, row.status) == ("telegram", "residents", "new")
    assert row.reference == f"{wang.chat.id}:{said.message_id}"
    assert bot.queue.pending_count == 1
    await poller.step()
    assert bot.queue.pending_count == 0


async def test_the_offset_stands_in_the_table(house, api, wang, poller):
    said = wang.says("你好")
    await poller.step()
    found = await cursor(house)
    assert found.next_offset == said.update_id + 1
    await poller.step()
    first, second = api.calls.of("getUpdates")
    assert "offset" not in first.parameters
    assert second.parameters["offset"] == said.update_id + 1


async def test_a_redelivered_update_is_dropped(house, bot, wang, poller):
    said = wang.says("你好")
    await poller.step()
    bot.queue.redeliver(said.update_id)
    assert await poller.step() == 0
    assert len(await inbox_rows(house)) == 1


async def test_whoever_dies_before_confirming_gets_the_update_again_and_keeps_it_once(
    house, api, bot, wang, poller
):
    wang.says("你好")
    await poller.step()
    async with polling(house, api, bot.token, holder=Holder.here()) as reborn:
        wang.says("还在吗")
        await reborn.step()
    assert len(await inbox_rows(house)) == 2


async def test_numbers_that_begin_anew_lose_nothing(house, api, bot, wang, poller, clock):
    wang.says("一")
    await poller.step()
    await poller.step()
    clock.move(days=8)
    bot.queue.jump(5)
    wang.says("二")
    await poller.step()
    await poller.step()
    assert len(await inbox_rows(house)) == 2


async def test_strange_updates_harm_no_others(house, bot, wang, poller):
    wang.says("一")
    for body in (
        {"message": {"message_id": 1}},
        {"message": "no object"},
        {"brand_new_kind": {"id": 1}},
        {"message": {"message_id": 7, "chat": {"id": "seven"}}},
        {"message": {"message_id": 8, "chat": {"id": wang.chat.id}, "text": "半个\ud83d"}},
        {"callback_query": {"id": "9", "from": {"id": wang.person.id}}},
    ):
        bot.queue.add_raw(body, queue="strange")
    wang.says("二")
    await poller.step()
    await poller.step()
    assert bot.queue.pending_count == 0
    kept = await bodies(house)
    assert len(kept) == 4
    assert "一" in kept[0]
    assert "\\ud83d" in kept[1]
    assert "二" in kept[3]


@pytest.mark.parametrize("trouble", ["502", "html", "cut before", "cut after", "429"])
async def test_a_broken_call_moves_nothing_and_the_next_one_brings_everything(
    house, api, wang, poller, trouble
):
    {
        "502": lambda: api.faults.fail("getUpdates"),
        "html": lambda: api.faults.fail("getUpdates", html=True),
        "cut before": lambda: api.faults.drop_before("getUpdates"),
        "cut after": lambda: api.faults.drop_after("getUpdates"),
        "429": lambda: api.faults.fail("getUpdates", code=429, parameters={"retry_after": 7}),
    }[trouble]()
    wang.says("你好")
    pause = await poller.step()
    assert pause == (7 if trouble == "429" else 0.5)
    assert await inbox_rows(house) == []
    await poller.step()
    assert len(await inbox_rows(house)) == 1


async def test_pauses_grow_while_telegram_is_away_and_end_with_it(house, api, wang, poller):
    api.faults.fail("getUpdates", times=9)
    pauses = [await poller.step() for _ in range(9)]
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    assert await poller.step() == 0


async def test_a_server_that_forgot_its_numbers_is_heard_again(house, api, bot, wang, poller):
    wang.says("一")
    await poller.step()
    await api.close()
    await poller.step()
    bot.queue.jump(3)
    bot.queue.clear()
    await api.start()
    wang.says("二")
    await poller.step()
    assert len(await inbox_rows(house)) == 2


async def test_only_one_of_two_processes_polls(house, api, bot, wang, clock):
    one, other = Holder("here", 1), Holder("there", 1)
    async with (
        polling(house, api, bot.token, holder=one) as first,
        polling(house, api, bot.token, holder=other) as second,
    ):
        await first.step()
        assert await second.step() > 0
        assert len(api.calls.of("getUpdates")) == 1
        clock.move(seconds=LEASE.total_seconds() + 1)
        wang.says("你好")
        await second.step()
        assert await first.step() > 0
    assert len(await inbox_rows(house)) == 1
    assert (await cursor(house)).holder == other.name


async def test_a_dead_process_of_this_machine_is_followed_at_once(house, api, bot, wang):
    me = Holder.here()
    dead = Holder(me.place, 2**22 + 1)
    async with (
        polling(house, api, bot.token, holder=dead) as before,
        polling(house, api, bot.token, holder=me) as after,
    ):
        await before.step()
        wang.says("你好")
        await after.step()
    assert len(await inbox_rows(house)) == 1


async def test_a_lease_lost_during_the_call_keeps_no_offset(house, api, bot, wang):
    one, other = Holder("here", 1), Holder("there", 1)
    async with polling(house, api, bot.token, holder=one) as first:
        await first.step()
        api.faults.hang("getUpdates", 0.3)
        wang.says("你好")
        step = asyncio.create_task(first.step())
        await asyncio.sleep(0.1)
        async with house.database.transaction() as session:
            await session.execute(text(f"UPDATE telegram_cursors SET holder = '{other.name}'"))
        assert await step > 0
    assert await inbox_rows(house) == []
    assert bot.queue.pending_count == 1


async def test_a_stopped_poller_leaves_at_once_and_gives_the_lease_back(house, api, bot, wang):
    async with polling(house, api, bot.token, poll_seconds=20) as poller:
        stop = asyncio.Event()
        async with house.signals.subscribe("inbox") as kept:
            running = asyncio.create_task(poller.run(stop))
            wang.says("你好")
            await kept.wait(10)
        stop.set()
        await asyncio.wait_for(running, 5)
    assert (await cursor(house)).holder is None


async def test_another_program_with_our_token_makes_us_wait_not_deaf(house, api, wang, poller):
    words = "Conflict: terminated by other getUpdates request"
    api.faults.fail("getUpdates", code=409, description=words)
    wang.says("你好")
    assert await poller.step() > 0
    await poller.step()
    assert len(await inbox_rows(house)) == 1


async def test_a_webhook_that_somebody_set_is_taken_away_without_dropping(
    house, api, bot, wang, poller
):
    await point_elsewhere(api, bot.token, "http://127.0.0.1:9/nobody")
    wang.says("你好")
    await poller.step()
    await poller.step()
    assert len(await inbox_rows(house)) == 1


async def test_while_the_database_is_away_updates_stay_at_telegram(house, api, bot, wang, tmp_path):
    wang.says("你好")
    away = Database(f"sqlite:///{tmp_path}")
    async with polling(house, api, bot.token, database=away) as poller:
        assert await poller.step() == 0.5
    assert bot.queue.pending_count == 1
    await away.close()
    async with polling(house, api, bot.token) as poller:
        await poller.step()
    assert len(await inbox_rows(house)) == 1


async def test_a_wrong_token_is_asked_about_once_a_minute(house, api):
    async with polling(house, api, "123:wrong") as poller:
        assert await poller.step() == 60

"""From polling to webhooks and back, with people writing meanwhile: nothing is lost or doubled."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from app.wiring import House, Mind, build_house
from core.settings import Settings, TelegramBotSettings
from tests.bot_api.accounts import BotAccount
from tests.bot_api.people import PersonInChat
from tests.bot_api.server import BotApi
from tests.bot_api.world import Rules
from tests.telegram import SECRET, bodies, inbox_rows, served, with_bots

Build = Callable[[str], Callable[[str], House]]


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi(rules=Rules(webhook_pace=0.02, poll_pace=0.05)) as api:
        yield api


@pytest.fixture
def bot(api: BotApi) -> BotAccount:
    return api.create_bot("street_bot")


@pytest.fixture
def wang(api: BotApi, bot: BotAccount) -> PersonInChat:
    return api.chat(bot)


@pytest.fixture
def in_mode(settings: Settings, mind: Mind, api: BotApi, bot: BotAccount) -> Build:
    """Builders of a house whose residents' bot receives in one way or the other."""

    def choose(mode: str) -> Callable[[str], House]:
        ours = TelegramBotSettings.model_validate(
            {"token": bot.token, "mode": mode, "secret": SECRET}
        )

        def build(url: str) -> House:
            web = settings.web.model_copy(update={"public_url": url})
            told = settings.model_copy(update={"web": web})
            return build_house(with_bots(told, api, residents=ours), mind=mind)

        return build

    return choose


async def run_until_read(api: BotApi, bot: BotAccount, build: Callable[[str], House]) -> None:
    """Serve until everything that was written has been confirmed, then stop."""
    stop = asyncio.Event()
    async with served(build) as house:
        running = asyncio.create_task(house.bots["residents"].run(stop))
        try:
            await api.world.changed.until(lambda: not bot.queue.pending_count)
        finally:
            stop.set()
            await running


async def test_switching_back_and_forth_loses_nothing(house, api, bot, wang, in_mode):
    for number, mode in enumerate(("polling", "webhook", "polling", "webhook")):
        wang.says(f"第{number}句")
        await run_until_read(api, bot, in_mode(mode))
    kept = await bodies(house)
    assert len(kept) == 4
    assert all(f"第{number}句" in body for number, body in enumerate(kept))


async def test_what_was_polled_but_not_confirmed_comes_once_more_by_webhook_and_is_kept_once(
    house, api, bot, wang, in_mode
):
    said = wang.says("你好")
    await run_until_read(api, bot, in_mode("polling"))
    bot.queue.redeliver(said.update_id)
    await run_until_read(api, bot, in_mode("webhook"))
    assert len(await inbox_rows(house)) == 1


async def test_telegram_is_told_what_we_want_and_never_to_drop_anything(api, bot, wang, in_mode):
    wang.says("你好")
    await run_until_read(api, bot, in_mode("webhook"))
    await run_until_read(api, bot, in_mode("polling"))
    kinds = {"message", "edited_message", "callback_query", "my_chat_member"}
    (webhook,) = api.calls.of("setWebhook")
    assert set(webhook.parameters["allowed_updates"]) == kinds
    assert webhook.parameters["secret_token"] == SECRET
    polls = [each.parameters for each in api.calls.of("getUpdates")]
    assert all(set(each["allowed_updates"]) == kinds for each in polls)
    for call in (webhook, *api.calls.of("deleteWebhook")):
        assert not call.parameters["drop_pending_updates"]


async def test_the_bot_says_what_it_is_for_in_both_languages(api, bot, wang, in_mode):
    wang.says("你好")
    await run_until_read(api, bot, in_mode("polling"))
    await api.world.changed.until(lambda: len(api.calls.of("setMyShortDescription")) == 2)
    assert "街道" in bot.profile.descriptions[""]
    assert "street office" in bot.profile.descriptions["en"]
    (chinese, english) = bot.profile.commands.values()
    assert [each["command"] for each in chinese] == [each["command"] for each in english]


async def test_a_telegram_that_is_away_at_the_start_is_told_later(api, bot, wang, in_mode):
    api.faults.fail("deleteWebhook")
    wang.says("你好")
    await run_until_read(api, bot, in_mode("polling"))
    assert [each.code for each in api.calls.of("deleteWebhook")] == [502, 200]


async def test_a_press_is_acknowledged_at_once_and_slow_answers_show_typing(
    api, bot, wang, in_mode
):
    wang.says("你好")
    stop = asyncio.Event()
    async with served(in_mode("polling")) as house:
        running = asyncio.create_task(house.bots["residents"].run(stop))
        card = wang.chat.add(bot.as_json(), {"text": "旧按钮"}, api.world.now())
        press = wang.presses_data("old:1", card)
        await api.world.changed.until(lambda: press.answer is not None)
        await api.world.changed.until(lambda: "typing" in wang.actions)
        stop.set()
        await running

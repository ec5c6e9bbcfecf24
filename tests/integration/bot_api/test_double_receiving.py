"""How updates reach bots from our Bot API double: polling, webhooks, both libraries."""

import asyncio
from collections.abc import AsyncIterator

import aiogram
import pytest
import telegram
from aiohttp import web
from httpx import AsyncClient

from tests.bot_api.accounts import BotAccount
from tests.bot_api.changes import Signal
from tests.bot_api.people import PersonInChat
from tests.bot_api.server import BotApi
from tests.bot_api.world import Rules
from tests.conftest import FixedClock
from tests.integration.bot_api.raw import RawBot

OTHER_POLLER = (
    "409 terminated by other getUpdates request; make sure that only one bot instance is running"
)


class Receiver:
    """A webhook that answers as it is told and keeps what came."""

    def __init__(self) -> None:
        self.url = ""
        self.updates: list[dict[str, object]] = []
        self.secrets: list[str | None] = []
        self.statuses: list[int] = []
        self.answer: dict[str, object] = {}
        self.blocked = asyncio.Event()
        self.holds: set[str] = set()
        self.changed = Signal()

    async def on_post(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.updates.append(update)
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.changed.ring()
        if update.get("message", {}).get("text") in self.holds:
            await self.blocked.wait()
        status = self.statuses.pop(0) if self.statuses else 200
        return web.json_response(self.answer, status=status)

    @property
    def texts(self) -> list[object]:
        return [each["message"]["text"] for each in self.updates if "message" in each]  # type: ignore[index]

    async def gets(self, count: int) -> None:
        await self.changed.until(lambda: len(self.updates) >= count)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.on_post)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    receiver.blocked.set()
    await runner.cleanup()


async def test_an_offset_confirms_everything_before_it_and_nothing_else_does(
    raw: RawBot, wang: PersonInChat
):
    first, second, third = (wang.says(text).update_id for text in ("一", "二", "三"))
    assert [each["update_id"] for each in await raw.result("getUpdates")] == [first, second, third]
    assert len(await raw.result("getUpdates")) == 3
    assert len(await raw.result("getUpdates", limit=2)) == 2
    assert len(await raw.result("getUpdates", limit=0)) == 1
    (left,) = await raw.result("getUpdates", offset=third)
    assert left["message"]["text"] == "三"
    assert await raw.result("getUpdates", offset=third + 1) == []
    assert await raw.result("getUpdates") == []


async def test_a_negative_offset_forgets_all_but_the_last(raw: RawBot, wang: PersonInChat):
    for text in ("一", "二", "三"):
        wang.says(text)
    (last,) = await raw.result("getUpdates", offset=-1)
    assert last["message"]["text"] == "三"
    assert len(await raw.result("getUpdates")) == 1


async def test_numbers_may_jump_and_begin_anew_lower(
    raw: RawBot, wang: PersonInChat, bot: BotAccount
):
    before = wang.says("一").update_id
    await raw.result("getUpdates", offset=before + 1)
    bot.queue.jump(500)
    wang.says("二")
    (update,) = await raw.result("getUpdates", offset=before + 1)
    assert update["update_id"] == 500


async def test_an_update_is_gone_after_a_day_and_a_press_after_two_and_a_half_minutes(
    raw: RawBot, wang: PersonInChat, clock: FixedClock
):
    markup = {"inline_keyboard": [[{"text": "好", "callback_data": "y"}]]}
    await raw.result("sendMessage", chat_id=wang.person.id, text="x", reply_markup=markup)
    wang.says("一")
    wang.presses("好")
    clock.move(minutes=3)
    assert [set(each) - {"update_id"} for each in await raw.result("getUpdates")] == [{"message"}]
    clock.move(hours=24)
    assert await raw.result("getUpdates") == []


async def test_a_poll_waits_for_the_next_message_and_a_second_poller_ends_it(
    raw: RawBot, wang: PersonInChat
):
    waiting = asyncio.create_task(raw.result("getUpdates", timeout=20))
    await asyncio.sleep(0.05)
    wang.says("一")
    (update,) = await waiting
    offset = update["update_id"] + 1
    older = asyncio.create_task(raw.refusal("getUpdates", timeout=20, offset=offset))
    await asyncio.sleep(0.05)
    newer = asyncio.create_task(raw.result("getUpdates", timeout=20, offset=offset))
    assert await older == OTHER_POLLER
    wang.says("二")
    assert len(await newer) == 1


async def test_a_poller_that_dies_while_it_waits_takes_nothing_along(
    raw: RawBot, wang: PersonInChat, bot: BotAccount
):
    number = wang.says("一").update_id
    await raw.result("getUpdates", offset=number + 1)
    dying = asyncio.create_task(raw.call("getUpdates", timeout=20, offset=number + 1))
    await asyncio.sleep(0.05)
    dying.cancel()
    await asyncio.sleep(0.05)
    bot.queue.redeliver(number)
    wang.says("二")
    updates = await raw.result("getUpdates", timeout=20, offset=number + 1)
    assert [each["message"]["text"] for each in updates] == ["一", "二"]


async def test_what_is_wanted_is_remembered_and_has_defaults(
    raw: RawBot, wang: PersonInChat, bot: BotAccount
):
    await raw.result("getUpdates", allowed_updates=["callback_query"])
    assert wang.says("一").update_ids == {bot.id: None}
    await raw.result("getUpdates")
    assert wang.says("二").update_ids == {bot.id: None}
    await raw.result("getUpdates", allowed_updates=[])
    assert "chat_member" not in bot.queue.allowed
    wang.says("三")
    assert len(await raw.result("getUpdates")) == 1


async def test_a_webhook_gets_the_secret_and_polling_is_refused_meanwhile(
    raw: RawBot, wang: PersonInChat, receiver: Receiver
):
    wang.says("一")
    await raw.result("setWebhook", url=receiver.url, secret_token="s3cret-_", max_connections=3)
    await receiver.gets(1)
    assert (receiver.texts, receiver.secrets) == (["一"], ["s3cret-_"])
    assert await raw.refusal("getUpdates") == (
        "409 can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first"
    )
    info = await raw.result("getWebhookInfo")
    assert (info["url"], info["max_connections"]) == (receiver.url, 3)
    await raw.result("deleteWebhook")
    wang.says("二")
    assert len(await raw.result("getUpdates")) == 1


async def test_setting_a_webhook_ends_the_poll_that_waits(
    raw: RawBot, wang: PersonInChat, receiver: Receiver
):
    waiting = asyncio.create_task(raw.refusal("getUpdates", timeout=20))
    await asyncio.sleep(0.05)
    await raw.result("setWebhook", url=receiver.url)
    assert await waiting == "409 terminated by setWebhook request"


async def test_a_failing_webhook_is_tried_again_in_order_and_the_error_is_told(
    raw: RawBot, wang: PersonInChat, receiver: Receiver
):
    receiver.statuses = [500, 503, 500]
    for text in ("一", "二"):
        wang.says(text)
    await raw.result("setWebhook", url=receiver.url)
    await receiver.gets(2)
    info = await raw.result("getWebhookInfo")
    assert info["last_error_message"].startswith("Wrong response from the webhook: 50")
    await receiver.gets(5)
    assert receiver.texts == ["一", "一", "一", "一", "二"]


async def test_a_chat_that_hangs_holds_up_no_other(
    raw: RawBot, wang: PersonInChat, receiver: Receiver, bot_api: BotApi, bot: BotAccount
):
    receiver.holds = {"慢"}
    other = bot_api.chat(bot)
    await raw.result("setWebhook", url=receiver.url)
    wang.says("慢")
    wang.says("之后")
    other.says("快")
    await receiver.gets(2)
    assert sorted(map(str, receiver.texts)) == ["快", "慢"]
    receiver.blocked.set()
    await receiver.gets(3)
    assert receiver.texts[-1] == "之后"


async def test_a_webhook_that_is_away_keeps_the_updates(
    raw: RawBot, wang: PersonInChat, bot_api: BotApi, bot: BotAccount
):
    await raw.result("setWebhook", url="http://127.0.0.1:1/hook")
    wang.says("一")
    await bot_api.world.changed.until(lambda: bot.webhook_error)
    info = await raw.result("getWebhookInfo")
    assert (info["pending_update_count"], info["last_error_message"]) == (1, "Connection refused")
    await raw.result("deleteWebhook", drop_pending_updates=True)
    assert await raw.result("getUpdates") == []


async def test_a_webhook_may_answer_with_a_call(
    raw: RawBot, wang: PersonInChat, receiver: Receiver
):
    receiver.answer = {"method": "sendMessage", "chat_id": wang.person.id, "text": "收到"}
    await raw.result("setWebhook", url=receiver.url)
    wang.says("一")
    await wang.sees("收到")


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"url": "ftp://x"}, "400 invalid webhook URL specified"),
        (
            {"url": "http://example.org/hook"},
            "400 bad webhook: An HTTPS URL must be provided for webhook",
        ),
        (
            {"url": "https://example.org:8080/hook"},
            "400 bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        (
            {"url": "https://example.org", "secret_token": "密"},
            "400 secret token contains unallowed characters",
        ),
        ({"url": "https://example.org", "secret_token": "a" * 257}, "400 secret token is too long"),
    ],
)
async def test_a_wrong_webhook_is_refused(
    clock: FixedClock, parameters: dict[str, str], refusal: str
):
    async with BotApi(clock=clock, rules=Rules(webhook_needs_https=True)) as api:
        token = api.create_bot().token
        async with AsyncClient(base_url=f"{api.url}/bot{token}/") as http:
            assert await RawBot(http).refusal("setWebhook", **parameters) == refusal


async def test_a_confirmed_update_can_come_again_with_its_old_number(
    raw: RawBot, wang: PersonInChat, bot: BotAccount
):
    number = wang.says("一").update_id
    await raw.result("getUpdates", offset=number + 1)
    bot.queue.redeliver(number)
    (again,) = await raw.result("getUpdates", offset=number + 1)
    assert again["update_id"] == number


async def test_strange_updates_pass_as_they_are(
    raw: RawBot, bot: BotAccount, aiogram_bot: aiogram.Bot, ptb: telegram.Bot
):
    bot.queue.add_raw({"teleport": {"to": "moon"}}, queue=0)
    (seen,) = await aiogram_bot.get_updates()
    assert seen.message is None
    bot.queue.add_raw({"message": {"text": 5, "chat": []}}, queue=0)
    assert len(await raw.result("getUpdates")) == 2
    with pytest.raises(aiogram.exceptions.ClientDecodeError):
        await aiogram_bot.get_updates()


async def test_both_libraries_understand_everything_that_a_person_does(
    wang: PersonInChat, aiogram_bot: aiogram.Bot, ptb: telegram.Bot
):
    text = wang.says("/help@street_bot 看 https://example.org 打 +8613800138000")
    wang.says("回复", reply_to=text)
    wang.edits(text, "改了")
    wang.sends_location(31.2, 121.5)
    wang.sends_contact("+8613800138000")
    wang.sends_strangers_contact("110", "报警")
    wang.sends_voice(b"OggS", seconds=3)
    wang.sends_sticker()
    wang.blocks()
    seen, also = await aiogram_bot.get_updates(), await ptb.get_updates()
    assert len(seen) == len(also) == 9
    assert seen[0].message is not None
    kinds = [each.type for each in seen[0].message.entities or []]
    assert kinds == ["bot_command", "url", "phone_number"]
    assert also[1].message is not None
    assert also[1].message.reply_to_message is not None
    assert seen[2].edited_message is not None
    assert seen[2].edited_message.text == "改了"
    assert also[4].message is not None
    assert also[4].message.contact is not None
    assert also[4].message.contact.user_id == wang.person.id
    assert seen[8].my_chat_member is not None
    assert seen[8].my_chat_member.new_chat_member.status == "kicked"

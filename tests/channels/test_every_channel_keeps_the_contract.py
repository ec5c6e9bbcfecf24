"""One contract over every channel: the same words in, the same promises out."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Protocol

import httpx
import pytest
from sqlalchemy import func, select

from app.website import build_website
from app.wiring import House, Mind, build_house
from bot.terminal import Terminal, as_text
from conversations.models import InboxMessage
from core.messages import Address, Channel, RawInbound
from core.settings import Settings, TelegramBotSettings
from tests.bot_api.people import PersonInChat
from tests.bot_api.server import BotApi
from tests.bot_api.world import Rules
from tests.conftest import FixedClock
from tests.people import FakeChannel, Resident
from tests.telegram import SECRET, served, with_bots
from tickets.models import Alert, Ticket

LAMP = "楼道灯坏了三天没人修，长虹里3栋，电话13800001234"
GAS = "屋里一股煤气味"
_FORM = re.compile(r'name="_token" value="([^"]+)"')


class Door(Protocol):
    """A channel as the person at its other end sees it."""

    async def say(self, text: str, message_id: str) -> str:
        """Send a message and give everything that this person can read afterwards."""
        ...


class RestDoor:
    def __init__(self, house: House) -> None:
        self._client = _client(house)
        self._read = ""

    async def say(self, text: str, message_id: str) -> str:
        body = {"sender": "anna", "message": text, "message_id": message_id}
        answer = await self._client.post("/webhooks/rest/webhook", json=body)
        assert answer.status_code == 200
        self._read += "\n".join(reply["text"] for reply in answer.json())
        return self._read


class WebDoor:
    def __init__(self, house: House) -> None:
        self._house = house
        self._client = _client(house)

    async def say(self, text: str, message_id: str) -> str:
        page = await self._client.get("/")
        found = _FORM.search(page.text)
        assert found
        fields = {"text": text, "client_id": message_id, "_token": found.group(1)}
        headers = {"X-Requested-With": "chat", "Origin": self._house.public_url}
        answer = await self._client.post("/chat/messages", data=fields, headers=headers)
        if not text.strip():
            return answer.text
        assert answer.status_code == 204
        await self._house.front_door.work_through()
        return (await self._client.get("/")).text


class TerminalDoor:
    def __init__(self, house: House) -> None:
        self._terminal = Terminal(front_door=house.front_door, clock=house.clock)
        self._answers: dict[str, str] = {}

    async def say(self, text: str, message_id: str) -> str:
        if message_id not in self._answers:
            replies = await self._terminal.send("anna", text)
            self._answers[message_id] = "\n".join(as_text(reply) for reply in replies)
        return "\n".join(self._answers.values())


class PushedDoor:
    """A channel whose messages are stored first and answered by the sender, as Telegram's are."""

    def __init__(self, house: House, channel: FakeChannel) -> None:
        self._house = house
        self._channel = channel

    async def say(self, text: str, message_id: str) -> str:
        raw = Resident(self._house).raw(text, message_id=message_id)
        address = Address(Channel.FAKE, "", "anna")
        await self._house.front_door.receive(
            RawInbound(address, message_id, raw.body, raw.received_at)
        )
        await self._house.front_door.work_through()
        await self._house.sender.deliver()
        return "\n".join(self._channel.texts)


class TelegramDoor:
    """The residents' bot against our double of the Bot API, polling or by webhook."""

    def __init__(self, house: House, person: PersonInChat, clock: FixedClock) -> None:
        self._house = house
        self._person = person
        self._clock = clock
        self._sent: dict[str, int] = {}
        self._bot = next(iter(person.world.bots.values()))

    async def say(self, text: str, message_id: str) -> str:
        if message_id in self._sent:
            self._bot.queue.redeliver(self._sent[message_id])
        else:
            self._sent[message_id] = self._person.says(text).update_id
        await self._arrives()
        await self._house.front_door.work_through()
        while await self._house.sender.deliver() or self._house.sender.again_in:
            self._clock.move(seconds=1)
        return "\n".join(self._person.texts)

    async def _arrives(self) -> None:
        """Until the bot has confirmed everything; a poller of the house or a webhook sees to it."""
        await self._person.world.changed.until(lambda: not self._bot.queue.pending_count)


@pytest.fixture
async def telegram(
    mode: str, settings: Settings, mind: Mind, clock: FixedClock
) -> AsyncIterator[TelegramDoor]:
    async with BotApi(rules=Rules(webhook_pace=0.02, poll_pace=0.05)) as api:
        bot = api.create_bot()
        ours = TelegramBotSettings(token=bot.token, mode=mode, secret=SECRET)

        def build(url: str) -> House:
            web = settings.web.model_copy(update={"public_url": url})
            told = settings.model_copy(update={"web": web})
            return build_house(with_bots(told, api, residents=ours), mind=mind, clock=clock)

        stop = asyncio.Event()
        async with served(build) as house:
            running = asyncio.create_task(house.bots["residents"].run(stop))
            yield TelegramDoor(house, api.chat(bot), clock)
            stop.set()
            await running


def _client(house: House) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(build_website(house))
    return httpx.AsyncClient(transport=transport, base_url=house.public_url)


@pytest.fixture
def mode(request: pytest.FixtureRequest) -> str:
    """How the Telegram door receives."""
    return str(request.getfixturevalue("channel")).rpartition(" ")[2]


@pytest.fixture(
    params=["rest", "web", "terminal", "pushed", "telegram polling", "telegram webhook"]
)
def channel(request: pytest.FixtureRequest) -> str:
    """Every channel in turn."""
    return str(request.param)


@pytest.fixture
def door(
    request: pytest.FixtureRequest, channel: str, house: House, fake_channel: FakeChannel
) -> Door:
    """The channel as a person sees it."""
    if channel.startswith("telegram"):
        found: Door = request.getfixturevalue("telegram")
        return found
    doors = {
        "rest": lambda: RestDoor(house),
        "web": lambda: WebDoor(house),
        "terminal": lambda: TerminalDoor(house),
        "pushed": lambda: PushedDoor(house, fake_channel),
    }
    return doors[channel]()


async def tickets(house: House) -> list[Ticket]:
    async with house.database.reading() as session:
        return list(await session.scalars(select(Ticket)))


async def test_a_complete_request_gets_its_number(house, door):
    read = await door.say(LAMP, "m-1")
    (ticket,) = await tickets(house)
    assert ticket.number in read


async def test_a_second_delivery_makes_no_second_ticket_and_no_second_answer(house, door):
    once = await door.say(LAMP, "m-1")
    twice = await door.say(LAMP, "m-1")
    (ticket,) = await tickets(house)
    async with house.database.reading() as session:
        kept = await session.scalar(select(func.count()).select_from(InboxMessage))
    assert kept == 1
    assert once.count(ticket.number) <= twice.count(ticket.number) <= 2 * once.count(ticket.number)


async def test_danger_is_answered_with_the_number_and_rings(house, door):
    read = await door.say(GAS, "m-1")
    assert "119" in read
    async with house.database.reading() as session:
        assert await session.scalar(select(Alert.kind)) == "emergency"


async def test_a_person_comes_at_the_first_word(house, door):
    read = await door.say("人工", "m-1")
    assert any(word in read for word in ("叫人", "值班", "在岗"))


async def test_questions_and_answers_stay_in_order(house, door):
    await door.say("我妈八十三了一个人住，想有人送饭", "m-1")
    await door.say("和平里3栋", "m-2")
    read = await door.say("13800001234", "m-3")
    (ticket,) = await tickets(house)
    assert read.index("老年助餐") < read.index("怎么找您") < read.rindex(ticket.number)


@pytest.mark.parametrize(
    "text", ["😀😀", "<b>粗</b><script>x</script>", "{braces} %s", "长" * 5000]
)
async def test_odd_messages_are_answered_and_kept(house, door, text):
    assert (await door.say(text, "m-1")).strip()
    async with house.database.reading() as session:
        assert await session.scalar(select(InboxMessage.status)) == "done"

"""What the volunteers' sender makes of Telegram's answers, over HTTP against the double."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from app.configuration import ROOT
from bot.splitting import LONGEST, units
from bot.telegram_volunteers.client import open_bot
from bot.telegram_volunteers.sending import VolunteersSender
from core.messages import Address, Channel, Choice, Reply
from core.texts import Texts
from notifications.deliveries import (
    ChatClosed,
    Delivery,
    NeverDeliverable,
    OutcomeUnknown,
    TemporarilyUnreachable,
)
from tests.bot_api.people import PersonInChat
from tests.bot_api.server import BotApi

TICKS = Reply("会什么", (Choice("陪诊", "/set skills 0"), Choice("好了", "/set skills ok")))
TICKED = Reply("会什么", (Choice("√ 陪诊", "/set skills 0"), Choice("好了", "/set skills ok")))


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


@pytest.fixture
def person(api: BotApi) -> PersonInChat:
    person = api.chat(api.create_bot("volunteers_bot"))
    person.starts()
    return person


@asynccontextmanager
async def sending(api: BotApi, person: PersonInChat) -> AsyncIterator[VolunteersSender]:
    token = next(iter(person.world.bots.values())).token
    bot = open_bot(token, api_base_url=api.url, file_base_url=f"{api.url}/file")
    sender = VolunteersSender(bot=bot, texts=Texts(Path(ROOT / "locales")))
    yield sender
    await sender.close()


def to(person: PersonInChat, reply: Reply, *, replaces: str | None = None) -> Delivery:
    return Delivery(
        id=1,
        conversation_id=uuid4(),
        address=Address(Channel.TELEGRAM, "volunteers", str(person.chat.id)),
        number=1,
        reply=reply,
        attempts=1,
        replaces=replaces,
    )


async def test_words_arrive_escaped_and_buttons_carry_their_payload(api, person):
    reply = Reply("<b>王婆婆</b> & 药", (Choice("我来接", "claim:00"),))
    async with sending(api, person) as sender:
        message_id = await sender.send(to(person, reply))
    assert person.last.text == "<b>王婆婆</b> & 药"
    assert person.last.message_id == int(message_id)
    assert person.last.buttons[0]["callback_data"] == "claim:00"


async def test_nothing_is_asked_of_telegram_before_the_first_message(api, person):
    async with sending(api, person) as sender:
        await sender.send(to(person, Reply("您好")))
    assert [call.method for call in api.calls.calls] == ["sendMessage"]


async def test_a_long_text_comes_in_parts_that_telegram_takes(api, person):
    async with sending(api, person) as sender:
        await sender.send(to(person, Reply("要做的事很多。" * 1500)))
    assert len(person.messages) > 2
    assert all(units(each.text) <= LONGEST for each in person.messages)


async def test_a_card_is_changed_in_place_and_twice_the_same_is_no_mistake(api, person):
    async with sending(api, person) as sender:
        first = await sender.send(to(person, TICKS))
        second = await sender.send(to(person, TICKED, replaces=first))
        third = await sender.send(to(person, TICKED, replaces=first))
    assert first == second == third
    assert [each.buttons[0]["text"] for each in person.messages] == ["√ 陪诊"]


async def test_a_card_that_is_gone_is_sent_anew(api, person):
    async with sending(api, person) as sender:
        await sender.send(to(person, TICKS))
        await sender.send(to(person, TICKED, replaces="999999"))
    assert [each.buttons[0]["text"] for each in person.messages] == ["陪诊", "√ 陪诊"]


async def test_a_blocked_bot_finds_the_chat_closed(api, person):
    person.blocks()
    async with sending(api, person) as sender:
        with pytest.raises(ChatClosed):
            await sender.send(to(person, Reply("您好")))


async def test_too_many_calls_are_left_for_as_long_as_telegram_says(api, person):
    api.faults.fail(
        "sendMessage",
        code=429,
        description="Too Many Requests: retry after 7",
        parameters={"retry_after": 7},
    )
    async with sending(api, person) as sender:
        with pytest.raises(TemporarilyUnreachable) as pause:
            await sender.send(to(person, Reply("您好")))
    assert pause.value.retry_after == timedelta(seconds=7)


@pytest.mark.parametrize(
    ("code", "description", "expected"),
    [
        (400, "Bad Request: message text is empty", NeverDeliverable),
        (400, "Bad Request: chat not found", ChatClosed),
        (401, "Unauthorized", TemporarilyUnreachable),
        (403, "Forbidden: bot was blocked by the user", ChatClosed),
        (409, "Conflict: terminated by other getUpdates request", TemporarilyUnreachable),
        (500, "Internal Server Error", TemporarilyUnreachable),
        (502, "Bad Gateway", TemporarilyUnreachable),
        (400, "Bad Request: message to edit not found", NeverDeliverable),
    ],
)
async def test_each_refusal_has_its_meaning(api, person, code, description, expected):
    api.faults.fail("sendMessage", code=code, description=description)
    async with sending(api, person) as sender:
        with pytest.raises(expected) as refused:
            await sender.send(to(person, Reply("您好")))
    assert type(refused.value) is expected


async def test_a_line_that_is_cut_after_sending_leaves_it_open(api, person):
    api.faults.drop_after("sendMessage")
    async with sending(api, person) as sender:
        with pytest.raises(OutcomeUnknown):
            await sender.send(to(person, Reply("您好")))
    assert person.texts == ["您好"]


async def test_a_server_that_is_not_there_takes_nothing(api, person):
    async with sending(api, person) as sender:
        await api.close()
        with pytest.raises(TemporarilyUnreachable):
            await sender.send(to(person, Reply("您好")))

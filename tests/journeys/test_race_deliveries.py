"""The same thing many times at once: the database decides, and decides once."""

import asyncio

import pytest
from sqlalchemy import select

from app.wiring import House, build_house
from bot.decoding import encode_text
from conversations.models import Conversation, InboxMessage
from core.messages import Address, Channel, RawInbound
from core.settings import Settings
from notifications.models import OutboxMessage
from tests.conftest import FixedClock
from tests.people import FakeChannel
from tickets.models import Ticket

LAMP = "楼道灯坏了三天没人修，长虹里3栋，电话1380000{:04}"


def a_message(house: House, channel: Channel, peer: int, number: int, text: str) -> RawInbound:
    address = Address(channel, "", f"peer-{peer}")
    return RawInbound(address, f"{peer}-{number}", encode_text(text), house.clock.now())


async def count(house: House, table) -> int:
    async with house.database.reading() as session:
        return len(list(await session.scalars(select(table))))


async def test_sixteen_deliveries_of_one_message_at_once_are_one_ticket_and_one_answer(
    house: House,
):
    raw = a_message(house, Channel.REST, 1, 1, LAMP.format(1))
    answers = await asyncio.gather(*(house.front_door.answer_at_once(raw) for _ in range(16)))
    assert len({tuple(reply.text for reply in answer) for answer in answers}) == 1
    assert await count(house, Ticket) == 1
    assert await count(house, InboxMessage) == 1
    assert await count(house, Conversation) == 1


async def test_a_first_message_received_sixteen_times_at_once_is_kept_once(house: House):
    raw = a_message(house, Channel.FAKE, 1, 1, LAMP.format(1))
    ids = await asyncio.gather(*(house.front_door.receive(raw) for _ in range(16)))
    assert len(set(ids)) == 1
    assert await count(house, InboxMessage) == 1


async def test_numbers_of_thirty_two_tickets_opened_at_once_are_all_different(house: House):
    messages = [a_message(house, Channel.REST, n, 1, LAMP.format(n)) for n in range(32)]
    await asyncio.gather(*(house.front_door.answer_at_once(raw) for raw in messages))
    async with house.database.reading() as session:
        numbers = list(await session.scalars(select(Ticket.number)))
    assert len(numbers) == 32
    assert len(set(numbers)) == 32


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_two_workers_share_the_chats_and_keep_the_order_in_each(
    house: House, settings: Settings, clock: FixedClock
):
    other = build_house(settings, clock=clock, channels={(Channel.FAKE, None): FakeChannel()})
    for number in range(4):
        for peer in range(8):
            text = LAMP.format(peer) if number == 0 else "谢谢"
            await house.front_door.receive(a_message(house, Channel.FAKE, peer, number, text))
    async with asyncio.timeout(60):
        while await waiting(house):
            await asyncio.gather(house.front_door.work_through(), other.front_door.work_through())
    await other.close()

    assert await count(house, Ticket) == 8
    async with house.database.reading() as session:
        said = list(
            await session.execute(
                select(
                    OutboxMessage.conversation_id, OutboxMessage.number, OutboxMessage.inbox_id
                ).order_by(OutboxMessage.conversation_id, OutboxMessage.number)
            )
        )
    by_chat: dict[object, list[int]] = {}
    for chat, _, cause in said:
        by_chat.setdefault(chat, []).append(cause)
    assert len(by_chat) == 8
    assert all(causes == sorted(causes) for causes in by_chat.values())
    assert len({(chat, number) for chat, number, _ in said}) == len(said)


async def waiting(house: House) -> int:
    async with house.database.reading() as session:
        return len(
            list(await session.scalars(select(InboxMessage.id).where(InboxMessage.status == "new")))
        )

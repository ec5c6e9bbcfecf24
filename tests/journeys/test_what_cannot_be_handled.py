"""A message that raises every time: a person gets it, the chat goes on."""

from sqlalchemy import select

from conversations.models import Conversation, InboxMessage
from core.messages import Address, Channel, RawInbound
from tests.people import FakeChannel, Resident
from tickets.models import Alert, Ticket

LAMP = "楼道灯坏了三天没人修，长虹里3栋，电话13800001234"
ADDRESS = Address(Channel.FAKE, "", "anna")


async def receive(house, external_id: str, body: str) -> None:
    await house.front_door.receive(RawInbound(ADDRESS, external_id, body, house.clock.now()))


async def work_until_quiet(house, clock) -> None:
    """Work on, as the worker does, over the pauses between tries."""
    for _ in range(6):
        await house.front_door.work_through()
        clock.move(seconds=5)


async def test_after_three_failures_a_person_has_it_and_the_resident_is_told(
    house, clock, fake_channel: FakeChannel
):
    await receive(house, "broken", "this is no body of ours")
    await work_until_quiet(house, clock)
    async with house.database.reading() as session:
        (row,) = await session.scalars(select(InboxMessage))
        (ticket,) = await session.scalars(select(Ticket))
        (alert,) = await session.scalars(select(Alert))
    assert (row.status, row.failures) == ("given_up", 3)
    assert house.vault.open(ticket.description_sealed, purpose="ticket.description") == (
        "this is no body of ours"
    )
    assert alert.kind == "failed"
    await house.sender.deliver()
    assert ticket.number in "".join(fake_channel.texts)


async def test_the_next_message_of_that_chat_is_handled_all_the_same(house, clock):
    await receive(house, "broken", "[]")
    await receive(house, "good", Resident(house).raw(LAMP).body)
    await work_until_quiet(house, clock)
    async with house.database.reading() as session:
        rows = list(await session.scalars(select(InboxMessage).order_by(InboxMessage.id)))
        tickets = list(await session.scalars(select(Ticket)))
    assert [row.status for row in rows] == ["given_up", "done"]
    assert {ticket.matter for ticket in tickets} == {None, "property_repair/public_facility"}


async def test_other_chats_do_not_wait_for_it(house):
    await receive(house, "broken", "{}")
    other = RawInbound(
        Address(Channel.FAKE, "", "berta"), "b-1", Resident(house).raw(LAMP).body, house.clock.now()
    )
    await house.front_door.receive(other)
    await house.front_door.work_through()
    async with house.database.reading() as session:
        row = await session.scalar(
            select(InboxMessage)
            .join(Conversation, Conversation.id == InboxMessage.conversation_id)
            .where(Conversation.peer == "berta")
        )
    assert row is not None
    assert row.status == "done"

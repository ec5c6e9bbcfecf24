"""What goes first, what goes again, what never goes; and what becomes of it then."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.wiring import House
from conversations.models import Conversation
from conversations.speech import Speech
from core.holders import Holder
from core.messages import Address, Channel, Reply
from handlers.undelivered import CallInstead
from notifications.deliveries import (
    ChatClosed,
    Delivery,
    NeverDeliverable,
    OutcomeUnknown,
    TemporarilyUnreachable,
)
from notifications.models import OutboxMessage
from notifications.outbox import BOT_AUTHOR, Priority
from notifications.outcomes import MOST_BREAKDOWNS, MOST_DOUBTS
from notifications.pace import TELEGRAM, LocalPacer
from notifications.sender import Sender
from tickets.call_backs import CallBack
from tickets.models import Ticket

RESIDENTS = (Channel.TELEGRAM, "residents")
VOLUNTEERS = (Channel.TELEGRAM, "volunteers")


@dataclass
class Line:
    """A channel that keeps what arrived, fails when told to and waits where it is held."""

    sent: list[Delivery] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, delivery: Delivery) -> str | None:
        if delivery.address.peer in self.held:
            await self.held[delivery.address.peer].wait()
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(delivery)
        self.arrived.set()
        return str(delivery.id)

    async def close(self) -> None: ...

    @property
    def texts(self) -> list[str]:
        return [each.reply.text for each in self.sent]


class Street:
    """Says things in chats and looks at what became of them."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._speech = Speech(vault=house.vault)

    async def chat(self, peer: str, account: str = "residents") -> UUID:
        address = Address(Channel.TELEGRAM, account, peer)
        async with self.house.database.transaction() as session:
            now = self.house.clock.now()
            return (await self.house.inbox.get_or_begin(session, address, now=now)).id

    async def say(
        self,
        chat: UUID,
        *texts: str,
        priority: int = Priority.REPLY,
        ticket_id: UUID | None = None,
        edits: int | None = None,
    ) -> None:
        async with self.house.database.transaction() as session:
            await self._speech.say(
                session,
                chat,
                [Reply(text, edits=edits) for text in texts],
                author=BOT_AUTHOR,
                now=self.house.clock.now(),
                ticket_id=ticket_id,
                priority=priority,
            )

    async def rows(self) -> Sequence[OutboxMessage]:
        async with self.house.database.reading() as session:
            found = await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
            return found.all()

    async def row(self) -> OutboxMessage:
        (row,) = await self.rows()
        return row


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def others() -> Line:
    return Line()


@pytest.fixture
def street(house: House) -> Street:
    return Street(house)


def build(house: House, holder: Holder | None = None, **lines: Line) -> Sender:
    lanes = {"residents": RESIDENTS, "volunteers": VOLUNTEERS}
    return Sender(
        database=house.database,
        vault=house.vault,
        clock=house.clock,
        channels={lanes[name]: each for name, each in lines.items()},
        paces={Channel.TELEGRAM: TELEGRAM},
        pacer=LocalPacer(house.clock),
        undelivered=CallInstead(notices=house.staff_desk.notices),
        holder=holder,
    )


@pytest.fixture
def sender(house: House, line: Line, others: Line) -> Sender:
    return build(house, residents=line, volunteers=others)


async def test_a_chat_gets_its_messages_in_order(street, sender, line):
    await street.say(await street.chat("1"), "一", "二", "三")
    assert await sender.deliver() == 3
    assert line.texts == ["一", "二", "三"]


async def test_a_chat_gets_about_one_message_a_second_with_a_short_burst(
    street, sender, line, clock
):
    await street.say(await street.chat("1"), *(str(number) for number in range(6)))
    assert await sender.deliver() == 3
    assert 0 < sender.again_in <= 1.25
    clock.move(seconds=1.25)
    assert await sender.deliver() == 1
    clock.move(seconds=2.5)
    assert await sender.deliver() == 2
    assert line.texts == ["0", "1", "2", "3", "4", "5"]


async def test_a_group_gets_no_more_than_20_messages_a_minute(street, sender, line, clock):
    await street.say(await street.chat("-100"), *(str(number) for number in range(60)))
    sent = []
    for _ in range(120):
        sent.append(await sender.deliver())
        clock.move(seconds=1)
    assert max(sum(sent[at : at + 60]) for at in range(60)) <= 20


async def test_a_bot_sends_less_than_30_a_second_whatever_waits(street, sender, line, clock):
    for number in range(100):
        await street.say(await street.chat(str(number)), "好")
    sent = []
    while len(line.sent) < 100:
        sent.append(await sender.deliver())
        clock.move(milliseconds=100)
    assert max(sum(sent[at : at + 10]) for at in range(len(sent))) <= 30
    assert len(sent) < 45


async def test_a_reply_overtakes_a_broadcast_that_waits_in_the_same_chat(
    street, sender, line, clock
):
    chat = await street.chat("1")
    await street.say(chat, "通知：停水", priority=Priority.BROADCAST)
    await street.say(chat, "您好")
    await sender.deliver()
    assert line.texts == ["您好", "通知：停水"]


async def test_a_broadcast_waits_for_every_reply_and_keeps_room_for_them(
    street, sender, line, clock
):
    for number in range(60):
        chat = await street.chat(str(number))
        await street.say(chat, "通知", priority=Priority.BROADCAST)
    while len(line.sent) < 30:
        await sender.deliver()
        clock.move(milliseconds=100)
    await street.say(await street.chat("neighbour"), "您好")
    clock.move(milliseconds=60)
    await sender.deliver()
    assert line.texts.index("您好") <= 31


async def test_one_slow_chat_holds_up_nobody_else(street, sender, line):
    line.held["1"] = asyncio.Event()
    await street.say(await street.chat("1"), "慢")
    await sender.begin()
    await street.say(await street.chat("2"), "快")
    await sender.begin()
    await line.arrived.wait()
    assert line.texts == ["快"]
    line.held["1"].set()
    await sender.finish()
    assert line.texts == ["快", "慢"]


async def test_429_stops_exactly_that_bot_for_as_long_as_it_says(
    street, sender, line, others, clock
):
    line.failures.append(TemporarilyUnreachable(timedelta(seconds=30)))
    await street.say(await street.chat("1"), "一")
    await street.say(await street.chat("2"), "二")
    await sender.deliver()
    await street.say(await street.chat("3", "volunteers"), "三")
    await sender.deliver()
    assert others.texts == ["三"]
    stopped = len(line.sent)
    assert await sender.paused() == {"telegram:residents": 30, "telegram:volunteers": 0}
    clock.move(seconds=29)
    await sender.deliver()
    assert len(line.sent) == stopped
    clock.move(seconds=2)
    await sender.deliver()
    assert sorted(line.texts) == ["一", "二"]
    assert {row.attempts for row in await street.rows()} == {1}


async def test_a_channel_that_is_away_for_hours_gets_its_messages_afterwards(
    street, sender, line, clock
):
    await street.say(await street.chat("1"), "一", "二")
    for _ in range(60):
        line.failures[:] = [TemporarilyUnreachable()]
        await sender.deliver()
        clock.move(minutes=5)
    line.failures.clear()
    await sender.deliver()
    assert line.texts == ["一", "二"]


async def test_after_a_day_nobody_tries_any_more(street, sender, line, clock):
    await street.say(await street.chat("1"), "一")
    for _ in range(3):
        line.failures[:] = [TemporarilyUnreachable()]
        await sender.deliver()
        clock.move(hours=13)
    assert (await street.row()).status == "failed"


async def test_a_reply_that_may_have_arrived_is_sent_again_and_marked(street, sender, line, clock):
    line.failures.append(OutcomeUnknown())
    await street.say(await street.chat("1"), "您的编号")
    await sender.deliver()
    clock.move(minutes=1)
    await sender.deliver()
    row = await street.row()
    assert (row.status, row.unsure, row.error) == ("sent", 1, "may have arrived twice")
    assert line.texts == ["您的编号"]


async def test_a_reply_is_not_repeated_for_ever(street, sender, line, clock):
    line.failures = [OutcomeUnknown() for _ in range(20)]
    await street.say(await street.chat("1"), "您的编号")
    for _ in range(20):
        await sender.deliver()
        clock.move(minutes=5)
    assert (await street.row()).status == "unknown"
    assert len(line.failures) == 20 - MOST_DOUBTS


@pytest.mark.parametrize("priority", [Priority.NOTICE, Priority.BROADCAST])
async def test_a_notice_that_may_have_arrived_is_left_as_unknown(
    street, sender, line, clock, priority
):
    line.failures.append(OutcomeUnknown())
    await street.say(await street.chat("1"), "通知", priority=priority)
    await sender.deliver()
    clock.move(minutes=5)
    await sender.deliver()
    assert (await street.row()).status == "unknown"
    assert line.texts == []


async def test_a_message_that_fails_for_good_does_not_hold_up_its_chat(street, sender, line):
    line.failures.append(NeverDeliverable("message is too long"))
    await street.say(await street.chat("1"), "一", "二")
    await sender.deliver()
    assert line.texts == ["二"]
    assert [row.status for row in await street.rows()] == ["failed", "sent"]


async def test_a_message_that_breaks_the_adapter_is_given_up_after_some_tries(
    street, sender, line, clock
):
    line.failures = [KeyError("x") for _ in range(20)]
    await street.say(await street.chat("1"), "一")
    for _ in range(20):
        await sender.deliver()
        clock.move(minutes=5)
    row = await street.row()
    assert (row.status, row.attempts, row.error) == ("failed", MOST_BREAKDOWNS, "KeyError")


async def test_what_a_dead_sender_had_in_hand_goes_again_at_once(house, street, line):
    me = Holder.here()
    dead = Holder(me.place, 2**22 + 1)
    lost = Line(held={"1": asyncio.Event(), "2": asyncio.Event()})
    before = build(house, dead, residents=lost)
    await street.say(await street.chat("1"), "您好")
    await street.say(await street.chat("2"), "通知", priority=Priority.BROADCAST)
    await before.begin()
    await build(house, me, residents=line).deliver()
    assert line.texts == ["您好"]
    statuses = {row.priority: (row.status, row.unsure) for row in await street.rows()}
    assert statuses == {Priority.REPLY: ("sent", 1), Priority.BROADCAST: ("unknown", 1)}
    for each in lost.held.values():
        each.set()
    await before.finish()
    after = {row.priority: row.status for row in await street.rows()}
    assert after == {Priority.REPLY: "sent", Priority.BROADCAST: "unknown"}


async def test_what_a_sender_elsewhere_had_in_hand_goes_when_its_lease_ends(
    house, street, line, clock
):
    lost = Line(held={"1": asyncio.Event()})
    before = build(house, Holder("elsewhere", 1), residents=lost)
    sender = build(house, Holder("here", 1), residents=line)
    await street.say(await street.chat("1"), "您好")
    await before.begin()
    await sender.deliver()
    assert line.texts == []
    clock.move(seconds=61)
    await sender.deliver()
    assert line.texts == ["您好"]
    lost.held["1"].set()
    await before.finish()


async def test_two_senders_at_once_send_each_message_once(house, street, line, clock):
    for number in range(20):
        await street.say(await street.chat(str(number)), "好")
    senders = [build(house, Holder("here", number), residents=line) for number in (1, 2)]
    for _ in range(10):
        await asyncio.gather(*(each.deliver() for each in senders))
        clock.move(seconds=2)
    assert len(line.sent) == 20


async def test_a_closed_chat_is_noted_and_a_person_says_on_the_telephone_what_there_was(
    house, street, sender, line, resident, staff
):
    await resident.says("楼道灯坏了三天没人修，长虹里3栋，电话13800001234")
    async with house.database.reading() as session:
        ticket_id = await session.scalar(select(Ticket.id))
    chat = await street.chat("1")
    line.failures = [ChatClosed("blocked"), ChatClosed("blocked")]
    await street.say(chat, "已派给城管科", priority=Priority.NOTICE, ticket_id=ticket_id)
    await street.say(chat, "您好", ticket_id=ticket_id)
    await sender.deliver()
    async with house.database.reading() as session:
        assert not (await session.get(Conversation, chat)).reachable
        calls = (await session.scalars(select(CallBack))).all()
    assert len(calls) == 1


async def test_a_message_that_replaces_an_earlier_one_names_it_as_the_channel_does(
    street, sender, line
):
    chat = await street.chat("1")
    await street.say(chat, "还有两个名额")
    await sender.deliver()
    (first,) = line.sent
    await street.say(chat, "名额已满", edits=first.number)
    await sender.deliver()
    assert line.sent[-1].replaces == str(first.id)


async def test_a_message_of_a_channel_that_is_off_waits(street, house, line):
    await street.say(await street.chat("1", "volunteers"), "一")
    await build(house, residents=line).deliver()
    assert (await street.row()).status == "pending"

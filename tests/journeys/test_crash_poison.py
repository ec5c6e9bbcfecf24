"""A message that nobody can handle: a person gets it, the resident is told, the chat goes on."""

from sqlalchemy import select

from app.wiring import House, plain_decoders
from bot.decoding import PlainDecoder, encode_text
from conversations.attachments import Attachments
from conversations.models import InboxMessage
from core.messages import Address, Channel, Decoder, Decoders, InboundMessage, RawInbound
from handlers.front_door import FrontDoor
from handlers.thinking import Thinking
from notifications.outbox import Outbox
from tests.conftest import FixedClock
from tests.people import FakeChannel
from tickets.models import Alert, Ticket

CHAT = Address(Channel.FAKE, "", "somebody")
POISON = "这句话谁也读不懂"
LAMP = "楼道灯坏了三天没人修，长虹里3栋，电话13800001234"


class PoisonedDecoder:
    """Breaks on one message, every time."""

    def __init__(self) -> None:
        self.tries = 0
        self._plain = PlainDecoder()

    async def decode(self, body: str) -> InboundMessage:
        message = await self._plain.decode(body)
        if POISON in message.text:
            self.tries += 1
            raise RuntimeError("poison")
        return message


class PoisonedClassifier:
    """Understands everything but one message."""

    def __init__(self, house: House) -> None:
        self.tries = 0
        self._real = house.understander

    def understand(self, text: str, *, context: str | None = None):
        if POISON in text:
            self.tries += 1
            raise RuntimeError("poison")
        return self._real.understand(text, context=context)


def a_front_door(house: House, *, decoder: Decoder | None = None, classifier=None) -> FrontDoor:
    decoders = Decoders({**plain_decoders(), (Channel.FAKE, None): decoder or PlainDecoder()})
    return FrontDoor(
        database=house.database,
        inbox=house.inbox,
        speech=house.speech,
        thinking=Thinking(
            classifier=classifier or house.understander,
            search=house.articles,
            limits=house.limits,
            clock=house.clock,
        ),
        attachments=Attachments(vault=house.vault),
        outbox=Outbox(vault=house.vault),
        desk=house.front_desk,
        decoders=decoders,
        signals=house.signals,
        clock=house.clock,
    )


def raw(house: House, number: int, text: str, address: Address = CHAT) -> RawInbound:
    return RawInbound(address, f"m-{number}", encode_text(text), house.clock.now())


async def work_for_a_minute(front_door: FrontDoor, clock: FixedClock) -> None:
    for _ in range(20):
        await front_door.work_through()
        clock.move(seconds=3)


async def rows(house: House):
    async with house.database.reading() as session:
        inbox = list(await session.scalars(select(InboxMessage).order_by(InboxMessage.id)))
        tickets = list(await session.scalars(select(Ticket).order_by(Ticket.opened_at)))
        alerts = list(await session.scalars(select(Alert)))
    return inbox, tickets, alerts


async def test_after_three_failures_a_person_gets_the_words_and_the_next_message_is_handled(
    house: House, clock: FixedClock, fake_channel: FakeChannel
):
    classifier = PoisonedClassifier(house)
    front_door = a_front_door(house, classifier=classifier)
    await front_door.receive(raw(house, 1, POISON))
    await front_door.receive(raw(house, 2, LAMP))
    await work_for_a_minute(front_door, clock)
    await house.sender.deliver()

    inbox, tickets, alerts = await rows(house)
    assert classifier.tries == 3
    assert [row.status for row in inbox] == ["given_up", "done"]
    handed, lamp = tickets
    description = house.vault.open(handed.description_sealed, purpose="ticket.description")
    assert POISON in description
    assert [(alert.ticket_id, alert.kind) for alert in alerts] == [(handed.id, "failed")]
    assert handed.number in fake_channel.texts[0]
    assert any(lamp.number in each for each in fake_channel.texts[1:])


async def test_a_body_that_cannot_even_be_read_is_handed_over_as_it_came(
    house: House, clock: FixedClock, fake_channel: FakeChannel
):
    decoder = PoisonedDecoder()
    front_door = a_front_door(house, decoder=decoder)
    await front_door.receive(raw(house, 1, POISON))
    await front_door.receive(raw(house, 2, LAMP))
    await work_for_a_minute(front_door, clock)

    inbox, tickets, alerts = await rows(house)
    assert decoder.tries >= 3
    assert [row.status for row in inbox] == ["given_up", "done"]
    assert len(tickets) == 2
    assert len(alerts) == 1


async def test_poison_in_one_chat_holds_up_no_other(house: House, clock: FixedClock):
    front_door = a_front_door(house, classifier=PoisonedClassifier(house))
    await front_door.receive(raw(house, 1, POISON))
    await front_door.receive(raw(house, 2, LAMP, Address(Channel.FAKE, "", "another")))
    await front_door.work_through()
    inbox, tickets, _ = await rows(house)
    assert [row.status for row in inbox] == ["new", "done"]
    assert len(tickets) == 1


async def test_a_program_whose_message_fails_is_told_with_its_next_answer(
    house: House, clock: FixedClock
):
    front_door = a_front_door(house, classifier=PoisonedClassifier(house))
    address = Address(Channel.REST, "", "program")
    assert await front_door.answer_at_once(raw(house, 1, POISON, address)) == []
    await work_for_a_minute(front_door, clock)
    _, tickets, _ = await rows(house)
    said = await front_door.answer_at_once(raw(house, 2, LAMP, address))
    assert tickets[0].number in said[0].text

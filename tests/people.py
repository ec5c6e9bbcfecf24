"""Who appears in the stories: residents who write, a channel that keeps what it is given."""

from dataclasses import dataclass, field
from itertools import count

from app.wiring import House
from bot.decoding import encode_text
from core.messages import Address, Channel, RawInbound, Reply
from notifications.sender import Delivery

_numbers = count(1)


@dataclass
class FakeChannel:
    """A channel that is pushed to; keeps what arrived and fails when told to."""

    sent: list[Delivery] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)

    async def send(self, delivery: Delivery) -> str | None:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(delivery)
        return f"fake-{delivery.id}"

    async def close(self) -> None:
        """Nothing to let go of."""

    @property
    def texts(self) -> list[str]:
        return [delivery.reply.text for delivery in self.sent]


class Resident:
    """Writes over the REST channel, as `POST /webhooks/rest/webhook` does."""

    def __init__(self, house: House, name: str = "resident") -> None:
        self._house = house
        self.address = Address(Channel.REST, "", name)

    async def says(self, text: str, *, message_id: str | None = None) -> list[Reply]:
        raw = self.raw(text, message_id=message_id)
        return list(await self._house.front_door.answer_at_once(raw))

    async def presses(self, title: str, last: list[Reply]) -> list[Reply]:
        """Press the button with this title under the last answers."""
        payloads = [each.payload for each in last[-1].choices if each.title == title]
        assert payloads, f"no button {title} under {last[-1]}"
        return await self.says(payloads[0])

    def raw(self, text: str, *, message_id: str | None = None) -> RawInbound:
        return RawInbound(
            address=self.address,
            external_id=message_id or f"message-{next(_numbers)}",
            body=encode_text(text),
            received_at=self._house.clock.now(),
        )

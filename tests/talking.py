"""A resident's chat with the house over our double of the Bot API: written, handled, answered."""

from dataclasses import dataclass

from sqlalchemy import select

from app.wiring import House
from bot.telegram_transport.polling import Poller
from conversations.models import Conversation, InboxMessage
from core.actors import ActorKind
from tests.bot_api.accounts import StoredMessage
from tests.bot_api.people import PersonInChat
from tests.conftest import FixedClock
from tickets.history import Happened, list_history
from tickets.models import Ticket

_TRIES = 200
"""What two bots have to say in turn, as slowly as the limits want it."""


@dataclass
class Talk:
    """One person with the residents' bot, and the house behind it, moved by hand."""

    house: House
    clock: FixedClock
    poller: Poller
    person: PersonInChat

    async def settle(self) -> list[StoredMessage]:
        """Everything that waits is received, handled and sent; gives the new messages."""
        before = len(self.person.messages)
        await self.receive()
        await self.house.front_door.work_through()
        await self.send()
        return self.person.messages[before:]

    async def receive(self) -> None:
        """Take the updates that wait."""
        await self.poller.step()

    async def send(self) -> None:
        """Send everything, however slowly the limits allow."""
        await self.house.sender.deliver()
        for _ in range(_TRIES):
            wait = self.house.sender.again_in
            if wait is None:
                return
            self.clock.move(seconds=wait + 0.01)
            await self.house.sender.deliver()

    async def says(self, text: str, **more: StoredMessage) -> list[StoredMessage]:
        """Write something and read the answers."""
        self.person.says(text, **more)
        return await self.settle()

    async def presses(
        self, words: str, message: StoredMessage | None = None
    ) -> list[StoredMessage]:
        """Press a button and read the answers."""
        self.person.presses(words, message)
        return await self.settle()

    async def tickets(self) -> list[Ticket]:
        """All tickets, oldest first."""
        async with self.house.database.reading() as session:
            return list(await session.scalars(select(Ticket).order_by(Ticket.opened_at)))

    async def history(self, ticket: Ticket) -> list[Happened]:
        """What happened to a ticket."""
        async with self.house.database.reading() as session:
            return await list_history(session, ticket.id, vault=self.house.vault)

    async def conversation(self) -> Conversation:
        """The one conversation of this person."""
        async with self.house.database.reading() as session:
            rows = await session.scalars(
                select(Conversation).where(Conversation.peer == str(self.person.chat.id))
            )
            return rows.one()

    async def statuses(self) -> list[str]:
        """How far every message is."""
        async with self.house.database.reading() as session:
            return list(await session.scalars(select(InboxMessage.status)))


def notes_of(events: list[Happened], kind: str) -> list[str]:
    """The words of the resident's entries of one kind."""
    return [
        each.note or ""
        for each in events
        if each.kind == kind and each.actor_kind == ActorKind.RESIDENT
    ]

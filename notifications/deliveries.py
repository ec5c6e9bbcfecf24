"""What a channel is handed, and the three ways in which it can fail."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import ActorKind
from core.errors import FrontDoorError
from core.messages import Address, Reply
from notifications.outbox import Priority


class TemporarilyUnreachable(FrontDoorError):
    """The channel did not take the message; `retry_after` is when it says that it will."""

    def __init__(self, retry_after: timedelta | None = None) -> None:
        super().__init__("temporarily unreachable")
        self.retry_after = retry_after


class OutcomeUnknown(FrontDoorError):
    """The connection was cut after sending: it may have arrived."""


class NeverDeliverable(FrontDoorError):
    """The channel refuses this message for good."""


class ChatClosed(NeverDeliverable):
    """And every other message to this chat: it is gone, or the person has closed it to us."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on its way out."""

    id: int
    conversation_id: UUID
    address: Address
    number: int
    reply: Reply
    attempts: int
    priority: int = Priority.REPLY
    ticket_id: UUID | None = None
    author: ActorKind = ActorKind.BOT
    replaces: str | None = None
    """The channel's id of the earlier message that this one takes the place of."""
    created_at: datetime | None = None
    unsure: int = 0


class ChannelSender(Protocol):
    """Hands one message to a channel; each pushed channel has one."""

    async def send(self, delivery: Delivery) -> str | None:
        """
        Deliver and give the channel's own id of the message.

        Raises `TemporarilyUnreachable`, `OutcomeUnknown`, `NeverDeliverable` or `ChatClosed`.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Undelivered(Protocol):
    """Is told of every message that will never arrive, in the transaction that says so."""

    async def note(
        self, session: AsyncSession, delivery: Delivery, *, closed: bool, now: datetime
    ) -> None:
        """`closed`: nothing else will arrive in this chat either."""
        ...

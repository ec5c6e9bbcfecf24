"""
The sender: takes promised messages in order per conversation and hands them to their channel.

A row is leased in one transaction, sent with none open, and settled in
another. A crash in between leaves a lease that runs out: the message is sent
again, so a reply may double but never vanish.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import structlog
from sqlalchemy import Select, and_, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core.clock import Clock
from core.database import Database
from core.errors import FrontDoorError
from core.messages import Address, Channel, Reply
from core.vault import Vault
from notifications.models import OutboxMessage
from notifications.outbox import PURPOSE, decode_reply

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 8
_BATCH = 50
_AT_ONCE = 16

log = structlog.get_logger(__name__)


class TemporarilyUnreachable(FrontDoorError):
    """The channel did not take the message; try again after a while."""

    def __init__(self, retry_after: timedelta | None = None) -> None:
        super().__init__("temporarily unreachable")
        self.retry_after = retry_after


class OutcomeUnknown(FrontDoorError):
    """The connection was cut after sending: it may have arrived."""


class NeverDeliverable(FrontDoorError):
    """The channel refuses this message for good: a blocked bot, a chat that is gone."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on its way out."""

    id: int
    conversation_id: UUID
    address: Address
    number: int
    reply: Reply
    attempts: int


class ChannelSender(Protocol):
    """Hands one message to a channel; each pushed channel has one."""

    async def send(self, delivery: Delivery) -> str | None:
        """
        Deliver and give the channel's own id of the message.

        Raises `TemporarilyUnreachable`, `OutcomeUnknown` or `NeverDeliverable`.
        """
        ...


class Sender:
    """Delivers what is due."""

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        clock: Clock,
        channels: Mapping[Channel, ChannelSender],
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._channels = channels

    async def deliver(self) -> int:
        """Deliver everything that is due; gives how many messages went out."""
        sent = 0
        while self._channels:
            async with self._database.transaction() as session:
                batch = await self._lease(session, self._clock.now())
            if not batch:
                break
            limit = asyncio.Semaphore(_AT_ONCE)
            results = await asyncio.gather(*(self._deliver_one(each, limit) for each in batch))
            sent += sum(results)
        return sent

    async def _lease(self, session: AsyncSession, now: datetime) -> list[Delivery]:
        """The first undelivered message of each conversation, most urgent first."""
        rows = (await session.scalars(_due(now, list(self._channels)))).all()
        if rows:
            await session.execute(
                update(OutboxMessage)
                .where(OutboxMessage.id.in_([row.id for row in rows]))
                .values(
                    status="sending",
                    lease_until_at=now + LEASE,
                    attempts=OutboxMessage.attempts + 1,
                )
            )
        return [self._delivery(row) for row in rows]

    async def _deliver_one(self, delivery: Delivery, limit: asyncio.Semaphore) -> int:
        async with limit:
            values = await self._try(delivery)
        async with self._database.transaction() as session:
            await session.execute(
                update(OutboxMessage)
                .where(OutboxMessage.id == delivery.id, OutboxMessage.status == "sending")
                .values(**values)
            )
        return int(values["status"] == "sent")

    async def _try(self, delivery: Delivery) -> dict[str, object]:
        try:
            external_id = await self._channels[delivery.address.channel].send(delivery)
        except TemporarilyUnreachable as error:
            return self._later(delivery, error.retry_after, "unreachable")
        except OutcomeUnknown:
            return {"status": "unknown", "error": "cut off after sending", **_settled()}
        except NeverDeliverable as error:
            return {"status": "failed", "error": str(error)[:200], **_settled()}
        except Exception as error:
            log.exception("send_failed", outbox_id=delivery.id)
            return self._later(delivery, None, type(error).__name__)
        return {
            "status": "sent",
            "external_id": external_id,
            "delivered_at": self._clock.now(),
            **_settled(),
        }

    def _later(
        self, delivery: Delivery, retry_after: timedelta | None, error: str
    ) -> dict[str, object]:
        if delivery.attempts >= MOST_ATTEMPTS:
            return {"status": "failed", "error": error, **_settled()}
        wait = retry_after or timedelta(seconds=min(2**delivery.attempts, 300))
        return {
            "status": "pending",
            "error": error,
            "lease_until_at": None,
            "next_try_at": self._clock.now() + wait,
        }

    def _delivery(self, row: OutboxMessage) -> Delivery:
        return Delivery(
            id=row.id,
            conversation_id=row.conversation_id,
            address=Address(Channel(row.channel), row.account, row.peer),
            number=row.number,
            reply=decode_reply(self._vault.open(row.body_sealed, purpose=PURPOSE)),
            attempts=row.attempts + 1,
        )


def _due(now: datetime, channels: Sequence[Channel]) -> Select[OutboxMessage]:
    earlier = aliased(OutboxMessage)
    waits_for_another = exists().where(
        earlier.conversation_id == OutboxMessage.conversation_id,
        earlier.number < OutboxMessage.number,
        earlier.status.in_(("pending", "sending")),
    )
    return (
        select(OutboxMessage)
        .where(OutboxMessage.channel.in_([channel.value for channel in channels]))
        .where(
            or_(
                and_(
                    OutboxMessage.status == "pending",
                    or_(OutboxMessage.next_try_at.is_(None), OutboxMessage.next_try_at <= now),
                ),
                and_(OutboxMessage.status == "sending", OutboxMessage.lease_until_at <= now),
            )
        )
        .where(~waits_for_another)
        .order_by(OutboxMessage.priority, OutboxMessage.id)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    )


def _settled() -> dict[str, object]:
    return {"lease_until_at": None, "next_try_at": None}

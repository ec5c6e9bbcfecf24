"""Who a broadcast reaches, and one row in the outbox for each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Conversation
from core.messages import Address, Channel, Reply
from core.vault import Vault
from notifications.outbox import BOT_AUTHOR, Circumstances, Outbox, Priority, Saying


@dataclass(frozen=True, slots=True)
class Audience:
    """The chats of one account that are open to us and whose person wrote lately."""

    channel: Channel
    account: str
    wrote_since_at: datetime


async def count_audience(session: AsyncSession, audience: Audience) -> int:
    """How many chats a broadcast would reach."""
    query = select(func.count()).select_from(Conversation).where(*_among(audience))
    return await session.scalar(query) or 0


async def list_audience(
    session: AsyncSession, audience: Audience, *, after: UUID | None, limit: int
) -> Sequence[UUID]:
    """The next chats in the order of their ids, after one of them."""
    query = select(Conversation.id).where(*_among(audience))
    if after is not None:
        query = query.where(Conversation.id > after)
    found = await session.scalars(query.order_by(Conversation.id).limit(limit))
    return found.all()


async def broadcast_to(
    session: AsyncSession, vault: Vault, chats: Sequence[UUID], reply: Reply, *, now: datetime
) -> int:
    """Promise the same words to all these chats; whatever else is said there goes first."""
    raised = await session.execute(
        update(Conversation)
        .where(Conversation.id.in_(chats), Conversation.reachable)
        .values(last_number=Conversation.last_number + 1)
        .returning(
            Conversation.id,
            Conversation.last_number,
            Conversation.channel,
            Conversation.account,
            Conversation.peer,
        )
    )
    why = Circumstances(BOT_AUTHOR, now, priority=Priority.BROADCAST)
    rows = [
        (row.id, Address(Channel(row.channel), row.account, row.peer), row.last_number)
        for row in raised
    ]
    told = [(chat, address, Saying(number, reply)) for chat, address, number in rows]
    await Outbox(vault=vault).add_to_many(session, told, why)
    return len(told)


def _among(audience: Audience) -> tuple[ColumnElement[bool], ...]:
    return (
        Conversation.channel == audience.channel.value,
        Conversation.account == audience.account,
        Conversation.reachable.is_(True),
        Conversation.last_inbound_at >= audience.wrote_since_at,
        ~Conversation.peer.startswith("-"),  # groups, which nobody asked us to write to
    )

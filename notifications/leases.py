"""Which outbox rows are due, who sends them, and what became of them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core.holders import Holder
from core.messages import Channel
from notifications.models import OutboxMessage
from notifications.outbox import Priority

LEASE = timedelta(seconds=60)

Lane = tuple[Channel, str | None]
"""A channel and one account of ours there; None: all of them."""


async def list_due(
    session: AsyncSession, lane: Lane, *, now: datetime, limit: int, broadcasts: bool
) -> Sequence[OutboxMessage]:
    """
    What may go now, most urgent first: of each conversation the first row that waits.

    A broadcast lets everything else of its conversation go before it, also what
    was said later; all else keeps its order.
    """
    found = await session.scalars(_due(lane, now=now, limit=limit, broadcasts=broadcasts))
    return found.all()


async def list_earlier_ids(
    session: AsyncSession, rows: Iterable[OutboxMessage], numbers: Sequence[int]
) -> dict[tuple[object, int], str]:
    """The channel's own ids of earlier messages, by conversation and number."""
    conversations = [row.conversation_id for row in rows]
    if not numbers:
        return {}
    found = await session.execute(
        select(OutboxMessage.conversation_id, OutboxMessage.number, OutboxMessage.external_id)
        .where(OutboxMessage.conversation_id.in_(conversations))
        .where(OutboxMessage.number.in_(numbers), OutboxMessage.external_id.is_not(None))
    )
    return {(row.conversation_id, row.number): row.external_id or "" for row in found}


async def lease(
    session: AsyncSession, rows: Sequence[OutboxMessage], me: Holder, *, now: datetime
) -> set[int]:
    """Take rows for sending; gives the ids of those that nobody else took first."""
    taken = await session.scalars(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_([row.id for row in rows]), _free(now))
        .values(
            status="sending",
            leased_by=me.name,
            lease_until_at=now + LEASE,
            attempts=OutboxMessage.attempts + 1,
            unsure=OutboxMessage.unsure + case((OutboxMessage.status == "sending", 1), else_=0),
        )
        .returning(OutboxMessage.id)
    )
    return set(taken)


async def defer(session: AsyncSession, row_id: int, until: datetime) -> None:
    """Look at a row again later."""
    await session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == row_id, OutboxMessage.status == "pending")
        .values(next_try_at=until)
    )


async def settle(session: AsyncSession, row_id: int, me: Holder, **values: object) -> bool:
    """Write what became of a row; False when the lease went to somebody else meanwhile."""
    settled = await session.scalars(
        update(OutboxMessage)
        .where(OutboxMessage.id == row_id, OutboxMessage.status == "sending")
        .where(OutboxMessage.leased_by == me.name)
        .values(leased_by=None, lease_until_at=None, **values)
        .returning(OutboxMessage.id)
    )
    return settled.one_or_none() is not None


async def end_leases_of_the_dead(session: AsyncSession, me: Holder, *, now: datetime) -> None:
    """What a process of this machine was sending when it died, or this one before, is due."""
    holders = await session.scalars(
        select(OutboxMessage.leased_by).where(OutboxMessage.status == "sending").distinct()
    )
    dead = [each for each in holders if each == me.name or me.knows_dead(each)]
    if dead:
        await session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.status == "sending", OutboxMessage.leased_by.in_(dead))
            .values(lease_until_at=now)
        )


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(
            OutboxMessage.status == "pending",
            or_(OutboxMessage.next_try_at.is_(None), OutboxMessage.next_try_at <= now),
        ),
        and_(OutboxMessage.status == "sending", OutboxMessage.lease_until_at <= now),
    )


def _due(lane: Lane, *, now: datetime, limit: int, broadcasts: bool) -> Select[OutboxMessage]:
    channel, account = lane
    query = select(OutboxMessage).where(OutboxMessage.channel == channel.value)
    if account is not None:
        query = query.where(OutboxMessage.account == account)
    if not broadcasts:
        query = query.where(OutboxMessage.priority < Priority.BROADCAST)
    return (
        query.where(OutboxMessage.status.in_(("pending", "sending")), _free(now))
        .where(~_waits_for_another())
        .order_by(OutboxMessage.priority, OutboxMessage.id)
        .limit(limit)
    )


def _waits_for_another() -> ColumnElement[bool]:
    other = aliased(OutboxMessage)
    ordinary = other.priority < Priority.BROADCAST
    earlier = other.number < OutboxMessage.number
    is_broadcast = OutboxMessage.priority == Priority.BROADCAST
    return exists().where(
        other.conversation_id == OutboxMessage.conversation_id,
        other.status.in_(("pending", "sending")),
        or_(and_(ordinary, earlier), and_(is_broadcast, or_(ordinary, earlier))),
    )

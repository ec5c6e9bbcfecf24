"""
Who polls a bot, and from where: one row a bot.

An offset is good only within an unbroken chain of calls by one holder: Telegram
forgets everything before it. Whoever takes over, or asks after a day, begins at
the earliest unconfirmed update instead; what is here already is dropped by the
inbox's unique key. So neither numbers that begin anew nor a stale row lose anything.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.telegram_transport.models import TelegramCursor
from core.holders import Holder

LEASE = timedelta(seconds=45)
"""Longer than one poll with its transaction takes."""
OFFSET_GOOD_FOR = timedelta(days=1)
"""Telegram keeps unconfirmed updates for 24 h and numbers anew after a quiet week."""

_BEGIN = {
    "sqlite": sqlite.insert(TelegramCursor).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(TelegramCursor).on_conflict_do_nothing(),
}


@dataclass(frozen=True, slots=True)
class Held:
    """The right to poll until the lease ends."""

    offset: int | None


async def hold(session: AsyncSession, account: str, me: Holder, *, now: datetime) -> Held | None:
    """Take or renew the lease; None while somebody else has it."""
    await _begin(session, account)
    row = (
        await session.execute(
            select(TelegramCursor).where(TelegramCursor.account == account).with_for_update()
        )
    ).scalar_one()
    if row.holder != me.name:
        free = row.holder is None or (row.lease_until_at or now) <= now
        if not free and not me.knows_dead(row.holder):
            return None
        row.holder, row.next_offset = me.name, None
    row.lease_until_at = now + LEASE
    fresh = row.moved_at is not None and now - row.moved_at < OFFSET_GOOD_FOR
    return Held(row.next_offset if fresh else None)


async def advance(
    session: AsyncSession, account: str, me: Holder, offset: int | None, *, now: datetime
) -> bool:
    """Move the offset; False when the lease went to somebody else meanwhile."""
    moved = await session.execute(
        update(TelegramCursor)
        .where(*_mine(account, me))
        .values(next_offset=offset, moved_at=now)
        .returning(TelegramCursor.account)
    )
    return moved.one_or_none() is not None


async def release(session: AsyncSession, account: str, me: Holder) -> None:
    """Let the next process poll at once."""
    await session.execute(
        update(TelegramCursor).where(*_mine(account, me)).values(holder=None, lease_until_at=None)
    )


def _mine(account: str, me: Holder) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return TelegramCursor.account == account, TelegramCursor.holder == me.name


async def _begin(session: AsyncSession, account: str) -> None:
    await session.execute(_BEGIN[session.get_bind().dialect.name], {"account": account})

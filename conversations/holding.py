"""
Who holds a conversation: the bot, nobody yet (the resident waits), or a member of staff.

Also whether the resident can be told anything there at all.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Conversation
from core.errors import FrontDoorError, NotFound


class HeldBySomebodyElse(FrontDoorError):
    """Another member of staff already talks with this person."""

    def __init__(self, held_by_id: UUID) -> None:
        super().__init__("held by somebody else")
        self.held_by_id = held_by_id


async def take_over(
    session: AsyncSession, conversation_id: UUID, *, staff_id: UUID, now: datetime
) -> None:
    """
    Give a conversation to a member of staff; from now on the bot is silent in it.

    One conditional UPDATE decides between two who press at once. Raises
    `HeldBySomebodyElse` or `NotFound`.
    """
    taken = await session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id)
        .where(Conversation.held_by_id.is_(None) | (Conversation.held_by_id == staff_id))
        .values(
            held_by_id=staff_id,
            held_since_at=now,
            waiting_since_at=None,
            revision=Conversation.revision + 1,
        )
        .returning(Conversation.id)
    )
    if taken.one_or_none() is None:
        raise HeldBySomebodyElse(await _holder(session, conversation_id))


async def hand_back(session: AsyncSession, conversation_id: UUID) -> None:
    """Give a conversation back to the bot; raises `NotFound`."""
    await _change(
        session, conversation_id, held_by_id=None, held_since_at=None, waiting_since_at=None
    )


async def ask_for_person(session: AsyncSession, conversation_id: UUID, *, now: datetime) -> None:
    """Put a conversation into the queue for a human, at its place if it already waits."""
    since = func.coalesce(Conversation.waiting_since_at, now)
    await _change(session, conversation_id, waiting_since_at=since)


async def stop_waiting(session: AsyncSession, conversation_id: UUID) -> None:
    """The resident would rather go on with the bot."""
    await _change(session, conversation_id, waiting_since_at=None)


async def set_reachable(session: AsyncSession, conversation_id: UUID, *, reachable: bool) -> None:
    """Note whether this person can be told anything in this chat."""
    await session.execute(
        update(Conversation).where(Conversation.id == conversation_id).values(reachable=reachable)
    )


async def count_waiting_before(session: AsyncSession, since: datetime) -> int:
    """How many wait longer than somebody who came at `since`."""
    count = await session.scalar(
        select(func.count())
        .select_from(Conversation)
        .where(Conversation.waiting_since_at < since)
        .where(Conversation.held_by_id.is_(None))
    )
    return count or 0


async def _change(session: AsyncSession, conversation_id: UUID, **values: object) -> None:
    changed = await session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(revision=Conversation.revision + 1, **values)
        .returning(Conversation.id)
    )
    if changed.one_or_none() is None:
        raise NotFound("conversation", conversation_id)


async def _holder(session: AsyncSession, conversation_id: UUID) -> UUID:
    holder = await session.scalar(
        select(Conversation.held_by_id).where(Conversation.id == conversation_id)
    )
    if holder is None:
        raise NotFound("conversation", conversation_id)
    return holder

"""Saying something in a conversation: numbers under its lock, rows in the outbox."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Conversation
from core.errors import NotFound
from core.messages import Address, Channel, Reply
from core.vault import Vault
from notifications.outbox import Author, Circumstances, Outbox, Saying

__all__ = ["Author", "Speech"]


class Speech:
    """The only way anybody says anything to a resident."""

    def __init__(self, *, vault: Vault) -> None:
        self._outbox = Outbox(vault=vault)
        self.list_after = self._outbox.list_after
        self.list_carried = self._outbox.list_carried
        self.carry_earlier = self._outbox.carry_earlier

    async def say(
        self,
        session: AsyncSession,
        conversation_id: UUID,
        replies: Sequence[Reply],
        *,
        author: Author,
        now: datetime,
        inbox_id: int | None = None,
        ticket_id: UUID | None = None,
        priority: int = 1,
    ) -> None:
        """
        Add replies to a conversation, in order.

        Raising the counter locks the conversation's row, so that two who speak
        at once get different numbers. Raises `NotFound`.
        """
        found = await session.execute(
            update(Conversation)
            .where(Conversation.id == conversation_id)
            .values(last_number=Conversation.last_number + len(replies))
            .returning(
                Conversation.last_number,
                Conversation.channel,
                Conversation.account,
                Conversation.peer,
            )
        )
        row = found.one_or_none()
        if row is None:
            raise NotFound("conversation", conversation_id)
        why = Circumstances(author, now, inbox_id, ticket_id, priority)
        first = row.last_number - len(replies) + 1
        address = Address(Channel(row.channel), row.account, row.peer)
        await self.add_numbered(session, conversation_id, address, replies, first, why)

    async def add_numbered(
        self,
        session: AsyncSession,
        conversation_id: UUID,
        address: Address,
        replies: Sequence[Reply],
        first: int,
        why: Circumstances,
    ) -> None:
        """Add replies whose numbers the caller took under the conversation's lock."""
        sayings = [Saying(first + offset, reply) for offset, reply in enumerate(replies)]
        await self._outbox.add(session, conversation_id, address, sayings, why)

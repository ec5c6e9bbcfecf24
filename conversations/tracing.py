"""What came of a message."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.models import OutboxMessage


async def list_caused_tickets(session: AsyncSession, inbox_id: int) -> set[UUID]:
    """The tickets that the answers to a message spoke of."""
    rows = await session.scalars(
        select(OutboxMessage.ticket_id)
        .where(OutboxMessage.inbox_id == inbox_id)
        .where(OutboxMessage.ticket_id.is_not(None))
    )
    return {each for each in rows if each is not None}

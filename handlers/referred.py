"""What a message points at: our card that was pressed or quoted, their words that it corrects."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.inbox import Inbox, Stored
from core.messages import Decoders, InboundMessage
from handlers.residents.presses import short
from handlers.turn import Card, Original
from notifications.models import OutboxMessage
from notifications.outbox import Outbox
from tickets.models import Ticket


async def find_card(
    session: AsyncSession, outbox: Outbox, conversation_id: UUID, message: InboundMessage
) -> Card | None:
    """
    The message of ours with the channel's id that was pressed or quoted.

    None when it is nobody's, too old, or just sent and not noted yet.
    """
    if message.about is None:
        return None
    row = await session.scalar(
        select(OutboxMessage)
        .where(OutboxMessage.conversation_id == conversation_id)
        .where(OutboxMessage.external_id == message.about)
        .limit(1)
    )
    if row is None:
        return None
    number = await session.scalar(select(Ticket.number).where(Ticket.id == row.ticket_id))
    offered = outbox.opened(row).reply.choices
    return Card(row.number, number, frozenset(short(choice.payload) for choice in offered))


async def find_original(
    session: AsyncSession, inbox: Inbox, decoders: Decoders, stored: Stored, message: InboundMessage
) -> Original | None:
    """The message that this one corrects; None when we never had it."""
    if message.edits is None:
        return None
    versions = await inbox.list_versions(session, stored, reference=message.edits)
    if not versions:
        return None
    said = [await decoders.words(each.channel, each.account, each.body) for each in versions]
    return Original(versions[0].id, said[0], said[-1], versions[0].received_at)

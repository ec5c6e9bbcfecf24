"""What becomes of a message that will never arrive: a person says it on the telephone."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Conversation
from core.actors import ActorKind
from handlers.notices import Notices
from notifications.deliveries import Delivery
from notifications.outbox import Priority
from tickets.models import Ticket


class CallInstead:
    """
    Notes that a chat is closed, and puts what a ticket had to say on the call list.

    Answers of the bot are left out: whoever closed the chat did not wait for them.
    """

    def __init__(self, *, notices: Notices) -> None:
        self._notices = notices

    async def note(
        self, session: AsyncSession, delivery: Delivery, *, closed: bool, now: datetime
    ) -> None:
        """In the transaction that gives the message up."""
        if closed:
            await session.execute(
                update(Conversation)
                .where(Conversation.id == delivery.conversation_id)
                .values(reachable=False)
            )
        ticket = await self._find_ticket(session, delivery)
        if ticket is not None:
            words, urgent = delivery.reply.text, delivery.reply.urgent
            await self._notices.leave_for_a_call(session, ticket, words, now=now, urgent=urgent)

    async def _find_ticket(self, session: AsyncSession, delivery: Delivery) -> Ticket | None:
        is_notice = delivery.priority == Priority.NOTICE or delivery.author is ActorKind.STAFF
        if delivery.ticket_id is None or not (is_notice or delivery.reply.urgent):
            return None
        return await session.get(Ticket, delivery.ticket_id)

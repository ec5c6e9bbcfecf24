"""The message log: inbox and outbox read together, as staff see a conversation."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.inbox import BODY
from conversations.models import InboxMessage
from core.actors import ActorKind
from core.messages import Channel, Choice, Decoders, InboundKind
from core.vault import Vault
from notifications.models import OutboxMessage
from notifications.outbox import Outbox


@dataclass(frozen=True, slots=True)
class LoggedMessage:
    """One message of a conversation, whoever said it."""

    at: datetime
    author_kind: ActorKind
    author_name: str | None
    text: str
    choices: tuple[Choice, ...]
    status: str
    """Inbound: `new`, `done`, `given_up`. Outbound: the delivery state."""
    understood: str | None
    """How the machine read it, for inbound messages."""
    number: int | None
    """The outbox number, for outbound messages."""
    inbox_id: int | None = None
    kind: InboundKind = InboundKind.TEXT
    """What sort of thing a resident sent."""
    urgent: bool = False
    calls: tuple[str, ...] = ()
    card: dict[str, str] = field(default_factory=dict)


class ConversationLog:
    """Reads conversations for people."""

    def __init__(self, *, vault: Vault, decoders: Decoders) -> None:
        self._vault = vault
        self._outbox = Outbox(vault=vault)
        self._decoders = decoders

    async def list_messages(
        self, session: AsyncSession, conversation_id: UUID
    ) -> list[LoggedMessage]:
        """Everything that was said, oldest first; an answer stands after what it answers."""
        came = await session.scalars(
            select(InboxMessage).where(InboxMessage.conversation_id == conversation_id)
        )
        went = await session.scalars(
            select(OutboxMessage).where(OutboxMessage.conversation_id == conversation_id)
        )
        messages = [await self._inbound(row) for row in came.all()]
        messages += [self._outbound(row) for row in went]
        return sorted(messages, key=lambda each: (each.at, each.number or 0))

    async def _inbound(self, row: InboxMessage) -> LoggedMessage:
        body = self._vault.open(row.body_sealed, purpose=BODY)
        said = await self._decoders.read(Channel(row.channel), row.account, body)
        return LoggedMessage(
            at=row.received_at,
            author_kind=ActorKind.RESIDENT,
            author_name=None,
            text=said.text,
            choices=(),
            status=row.status,
            understood=row.understood,
            number=None,
            inbox_id=row.id,
            kind=said.kind,
        )

    def _outbound(self, row: OutboxMessage) -> LoggedMessage:
        said = self._outbox.opened(row)
        return LoggedMessage(
            at=said.created_at,
            author_kind=said.author.kind,
            author_name=said.author.name,
            text=said.reply.text,
            choices=said.reply.choices,
            status=said.status,
            understood=None,
            number=said.number,
            inbox_id=row.inbox_id,
            urgent=said.reply.urgent,
            calls=said.reply.calls,
            card=said.reply.card,
        )

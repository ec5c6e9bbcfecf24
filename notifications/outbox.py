"""The outbox: what we promised to say, written in the transaction that caused it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

import orjson
from sqlalchemy import Table, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import ActorKind
from core.messages import Address, Channel, Choice, Reply
from core.statements import Prepared
from core.vault import Vault
from notifications.models import OutboxMessage

PURPOSE = "outbox.body"
_ADD = Prepared(insert(cast("Table", OutboxMessage.__table__)))

PULLED = frozenset({Channel.WEB, Channel.REST, Channel.TERMINAL})
"""Channels that fetch their messages; no sender touches their rows."""

SILENT = frozenset({Channel.PHONE, Channel.COUNTER})
"""Channels on which nothing can be said later: a person has to call."""


class Priority:
    """What goes first."""

    EMERGENCY = 0
    REPLY = 1
    NOTICE = 2
    BROADCAST = 3


@dataclass(frozen=True, slots=True)
class Author:
    """Who speaks, and under which name the resident sees it."""

    kind: ActorKind
    person_id: UUID | None = None
    name: str | None = None


BOT_AUTHOR = Author(ActorKind.BOT)


@dataclass(frozen=True, slots=True)
class Saying:
    """One reply on its way into the outbox, with its place in the conversation."""

    number: int
    reply: Reply


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Why something is said: who says it, when, and what caused it."""

    author: Author
    now: datetime
    inbox_id: int | None = None
    ticket_id: UUID | None = None
    priority: int = Priority.REPLY
    carried_as: str | None = None
    """The external id of the message whose answer carries it, on channels that answer at once."""


@dataclass(frozen=True, slots=True)
class Said:
    """One outbox row, opened."""

    id: int
    number: int
    reply: Reply
    author: Author
    status: str
    created_at: datetime


class Outbox:
    """Adds and reads rows; bodies are sealed."""

    def __init__(self, *, vault: Vault) -> None:
        self._vault = vault

    async def add(
        self,
        session: AsyncSession,
        conversation_id: UUID,
        address: Address,
        sayings: Sequence[Saying],
        why: Circumstances,
    ) -> None:
        """Add rows; the caller holds the conversation's lock and gave the numbers."""
        if sayings:
            rows = [self._row(conversation_id, address, saying, why) for saying in sayings]
            await _ADD.run_all(session, rows)

    async def add_to_many(
        self,
        session: AsyncSession,
        sayings: Sequence[tuple[UUID, Address, Saying]],
        why: Circumstances,
    ) -> None:
        """Add a row to each of these conversations; their numbers were taken under their locks."""
        if sayings:
            rows = [self._row(chat, address, saying, why) for chat, address, saying in sayings]
            await session.execute(insert(OutboxMessage), rows)

    async def list_after(
        self, session: AsyncSession, conversation_id: UUID, number: int, *, limit: int = 200
    ) -> list[Said]:
        """Everything said in a conversation after a number, oldest first."""
        rows = await session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.conversation_id == conversation_id)
            .where(OutboxMessage.number > number)
            .order_by(OutboxMessage.number)
            .limit(limit)
        )
        return [self.opened(row) for row in rows]

    async def list_carried(
        self, session: AsyncSession, conversation_id: UUID, carried_as: str
    ) -> list[Said]:
        """What was handed over as the answer to one message (its external id)."""
        rows = await session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.conversation_id == conversation_id)
            .where(OutboxMessage.external_id == carried_as)
            .order_by(OutboxMessage.number)
        )
        return [self.opened(row) for row in rows]

    async def carry_earlier(
        self,
        session: AsyncSession,
        conversation_id: UUID,
        numbers: tuple[int, int],
        carried_as: str,
        now: datetime,
    ) -> None:
        """Hand rows after the first number, up to the second, over with this answer."""
        await session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.conversation_id == conversation_id)
            .where(OutboxMessage.number > numbers[0], OutboxMessage.number <= numbers[1])
            .values(external_id=carried_as, delivered_at=now)
        )

    def opened(self, row: OutboxMessage) -> Said:
        """A row with its body decrypted."""
        reply = decode_reply(self._vault.open(row.body_sealed, purpose=PURPOSE))
        author = Author(ActorKind(row.author_kind), row.author_id, row.author_name)
        return Said(row.id, row.number, reply, author, row.status, row.created_at)

    def _row(
        self, conversation_id: UUID, address: Address, saying: Saying, why: Circumstances
    ) -> dict[str, object]:
        pulled = address.channel in PULLED
        return {
            "conversation_id": conversation_id,
            "number": saying.number,
            "channel": address.channel.value,
            "account": address.account,
            "peer": address.peer,
            "body_sealed": self._vault.seal(encode_reply(saying.reply), purpose=PURPOSE),
            "author_kind": why.author.kind.value,
            "author_id": why.author.person_id,
            "author_name": why.author.name,
            "inbox_id": why.inbox_id,
            "ticket_id": why.ticket_id,
            "priority": Priority.EMERGENCY if saying.reply.urgent else why.priority,
            "status": "pulled" if pulled else "pending",
            "attempts": 0,
            "unsure": 0,
            "created_at": why.now,
            "delivered_at": why.now if why.carried_as else None,
            "external_id": why.carried_as,
        }


def encode_reply(reply: Reply) -> str:
    """A reply as JSON."""
    document = {
        "text": reply.text,
        "choices": [[choice.title, choice.payload] for choice in reply.choices],
        "urgent": reply.urgent,
        "calls": reply.calls,
        "card": reply.card,
        "asks": reply.asks,
        "edits": reply.edits,
    }
    return orjson.dumps(document).decode()


def decode_reply(body: str) -> Reply:
    """The reply that `encode_reply` wrote."""
    document = orjson.loads(body)
    return Reply(
        text=document["text"],
        choices=tuple(Choice(title, payload) for title, payload in document["choices"]),
        urgent=document["urgent"],
        calls=tuple(document["calls"]),
        card=document["card"],
        asks=tuple(document.get("asks", ())),
        edits=document.get("edits"),
    )

"""The outbox."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Counting, Instant


class OutboxMessage(Base):
    """
    Something we promised to say.

    Written in the transaction that caused it. A sender delivers it later, in
    order per conversation; pulled channels (web chat, REST, terminal) read it
    by `number` and no sender touches it.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("conversation_id", "number"),
        Index("ix_outbox_cause", "inbox_id"),
        Index(
            "ix_outbox_pending",
            "priority",
            "id",
            sqlite_where=text("status IN ('pending', 'sending')"),
            postgresql_where=text("status IN ('pending', 'sending')"),
        ),
    )

    id: Mapped[int] = mapped_column(Counting, primary_key=True, autoincrement=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    number: Mapped[int]
    """Counts within the conversation; given under its lock."""
    channel: Mapped[str] = mapped_column(String(16))
    account: Mapped[str] = mapped_column(String(64), default="")
    peer: Mapped[str] = mapped_column(String(128), default="")
    """With `channel` the address of the chat, so that a sender need not know conversations."""
    body_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    author_kind: Mapped[str] = mapped_column(String(16))
    author_id: Mapped[UUID | None]
    author_name: Mapped[str | None] = mapped_column(String(64))
    inbox_id: Mapped[int | None] = mapped_column(ForeignKey("inbox.id"))
    ticket_id: Mapped[UUID | None] = mapped_column(index=True)
    priority: Mapped[int] = mapped_column(default=1)
    """0 emergency, 1 reply, 2 notice, 3 broadcast."""
    status: Mapped[str] = mapped_column(String(8))
    """`pulled`, `pending`, `sending`, `sent`, `unknown` (cut off after sending) or `failed`."""
    attempts: Mapped[int] = mapped_column(default=0)
    unsure: Mapped[int] = mapped_column(default=0)
    """How often nobody could say whether it arrived; sent again, it may be there twice."""
    leased_by: Mapped[str | None] = mapped_column(String(160))
    """The process that is sending it; see `core.holders`."""
    lease_until_at: Mapped[datetime | None] = mapped_column(Instant)
    next_try_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    delivered_at: Mapped[datetime | None] = mapped_column(Instant)
    external_id: Mapped[str | None] = mapped_column(String(128))
    error: Mapped[str | None] = mapped_column(String(200))

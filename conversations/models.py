"""Conversations and the inbox."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Counting, Instant


class Conversation(Base):
    """One chat with one person on one channel: who holds it and where the dialogue stands."""

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("channel", "account", "peer"),
        Index(
            "ix_conversations_waiting",
            "waiting_since_at",
            sqlite_where=text("waiting_since_at IS NOT NULL"),
            postgresql_where=text("waiting_since_at IS NOT NULL"),
        ),
        Index(
            "ix_conversations_silent",
            "form_silent_at",
            sqlite_where=text("form_silent_at IS NOT NULL"),
            postgresql_where=text("form_silent_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    account: Mapped[str] = mapped_column(String(64))
    peer: Mapped[str] = mapped_column(String(128))
    resident_id: Mapped[UUID | None] = mapped_column(ForeignKey("residents.id"))
    language: Mapped[str] = mapped_column(String(8), default="zh")
    revision: Mapped[int] = mapped_column(default=0)
    """Rises with every change; a worker that read an older one starts over."""
    held_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    """The member of staff who talks with this person; None: the bot does."""
    held_since_at: Mapped[datetime | None] = mapped_column(Instant)
    waiting_since_at: Mapped[datetime | None] = mapped_column(Instant)
    """Since when this person waits for a human; None: does not."""
    dialogue_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    form_silent_at: Mapped[datetime | None] = mapped_column(Instant)
    """When a half-finished form becomes a ticket with what is known."""
    last_number: Mapped[int] = mapped_column(default=0)
    """The number of the last outbox row; given under this row's lock."""
    carried_number: Mapped[int] = mapped_column(default=0)
    """On channels that hand replies over once (REST, terminal): up to which number they went."""
    reachable: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_inbound_at: Mapped[datetime | None] = mapped_column(Instant)


class InboxMessage(Base):
    """What came in, as it came. Stored before it is acknowledged, done once it is handled."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "account", "external_id"),
        Index("ix_inbox_conversation", "conversation_id", "id"),
        Index(
            "ix_inbox_reference",
            "conversation_id",
            "reference",
            sqlite_where=text("reference IS NOT NULL"),
            postgresql_where=text("reference IS NOT NULL"),
        ),
        Index(
            "ix_inbox_new",
            "id",
            sqlite_where=text("status = 'new'"),
            postgresql_where=text("status = 'new'"),
        ),
    )

    id: Mapped[int] = mapped_column(Counting, primary_key=True, autoincrement=True)
    channel: Mapped[str] = mapped_column(String(16))
    account: Mapped[str] = mapped_column(String(64))
    external_id: Mapped[str] = mapped_column(String(128))
    reference: Mapped[str | None] = mapped_column(String(64))
    """The channel's name of the message, by which a correction points at it."""
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    body_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime] = mapped_column(Instant)
    status: Mapped[str] = mapped_column(String(8), default="new")
    """`new`, `done`, or `given_up`: a person has it as a ticket."""
    failures: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(Instant)
    handled_at: Mapped[datetime | None] = mapped_column(Instant)
    understood: Mapped[str | None] = mapped_column(String(200))
    """Act, matter and confidence in short, shown to staff beside the message."""


class MessageFile(Base):
    """A file that came with a message: noted at once, its bytes fetched later."""

    __tablename__ = "message_files"
    __table_args__ = (
        Index(
            "ix_message_files_waiting",
            "inbox_id",
            sqlite_where=text("status = 'waiting'"),
            postgresql_where=text("status = 'waiting'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    inbox_id: Mapped[int] = mapped_column(ForeignKey("inbox.id"))
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    source_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """The channel's name of the file; good only for the account that received it."""
    mime: Mapped[str] = mapped_column(String(100))
    size: Mapped[int | None]
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    seconds: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(16))
    """`waiting`, `kept`, `failed` or `too_large`."""
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(Instant)
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id"))

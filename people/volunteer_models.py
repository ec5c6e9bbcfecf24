"""What is kept about volunteers beside their account: decisions, proofs, chats, notices."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Counting, Document, Instant

_LIVE = text("ended_at IS NULL")


class VolunteerEvent(Base):
    """One decision about a volunteer: what, who, when and why. Never changed, never deleted."""

    __tablename__ = "volunteer_events"

    id: Mapped[int] = mapped_column(Counting, primary_key=True, autoincrement=True)
    volunteer_id: Mapped[UUID] = mapped_column(ForeignKey("volunteers.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[UUID | None]
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    data: Mapped[dict[str, Any]] = mapped_column(Document)
    """Facts without personal data: which checks were made, which training."""
    at: Mapped[datetime] = mapped_column(Instant)


class VolunteerProof(Base):
    """A training that somebody attended, or an insurance that covers them."""

    __tablename__ = "volunteer_proofs"
    __table_args__ = (Index("ix_volunteer_proofs_ends", "valid_until"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    volunteer_id: Mapped[UUID] = mapped_column(ForeignKey("volunteers.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    """`home_visit`, `first_aid`, `accompany`… or `insurance`."""
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    """The last day, civil time; None: does not run out."""
    details_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Who taught it; insurer and policy."""
    recorded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    """Taken back before its time."""


class VolunteerChat(Base):
    """A chat in which a volunteer proved by a one-time code to be the one of the web page."""

    __tablename__ = "volunteer_chats"
    __table_args__ = (
        Index(
            "ix_volunteer_chats_peer",
            "channel",
            "account",
            "peer",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index(
            "ix_volunteer_chats_volunteer",
            "volunteer_id",
            "channel",
            "account",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    account: Mapped[str] = mapped_column(String(64))
    peer: Mapped[str] = mapped_column(String(128))
    volunteer_id: Mapped[UUID] = mapped_column(ForeignKey("volunteers.id"))
    linked_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class VolunteerLinkCode(Base):
    """A one-time code; only its keyed digest is kept."""

    __tablename__ = "volunteer_link_codes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    volunteer_id: Mapped[UUID] = mapped_column(ForeignKey("volunteers.id"), index=True)
    code_index: Mapped[str] = mapped_column(String(64), index=True)
    made_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    """When it was used, or another one took its place."""


class VolunteerLinkTry(Base):
    """A wrong code, counted in the database so that every process sees it."""

    __tablename__ = "volunteer_link_tries"

    id: Mapped[int] = mapped_column(Counting, primary_key=True, autoincrement=True)
    channel: Mapped[str] = mapped_column(String(16))
    account: Mapped[str] = mapped_column(String(64))
    peer: Mapped[str] = mapped_column(String(128))
    at: Mapped[datetime] = mapped_column(Instant, index=True)


class VolunteerNotice(Base):
    """Something told to a volunteer: always on the volunteers' page, in a chat where linked."""

    __tablename__ = "volunteer_notices"
    __table_args__ = (Index("ix_volunteer_notices_of", "volunteer_id", "id"),)

    id: Mapped[int] = mapped_column(Counting, primary_key=True, autoincrement=True)
    volunteer_id: Mapped[UUID] = mapped_column(ForeignKey("volunteers.id"))
    kind: Mapped[str] = mapped_column(String(24))
    """`offer`, `reminder`, `thanks`, `decision`…: how the page shows it."""
    task_id: Mapped[UUID | None]
    words_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    told_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime | None] = mapped_column(Instant)

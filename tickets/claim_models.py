"""What becomes of a claim: reminders, words passed on, hours corrected, certificates, thanks."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Counting, Instant

_UNDECIDED = text("decided_at IS NULL")


class Reminder(Base):
    """Something the clock said once about one subject; of two clocks the second is refused."""

    __tablename__ = "reminders"
    __table_args__ = (UniqueConstraint("subject_id", "kind", "due_at"),)

    id: Mapped[int] = mapped_column(Counting, primary_key=True, autoincrement=True)
    subject_id: Mapped[UUID]
    """The claim that it is about."""
    kind: Mapped[str] = mapped_column(String(16))
    """`day_before`, `hour_before` or `came` (did you go?)."""
    due_at: Mapped[datetime] = mapped_column(Instant)
    given_at: Mapped[datetime] = mapped_column(Instant)


class Relay(Base):
    """Words passed between a volunteer and a resident, so that neither needs a number."""

    __tablename__ = "relays"
    __table_args__ = (Index("ix_relays_claim", "claim_id", "id"),)

    id: Mapped[int] = mapped_column(Counting, primary_key=True, autoincrement=True)
    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claims.id"))
    author_kind: Mapped[str] = mapped_column(String(16))
    """`volunteer`, `resident` or `staff` (who passes on what was said by telephone)."""
    words_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """With telephone and identity numbers taken out."""
    by_call: Mapped[bool] = mapped_column(default=False)
    """The resident has no chat: staff ring and say it."""
    at: Mapped[datetime] = mapped_column(Instant)


class HoursCorrection(Base):
    """A volunteer says that the minutes of a visit are wrong; one undecided wish a claim."""

    __tablename__ = "hours_corrections"
    __table_args__ = (
        Index(
            "ix_hours_corrections_pending",
            "claim_id",
            unique=True,
            sqlite_where=_UNDECIDED,
            postgresql_where=_UNDECIDED,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claims.id"), index=True)
    minutes: Mapped[int]
    """What the volunteer says that it was."""
    reason_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    granted: Mapped[bool | None]
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class Certificate(Base):
    """
    A record of service that the street vouches for (志愿服务记录证明).

    Its content is fixed when it is issued; the PDF is drawn from it each time,
    and an identity number that the volunteer wants on it is never kept.
    """

    __tablename__ = "certificates"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    volunteer_id: Mapped[UUID] = mapped_column(ForeignKey("volunteers.id"), index=True)
    status: Mapped[str] = mapped_column(String(16), index=True)
    """`asked`, `issued`, `declined` or `revoked`."""
    from_day: Mapped[date]
    to_day: Mapped[date]
    asked_at: Mapped[datetime] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    number: Mapped[str | None] = mapped_column(String(24), unique=True)
    code_index: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Keyed digest of the verification code that stands on the paper."""
    content_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """JSON: everything that the paper says."""
    digest: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of the content."""
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Why it was declined or revoked."""


class Thanks(Base):
    """What a resident wants the volunteers of a task to hear; once a task, no marks, no stars."""

    __tablename__ = "thanks"

    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id"), primary_key=True)
    words_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """Masked: no numbers, no doors."""
    said_at: Mapped[datetime] = mapped_column(Instant, index=True)
    hidden_at: Mapped[datetime | None] = mapped_column(Instant)
    hidden_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))

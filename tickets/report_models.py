"""Reports that the law demands, as rows of their own: they outlive the ticket's own path."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Instant


class ReportDuty(Base):
    """A report that is owed to the police or another authority until it is made or lifted."""

    __tablename__ = "report_duties"
    __table_args__ = (
        UniqueConstraint("ticket_id", "kind"),
        Index(
            "ix_report_duties_owed",
            "ring_at",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"))
    kind: Mapped[str] = mapped_column(String(16))
    """`child` (harm to somebody under 18) or `violence` (in a family)."""
    owed_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    ring_at: Mapped[datetime] = mapped_column(Instant)
    """When the bell rings (again) while it is owed."""
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    reported_to: Mapped[str | None] = mapped_column(String(16))
    """Who received it; None when a supervisor lifted the duty."""
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Who took it and its number there, or why the duty was lifted."""

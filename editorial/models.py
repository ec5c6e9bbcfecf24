"""Tables of what people put right."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Instant


class Correction(Base):
    """A request whose matter a person put right: an example that the classifier can learn."""

    __tablename__ = "corrections"
    __table_args__ = (Index("ix_corrections_corrected_at", "corrected_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"))
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """The resident's words with numbers and doors masked; names may still stand in it."""
    was: Mapped[str | None] = mapped_column(String(64))
    """What the machine had taken it for; None: for nothing."""
    matter: Mapped[str] = mapped_column(String(64))
    request_type: Mapped[str] = mapped_column(String(16))
    model: Mapped[str] = mapped_column(String(80))
    """Which model had judged."""
    corrected_by_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    corrected_at: Mapped[datetime] = mapped_column(Instant)

"""Where each bot stands with Telegram, and why it may run where it should not."""

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Counting, Instant


class TelegramCursor(Base):
    """How far one bot has read, and which process reads just now."""

    __tablename__ = "telegram_cursors"

    account: Mapped[str] = mapped_column(String(64), primary_key=True)
    next_offset: Mapped[int | None] = mapped_column(BigInteger)
    """The `offset` of the next getUpdates; None: begin at the earliest unconfirmed update."""
    moved_at: Mapped[datetime | None] = mapped_column(Instant)
    holder: Mapped[str | None] = mapped_column(String(160))
    """The process that polls; see `core.holders`."""
    lease_until_at: Mapped[datetime | None] = mapped_column(Instant)


class TelegramPermission(Base):
    """Why Telegram was switched on although the region forbids it; append-only by trigger."""

    __tablename__ = "telegram_permissions"

    id: Mapped[int] = mapped_column(Counting, primary_key=True, autoincrement=True)
    region: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(500))
    recorded_at: Mapped[datetime] = mapped_column(Instant)

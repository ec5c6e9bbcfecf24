"""Files that people sent: their bytes, sealed in the database, so that every process has them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Instant
from core.errors import NotFound
from core.ids import new_id
from core.vault import Vault

LARGEST = 20 * 1024 * 1024
"""Bytes of one file; what Telegram hands out at most, and enough for a photo or a minute."""

_PURPOSE = "file.content"


class StoredFile(Base):
    """One file's bytes. Beside the database nothing has to be copied for a backup."""

    __tablename__ = "files"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    content_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int]
    """Bytes before they were sealed."""
    created_at: Mapped[datetime] = mapped_column(Instant)


class Files:
    """Keeps bytes and gives them back."""

    def __init__(self, *, vault: Vault) -> None:
        self._vault = vault

    def seal(self, content: bytes) -> bytes:
        """Encrypt a file; 20 MB take some time, so do it outside a transaction."""
        return self._vault.seal_bytes(content, purpose=_PURPOSE)

    async def keep(self, session: AsyncSession, sealed: bytes, *, size: int, now: datetime) -> UUID:
        """Store what `seal` gave and name it."""
        row = StoredFile(id=new_id(), content_sealed=sealed, size=size, created_at=now)
        session.add(row)
        await session.flush()
        return row.id

    async def get_content(self, session: AsyncSession, file_id: UUID) -> bytes:
        """The bytes of a file; raises `NotFound`."""
        row = await session.get(StoredFile, file_id)
        if row is None:
            raise NotFound("file", file_id)
        return self._vault.open_bytes(row.content_sealed, purpose=_PURPOSE)

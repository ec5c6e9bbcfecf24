"""
Files that came with messages: noted with the message, fetched later.

A slow or broken download holds up no reply: the row waits, a step of the worker
fetches what is due, and staff see how far it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Conversation, MessageFile
from core.errors import NotFound
from core.files import LARGEST
from core.ids import new_id
from core.messages import Address, AttachmentKind, Channel, InboundMessage
from core.vault import Vault

SOURCE = "attachment.source"
NAME = "attachment.name"
LEASE = timedelta(minutes=3)
"""So long one process has for a download before another may try."""
MOST_ATTEMPTS = 8
_LONGEST_WAIT = timedelta(minutes=30)


class FileStatus(StrEnum):
    """How far a file is."""

    WAITING = "waiting"
    KEPT = "kept"
    FAILED = "failed"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class KeptAttachment:
    """A file as staff see it."""

    id: UUID
    inbox_id: int
    kind: AttachmentKind
    mime: str
    size: int | None
    name: str | None
    seconds: int | None
    status: FileStatus
    file_id: UUID | None


@dataclass(frozen=True, slots=True)
class DueFile:
    """A file that is to be fetched now."""

    id: UUID
    address: Address
    source: str
    attempts: int
    """This one included."""


class Attachments:
    """Notes, lists and settles files of messages."""

    def __init__(self, *, vault: Vault) -> None:
        self._vault = vault

    async def add(
        self,
        session: AsyncSession,
        conversation_id: UUID,
        inbox_id: int | None,
        message: InboundMessage,
    ) -> None:
        """Note the files of a message that is just being handled."""
        if message.attachments and inbox_id is not None:
            rows = [
                {
                    "id": new_id(),
                    "inbox_id": inbox_id,
                    "conversation_id": conversation_id,
                    "kind": each.kind.value,
                    "source_sealed": self._vault.seal(each.source, purpose=SOURCE),
                    "mime": each.mime[:100],
                    "size": each.size,
                    "name_sealed": self._vault.seal_maybe(each.name, purpose=NAME),
                    "seconds": each.seconds,
                    "status": FileStatus.TOO_LARGE if is_too_large(each.size) else "waiting",
                    "attempts": 0,
                }
                for each in message.attachments
            ]
            await session.execute(insert(MessageFile), rows)

    async def list_in_conversation(
        self, session: AsyncSession, conversation_id: UUID
    ) -> list[KeptAttachment]:
        """The files of a conversation, in the order they came."""
        rows = await session.scalars(
            select(MessageFile)
            .where(MessageFile.conversation_id == conversation_id)
            .order_by(MessageFile.inbox_id, MessageFile.id)
        )
        return [self._kept(row) for row in rows]

    async def get_attachment(
        self, session: AsyncSession, attachment_id: UUID, *, conversation_id: UUID
    ) -> KeptAttachment:
        """One file of this conversation; raises `NotFound`."""
        row = await session.get(MessageFile, attachment_id)
        if row is None or row.conversation_id != conversation_id:
            raise NotFound("attachment", attachment_id)
        return self._kept(row)

    async def take_due(
        self, session: AsyncSession, *, now: datetime, accounts: Sequence[str], limit: int = 5
    ) -> list[DueFile]:
        """Files to fetch now, leased so that no other process fetches them as well."""
        rows = await session.execute(
            select(MessageFile, Conversation)
            .join(Conversation, Conversation.id == MessageFile.conversation_id)
            .where(MessageFile.status == FileStatus.WAITING.value)
            .where(MessageFile.next_try_at.is_(None) | (MessageFile.next_try_at <= now))
            .where(Conversation.account.in_(accounts))
            .order_by(MessageFile.inbox_id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=MessageFile)
        )
        found = rows.all()
        await session.execute(
            update(MessageFile)
            .where(MessageFile.id.in_([row.id for row, _ in found]))
            .values(next_try_at=now + LEASE, attempts=MessageFile.attempts + 1)
        )
        return [self._due(row, chat) for row, chat in found]

    async def settle(
        self,
        session: AsyncSession,
        due: DueFile,
        status: FileStatus,
        *,
        file_id: UUID | None = None,
        now: datetime,
    ) -> None:
        """Write what became of a download; what failed for now waits longer each time."""
        if status is FileStatus.WAITING and due.attempts >= MOST_ATTEMPTS:
            status = FileStatus.FAILED
        wait = min(timedelta(seconds=2**due.attempts), _LONGEST_WAIT)
        await session.execute(
            update(MessageFile)
            .where(MessageFile.id == due.id, MessageFile.status == FileStatus.WAITING.value)
            .values(status=status.value, file_id=file_id, next_try_at=now + wait)
        )

    def _kept(self, row: MessageFile) -> KeptAttachment:
        return KeptAttachment(
            id=row.id,
            inbox_id=row.inbox_id,
            kind=AttachmentKind(row.kind),
            mime=row.mime,
            size=row.size,
            name=self._vault.open_maybe(row.name_sealed, purpose=NAME),
            seconds=row.seconds,
            status=FileStatus(row.status),
            file_id=row.file_id,
        )

    def _due(self, row: MessageFile, chat: Conversation) -> DueFile:
        return DueFile(
            id=row.id,
            address=Address(Channel(chat.channel), chat.account, chat.peer),
            source=self._vault.open(row.source_sealed, purpose=SOURCE),
            attempts=row.attempts + 1,
        )


def is_too_large(size: int | None) -> bool:
    """Whether a file of so many bytes cannot be taken."""
    return size is not None and size > LARGEST

"""Pictures that volunteers sent in a chat: put to their claims once the bytes are here."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.attachments import FileStatus
from conversations.models import MessageFile
from core.messages import AttachmentKind
from handlers.staff.desk import Desk
from tickets.models import Claim


async def keep_photos(session: AsyncSession, desk: Desk, *, now: datetime) -> Sequence[UUID]:
    """Give each claim the first picture of its message that was fetched; gives the claims' ids."""
    found = await session.execute(
        select(Claim.id, MessageFile.file_id, MessageFile.status)
        .join(MessageFile, MessageFile.inbox_id == Claim.photo_inbox_id)
        .where(MessageFile.kind == AttachmentKind.PHOTO)
        .where(MessageFile.status != FileStatus.WAITING)
        .order_by(MessageFile.id.desc())
    )
    settled = []
    for claim_id, file_id, status in found.all():
        values = {"photo_id": file_id} if status == FileStatus.KEPT else {}
        await session.execute(
            update(Claim).where(Claim.id == claim_id).values(photo_inbox_id=None, **values)
        )
        settled.append(claim_id)
    return settled

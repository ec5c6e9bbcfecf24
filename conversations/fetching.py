"""Fetching the files that people sent, apart from every reply."""

import asyncio
from collections.abc import Mapping
from typing import Protocol

import structlog

from conversations.attachments import Attachments, DueFile, FileStatus, is_too_large
from core.clock import Clock
from core.database import Database
from core.files import Files
from core.messages import Channel
from notifications.sender import NeverDeliverable, TemporarilyUnreachable

log = structlog.get_logger(__name__)


class FileSource(Protocol):
    """Where the files of one account's chats are."""

    async def fetch(self, source: str) -> bytes:
        """
        The whole file by the channel's name of it.

        Raises `TemporarilyUnreachable`, or `NeverDeliverable` for what is gone or too large.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Fetcher:
    """Fetches what is due; several may run at once."""

    def __init__(
        self,
        *,
        database: Database,
        attachments: Attachments,
        files: Files,
        sources: Mapping[tuple[Channel, str], FileSource],
        clock: Clock,
    ) -> None:
        self._database = database
        self._attachments = attachments
        self._files = files
        self._sources = sources
        self._clock = clock

    async def fetch_due(self) -> int:
        """Fetch every file that is due; gives how many are kept now."""
        kept = 0
        while due := await self._take():
            kept += sum(await asyncio.gather(*(self._fetch(each) for each in due)))
        return kept

    async def close(self) -> None:
        """Let go of connections."""
        for source in self._sources.values():
            await source.close()

    async def _take(self) -> list[DueFile]:
        accounts = sorted({account for _, account in self._sources})
        if not accounts:
            return []
        async with self._database.transaction() as session:
            return await self._attachments.take_due(
                session, now=self._clock.now(), accounts=accounts
            )

    async def _fetch(self, due: DueFile) -> bool:
        source = self._sources.get((due.address.channel, due.address.account))
        if source is None:
            await self._settle(due, FileStatus.WAITING)
            return False
        try:
            content = await source.fetch(due.source)
        except NeverDeliverable:
            await self._settle(due, FileStatus.FAILED)
            return False
        except TemporarilyUnreachable:
            await self._settle(due, FileStatus.WAITING)
            return False
        except Exception:
            log.exception("file_failed", attachment_id=str(due.id))
            await self._settle(due, FileStatus.WAITING)
            return False
        await self._keep(due, content)
        return True

    async def _keep(self, due: DueFile, content: bytes) -> None:
        if is_too_large(len(content)):
            await self._settle(due, FileStatus.TOO_LARGE)
            return
        sealed = await asyncio.to_thread(self._files.seal, content)
        now = self._clock.now()
        async with self._database.transaction() as session:
            file_id = await self._files.keep(session, sealed, size=len(content), now=now)
            await self._attachments.settle(session, due, FileStatus.KEPT, file_id=file_id, now=now)

    async def _settle(self, due: DueFile, status: FileStatus) -> None:
        async with self._database.transaction() as session:
            await self._attachments.settle(session, due, status, now=self._clock.now())

"""
Who saw or took out what, and why.

Every row carries a SHA-256 over the row before it and its own content, so that
a changed or removed row shows. Cutting off the newest rows cannot show from
within: note `ChainCheck.head` somewhere else (the day's hand-over sheet) and
compare.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import Actor
from people.models import ViewRecord

START = "0" * 64
"""What stands before the first row."""

_CHAIN_LOCK = 0x42_4A_4D_56
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class View:
    """One look at something: `action` is view, reveal, export, print or claim."""

    id: int
    at: datetime
    viewer_kind: str
    viewer_id: UUID | None
    action: str
    fields: tuple[str, ...]
    reason: str | None


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """What a look over the whole log found."""

    rows: int
    broken_at_id: int | None
    """The first row that does not follow from the one before; None: all is whole."""
    head: str
    """The chain value of the last whole row."""


async def record_view(
    session: AsyncSession,
    *,
    viewer: Actor,
    action: str,
    subject_kind: str,
    subject_id: UUID,
    fields: Sequence[str] = (),
    reason: str | None = None,
    now: datetime,
) -> None:
    """
    Add one look to the log, in the caller's transaction.

    On PostgreSQL writers queue at an advisory lock until the transaction ends,
    otherwise two of them would both follow the same row and the chain would
    fork. Call it as the last step, so that the lock is held briefly and is
    always the last one taken.
    """
    await _take_turn(session)
    row = ViewRecord(
        at=now,
        viewer_kind=viewer.kind.value,
        viewer_id=viewer.person_id,
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        fields=list(fields),
        reason=reason[:200] if reason else None,
    )
    row.chain = _link(await _head(session), row)
    session.add(row)
    await session.flush()


async def list_views(
    session: AsyncSession, *, subject_kind: str, subject_id: UUID, limit: int = 200
) -> list[View]:
    """The looks at one thing, newest first."""
    rows = await session.scalars(
        select(ViewRecord)
        .where(ViewRecord.subject_kind == subject_kind, ViewRecord.subject_id == subject_id)
        .order_by(ViewRecord.id.desc())
        .limit(limit)
    )
    return [_view(row) for row in rows]


async def has_viewed_since(
    session: AsyncSession, viewer_id: UUID, *, subject_kind: str, subject_id: UUID, since: datetime
) -> bool:
    """Whether a look of this person is recorded: a page that refreshes itself is no new one."""
    found = await session.scalar(
        select(ViewRecord.id)
        .where(ViewRecord.subject_kind == subject_kind, ViewRecord.subject_id == subject_id)
        .where(ViewRecord.viewer_id == viewer_id, ViewRecord.at >= since)
        .limit(1)
    )
    return found is not None


async def verify_chain(session: AsyncSession, *, last: int | None = None) -> ChainCheck:
    """
    Follow the chain to the first row that does not fit, or to its end.

    From its very start, or over about the `last` rows only, which is what a
    page can afford: they follow from the row before them.
    """
    after, head = await _start(session, last)
    count = 0
    while True:
        rows = await _rows_after(session, after)
        if not rows:
            return ChainCheck(count, None, head)
        for row in rows:
            if row.chain != _link(head, row):
                return ChainCheck(count, row.id, head)
            head, after, count = row.chain, row.id, count + 1
            session.expunge(row)


async def _start(session: AsyncSession, last: int | None) -> tuple[int, str]:
    """The id and the chain value after which the check begins."""
    if last is None:
        return 0, START
    before = select(ViewRecord.id, ViewRecord.chain).order_by(ViewRecord.id.desc()).offset(last)
    row = (await session.execute(before.limit(1))).one_or_none()
    return (row.id, row.chain) if row else (0, START)


async def _rows_after(session: AsyncSession, after: int) -> Sequence[ViewRecord]:
    found = await session.scalars(
        select(ViewRecord).where(ViewRecord.id > after).order_by(ViewRecord.id).limit(_BATCH)
    )
    return found.all()


async def _take_turn(session: AsyncSession) -> None:
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})


async def _head(session: AsyncSession) -> str:
    last = select(ViewRecord.chain).order_by(ViewRecord.id.desc()).limit(1)
    return await session.scalar(last) or START


def _link(previous: str, row: ViewRecord) -> str:
    content = [
        previous,
        row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        row.viewer_kind,
        str(row.viewer_id),
        row.action,
        row.subject_kind,
        str(row.subject_id),
        list(row.fields),
        row.reason,
    ]
    text_form = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text_form.encode()).hexdigest()


def _view(row: ViewRecord) -> View:
    return View(
        id=row.id,
        at=row.at,
        viewer_kind=row.viewer_kind,
        viewer_id=row.viewer_id,
        action=row.action,
        fields=tuple(row.fields),
        reason=row.reason,
    )

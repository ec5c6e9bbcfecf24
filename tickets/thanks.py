"""What residents want volunteers to hear: kept once a task, hidden by staff where it hurts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from core.vault import Vault
from tickets.claim_models import Thanks
from tickets.models import Claim, Task, Ticket
from tickets.tasks import ClaimStatus

WORDS = "thanks.words"


@dataclass(frozen=True, slots=True)
class Thank:
    """One word of thanks."""

    task_id: UUID
    title: str
    number: str
    words: str
    said_at: datetime
    hidden: bool


async def add_thanks(
    session: AsyncSession, vault: Vault, task_id: UUID, words: str, *, now: datetime
) -> bool:
    """Keep the words; False when something was said for this task before."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    added = await session.execute(
        insert(Thanks)
        .values(task_id=task_id, words_sealed=vault.seal(words, purpose=WORDS), said_at=now)
        .on_conflict_do_nothing(index_elements=["task_id"])
        .returning(Thanks.task_id)
    )
    return added.one_or_none() is not None


async def has_thanks(session: AsyncSession, task_id: UUID) -> bool:
    """Whether something was said for this task."""
    return await session.get(Thanks, task_id) is not None


async def list_thanks(session: AsyncSession, vault: Vault, *, limit: int = 50) -> Sequence[Thank]:
    """The latest first, hidden ones too, for staff."""
    found = await session.execute(
        select(Thanks, Task.title, Ticket.number)
        .join(Task, Task.id == Thanks.task_id)
        .join(Ticket, Ticket.id == Task.ticket_id)
        .order_by(Thanks.said_at.desc())
        .limit(limit)
    )
    return [_thank(row, title, number, vault) for row, title, number in found.all()]


async def list_thanks_for(
    session: AsyncSession, vault: Vault, volunteer_id: UUID, *, limit: int = 20
) -> Sequence[Thank]:
    """What this volunteer was thanked for and may read, the latest first."""
    found = await session.execute(
        select(Thanks, Task.title)
        .join(Task, Task.id == Thanks.task_id)
        .join(Claim, Claim.task_id == Task.id)
        .where(Claim.volunteer_id == volunteer_id, Claim.status == ClaimStatus.COMPLETED)
        .where(Thanks.hidden_at.is_(None))
        .order_by(Thanks.said_at.desc())
        .limit(limit)
    )
    return [_thank(row, title, "", vault) for row, title in found.all()]


async def hide_thanks(session: AsyncSession, task_id: UUID, *, by_id: UUID, now: datetime) -> bool:
    """Let nobody read it any more; False when it was hidden before or never said."""
    hidden = await session.execute(
        update(Thanks)
        .where(Thanks.task_id == task_id, Thanks.hidden_at.is_(None))
        .values(hidden_at=now, hidden_by_id=by_id)
        .returning(Thanks.task_id)
    )
    return hidden.one_or_none() is not None


def _thank(row: Thanks, title: str, number: str, vault: Vault) -> Thank:
    words = vault.open(row.words_sealed, purpose=WORDS)
    return Thank(row.task_id, title, number, words, row.said_at, row.hidden_at is not None)

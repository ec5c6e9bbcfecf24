"""Examples that staff make by putting a ticket's matter right."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.vault import Vault
from editorial.models import Correction

TEXT = "correction.text"


@dataclass(frozen=True, slots=True)
class NewCorrection:
    """What a person put right."""

    ticket_id: UUID
    text: str
    """Already masked (`tickets.masking.masked_text`)."""
    was: str | None
    matter: str
    request_type: str
    model: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """A labelled example, opened."""

    text: str
    was: str | None
    matter: str
    request_type: str
    model: str
    corrected_at: datetime


async def keep_correction(
    session: AsyncSession, vault: Vault, new: NewCorrection, *, by_id: UUID, now: datetime
) -> None:
    """Keep the example; whoever corrects twice leaves two, of which the later counts."""
    session.add(
        Correction(
            id=uuid4(),
            ticket_id=new.ticket_id,
            text_sealed=vault.seal(new.text, purpose=TEXT),
            was=new.was,
            matter=new.matter,
            request_type=new.request_type,
            model=new.model,
            corrected_by_id=by_id,
            corrected_at=now,
        )
    )
    await session.flush()


async def list_corrections(session: AsyncSession, vault: Vault) -> list[Corrected]:
    """The latest correction of every ticket, the oldest first."""
    rows = await session.scalars(select(Correction).order_by(Correction.corrected_at))
    latest: Mapping[UUID, Correction] = {row.ticket_id: row for row in rows}
    return [
        Corrected(
            text=vault.open(row.text_sealed, purpose=TEXT),
            was=row.was,
            matter=row.matter,
            request_type=row.request_type,
            model=row.model,
            corrected_at=row.corrected_at,
        )
        for row in latest.values()
    ]

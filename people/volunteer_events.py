"""Decisions about volunteers: what, who, when and why. Only ever added to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import Actor, ActorKind
from core.vault import Vault
from people.volunteer_models import VolunteerEvent

_PURPOSE = "volunteer.event"


class VolunteerEventKind(StrEnum):
    """What was decided or recorded."""

    APPLIED = "applied"
    VETTED = "vetted"
    DECLINED = "declined"
    SUSPENDED = "suspended"
    RESTORED = "restored"
    HOMES_OPENED = "homes_opened"
    HOMES_CLOSED = "homes_closed"
    PROOF_RECORDED = "proof_recorded"
    PROOF_ENDED = "proof_ended"
    REVEALED = "revealed"
    KEPT_APART = "kept_apart"
    """From one resident, who would rather have somebody else."""


@dataclass(frozen=True, slots=True)
class DecisionEntry:
    """One entry, opened."""

    kind: VolunteerEventKind
    by: Actor
    note: str | None
    data: Mapping[str, Any]
    at: datetime


async def record_event(
    session: AsyncSession,
    vault: Vault,
    volunteer_id: UUID,
    kind: VolunteerEventKind,
    *,
    by: Actor,
    now: datetime,
    note: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry; the words are sealed, they are about a person."""
    session.add(
        VolunteerEvent(
            volunteer_id=volunteer_id,
            kind=kind.value,
            actor_kind=by.kind.value,
            actor_id=by.person_id,
            note_sealed=vault.seal_maybe(note, purpose=_PURPOSE),
            data=dict(data or {}),
            at=now,
        )
    )
    await session.flush()


async def list_events(
    session: AsyncSession, vault: Vault, volunteer_id: UUID
) -> list[DecisionEntry]:
    """The latest first."""
    rows = await session.scalars(
        select(VolunteerEvent)
        .where(VolunteerEvent.volunteer_id == volunteer_id)
        .order_by(VolunteerEvent.id.desc())
    )
    return [
        DecisionEntry(
            kind=VolunteerEventKind(row.kind),
            by=Actor(ActorKind(row.actor_kind), row.actor_id),
            note=vault.open_maybe(row.note_sealed, purpose=_PURPOSE),
            data=row.data,
            at=row.at,
        )
        for row in rows
    ]

"""Words passed between a volunteer and a resident: kept beside the claim, without numbers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import ActorKind
from core.errors import FrontDoorError
from core.vault import Vault
from tickets.claim_models import Relay
from tickets.claims import ACTIVE, WANTED
from tickets.models import Claim, Task

WORDS = "relay.words"
MOST = 40
"""Messages of one visit; more than that is a talk, and talks are for the telephone of the desk."""


class RelayClosed(FrontDoorError):
    """The visit is over, or somebody else has it: nothing is passed on any more."""


class TooMuchRelayed(FrontDoorError):
    """So much was passed on that a person should help."""


@dataclass(frozen=True, slots=True)
class Relayed:
    """One message as the volunteer's page shows it."""

    author_kind: ActorKind
    words: str
    by_call: bool
    at: datetime


async def add_relay(
    session: AsyncSession,
    vault: Vault,
    claim_id: UUID,
    words: str,
    *,
    author: ActorKind,
    by_call: bool = False,
    now: datetime,
) -> None:
    """Keep a message; raises `TooMuchRelayed`."""
    count = await session.scalar(
        select(func.count()).select_from(Relay).where(Relay.claim_id == claim_id)
    )
    if (count or 0) >= MOST:
        raise TooMuchRelayed(claim_id)
    session.add(
        Relay(
            claim_id=claim_id,
            author_kind=author.value,
            words_sealed=vault.seal(words, purpose=WORDS),
            by_call=by_call,
            at=now,
        )
    )
    await session.flush()


async def list_relayed(session: AsyncSession, vault: Vault, claim_id: UUID) -> list[Relayed]:
    """Everything passed on for a claim, oldest first."""
    found = await session.scalars(
        select(Relay).where(Relay.claim_id == claim_id).order_by(Relay.id)
    )
    return [
        Relayed(
            ActorKind(each.author_kind),
            vault.open(each.words_sealed, purpose=WORDS),
            each.by_call,
            each.at,
        )
        for each in found.all()
    ]


async def find_standing(session: AsyncSession, claim_id: UUID) -> tuple[Task, Claim] | None:
    """The task and the claim, while the claim stands and somebody waits for it."""
    found = await session.execute(
        select(Task, Claim)
        .join(Claim, Claim.task_id == Task.id)
        .where(Claim.id == claim_id, Claim.status.in_(ACTIVE), Task.status.in_(WANTED))
        .execution_options(populate_existing=True)
    )
    row = found.one_or_none()
    return None if row is None else (row[0], row[1])

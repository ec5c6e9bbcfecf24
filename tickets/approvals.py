"""Steps that need a second person: asked for with a reason code, decided by somebody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import FrontDoorError, NotFound
from core.ids import new_id
from core.vault import Vault
from tickets.duties import OwnWork
from tickets.models import Approval
from tickets.reasons import Action, check_reason

NOTE = "approval.note"


class ApprovalAlreadyDecided(FrontDoorError):
    """Somebody granted or refused it before."""

    def __init__(self, approval_id: UUID) -> None:
        super().__init__("this approval was decided before")
        self.approval_id = approval_id


class ApprovalPending(FrontDoorError):
    """The same step of this ticket waits for its second person already."""

    def __init__(self, action: str) -> None:
        super().__init__(f"{action} is waiting for approval already")
        self.action = action


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for: the step, its reason code, words that explain it, and facts."""

    action: Action
    reason: str
    note: str
    data: Mapping[str, Any]


async def ask_approval(
    session: AsyncSession,
    ticket_id: UUID,
    asked: Asked,
    *,
    by_id: UUID,
    vault: Vault,
    now: datetime,
) -> Approval:
    """
    Put a step before a second person.

    Raises `InvalidInput` for a code that is none of the action's and
    `ApprovalPending` while the same step waits.
    """
    check_reason(asked.action, asked.reason)
    waiting = await list_pending(session, ticket_id)
    if any(each.action == asked.action for each in waiting):
        raise ApprovalPending(asked.action)
    approval = Approval(
        id=new_id(),
        ticket_id=ticket_id,
        action=asked.action.value,
        reason_code=asked.reason,
        note_sealed=vault.seal(asked.note, purpose=NOTE),
        data=dict(asked.data),
        requested_by_id=by_id,
        requested_at=now,
    )
    session.add(approval)
    await session.flush()
    return approval


async def list_pending(session: AsyncSession, ticket_id: UUID) -> Sequence[Approval]:
    """The steps of a ticket that wait for a second person, oldest first."""
    found = await session.scalars(
        select(Approval)
        .where(Approval.ticket_id == ticket_id, Approval.decided_at.is_(None))
        .order_by(Approval.requested_at)
    )
    return found.all()


async def get_approval(session: AsyncSession, approval_id: UUID) -> Approval:
    """One approval; raises `NotFound`."""
    approval = await session.get(Approval, approval_id, populate_existing=True)
    if approval is None:
        raise NotFound("approval", approval_id)
    return approval


async def decide_approval(
    session: AsyncSession, approval: Approval, *, granted: bool, by_id: UUID, now: datetime
) -> None:
    """
    Grant or refuse; one conditional UPDATE decides between two deciders.

    Raises `OwnWork` for the person who asked and `ApprovalAlreadyDecided`.
    """
    if by_id == approval.requested_by_id:
        raise OwnWork(f"approve {approval.action}")
    decided = await session.execute(
        update(Approval)
        .where(Approval.id == approval.id, Approval.decided_at.is_(None))
        .values(granted=granted, decided_by_id=by_id, decided_at=now)
        .returning(Approval.id)
    )
    if decided.one_or_none() is None:
        raise ApprovalAlreadyDecided(approval.id)


def opened_note(approval: Approval, *, vault: Vault) -> str:
    """The words that explain why."""
    return vault.open(approval.note_sealed, purpose=NOTE)
